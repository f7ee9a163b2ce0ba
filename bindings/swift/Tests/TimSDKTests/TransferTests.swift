// What a host's code may do while a picture is under way: its progress, and an uploader of the host's own.

import Foundation
import TimSDK
import XCTest

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

final class TransferTests: XCTestCase {
    func testAPictureGoesUpAndComesDown() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let (up, down) = (Shared<[Int]>([]), Shared<[Int]>([]))
        let (drawn, file) = (picture(300, 200), alice.folder + "/drawn.bmp")
        try drawn.write(to: URL(fileURLWithPath: file))
        let message = try alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, file: file) { percent in up.change { $0.append(percent) } }
        try await alice.tim.sendMessage(message)
        let got = try await bob.nextMessage()
        XCTAssertEqual(got.image?.imageInfoArray.map(\.width).first, 300)
        XCTAssertEqual(got.image?.format, .bmp)
        let saved = bob.folder + "/saved.bmp"
        try await bob.tim.downloadAttachment(of: got, to: saved) { percent in down.change { $0.append(percent) } }
        XCTAssertEqual(FileManager.default.contents(atPath: saved), drawn)
        for percents in [up.value, down.value] {
            XCTAssertEqual(percents.last, 100)
            XCTAssertEqual(percents, percents.sorted())
        }
    }

    func testAPictureIsShownBeforeItIsSentAndByItsAddressAfterwards() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let drawn = picture(300, 200)
        let made = try alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: drawn)
        XCTAssertEqual(FileManager.default.contents(atPath: try XCTUnwrap(made.localPath)), drawn)
        let sent = try await alice.tim.sendMessage(made)
        XCTAssertEqual(FileManager.default.contents(atPath: try XCTUnwrap(sent.localPath)), drawn)
        let got = try await bob.nextMessage()
        XCTAssertNil(got.localPath)
        let address = try await bob.tim.getAttachmentUrl(of: got)
        XCTAssertEqual(try Data(contentsOf: address), drawn)
    }

    func testProgressThatThrowsStopsNoTransfer() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let message = try alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: picture(64, 64)) { _ in throw Mine() }
        try await alice.tim.sendMessage(message)
        let file = bob.folder + "/saved.bmp"
        try await bob.tim.downloadAttachment(of: bob.nextMessage(), to: file) { _ in throw Mine() }
        XCTAssertEqual(FileManager.default.contents(atPath: file), picture(64, 64))
    }

    func testProgressThatBlocksHoldsUpItsPictureAloneAndMayCallTheEngine() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let (blocked, goOn) = (Gate(), Gate())
        let message = try alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: picture(64, 64)) { _ in
            blocked.open()
            goOn.wait()
            blocking { _ = try await alice.tim.getConversationList() }
        }
        let sending = Task { try await alice.tim.sendMessage(message) }
        try await blocked.opened()
        try await alice.say("there is more to come", to: bob)
        let first = try await bob.nextMessage()
        XCTAssertEqual(first.text, "there is more to come")
        goOn.open()
        let second = try await bob.nextMessage()
        XCTAssertNotNil(second.image)
        _ = try await sending.value
    }

    func testProgressMayEndItsInstance() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let calls = Shared(0)
        let message = try alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: picture(64, 64)) { _ in
            if calls.change({ $0 += 1; return $0 }) == 1 { blocking { try await alice.tim.destroy() } }
        }
        let error = await failure { try await alice.tim.sendMessage(message) }
        guard case .notReady = error else { return XCTFail("\(String(describing: error))") }
    }

    func testProgressIsLetGoWithItsTransfer() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let (up, down) = (Gate(), Gate())
        func send() async throws {
            let message = try alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: picture(8, 8)) { [probe = Probe(up)] _ in
                withExtendedLifetime(probe) {}
            }
            try await alice.tim.sendMessage(message)
        }
        try await send()
        try await up.opened()
        try await bob.tim.downloadAttachment(of: bob.nextMessage(), to: bob.folder + "/saved.bmp") { [probe = Probe(down)] _ in
            withExtendedLifetime(probe) {}
        }
        try await down.opened()
    }

    func testAnUploadPluginTakesTheEnginesPlace() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let (percents, late) = (Shared<[Int]>([]), Shared<TransferProgress?>(nil))
        alice.tim.registerPlugin { file, report in
            XCTAssertEqual(FileManager.default.contents(atPath: file.path), picture(8, 8))
            for percent in [-1, 25, 75, 400] { try report(percent) }
            blocking { _ = try await alice.tim.getConversationList() }  // It may block and call the engine.
            late.change { $0 = report }
            return elsewhere
        }
        let message = try alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: picture(8, 8)) { percent in
            percents.change { $0.append(percent) }
        }
        try await alice.tim.sendMessage(message)
        let got = try await bob.nextMessage()
        XCTAssertEqual(got.image?.imageInfoArray, elsewhere.renditions)
        XCTAssertEqual(percents.value.filter { $0 > 0 }.prefix(2), [25, 75])
        XCTAssertEqual(percents.value.last, 100)
        // A report after the end is not heard.
        let told = percents.value
        try late.value?(50)
        XCTAssertEqual(percents.value, told)
    }

    func testAnUploadPluginThatThrowsFailsItsMessageAlone() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let thrown = Shared<any Error>(TimError.refused(code: 12_345, message: "my storage is closed"))
        alice.tim.registerPlugin { _, _ in throw thrown.value }
        func send() async throws {
            try await alice.tim.sendMessage(alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: picture(8, 8)))
        }
        let own = await failure(of: send)
        XCTAssertEqual(own?.code, 12_345)
        XCTAssertEqual(own?.message, "my storage is closed")
        thrown.change { $0 = Mine() }
        let other = await failure(of: send)
        XCTAssertEqual(other?.message.contains("Mine"), true, other?.message ?? "")
        let sent = try await alice.say("still here", to: bob)
        XCTAssertEqual(sent.status, .success)
    }

    func testAnUploadPluginThatBlocksHoldsUpItsPictureAlone() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let (blocked, goOn) = (Gate(), Gate())
        alice.tim.registerPlugin { _, _ in
            blocked.open()
            goOn.wait()
            return elsewhere
        }
        let message = try alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: picture(8, 8))
        let sending = Task { try await alice.tim.sendMessage(message) }
        try await blocked.opened()
        try await alice.say("there is more to come", to: bob)
        let first = try await bob.nextMessage()
        XCTAssertEqual(first.text, "there is more to come")
        goOn.open()
        let sent = try await sending.value
        XCTAssertEqual(sent.image?.imageInfoArray, elsewhere.renditions)
    }

    func testAPictureThatHasNotLeftIsTakenBack() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let (begun, goOn) = (Gate(), Gate())
        alice.tim.registerPlugin { _, _ in
            begun.open()
            goOn.wait()
            return elsewhere
        }
        let regretted = try alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: picture(8, 8))
        let sending = Task { await failure { try await alice.tim.sendMessage(regretted) } }
        try await begun.opened()
        try await alice.tim.cancelMessage(regretted)
        let cancelled = await sending.value
        XCTAssertEqual(cancelled?.code, TimCode.cancelled)
        goOn.open()
        let sent = try await alice.say("I would have shown you something", to: bob)
        // Alice is answered before bob hears of it.
        _ = try await bob.nextMessage()
        let list = try await bob.tim.getMessageList(conversationID: .c2c(alice.name))
        XCTAssertEqual(list.messageList.map(\.id), [sent.id])
        let late = await failure { try await alice.tim.cancelMessage(sent) }
        XCTAssertEqual(late?.code, TimCode.nothingToCancel)
    }

    /// One that ends before it can be cancelled is whole: then the next one is tried.
    func testADownloadIsCancelledAndLeavesNothing() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        try await alice.tim.sendMessage(alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: picture(900, 600)))
        let (got, file) = (try await bob.nextMessage(), bob.folder + "/saved.bmp")
        var isCancelled = false
        while !isCancelled {
            let begun = Gate()
            let loading = Task {
                do {
                    try await bob.tim.downloadAttachment(of: got, to: file) { _ in begun.open() }
                    return Int32?.none
                } catch let error as TimError {
                    return error.code
                }
            }
            try await begun.opened()
            do {
                try await bob.tim.cancelDownload(target: file)
                isCancelled = true
            } catch let error as TimError {
                XCTAssertEqual(error.code, TimCode.nothingToCancel)
            }
            let code = try await loading.value
            XCTAssertEqual(code, isCancelled ? TimCode.cancelled : nil)
            XCTAssertEqual(FileManager.default.fileExists(atPath: file), !isCancelled)
            try? FileManager.default.removeItem(atPath: file)
        }
    }

    func testAnUploadPluginMayGiveItsPlaceAwayAndIsLetGo() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let gone = Gate()
        alice.tim.registerPlugin { [probe = Probe(gone)] _, _ in
            alice.tim.registerPlugin { _, _ in throw Mine() }
            return withExtendedLifetime(probe) { elsewhere }
        }
        func send() async throws -> Message {
            try await alice.tim.sendMessage(alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: picture(8, 8)))
        }
        let sent = try await send()
        XCTAssertEqual(sent.image?.imageInfoArray, elsewhere.renditions)
        try await gone.opened()
        let error = await failure { _ = try await send() }
        XCTAssertEqual(error?.message.contains("Mine"), true, error?.message ?? "")
    }

    func testAnUploadPluginMayEndItsInstance() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        alice.tim.registerPlugin { _, _ in
            blocking { try await alice.tim.destroy() }
            return elsewhere
        }
        let message = try alice.tim.createImageMessage(to: bob.name, conversationType: .c2c, bytes: picture(8, 8))
        let error = await failure { try await alice.tim.sendMessage(message) }
        guard case .notReady = error else { return XCTFail("\(String(describing: error))") }
    }
}

private let elsewhere = Uploaded(
    uuid: "0198c2f4-5a52-7c3e-8a3f-3f6f4f0a7b11",
    renditions: [RenditionType.original, .thumb, .large].map {
        Rendition(type: $0, size: 70, width: 8, height: 8, url: "https://pictures.example/8.png")
    }
)
