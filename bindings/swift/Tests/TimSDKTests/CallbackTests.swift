// What a host's code may do inside a callback, and with the threads and objects around it: everything. The engine neither
// crashes nor hangs, and one callback's fault stays its own.

import TimSDK
import XCTest

private struct Mine: Error {}

final class CallbackTests: XCTestCase {
    func testAListenerThatThrowsIsReportedToTheOthers() async throws {
        let alice = try Person("alice")
        for thrown: any Error in [Mine(), TimError.Refused(code: 1, reason: "mine"), CancellationError()] {
            let faulty = alice.tim.on { event in if event.errorCode == notLoggedIn { throw thrown } }
            alice.raiseAnEvent()
            try await alice.nextError(listenerFailed)
            faulty.remove()
        }
    }

    func testAHandlerThatThrowsHearsTheRestOfTheBatch() async throws {
        let alice = try Person("alice")
        let (begun, goOn, heard) = (Gate(), Gate(), Shared(0))
        alice.tim.on { event in
            begun.go()
            goOn.wait()
            guard event.errorCode == notLoggedIn else { return }
            heard.change { $0 += 1 }
            throw Mine()
        }
        alice.raiseAnEvent()
        try await begun.opened()
        for _ in 0..<20 { alice.raiseAnEvent() }  // Wait for the listener thread, so they come as one batch.
        goOn.go()
        for _ in 0..<2 { try await alice.nextError(listenerFailed) }
        XCTAssertEqual(heard.value, 21)
    }

    func testAListenerThatBlocksHoldsUpNoCall() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let (blocked, goOn) = (Gate(), Gate())
        bob.tim.on { _ in
            blocked.go()
            goOn.wait()
        }
        try await bob.changeNick()
        try await blocked.opened()
        // The instance whose listener blocks still sends and receives.
        try await alice.say("are you there?", to: bob)
        try await bob.say("busy", to: alice)
        let answer = try await alice.nextMessage()
        XCTAssertEqual(answer.text, "busy")
        goOn.go()
        let question = try await bob.nextMessage()
        XCTAssertEqual(question.text, "are you there?")
    }

    func testAListenerMayCallTheEngineAndWaitForIt() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        bob.tim.on { event in
            guard case .messageReceived(let messages) = event else { return }
            blocking {
                try await bob.say("got it", to: alice)
                _ = try await bob.tim.getMessageList(conversation: messages[0].conversationId, next: nil, count: 15)
            }
        }
        try await alice.say("hello", to: bob)
        let answer = try await alice.nextMessage()
        XCTAssertEqual(answer.text, "got it")
    }

    func testAListenerMayRemoveItselfAndAddOthers() async throws {
        let alice = try Person("alice")
        let (once, later, itself) = (Shared(0), Shared(0), Shared<Listener?>(nil))
        let listener = alice.tim.on { _ in
            once.change { $0 += 1 }
            itself.change { $0.take() }?.remove()
            alice.tim.on { _ in later.change { $0 += 1 } }
        }
        itself.change { $0 = listener }
        for _ in 0..<3 {
            alice.raiseAnEvent()
            try await alice.nextError(notLoggedIn)
        }
        try await alice.tim.shutdown()  // After it no listener is called: the counts are final.
        XCTAssertEqual(once.value, 1)
        XCTAssertGreaterThanOrEqual(later.value, 2)
    }

    func testAListenerMayDropTheLastReference() async throws {
        let alice = try Person("alice")
        let (last, dropped) = (Shared<Tim?>(nil), Gate())
        do {
            let same = try Tim.create(options: alice.options())
            last.change { $0 = same }
            same.on { _ in
                weak var tim = last.change { $0.take() }
                XCTAssertNil(tim)
                dropped.go()
            }
        }
        alice.raiseAnEvent()
        try await dropped.opened()
        // What was dropped is a reference: the instance lives on.
        try await alice.logIn()
    }

    func testAListenerMayShutTheInstanceDown() async throws {
        let alice = try await Person.ready("alice")
        let ended = Gate()
        alice.tim.on { _ in
            if !ended.isOpen { blocking { try await alice.tim.shutdown() } }
            ended.go()
        }
        try await alice.changeNick()
        try await ended.opened()
        let error = await failure { try await alice.tim.logout() }
        XCTAssertEqual(error?.code, destroyed)
    }

    func testAListenerMayShutEverythingDown() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let ended = Gate()
        alice.tim.on { _ in
            if !ended.isOpen { blocking { try await shutdown() } }
            ended.go()
        }
        try await alice.changeNick()
        try await ended.opened()
        for person in [alice, bob] {
            let error = await failure { try await person.tim.logout() }
            XCTAssertEqual(error?.code, destroyed)
        }
    }

    func testNoListenerIsCalledAfterShutdownAndNoneIsHeld() async throws {
        weak var held: Probe?
        let alice = try Person("alice")
        let heard = Shared(0)
        do {
            let probe = Probe()
            held = probe
            alice.tim.on { [probe] _ in withExtendedLifetime(probe) { heard.change { $0 += 1 } } }
        }
        XCTAssertNotNil(held)
        for _ in 0..<500 { alice.raiseAnEvent() }
        try await alice.tim.shutdown()
        let atEnd = heard.value
        for _ in 0..<10 { alice.raiseAnEvent() }
        try await Task.sleep(nanoseconds: 100_000_000)
        XCTAssertEqual(heard.value, atEnd)
        XCTAssertNil(held)
    }

    func testAListenerThatIsRemovedIsLetGo() async throws {
        weak var held: Probe?
        let alice = try Person("alice")
        do {
            let probe = Probe()
            held = probe
            let listener = alice.tim.on { [probe] _ in withExtendedLifetime(probe) {} }
            alice.raiseAnEvent()
            try await alice.nextError(notLoggedIn)
            listener.remove()
        }
        // The listener thread may hold it for a moment more.
        for _ in 0..<1_000 where held != nil { try await Task.sleep(nanoseconds: 2_000_000) }
        XCTAssertNil(held)
    }

    func testManyThreadsUseOneInstance() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let done = Shared(0)
        for number in 0..<16 {
            Thread.detachNewThread {
                for _ in 0..<10 {
                    _ = alice.tim.isReady()
                    alice.tim.on { _ in }.remove()
                }
                blocking { try await alice.say("from \(number)", to: bob) }
                done.change { $0 += 1 }
            }
        }
        try await soon { done.value == 16 ? true : nil }
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

    func testOneApplicationHasOneInstance() async throws {
        let alice = try await Person.ready("alice")
        let same = try Tim.create(options: alice.options())
        XCTAssertEqual(same.getLoginUser(), alice.name)
        let other = try Person("alice")
        XCTAssertFalse(other.tim.isReady())
        try await other.tim.shutdown()
        XCTAssertTrue(same.isReady())
    }

    /// Cancelling a task does not reach the engine: the call goes on, and its task waits for it.
    func testASendWhoseTaskIsCancelledArrivesOnce() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        for number in 0..<20 {
            let message = try alice.tim.createTextMessage(to: .c2c(bob.name), text: "message \(number)")
            let task = Task { try await alice.tim.sendMessage(message: message) }
            task.cancel()
            let sent = try await task.value
            XCTAssertEqual(sent.status, .success)
        }
        try await alice.say("the end", to: bob)
        var heard: [String?] = []
        for _ in 0..<21 { heard.append(try await bob.nextMessage().text) }
        XCTAssertEqual(heard, (0..<20).map { "message \($0)" } + ["the end"])
    }

    /// What ends a call that takes too long is the instance's own limit, or its end.
    func testShutdownEndsACallThatIsUnderWay() async throws {
        let alice = try Person("alice")
        let tim = try alice.alone()
        let login = Task { await failure { _ = try await tim.login(userId: alice.name, userSig: theServer.sig(of: alice.name)) } }
        try await Task.sleep(nanoseconds: 50_000_000)
        login.cancel()
        try await tim.shutdown()
        let error = await login.value
        guard case .NotReady = error else { return XCTFail("\(String(describing: error))") }
    }

    func testAnUploadPluginTakesTheEnginesPlace() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let percents = Shared<[Int]>([])
        alice.tim.registerUploadPlugin { file, report in
            XCTAssertEqual(FileManager.default.contents(atPath: file), picture(8, 8))
            for percent in [-1, 25, 75, 400] { try report(percent) }
            blocking { _ = try await alice.tim.getConversationList() }  // It may block and call the engine.
            return elsewhere
        }
        let message = try alice.tim.createImageMessage(to: .c2c(bob.name), bytes: picture(8, 8)) { percent in
            percents.change { $0.append(percent) }
        }
        _ = try await alice.tim.sendMessage(message: message)
        let got = try await bob.nextMessage()
        XCTAssertEqual(got.image, elsewhere)
        XCTAssertEqual(percents.value.filter { $0 > 0 }.prefix(2), [25, 75])
        XCTAssertEqual(percents.value.last, 100)
    }

    func testAnUploadPluginThatThrowsFailsItsMessageAlone() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let thrown = Shared<any Error>(TimError.Refused(code: 12_345, reason: "my storage is closed"))
        alice.tim.registerUploadPlugin { _, _ in throw thrown.value }
        func send() async throws {
            _ = try await alice.tim.sendMessage(message: alice.tim.createImageMessage(to: .c2c(bob.name), bytes: picture(8, 8)))
        }
        let own = await failure(of: send)
        XCTAssertEqual(own?.code, 12_345)
        XCTAssertEqual(own?.reason, "my storage is closed")
        thrown.change { $0 = Mine() }
        let other = await failure(of: send)
        XCTAssertEqual(other?.reason.contains("Mine"), true, other?.reason ?? "")
        let sent = try await alice.say("still here", to: bob)
        XCTAssertEqual(sent.status, .success)
    }

    func testAProgressListenerThatThrowsStopsNoTransfer() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let message = try alice.tim.createImageMessage(to: .c2c(bob.name), bytes: picture(64, 64)) { _ in throw Mine() }
        let sent = try await alice.tim.sendMessage(message: message)
        XCTAssertEqual(sent.status, .success)
    }

    func testTheLogGoesWhereTheHostSaysAndMayThrow() async throws {
        final class Sink: LogSink {
            let lines = Shared(0)
            func log(level: LogLevel, line: String) throws {
                lines.change { $0 += 1 }
                throw Mine()
            }
        }
        let sink = Sink()
        try setLogLevel(level: 0)
        setLogSink(sink: sink)
        let alice = try Person("alice")
        let tim = try alice.alone(loginTimeoutMs: 300)
        _ = await failure { _ = try await tim.login(userId: alice.name, userSig: theServer.sig(of: alice.name)) }
        try await tim.shutdown()
        setLogSink(sink: nil)
        try setLogLevel(level: 1)
        XCTAssertGreaterThan(sink.lines.value, 0)
    }
}

private let elsewhere = ImageBody(
    uuid: "0198c2f4-5a52-7c3e-8a3f-3f6f4f0a7b11",
    imageFormat: 3,
    imageInfoArray: [ImageType.original, .thumb, .large].map {
        ImageInfo(imageType: $0, size: 70, width: 8, height: 8, url: "https://pictures.example/8.png")
    }
)
