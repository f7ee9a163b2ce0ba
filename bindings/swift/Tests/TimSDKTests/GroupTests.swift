// Groups, from Swift: made, joined, talked in, left and dismissed, and who may come in.

import TimSDK
import XCTest

final class GroupTests: XCTestCase {
    func testAGroupIsTalkedInLeftAndDismissed() async throws {
        let (alice, bob, carol) = (try await Person.ready("alice"), try await Person.ready("bob"), try await Person.ready("carol"))
        let group = try await alice.tim.createGroup(group: NewGroup(name: "walks", groupType: .meeting)).groupId
        try await alice.next { if case .groupListUpdated(let groups) = $0 { groups.map(\.groupId) == [group] } else { false } }
        for person in [bob, carol] {
            let joined = try await person.tim.joinGroup(group: group, applyMessage: "")
            XCTAssertEqual(joined.status, .joinedSuccess)
            XCTAssertEqual(joined.group?.selfRole, .member)
        }
        try await alice.tim.sendMessage(alice.tim.createTextMessage(to: .group(group), text: "tomorrow at nine?"))
        try await bob.next { if case .messageReceived(let messages) = $0 { messages.contains { $0.text == "tomorrow at nine?" } } else { false } }

        try await bob.tim.quitGroup(group: group)
        let bobs = try await bob.tim.getGroupList()
        XCTAssertEqual(bobs, [])
        let profile = try await alice.tim.getGroupProfile(group: group)
        XCTAssertEqual(profile.name, "walks")
        XCTAssertEqual(profile.memberCount, 2)
        XCTAssertEqual([profile.ownerId], [alice.name])

        try await alice.tim.dismissGroup(group: group)
        let notice = try await carol.nextNotice(5)
        XCTAssertEqual([notice.operatorId, notice.groupId, notice.groupName], [alice.name, group, "walks"])
        try await carol.next { $0 == .groupListUpdated(groups: []) }
        let error = await failure { _ = try await bob.tim.getGroupProfile(group: group) }
        XCTAssertEqual(error?.code, 10_010)
    }

    func testAnOwnerDecidesWhoComesIn() async throws {
        let (alice, bob, carol) = (try await Person.ready("alice"), try await Person.ready("bob"), try await Person.ready("carol"))
        let group = try await alice.tim.createGroup(group: NewGroup(name: "books", groupType: .public)).groupId
        for (person, accept, answer) in [(bob, true, "welcome"), (carol, false, "we are full")] {
            let joined = try await person.tim.joinGroup(group: group, applyMessage: "may I come along?")
            XCTAssertEqual(joined.status, .waitAdminApproval)
            let asked = try await alice.nextNotice(1)
            XCTAssertEqual([asked.operatorId, asked.handleMessage, asked.groupId], [person.name, "may I come along?", group])
            try await alice.tim.handleGroupApplication(group: group, user: person.name, accept: accept, handleMessage: answer)
            let told = try await person.nextNotice(accept ? 2 : 3)
            XCTAssertEqual([told.operatorId, told.handleMessage], [alice.name, answer])
            if accept { try await person.next { if case .groupListUpdated(let list) = $0 { list.map(\.groupId) == [group] } else { false } } }
        }
        let none = try await carol.tim.getGroupList()
        XCTAssertEqual(none, [])
        let late = await failure {
            try await alice.tim.handleGroupApplication(group: group, user: bob.name, accept: true, handleMessage: "")
        }
        XCTAssertEqual(late?.code, 10_024)
    }
}

extension Person {
    /// The next notice of a kind.
    fileprivate func nextNotice(_ kind: UInt32, file: StaticString = #fileID, line: UInt = #line) async throws -> SystemNotice {
        while true {
            let message = try await nextMessage(file: file, line: line)
            if case .groupSystemNotice(let notice) = message.payload, notice.operationType == kind { return notice }
        }
    }
}
