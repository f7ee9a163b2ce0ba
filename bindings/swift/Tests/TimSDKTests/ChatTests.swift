// What an app does all day, from Swift: two people chat, and everything arrives as Swift has it.

import TimSDK
import XCTest

final class ChatTests: XCTestCase {
    func testTextsAndPicturesGoBothWays() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let sent = try await alice.say("Hello Bob 🌻", to: bob)
        XCTAssertEqual(sent.status, .success)
        let heard = try await bob.nextMessage()
        XCTAssertEqual([heard.text, heard.from, heard.id], ["Hello Bob 🌻", alice.name, sent.id])

        let (up, down) = (Shared<[Int]>([]), Shared<[Int]>([]))
        let drawn = picture(300, 200)
        let shown = try bob.tim.createImageMessage(to: heard.conversationId, bytes: drawn) { percent in up.change { $0.append(percent) } }
        _ = try await bob.tim.sendMessage(message: shown)
        let got = try await alice.nextMessage()
        XCTAssertEqual(got.image?.imageInfoArray.map(\.width).first, 300)
        let file = alice.folder + "/from-bob.bmp"
        try await alice.tim.downloadImage(of: got, to: file) { percent in down.change { $0.append(percent) } }
        XCTAssertEqual(FileManager.default.contents(atPath: file), drawn)
        for percents in [up.value, down.value] {
            XCTAssertEqual(percents.last, 100)
            XCTAssertEqual(percents, percents.sorted())
        }

        try await bob.tim.setMessageRead(conversation: .c2c(alice.name))
        try await alice.next { if case .messageReadByPeer(let messages) = $0 { messages.contains { $0.id == sent.id } } else { false } }
        _ = try await alice.tim.revokeMessage(message: sent)
        try await bob.next { if case .messageRevoked(let messages) = $0 { messages[0].id == sent.id && messages[0].isRevoked } else { false } }
        let list = try await bob.tim.getMessageList(conversation: .c2c(alice.name), next: nil, count: 15)
        XCTAssertEqual(list.messageList.count, 2)
        XCTAssertTrue(list.isCompleted)
    }

    func testAGroupIsTalkedIn() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let made = try await alice.tim.createGroup(group: NewGroup(name: "walks", groupType: .meeting))
        let joined = try await bob.tim.joinGroup(group: made.groupId, applyMessage: "")
        XCTAssertEqual(joined.status, .joinedSuccess)
        let hello = try alice.tim.createTextMessage(to: .group(made.groupId), text: "tomorrow at nine?")
        _ = try await alice.tim.sendMessage(message: hello)
        try await bob.next { if case .messageReceived(let messages) = $0 { messages.contains { $0.text == "tomorrow at nine?" } } else { false } }
        let groups = try await bob.tim.getGroupList()
        XCTAssertEqual(groups.map(\.groupId), [made.groupId])
    }

    func testProfilesAndTheBlacklist() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        _ = try await alice.tim.updateMyProfile(fields: ProfileFields(nick: "Alice 🌻", gender: .female))
        let profiles = try await bob.tim.getUserProfile(users: [alice.name, "nobody-of-this-name"])
        XCTAssertEqual(profiles.map(\.fields.nick), ["Alice 🌻"])
        try await bob.tim.addToBlacklist(users: [alice.name])
        try await bob.next { $0 == .blacklistUpdated(users: [alice.name]) }
        try await bob.tim.removeFromBlacklist(users: [alice.name])
        let blacklist = try await bob.tim.getBlacklist()
        XCTAssertEqual(blacklist, [])
    }

    func testEventsComeAsAStream() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try Person("bob"))
        let events = bob.tim.events()
        try await bob.logIn()
        for words in ["one", "two"] { try await alice.say(words, to: bob) }
        var heard: [String?] = []
        for await case .messageReceived(let messages) in events {
            heard += messages.map(\.text)
            if heard.count == 2 { break }
        }
        XCTAssertEqual(heard, ["one", "two"])
    }

    func testAStreamEndsWithItsTask() async throws {
        let alice = try Person("alice")
        let begun = Gate()
        let task = Task { [tim = alice.tim] in
            for await _ in tim.events() { begun.go() }
        }
        try await soon {
            alice.raiseAnEvent()
            return begun.isOpen ? true : nil
        }
        task.cancel()
        await task.value
    }

    func testASlowLoopIsToldThatItLostEvents() async throws {
        let alice = try Person("alice")
        let events = alice.tim.events(bufferingNewest: 10)
        for _ in 0..<100 { alice.raiseAnEvent() }
        // Others hear everything meanwhile.
        for _ in 0..<100 { try await alice.nextError(notLoggedIn) }
        var heard: [UInt32?] = []
        for await event in events {
            heard.append(event.errorCode)
            if heard.count == 11 { break }
        }
        XCTAssertEqual(heard, [TimEvent.eventsLost] + Array(repeating: notLoggedIn, count: 10))
    }

    func testErrorsHaveTheirNumbers() async throws {
        let (alice, carol) = (try await Person.ready("alice"), try Person("carol"))
        func number(_ work: () async throws -> Void, line: UInt = #line) async -> UInt32? { await failure(of: work, line: line)?.code }

        let early = await failure { _ = try carol.tim.createTextMessage(to: "C2Calice", text: "too early") }
        guard case .NotReady(notLoggedIn, let reason) = early else { return XCTFail("\(String(describing: early))") }
        XCTAssertEqual(early?.reason, reason)
        try await carol.nextError(notLoggedIn)
        let forged = await number { _ = try await carol.tim.login(userId: carol.name, userSig: "not a token") }
        XCTAssertEqual(forged, 70_003)
        let stolen = await number { _ = try await carol.tim.login(userId: carol.name, userSig: theServer.sig(of: "mallory")) }
        XCTAssertEqual(stolen, 70_013)
        let nobody = await number {
            _ = try await alice.tim.sendMessage(message: alice.tim.createTextMessage(to: "C2Cnobody-at-all", text: "hello?"))
        }
        XCTAssertEqual(nobody, 20_003)

        let refused: [() async throws -> Void] = [
            { _ = try alice.tim.createTextMessage(to: "alice", text: "no such conversation") },
            { _ = try alice.tim.createTextMessage(to: "C2Cbob", text: "") },
            { _ = try alice.tim.createTextMessage(to: "C2Cbob", text: String(repeating: "x", count: 1_000_000)) },
            { _ = try alice.tim.createImageMessage(to: "C2Cbob", file: "/no/such/file") },
            { _ = try alice.tim.createImageMessage(to: "C2Cbob", bytes: Data("no picture".utf8)) },
            { _ = try await alice.tim.getMessageList(conversation: "C2Cbob", next: -1, count: 15) },
            { try setLogLevel(level: 7) },
            { _ = try Tim.create(options: TimOptions(sdkAppId: 0, server: theServer.address, dataDir: alice.folder)) },
            { _ = try Tim.create(options: TimOptions(sdkAppId: 1, server: "ws://example.com", dataDir: alice.folder)) },
        ]
        for (place, work) in refused.enumerated() {
            guard case .Refused = await failure(of: work) else { return XCTFail("number \(place) of the list") }
        }
    }

    func testAFolderThatIsNoneAndAServerThatIsNotThere() async throws {
        let alice = try Person("alice")
        let file = alice.folder + "/file"
        try Data().write(to: URL(fileURLWithPath: file))
        let storage = await failure { _ = try Tim.create(options: TimOptions(sdkAppId: 1, server: theServer.address, dataDir: file)) }
        guard case .Storage = storage else { return XCTFail("\(String(describing: storage))") }

        let tim = try alice.alone(loginTimeoutMs: 500)
        let unreachable = await failure { _ = try await tim.login(userId: alice.name, userSig: theServer.sig(of: alice.name)) }
        guard case .Unreachable = unreachable else { return XCTFail("\(String(describing: unreachable))") }
        try await tim.shutdown()
    }
}

final class Probe: Sendable {}

extension Person {
    /// An instance whose server is not there.
    func alone(loginTimeoutMs: UInt32? = nil) throws -> Tim {
        try Tim.create(options: TimOptions(
            sdkAppId: theServer.app, server: "ws://127.0.0.1:1", dataDir: folder, instance: "\(name)-alone", loginTimeoutMs: loginTimeoutMs
        ))
    }
}
