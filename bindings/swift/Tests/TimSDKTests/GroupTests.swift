// Groups, from Swift: made, joined, talked in, left and dismissed, and who may come in.

import TimSDK
import XCTest

final class GroupTests: XCTestCase {
    func testAGroupIsTalkedInLeftAndDismissed() async throws {
        let (alice, bob, carol) = (try await Person.ready("alice"), try await Person.ready("bob"), try await Person.ready("carol"))
        let group = try await alice.tim.createGroup(NewGroup(name: "walks", type: .meeting)).groupID
        try await alice.next { if case .groupListUpdated(let groups) = $0 { groups.map(\.groupID) == [group] } else { false } }
        for person in [bob, carol] {
            let joined = try await person.tim.joinGroup(groupID: group)
            XCTAssertEqual(joined.status, .joinedSuccess)
            XCTAssertEqual(joined.group?.selfInfo?.role, .member)
        }
        let said = try await alice.tim.sendMessage(alice.tim.createTextMessage(to: group, conversationType: .group, text: "tomorrow at nine?"))
        try await bob.next { if case .messageReceived(let messages) = $0 { messages.contains { $0.text == "tomorrow at nine?" } } else { false } }
        try await alice.tim.pinGroupMessage(groupID: group, message: said, isPinned: true)
        try await bob.next {
            $0 == .pinnedGroupMessageUpdated(groupID: group, messageSequence: said.sequence, isPinned: true, operatorID: alice.name)
        }
        let pinned = try await bob.tim.getPinnedGroupMessageList(groupID: group)
        XCTAssertEqual(pinned.map(\.id), [said.id])

        let tip = try await alice.hears { $0.groupTip == nil ? nil : $0 }
        XCTAssertEqual(tip.groupTip?.type, .join)
        XCTAssertEqual(tip.conversationType, .group)
        XCTAssertEqual([tip.groupID, tip.peer], [group, nil])

        let members = try await bob.tim.getGroupMemberProfile(groupID: group, userIDList: [alice.name, bob.name, "mallory"])
        XCTAssertEqual(members.map(\.userID), [alice.name, bob.name])
        XCTAssertEqual(members.map(\.role), [.owner, .member])
        let owners = try await bob.tim.getGroupMemberList(groupID: group, role: .owner)
        XCTAssertEqual(owners.memberList.map(\.userID), [alice.name])

        let changes = GroupChanges(name: "walks", notification: "rain", groupCustomField: [CustomField(key: "boots", value: "yes")])
        let updated = try await alice.tim.updateGroupProfile(groupID: group, changes: changes)
        XCTAssertEqual(updated.groupCustomField, changes.groupCustomField)
        let changed = try await bob.hears { $0.groupTip?.type == .profileUpdated ? $0.groupTip : nil }
        XCTAssertEqual(changed.newGroupProfile?.notification, "rain")

        try await bob.tim.quitGroup(groupID: group)
        _ = try await alice.hears { $0.groupTip?.type == .quit ? $0 : nil }
        let bobs = try await bob.tim.getGroupList()
        XCTAssertEqual(bobs, [])
        let profile = try await alice.tim.getGroupProfile(groupID: group)
        XCTAssertEqual(profile.name, "walks")
        XCTAssertEqual(profile.memberCount, 2)
        XCTAssertEqual([profile.ownerID], [alice.name])

        try await alice.tim.dismissGroup(groupID: group)
        let notice = try await carol.nextNotice(.groupDismissed)
        XCTAssertEqual([notice.operatorID, notice.groupProfile.groupID, notice.groupProfile.name], [alice.name, group, "walks"])
        try await carol.next { $0 == .groupListUpdated(groups: []) }
        let error = await failure { _ = try await bob.tim.getGroupProfile(groupID: group) }
        XCTAssertEqual(error?.code, TimCode.groupNotFound)
    }

    func testMembersAreAddedPromotedAndRemoved() async throws {
        let (alice, bob, carol) = (try await Person.ready("alice"), try await Person.ready("bob"), try await Person.ready("carol"))
        let open = NewGroup(name: "choir", type: .public, inviteOption: .freeAccess)
        let choir = try await alice.tim.createGroup(open).groupID
        let added = try await alice.tim.addGroupMember(groupID: choir, userIDList: [bob.name, carol.name])
        XCTAssertEqual(added.successUserIDList, [bob.name, carol.name])
        let promoted = try await alice.tim.setGroupMemberRole(groupID: choir, userID: bob.name, role: .admin)
        XCTAssertEqual(promoted.role, .admin)
        let muted = try await bob.tim.setGroupMemberMuteTime(groupID: choir, userID: carol.name, muteTime: 60)
        XCTAssertGreaterThan(muted.muteUntil, 0)
        let named = try await carol.tim.setGroupMemberNameCard(groupID: choir, nameCard: "Soprano")
        XCTAssertEqual(named.nameCard, "Soprano")
        let voice = [CustomField(key: "voice", value: "high")]
        let told = try await bob.tim.setGroupMemberCustomField(groupID: choir, memberCustomField: voice, userID: carol.name)
        XCTAssertEqual(told.memberCustomField, voice)
        try await bob.tim.deleteGroupMember(groupID: choir, userIDList: [carol.name], reason: "sings too loud", duration: 60)
        let removed = try await carol.nextNotice(.removed)
        XCTAssertEqual(removed.handleMessage, "sings too loud")
        let group = try await alice.tim.changeGroupOwner(groupID: choir, newOwnerID: bob.name)
        XCTAssertEqual(group.ownerID, bob.name)
    }

    func testMembersFollowTheAttributesOfAGroup() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let stage = try await alice.tim.createGroup(NewGroup(name: "stage", type: .meeting, memberList: [bob.name])).groupID
        let online = try await alice.tim.getGroupOnlineMemberCount(groupID: stage)
        XCTAssertGreaterThan(online, 0)
        let found = try await alice.tim.searchGroups(keywordList: ["sta"])
        XCTAssertEqual(found.map(\.groupID), [stage])
        let byID = try await bob.tim.searchGroupByID(groupID: stage)
        XCTAssertEqual(byID.name, "stage")
        let members = try await alice.tim.searchGroupMembers(param: GroupMemberSearchParam(keywordList: [bob.name], groupIDList: [stage]))
        XCTAssertEqual(members.first?.memberList.map(\.userID), [bob.name])
        let free = [CustomField(key: "first", value: "free"), CustomField(key: "second", value: "free")]
        let made = try await alice.tim.initGroupAttributes(groupID: stage, groupAttributes: free)
        XCTAssertEqual(made, GroupAttributes(groupAttributes: free, version: 2))
        let bobs = [CustomField(key: "first", value: "bob")]
        let set = try await bob.tim.setGroupAttributes(groupID: stage, groupAttributes: bobs, version: 2)
        XCTAssertEqual(set.version, 3)
        let late = await failure { _ = try await alice.tim.setGroupAttributes(groupID: stage, groupAttributes: bobs.map { CustomField(key: $0.key, value: "alice") }, version: 2) }
        XCTAssertEqual(late?.code, TimCode.groupAttributesChanged)
        _ = try await alice.tim.deleteGroupAttributes(groupID: stage, keyList: ["second"])
        let all = try await bob.tim.getGroupAttributes(groupID: stage)
        XCTAssertEqual(all, GroupAttributes(groupAttributes: bobs, version: 4))
    }

    func testAnOwnerDecidesWhoComesIn() async throws {
        let (alice, bob, carol) = (try await Person.ready("alice"), try await Person.ready("bob"), try await Person.ready("carol"))
        let group = try await alice.tim.createGroup(NewGroup(name: "books", type: .public)).groupID
        for (person, accept, answer) in [(bob, true, "welcome"), (carol, false, "we are full")] {
            let joined = try await person.tim.joinGroup(groupID: group, applyMessage: "may I come along?")
            XCTAssertEqual(joined.status, .waitAdminApproval)
            let asked = try await alice.nextNotice(.joinApplication)
            XCTAssertEqual([asked.operatorID, asked.handleMessage, asked.groupProfile.groupID], [person.name, "may I come along?", group])
            try await alice.tim.handleGroupApplication(groupID: group, userID: person.name, accept: accept, handleMessage: answer)
            let told = try await person.nextNotice(accept ? .applicationAccepted : .applicationRefused)
            XCTAssertEqual([told.operatorID, told.handleMessage], [alice.name, answer])
            if accept { try await person.next { if case .groupListUpdated(let list) = $0 { list.map(\.groupID) == [group] } else { false } } }
        }
        let none = try await carol.tim.getGroupList()
        XCTAssertEqual(none, [])
        let late = await failure {
            try await alice.tim.handleGroupApplication(groupID: group, userID: bob.name, accept: true)
        }
        XCTAssertEqual(late?.code, TimCode.applicationHandled)
    }
}

extension Person {
    /// The next notice of a kind.
    fileprivate func nextNotice(
        _ type: SystemNoticeType, file: StaticString = #fileID, line: UInt = #line
    ) async throws -> SystemNotice {
        let message = try await hears(file: file, line: line) { $0.systemNotice?.type == type ? $0 : nil }
        XCTAssertEqual(message.conversationType, .system)
        XCTAssertNil(message.peer ?? message.groupID)
        return message.systemNotice!
    }

    /// What is found in the next message that has it.
    fileprivate func hears<Found>(
        file: StaticString = #fileID, line: UInt = #line, _ find: (Message) -> Found?
    ) async throws -> Found {
        while true {
            if let found = find(try await nextMessage(file: file, line: line)) { return found }
        }
    }
}
