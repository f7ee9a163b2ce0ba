// The generated calls that TimExtensions wraps, as an app may use them too: protocols that its own classes implement, and
// callbacks that are left out.

import TimSDK
import XCTest

final class GeneratedTests: XCTestCase {
    func testAnAppsOwnClassesHearAndUpload() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let (ears, uploader, percents) = (Ears(), Uploader(), Percents())
        let listener = bob.tim.addListener(listener: ears)
        alice.tim.registerUploadPlugin(plugin: uploader)
        let message = try alice.tim.createImageMessageFromBytes(
            to: .c2c(bob.name), bytes: picture(8, 8), priority: .normal, onProgress: percents
        )
        let sent = try await alice.tim.sendMessage(message: message)
        XCTAssertEqual(sent.image?.imageInfoArray, Uploader.somewhere.renditions)
        XCTAssertEqual(percents.told.value.last, 100)
        let got = try await ears.heard.first { events in
            events.lazy.compactMap { if case .messageReceived(let messages) = $0 { messages.first } else { nil } }.first
        }
        XCTAssertEqual(got.image?.imageInfoArray, Uploader.somewhere.renditions)
        listener.remove()
    }

    func testCallbacksMayBeLeftOut() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let (sent, saved) = (alice.folder + "/drawn.bmp", bob.folder + "/saved.bmp")
        try picture(8, 8).write(to: URL(fileURLWithPath: sent))
        let message = try alice.tim.createImageMessage(to: .c2c(bob.name), file: sent, priority: .low, onProgress: nil)
        try await alice.tim.sendMessage(message)
        try await bob.tim.downloadAttachment(message: bob.nextMessage(), rendition: .original, target: saved, onProgress: nil)
        XCTAssertEqual(FileManager.default.contents(atPath: saved), picture(8, 8))
    }
}

private final class Ears: EventListener {
    let heard = Shared<[TimEvent]>([])

    func onEvents(events: [TimEvent]) throws { heard.change { $0 += events } }
}

private final class Percents: ProgressListener {
    let told = Shared<[UInt32]>([])

    func onProgress(percent: UInt32) throws { told.change { $0.append(percent) } }
}

private final class Uploader: UploadPlugin {
    static let somewhere = Uploaded(
        uuid: "0198c2f4-5a52-7c3e-8a3f-3f6f4f0a7b12",
        renditions: [RenditionType.original, .thumb, .large].map {
            Rendition(renditionType: $0, size: 246, width: 8, height: 8, url: "https://pictures.example/8.bmp")
        }
    )

    func upload(file: UploadFile, progress: UploadProgress) throws -> Uploaded {
        progress.report(percent: 50)
        return Uploader.somewhere
    }
}
