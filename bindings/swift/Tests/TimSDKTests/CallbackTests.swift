// What a host's code may do while it is told of events: everything. The engine neither crashes nor hangs, and one
// callback's fault stays its own. TransferTests has the callbacks of pictures, LogTests that of the log.

import TimSDK
import XCTest

struct Mine: Error {}

final class CallbackTests: XCTestCase {
    func testAListenerThatThrowsIsReportedToTheOthers() async throws {
        let alice = try Person("alice")
        for thrown: any Error in [Mine(), TimError.refused(code: 1, message: "mine"), CancellationError()] {
            let faulty = alice.tim.onAll { event in if event.errorCode == TimCode.notLoggedIn { throw thrown } }
            alice.raiseAnEvent()
            try await alice.nextError(TimCode.listenerPanicked)
            alice.tim.off(faulty)
        }
    }

    func testAHandlerThatThrowsHearsTheRestOfTheBatch() async throws {
        let alice = try Person("alice")
        let (begun, goOn, heard) = (Gate(), Gate(), Shared(0))
        alice.tim.on(.error) { event in
            begun.open()
            goOn.wait()
            guard event.errorCode == TimCode.notLoggedIn else { return }
            heard.change { $0 += 1 }
            throw Mine()
        }
        alice.raiseAnEvent()
        try await begun.opened()
        for _ in 0..<20 { alice.raiseAnEvent() }  // Wait for the listener thread, so they come as one batch.
        goOn.open()
        for _ in 0..<2 { try await alice.nextError(TimCode.listenerPanicked) }
        XCTAssertEqual(heard.value, 21)
    }

    func testAListenerThatBlocksHoldsUpNoCall() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let (blocked, goOn) = (Gate(), Gate())
        bob.tim.onAll { _ in
            blocked.open()
            goOn.wait()
        }
        try await bob.changeNick()
        try await blocked.opened()
        // The instance whose listener blocks still sends and receives.
        try await alice.say("are you there?", to: bob)
        try await bob.say("busy", to: alice)
        let answer = try await alice.nextMessage()
        XCTAssertEqual(answer.text, "busy")
        goOn.open()
        let question = try await bob.nextMessage()
        XCTAssertEqual(question.text, "are you there?")
    }

    func testAListenerMayCallWhatAnswersAtOnce() async throws {
        let alice = try await Person.ready("alice")
        let (answers, raised) = (Shared<[String?]>([]), Shared(0))
        alice.tim.onAll { event in
            switch event {
            case .profileUpdated:
                let same = try Tim.create(options: alice.options)
                same.networkChanged(up: true)
                let note = try same.createTextMessage(to: alice.name, conversationType: .c2c, text: "to myself")
                answers.change { $0 = [same.getLoginUser(), note.from, same.isReady() ? version() : nil] }
                alice.tim.onAll { if $0.errorCode == TimCode.loggedOut { raised.change { $0 += 1 } } }
            case .sdkNotReady: alice.raiseAnEvent()
            default: break
            }
        }
        try await alice.changeNick()
        let said = try await answers.first { $0.isEmpty ? nil : $0 }
        XCTAssertEqual(said, [alice.name, alice.name, version()])
        // What a listener causes is told like anything else, to those it has added too.
        try await alice.tim.logout()
        try await raised.first { $0 == 1 ? true : nil }
    }

    func testAListenerMayCallTheEngineAndWaitForIt() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        bob.tim.onAll { event in
            guard case .messageReceived(let messages) = event else { return }
            blocking {
                try await bob.say("got it", to: alice)
                let list = try await bob.tim.getMessageList(conversationID: messages[0].conversationID)
                XCTAssertEqual(list.messageList.map(\.text), ["hello", "got it"])
            }
        }
        try await alice.say("hello", to: bob)
        let answer = try await alice.nextMessage()
        XCTAssertEqual(answer.text, "got it")
    }

    func testListenersOfTwoInstancesMayWaitForEachOther() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let said = Shared(0)
        for (one, other) in [(alice, bob), (bob, alice)] {
            one.tim.onAll { event in
                guard case .messageReceived = event, said.change({ $0 += 1; return $0 }) < 10 else { return }
                blocking {
                    try await one.say("and then?", to: other)
                    _ = try await other.tim.getConversationList()
                }
            }
        }
        try await alice.say("and then?", to: bob)
        try await said.first { $0 == 10 ? true : nil }
    }

    func testAListenerMayRemoveItselfAndAddOthers() async throws {
        let alice = try Person("alice")
        let (once, later, itself) = (Shared(0), Shared(0), Shared<Listener?>(nil))
        let listener = alice.tim.onAll { _ in
            once.change { $0 += 1 }
            if let own = itself.change({ $0.take() }) { alice.tim.off(own) }
            alice.tim.onAll { _ in later.change { $0 += 1 } }
        }
        itself.change { $0 = listener }
        for _ in 0..<3 {
            alice.raiseAnEvent()
            try await alice.nextError(TimCode.notLoggedIn)
        }
        try await alice.tim.destroy()  // After it no listener is called: the counts are final.
        XCTAssertEqual(once.value, 1)
        XCTAssertGreaterThanOrEqual(later.value, 2)
    }

    func testAListenerMayRemoveTheNextOne() async throws {
        let alice = try Person("alice")
        let (next, heard) = (Shared<Listener?>(nil), Shared(0))
        alice.tim.onAll { _ in
            if let other = next.change({ $0.take() }) { alice.tim.off(other) }
        }
        let removed = alice.tim.onAll { _ in heard.change { $0 += 1 } }
        next.change { $0 = removed }
        alice.raiseAnEvent()
        try await alice.tim.destroy()
        XCTAssertEqual(heard.value, 0)
    }

    func testAListenerMayDropTheLastReferences() async throws {
        let alice = try Person("alice")
        let options = TimOptions(
            sdkAppID: theServer.app, server: theServer.address, dataDir: alice.folder, instance: "\(alice.name)-held-once"
        )
        let (last, stream) = (Shared<Tim?>(nil), Shared<AsyncStream<TimEvent>?>(nil))
        let (onlyOne, heard) = (Gate(), Shared(0))
        do {
            let tim = try Tim.create(options: options)
            last.change { $0 = tim }
            stream.change { $0 = tim.events() }
            tim.onAll { _ in
                onlyOne.wait()
                weak var dropped = last.change { $0.take() }
                XCTAssertNil(dropped)
                stream.change { $0 = nil }
                heard.change { $0 += 1 }
            }
            tim.raiseAnEvent()
        }
        onlyOne.open()
        try await heard.first { $0 == 1 ? true : nil }
        // What was dropped are references: the instance lives on, with its listener.
        let again = try Tim.create(options: options)
        again.raiseAnEvent()
        try await heard.first { $0 == 2 ? true : nil }
        try await again.login(userID: alice.name, userSig: alice.sig)
        try await again.destroy()
    }

    /// It takes as long as shutdown waits for a listener, because the engine cannot see whose task it is.
    func testAListenerMayWaitForTheEndOfItsInstance() async throws {
        let alice = try await Person.ready("alice")
        let (calls, ended) = (Shared(0), Gate())
        alice.tim.onAll { event in
            guard calls.change({ $0 += 1; return $0 }) == 1 else { return }
            blocking { try await alice.tim.destroy() }
            ended.open()
        }
        try await alice.changeNick()
        try await ended.opened()
        let error = await failure { try await alice.tim.logout() }
        XCTAssertEqual(error?.code, TimCode.destroyed)
    }

    func testAListenerMayStartATaskThatEndsItsInstance() async throws {
        let alice = try await Person.ready("alice")
        let ended = Gate()
        alice.tim.onAll { event in
            guard case .profileUpdated = event else { return }
            Task {
                try await alice.tim.destroy()
                ended.open()
            }
        }
        try await alice.changeNick()
        try await ended.opened()
        let error = await failure { try await alice.tim.logout() }
        XCTAssertEqual(error?.code, TimCode.destroyed)
    }

    func testNoListenerIsCalledAfterShutdownBecauseNoneIsHeld() async throws {
        weak var held: Probe?
        let alice = try Person("alice")
        let heard = Shared(0)
        do {
            let probe = Probe(Gate())
            held = probe
            alice.tim.onAll { [probe] _ in withExtendedLifetime(probe) { heard.change { $0 += 1 } } }
        }
        XCTAssertNotNil(held)
        for _ in 0..<500 { alice.raiseAnEvent() }
        try await alice.tim.destroy()
        XCTAssertNil(held)
        XCTAssertEqual(heard.value, 501, "all errors, and the end")
    }

    func testAListenerThatIsRemovedIsLetGo() async throws {
        let alice = try Person("alice")
        let gone = Gate()
        let listener = alice.tim.onAll { [probe = Probe(gone)] _ in withExtendedLifetime(probe) {} }
        alice.raiseAnEvent()
        try await alice.nextError(TimCode.notLoggedIn)
        alice.tim.off(listener)
        try await gone.opened()
    }

    func testAHandlerThatIsOnOnceHearsOneEventOfItsKind() async throws {
        let alice = try Person("alice")
        let (once, each, other) = (Shared(0), Shared(0), Shared(0))
        alice.tim.once(.error) { _ in once.change { $0 += 1 } }
        alice.tim.on(.error) { _ in each.change { $0 += 1 } }
        alice.tim.on(.sdkReady) { _ in other.change { $0 += 1 } }
        for _ in 0..<3 { alice.raiseAnEvent() }
        try await alice.tim.destroy()  // After it no handler is called: the counts are final.
        XCTAssertEqual([once.value, each.value, other.value], [1, 3, 0])
    }
}
