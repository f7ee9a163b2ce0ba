// Who is online, from Swift: asked, subscribed to, and what a user says of themselves.

import TimSDK
import XCTest

final class StatusTests: XCTestCase {
    func testBobHearsWhatAliceSaysAndThatSheGoes() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let unknown = try await bob.tim.subscribeUserStatus(userIDList: [alice.name, "nobody"])
        XCTAssertEqual(unknown.map(\.userID), ["nobody"])
        XCTAssertEqual(unknown.map(\.code), [TimCode.unknownUser])
        try await bob.hears(UserStatus(userID: alice.name, statusType: .online, customStatus: ""))

        let said = try await alice.tim.setSelfStatus(customStatus: "on the mountain")
        XCTAssertEqual(said, UserStatus(userID: alice.name, statusType: .online, customStatus: "on the mountain"))
        for person in [alice, bob] { try await person.hears(said) }
        let asked = try await bob.tim.getUserStatus(userIDList: [alice.name, "nobody"])
        XCTAssertEqual(asked.successUserList, [said])
        XCTAssertEqual(asked.failureUserList, unknown)

        try await alice.tim.logout()
        try await bob.hears(UserStatus(userID: alice.name, statusType: .unlogined, customStatus: ""))
        try await bob.tim.unsubscribeUserStatus(userIDList: [])
    }
}

private extension Person {
    /// Waits for the status of a user.
    func hears(_ status: UserStatus) async throws {
        _ = try await next { if case .userStatusUpdated(let statuses) = $0 { statuses == [status] } else { false } }
    }
}
