// Friends, from Swift: added at once or by an application, called what a user likes, and put into groups.

import TimSDK
import XCTest

final class FriendTests: XCTestCase {
    func testAFriendIsAddedChangedAndDeleted() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let asks = NewFriend(to: bob.name, source: source, wording: "we met on the mountain", remark: "Bobby")
        let added = try await alice.tim.addFriend(asks)
        XCTAssertEqual(added, FriendResult(userID: bob.name, code: 0))
        let friend = try await alice.nextFriends { $0.map(\.userID) == [bob.name] }[0]
        XCTAssertEqual([friend.remark, friend.source, friend.wording], ["Bobby", source, "we met on the mountain"])
        XCTAssertEqual(friend.profile.userID, bob.name)
        let bobs = try await bob.nextFriends { $0.map(\.userID) == [alice.name] }
        XCTAssertEqual(bobs.map(\.remark), [""])

        let team = [CustomField(key: "Tag_SNS_Custom_Team", value: "red")]
        let changed = try await alice.tim.updateFriend(userID: bob.name, remark: "B.", friendCustomField: team)
        XCTAssertEqual(changed.remark, "B.")
        XCTAssertEqual(changed.friendCustomField, team)
        _ = try await alice.nextFriends { $0 == [changed] }
        let all = try await alice.tim.getFriendList()
        XCTAssertEqual(all, [changed])
        let some = try await alice.tim.getFriendProfile(userIDList: [bob.name, "mallory"])
        XCTAssertEqual(some, [changed])

        let checked = try await alice.tim.checkFriend(userIDList: [bob.name, "mallory"], checkType: .both)
        XCTAssertEqual(checked.map(\.relation), [.bothWay, .noRelation])
        XCTAssertEqual(checked.map(\.code), [0, TimCode.friendAccountNotFound])

        let deleted = try await alice.tim.deleteFriend(userIDList: [bob.name, "mallory"], deleteType: .both)
        XCTAssertEqual(deleted.map(\.code), [0, TimCode.notFriends])
        for person in [alice, bob] { _ = try await person.nextFriends { $0.isEmpty } }
    }

    func testAnApplicationIsReadAndAccepted() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.wary("bob"))
        try await alice.applies(to: bob, "it is me", remark: "Bobby")
        let sent = try await alice.tim.getFriendApplicationList()
        XCTAssertEqual(sent.friendApplicationList.map(\.userID), [bob.name])
        XCTAssertEqual(sent.friendApplicationList.map(\.type), [.sendOut])
        let received = try await bob.nextApplications { $0.unreadCount == 1 }.friendApplicationList[0]
        XCTAssertEqual(received.type, .comeIn)
        XCTAssertEqual([received.userID, received.source, received.wording], [alice.name, source, "it is me"])

        try await bob.tim.setFriendApplicationRead()
        let read = try await bob.nextApplications { $0.unreadCount == 0 }
        XCTAssertEqual(read.friendApplicationList, [received])
        try await bob.tim.acceptFriendApplication(userID: alice.name, action: .agreeAndAdd, remark: "Al")
        let alices = try await alice.nextFriends { !$0.isEmpty }
        XCTAssertEqual(alices.map(\.remark), ["Bobby"])
        let bobs = try await bob.tim.getFriendList()
        XCTAssertEqual(bobs.map(\.remark), ["Al"])
        let none = try await bob.tim.getFriendApplicationList()
        XCTAssertEqual(none, FriendApplications(friendApplicationList: [], unreadCount: 0))
    }

    func testAnApplicationIsRefusedOrTakenBack() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.wary("bob"))
        try await alice.applies(to: bob, "it is me")
        _ = try await bob.nextApplications { $0.unreadCount == 1 }
        try await bob.tim.refuseFriendApplication(userID: alice.name)
        _ = try await alice.nextApplications { $0.friendApplicationList.isEmpty }

        try await alice.applies(to: bob, "please")
        try await alice.tim.deleteFriendApplication(userID: bob.name, applicationType: .sendOut)
        let gone = await failure {
            try await alice.tim.deleteFriendApplication(userID: bob.name, applicationType: .sendOut)
        }
        XCTAssertEqual(gone?.code, TimCode.friendApplicationNotFound)
        let received = try await bob.nextApplications { $0.unreadCount == 1 }
        XCTAssertEqual(received.friendApplicationList.map(\.wording), ["please"])
        let none = try await alice.tim.getFriendList()
        XCTAssertEqual(none, [])
    }

    func testFriendGroupsAreFilledRenamedAndDeleted() async throws {
        let (alice, bob, carol) = (try await Person.ready("alice"), try await Person.ready("bob"), try await Person.ready("carol"))
        _ = try await alice.tim.addFriend(NewFriend(to: bob.name, source: source))
        let made = try await alice.tim.createFriendGroup(name: "work", userIDList: [bob.name, carol.name])
        XCTAssertEqual(made.map(\.code), [0, TimCode.notFriends])
        try await alice.isTold([FriendGroup(name: "work", count: 1, userIDList: [bob.name])])
        _ = try await alice.tim.addFriend(NewFriend(to: carol.name, source: source, type: .single, groupName: "work"))
        try await alice.isTold([FriendGroup(name: "work", count: 2, userIDList: [bob.name, carol.name])])

        try await alice.tim.renameFriendGroup(oldName: "work", newName: "office")
        try await alice.isTold([FriendGroup(name: "office", count: 2, userIDList: [bob.name, carol.name])])
        let removed = try await alice.tim.removeFromFriendGroup(name: "office", userIDList: [bob.name])
        XCTAssertEqual(removed, [FriendResult(userID: bob.name, code: 0)])
        try await alice.isTold([FriendGroup(name: "office", count: 1, userIDList: [carol.name])])
        let put = try await alice.tim.addToFriendGroup(name: "office", userIDList: [bob.name])
        XCTAssertEqual(put, [FriendResult(userID: bob.name, code: 0)])
        try await alice.isTold([FriendGroup(name: "office", count: 2, userIDList: [bob.name, carol.name])])
        let grouped = try await alice.tim.getFriendList()
        XCTAssertEqual(grouped.map(\.groupList), [["office"], ["office"]])

        try await alice.tim.deleteFriendGroup(name: "office")
        try await alice.isTold([])
        let gone = await failure { try await alice.tim.deleteFriendGroup(name: "office") }
        XCTAssertEqual(gone?.code, TimCode.friendGroupNotFound)
    }
}

private let source = "AddSource_Type_Swift"

extension Person {
    /// Somebody who is asked before anybody is a friend.
    fileprivate static func wary(_ name: String) async throws -> Person {
        let person = try await ready(name)
        try await person.tim.updateMyProfile(ProfileFields(allowType: .needConfirm))
        return person
    }

    fileprivate func applies(
        to other: Person, _ words: String, remark: String = "", line: UInt = #line
    ) async throws {
        let asked = try await tim.addFriend(NewFriend(to: other.name, source: source, wording: words, remark: remark))
        XCTAssertEqual(asked, FriendResult(userID: other.name, code: TimCode.friendWaits), line: line)
    }

    /// The next list of friends that is so.
    fileprivate func nextFriends(
        line: UInt = #line, _ isIt: @escaping @Sendable ([Friend]) -> Bool
    ) async throws -> [Friend] {
        let event = try await next(line: line) {
            if case .friendListUpdated(let friends) = $0 { isIt(friends) } else { false }
        }
        if case .friendListUpdated(let friends) = event { return friends } else { return [] }
    }

    /// The next applications that are so.
    fileprivate func nextApplications(
        line: UInt = #line, _ isIt: @escaping @Sendable (FriendApplications) -> Bool
    ) async throws -> FriendApplications {
        let event = try await next(line: line) {
            if case .friendApplicationListUpdated(let applications) = $0 { isIt(applications) } else { false }
        }
        guard case .friendApplicationListUpdated(let applications) = event else { return try await tim.getFriendApplicationList() }
        return applications
    }

    /// Waits until the friend groups are these, and lists them.
    fileprivate func isTold(_ groups: [FriendGroup], line: UInt = #line) async throws {
        try await next(line: line) { $0 == .friendGroupListUpdated(friendGroups: groups) }
        let listed = try await tim.getFriendGroupList()
        XCTAssertEqual(listed, groups, line: line)
    }
}
