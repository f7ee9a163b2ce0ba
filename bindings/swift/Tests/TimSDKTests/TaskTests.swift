// Threads, tasks and instances: many at once, and tasks that are cancelled. Cancelling a task does not reach the engine: a
// call that has begun goes on, and its task waits for it.

import TimSDK
import XCTest

final class TaskTests: XCTestCase {
    func testManyThreadsUseOneInstance() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        for number in 0..<16 {
            Thread.detachNewThread {
                for _ in 0..<10 {
                    _ = alice.tim.isReady()
                    alice.tim.off(alice.tim.onAll { _ in })
                }
                blocking { try await alice.say("from \(number)", to: bob) }
            }
        }
        var heard: Set<String> = []
        for _ in 0..<16 { heard.insert(try await bob.nextMessage().text ?? "") }
        XCTAssertEqual(heard, Set((0..<16).map { "from \($0)" }))
    }

    func testManyCallsAreUnderWayAtOnce() async throws {
        let alice = try await Person.ready("alice")
        try await withThrowingTaskGroup(of: [Conversation].self) { calls in
            for _ in 0..<200 { calls.addTask { try await alice.tim.getConversationList() } }
            for try await list in calls { XCTAssertEqual(list, []) }
        }
    }

    func testManyThreadsEndOneInstance() async throws {
        let alice = try await Person.ready("alice")
        let ended = Shared(0)
        for _ in 0..<8 {
            Thread.detachNewThread {
                blocking { try await alice.tim.destroy() }
                ended.change { $0 += 1 }
            }
        }
        try await ended.first { $0 == 8 ? true : nil }
        let error = await failure { try await alice.tim.logout() }
        XCTAssertEqual(error?.code, TimCode.destroyed)
    }

    func testOneApplicationHasOneInstance() async throws {
        let alice = try await Person.ready("alice")
        let same = try Tim.create(options: alice.options)
        XCTAssertEqual(same.getLoginUser(), alice.name)
        let other = try Person("alice")
        XCTAssertFalse(other.tim.isReady())
        try await other.tim.destroy()
        XCTAssertTrue(same.isReady())
    }

    func testAnEndedInstanceMakesRoomForANewOne() async throws {
        let alice = try await Person.ready("alice")
        try await alice.tim.destroy()
        let new = try Tim.create(options: alice.options)
        let events = new.events()
        try await new.login(userID: alice.name, userSig: alice.sig)
        try await inTime { for await event in events where event == .sdkReady { break } }
        XCTAssertTrue(new.isReady())
        XCTAssertFalse(alice.tim.isReady())
        try await new.destroy()
    }

    func testASendWhoseTaskIsCancelledArrivesOnce() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        for number in 0..<20 {
            let message = try alice.tim.createTextMessage(to: bob.name, conversationType: .c2c, text: "message \(number)")
            let task = Task { try await alice.tim.sendMessage(message) }
            task.cancel()
            let sent = try await task.value
            XCTAssertEqual(sent.status, .success)
        }
        try await alice.say("the end", to: bob)
        var heard: [String?] = []
        for _ in 0..<21 { heard.append(try await bob.nextMessage().text) }
        XCTAssertEqual(heard, (0..<20).map { "message \($0)" } + ["the end"])
    }

    func testADownloadWhoseTaskIsCancelledIsWhole() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        try await alice.tim.sendMessage(alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: picture(300, 200)))
        let (got, file) = (try await bob.nextMessage(), bob.folder + "/saved.bmp")
        let (begun, cancelled) = (Gate(), Gate())
        let task = Task {
            try await bob.tim.downloadAttachment(of: got, to: file) { _ in
                begun.open()
                cancelled.wait()
            }
        }
        try await begun.opened()
        task.cancel()
        cancelled.open()
        try await task.value
        XCTAssertEqual(FileManager.default.contents(atPath: file), picture(300, 200))
    }

    func testAShutdownWhoseTaskIsCancelledComesToItsEnd() async throws {
        let alice = try await Person.ready("alice")
        let task = Task { try await alice.tim.destroy() }
        task.cancel()
        try await task.value
        let error = await failure { try await alice.tim.logout() }
        XCTAssertEqual(error?.code, TimCode.destroyed)
    }

    /// What ends a call that takes too long is the instance's own limit, or its end.
    func testShutdownEndsACallThatIsUnderWay() async throws {
        let alice = try Person("alice")
        let tim = try alice.alone()
        let events = tim.events()
        let login = Task { await failure { try await tim.login(userID: alice.name, userSig: alice.sig) } }
        try await inTime { for await event in events where event == .netStateChange(state: .disconnected) { break } }
        login.cancel()
        try await tim.destroy()
        let error = await login.value
        guard case .notReady = error else { return XCTFail("\(String(describing: error))") }
    }
}
