// Bad input and bad hosts: every failure has its kind, its number and a reason.

import TimSDK
import XCTest

final class ErrorTests: XCTestCase {
    func testErrorsHaveTheirNumbers() async throws {
        let (alice, carol) = (try await Person.ready("alice"), try Person("carol"))
        let early = await failure { _ = try carol.tim.createTextMessage(to: "alice", conversationType: .c2c, text: "too early") }
        guard case .notReady(TimCode.notLoggedIn, let reason) = early else { return XCTFail("\(String(describing: early))") }
        XCTAssertEqual(early?.message, reason)
        XCTAssertEqual(early?.localizedDescription, reason)
        try await carol.nextError(TimCode.notLoggedIn)
        let forged = await failure { try await carol.tim.login(userID: carol.name, userSig: "not a token") }
        XCTAssertEqual(forged?.code, TimCode.usersigMalformed)
        let stolen = await failure { try await carol.tim.login(userID: carol.name, userSig: theServer.sig(of: "mallory")) }
        XCTAssertEqual(stolen?.code, TimCode.usersigOtherUser)
        // The operator of this server lets no guests in.
        let unnamed = await failure { _ = try await carol.tim.loginAsGuest() }
        XCTAssertEqual(unnamed?.code, TimCode.usersigEmpty)
        let nobody = await failure {
            try await alice.tim.sendMessage(alice.tim.createTextMessage(to: "nobody-at-all", conversationType: .c2c, text: "hello?"))
        }
        XCTAssertEqual(nobody?.code, TimCode.unknownUser)
    }

    func testWhatDoesNotFitIsRefused() async throws {
        let alice = try await Person.ready("alice")
        let sent = try await alice.say("a note", to: alice)
        let refused: [() async throws -> Void] = [
            { _ = try alice.tim.createTextMessage(to: "", conversationType: .c2c, text: "nobody") },
            { _ = try alice.tim.createTextMessage(to: "bob", conversationType: .c2c, text: "") },
            { _ = try alice.tim.createTextMessage(to: "bob", conversationType: .c2c, text: String(repeating: "x", count: 1_000_000)) },
            { _ = try alice.tim.createImageMessage(to: "bob", conversationType: .c2c, file: "/no/such/file") },
            { _ = try alice.tim.createImageMessage(to: "bob", conversationType: .c2c, bytes: Data("no picture".utf8)) },
            { try await alice.tim.resendMessage(sent) },
            { try await alice.tim.downloadAttachment(of: sent, to: alice.folder + "/no-picture") },
            { _ = try await alice.tim.getMessageList(conversationID: "C2Cbob", nextReqMessageID: "no page gave this") },
            { _ = try await alice.tim.getGroupProfile(groupID: "no such group") },
            { try await alice.tim.addToBlacklist(userIDList: [""]) },
            { try setLogLevel(7) },
            { _ = try Tim.create(options: TimOptions(sdkAppID: 0, server: theServer.address, dataDir: alice.folder)) },
            { _ = try Tim.create(options: TimOptions(sdkAppID: 1, server: "ws://example.com", dataDir: alice.folder)) },
        ]
        for (place, work) in refused.enumerated() {
            guard case .refused(_, let reason) = await failure(of: work) else { return XCTFail("number \(place) of the list") }
            XCTAssertFalse(reason.isEmpty)
        }
    }

    func testAFolderThatCannotBeWrittenIsTold() async throws {
        let file = freshFolder() + "/file"
        try Data().write(to: URL(fileURLWithPath: file))
        // Where not even root may write.
        #if os(macOS)
        let system = "/System"
        #else
        let system = "/proc"
        #endif
        for folder in [file, system] {
            let error = await failure {
                _ = try Tim.create(options: TimOptions(sdkAppID: 1, server: theServer.address, dataDir: folder))
            }
            guard case .storage(TimCode.dataDirUnusable, let reason) = error else {
                return XCTFail("\(folder): \(String(describing: error))")
            }
            XCTAssertFalse(reason.isEmpty)
        }
    }

    func testAServerThatIsNotThereIsTold() async throws {
        let alice = try Person("alice")
        for server in ["ws://127.0.0.1:1", "wss://nowhere.invalid"] {
            let tim = try alice.alone(server: server, loginTimeoutMs: 500)
            let error = await failure { try await tim.login(userID: alice.name, userSig: alice.sig) }
            guard case .unreachable(TimCode.networkError...TimCode.timeout, let reason) = error else {
                return XCTFail("\(server): \(String(describing: error))")
            }
            XCTAssertFalse(reason.isEmpty)
            try await tim.destroy()
        }
    }
}
