// Events as an AsyncStream: how it begins, falls behind, is shared and ends.

@testable import TimSDK
import XCTest

final class StreamTests: XCTestCase {
    func testEventsComeInOrder() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try Person("bob"))
        let events = bob.tim.events()
        try await bob.logIn()
        for words in ["one", "two"] { try await alice.say(words, to: bob) }
        let heard = try await inTime {
            var heard: [String?] = []
            for await case .messageReceived(let messages) in events {
                heard += messages.map(\.text)
                if heard.count == 2 { break }
            }
            return heard
        }
        XCTAssertEqual(heard, ["one", "two"])
    }

    func testASlowLoopIsToldThatItLostEvents() async throws {
        let alice = try Person("alice")
        let (events, told) = (alice.tim.events(bufferingNewest: 10), Shared(0))
        // Listeners are told in the order they came: what this one has heard, the stream was told.
        alice.tim.onAll { _ in told.change { $0 += 1 } }
        for _ in 0..<100 { alice.raiseAnEvent() }
        try await told.first { $0 == 100 ? true : nil }
        let heard = try await inTime {
            var heard: [Int32?] = []
            for await event in events {
                heard.append(event.errorCode)
                if heard.count == 11 { break }
            }
            return heard
        }
        XCTAssertEqual(heard, [TimCode.eventsLost] + Array(repeating: TimCode.notLoggedIn, count: 10))
    }

    func testAWholeListReplacesItsOlderSelfThatWaits() async throws {
        let alice = try await Person.ready("alice")
        let (bob, carol, dave) = (try await Person.ready("bob"), try await Person.ready("carol"), try await Person.ready("dave"))
        let events = alice.tim.events()
        for other in [bob, carol, dave] {
            _ = try await alice.tim.addFriend(NewFriend(to: other.name, source: "AddSource_Type_Swift"))
            _ = try await alice.tim.createFriendGroup(name: other.name, userIDList: [])
            try await alice.tim.addToBlacklist(userIDList: [other.name])
        }
        try await alice.tim.logout()
        try await alice.logIn()
        try await alice.tim.removeFromBlacklist(userIDList: [bob.name, carol.name])
        try await alice.tim.destroy()
        let told = try await inTime { await events.reduce(into: []) { $0.append($1) } }
        // A list of the next login stays behind the end of the former one, and the newest of each is told.
        let end = try XCTUnwrap(told.firstIndex(of: .sdkNotReady))
        let lists = [told[..<end], told[end...]].map { events in
            events.compactMap { if case .blacklistUpdated(let users) = $0 { Set(users) } else { nil } }
        }
        XCTAssertEqual(lists[0], [Set([bob, carol, dave].map(\.name))])
        XCTAssertEqual(lists[1].last, [dave.name])
        let friends = told[..<end].compactMap { if case .friendListUpdated(let friends) = $0 { friends.count } else { nil } }
        XCTAssertEqual(friends, [3])
        let groups = told[..<end].compactMap { if case .friendGroupListUpdated(let groups) = $0 { groups.count } else { nil } }
        XCTAssertEqual(groups, [3])
    }

    func testEveryStreamHearsEverything() async throws {
        let alice = try Person("alice")
        let streams = (0..<3).map { _ in alice.tim.events() }
        for _ in 0..<5 { alice.raiseAnEvent() }
        try await alice.tim.destroy()
        for stream in streams {
            let heard = try await inTime { await count(stream) }
            XCTAssertEqual(heard, 5)
        }
    }

    func testAnotherLoopGoesOnWhereOneStopped() async throws {
        let alice = try Person("alice")
        let events = alice.tim.events()
        for _ in 0..<5 { alice.raiseAnEvent() }
        try await inTime { for await _ in events { break } }
        try await alice.tim.destroy()
        let rest = try await inTime { await count(events) }
        XCTAssertEqual(rest, 4)
    }

    func testAStreamEndsWithItsTask() async throws {
        let alice = try Person("alice")
        let (events, begun) = (alice.tim.events(), Gate())
        let task = Task { for await _ in events { begun.open() } }
        alice.raiseAnEvent()
        try await begun.opened()
        task.cancel()
        try await inTime { await task.value }
        alice.raiseAnEvent()
        let after = try await inTime { await count(events) }
        XCTAssertEqual(after, 0)
    }

    func testAStreamEndsWithItsInstance() async throws {
        let alice = try Person("alice")
        let events = alice.tim.events()
        async let heard = inTime { await events.reduce(into: []) { $0.append($1) } }
        alice.raiseAnEvent()
        XCTAssertFalse(alice.tim.isDestroyed())
        try await alice.tim.destroy()
        XCTAssertTrue(alice.tim.isDestroyed())
        let all = try await heard
        XCTAssertEqual(all.count, 2)
        XCTAssertEqual(all.last, .sdkDestroy(sdkAppID: theServer.app))
        let late = try await inTime { await count(alice.tim.events()) }
        XCTAssertEqual(late, 0)
    }

    func testAStreamThatNobodyHoldsTakesItsListenerOff() throws {
        let tim = try Watching(unsafeFromHandle: Person("alice").tim.uniffiCloneHandle())
        withExtendedLifetime(tim.events()) { XCTAssertNotNil(tim.added) }
        XCTAssertNil(tim.added)
    }
}

/// An instance that knows the listener which was added last, as long as anybody holds it.
private final class Watching: Tim, @unchecked Sendable {
    private(set) weak var added: (any EventListener)?

    override func uniffiAddListener(listener: any EventListener) -> Listener {
        added = listener
        return super.uniffiAddListener(listener: listener)
    }
}

/// How many events a stream tells until it ends; the one that tells of the end is not counted.
private func count(_ events: AsyncStream<TimEvent>) async -> Int {
    var count = 0
    for await event in events where event != .sdkDestroy(sdkAppID: theServer.app) { count += 1 }
    return count
}
