// What makes the generated code pleasant in Swift: events as an AsyncStream and by closure, arguments and answers that may be
// left out, errors that say their reason. Everything here is made of the generated code's public functions; nothing here decides.

import Foundation

extension Tim {
    /// Everything that happens from now on, for a `for await` loop:
    ///
    ///     let events = tim.events()
    ///     for await event in events { show(event) }
    ///
    /// The stream ends when the instance is destroyed, when the loop's task is cancelled, or when nobody holds it any more;
    /// then its listener is taken off. It is for one loop at a time (after a `break` another may go on): for a second one,
    /// call this again.
    ///
    /// At most `limit` events wait for the loop. One that falls farther behind loses the oldest, and is told so by
    /// ``TimEvent/error(code:message:)`` with ``TimCode/eventsLost``: it then reads the lists it shows anew. A whole list takes
    /// the place of an older one of its kind that still waits. A slow loop never holds up the engine or another listener.
    public func events(bufferingNewest limit: Int = 1_000) -> AsyncStream<TimEvent> {
        let waiting = Waiting(limit: max(limit, 1))
        // Each says that something was put in, perhaps more than once.
        let signs = AsyncStream<Void>(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let source = Source(continuation)
            let listener = addListener { events in
                events.forEach(waiting.put)
                source.stream.yield()
            }
            // A reference of its own: a stream does not hold the app's.
            let own = Tim(unsafeFromHandle: uniffiCloneHandle())
            continuation.onTermination = { _ in own.off(listener) }
        }
        return AsyncStream {
            while true {
                if let event = waiting.take() { return event }
                var next = signs.makeAsyncIterator()
                if await next.next() == nil { return waiting.take() }
            }
        }
    }

    /// Calls `handler` for each event of one kind from now on, on the engine's own listener thread:
    ///
    ///     tim.on(.messageReceived) { event in
    ///         if case .messageReceived(let messages) = event { show(messages) }
    ///     }
    ///
    /// The handler may call the engine and may throw; it should not block for long. It is held until it is taken `off` or the
    /// instance is destroyed, with everything it captures; the listener need not be kept for it to hear.
    @discardableResult
    public func on(_ event: EventName, handler: @escaping @Sendable (TimEvent) throws -> Void) -> Listener {
        uniffiOn(event: event, handler: Handler(handler))
    }

    /// Calls `handler` for the next event of one kind, once. In all else as ``on(_:handler:)``.
    @discardableResult
    public func once(_ event: EventName, handler: @escaping @Sendable (TimEvent) throws -> Void) -> Listener {
        uniffiOnce(event: event, handler: Handler(handler))
    }

    /// Calls `listener` with all events from now on, several at once. In all else as ``on(_:handler:)``.
    @discardableResult
    public func addListener(_ listener: @escaping @Sendable ([TimEvent]) throws -> Void) -> Listener {
        uniffiAddListener(listener: Ears(listener))
    }

    /// A picture message of a file; ``sendMessage(_:options:)`` uploads and sends it, and tells `onProgress` 0 to 100.
    ///
    /// - Throws: ``TimError``: as ``createTextMessage(to:conversationType:text:options:)`` does; 2251 for no path, 2401 for a file
    ///   that cannot be read, 7006 if it is empty, 2252 if it is no picture, 2253 if it has 20 MB or more.
    public func createImageMessage(
        to: String, conversationType: ConversationType, file: String, options: CreateOptions? = nil, onProgress: TransferProgress? = nil
    ) throws -> Message {
        let progress = onProgress.map(Progress.init)
        return try uniffiCreateImageMessage(
            to: to, conversationType: conversationType, file: file, options: options, onProgress: progress)
    }

    /// A picture message of a file's bytes; ``sendMessage(_:options:)`` uploads and sends it, and tells `onProgress` 0 to 100.
    ///
    /// - Throws: ``TimError``: as the one that takes a file; `storage` with 130168 or 6022 if they cannot be written.
    public func createImageMessage(
        to: String, conversationType: ConversationType, bytes: Data, options: CreateOptions? = nil, onProgress: TransferProgress? = nil
    ) throws -> Message {
        let progress = onProgress.map(Progress.init)
        return try uniffiCreateImageMessageFromBytes(
            to: to, conversationType: conversationType, bytes: bytes, options: options, onProgress: progress)
    }

    /// An audio message, such as a voice message: a recording of any format, up to 28 MB, that lasts `second` seconds.
    ///
    /// - Throws: ``TimError``: as ``createTextMessage(to:conversationType:text:options:)`` does; 2401 for a file that cannot be read,
    ///   7006 if it is empty, 2301 if it has more than 28 MB, 20001 for a negative duration.
    public func createAudioMessage(
        to: String, conversationType: ConversationType, file: String, second: Int, options: CreateOptions? = nil,
        onProgress: TransferProgress? = nil
    ) throws -> Message {
        let progress = onProgress.map(Progress.init)
        return try uniffiCreateAudioMessage(
            to: to, conversationType: conversationType, file: file, second: Int32(clamping: second), options: options, onProgress: progress)
    }

    /// A video message: a video, up to 100 MB, that lasts `second` seconds, and a `snapshot`, the picture that stands for it until it
    /// is played. `format` is such as `mp4`, empty for the file's extension.
    ///
    /// - Throws: ``TimError``: as ``createImageMessage(to:conversationType:file:options:onProgress:)`` does for the snapshot; 2401 for a
    ///   file that cannot be read, 7006 if it is empty, 2351 if it has more than 100 MB, 130110 for a format that is not 1 to
    ///   16 letters and digits, 20001 for a negative duration.
    public func createVideoMessage(
        to: String, conversationType: ConversationType, file: String, format: String = "", second: Int, snapshot: String,
        options: CreateOptions? = nil, onProgress: TransferProgress? = nil
    ) throws -> Message {
        let progress = onProgress.map(Progress.init)
        return try uniffiCreateVideoMessage(
            to: to, conversationType: conversationType, file: file, format: format, second: Int32(clamping: second),
            snapshot: snapshot, options: options, onProgress: progress)
    }

    /// A file message of any file, up to 100 MB; `name` is what receivers see, empty for the file's own.
    ///
    /// - Throws: ``TimError``: as ``createTextMessage(to:conversationType:text:options:)`` does; 2401 for a file that cannot be read,
    ///   7006 if it is empty, 2402 if it has more than 100 MB, 130110 for a name longer than 256 bytes.
    public func createFileMessage(
        to: String, conversationType: ConversationType, file: String, name: String = "", options: CreateOptions? = nil,
        onProgress: TransferProgress? = nil
    ) throws -> Message {
        let progress = onProgress.map(Progress.init)
        return try uniffiCreateFileMessage(
            to: to, conversationType: conversationType, file: file, name: name, options: options, onProgress: progress)
    }

    /// A file message of a file's bytes; it needs a name.
    ///
    /// - Throws: ``TimError``: as the one that takes a file; `storage` with 130168 or 6022 if they cannot be written.
    public func createFileMessage(
        to: String, conversationType: ConversationType, bytes: Data, name: String, options: CreateOptions? = nil,
        onProgress: TransferProgress? = nil
    ) throws -> Message {
        let progress = onProgress.map(Progress.init)
        return try uniffiCreateFileMessageFromBytes(
            to: to, conversationType: conversationType, bytes: bytes, name: name, options: options, onProgress: progress)
    }

    /// Sends a message that was refused again, under the same identity.
    ///
    /// - Throws: ``TimError``, as ``resendMessage(messageID:)`` does.
    @discardableResult
    public func resendMessage(_ message: Message) async throws -> Message {
        try await resendMessage(messageID: message.id)
    }

    /// Takes a message back that has not left, for good.
    ///
    /// - Throws: ``TimError``, as ``cancelMessage(messageID:)`` does.
    public func cancelMessage(_ message: Message) async throws {
        try await cancelMessage(messageID: message.id)
    }

    /// Saves the file of a message, in one of its renditions, and tells `onProgress` 0 to 100.
    ///
    /// - Throws: ``TimError``: 2105 for a message that has no such file or is not sent yet; 130140, 130141 or 130143 if the server does
    ///   not have or give it; `unreachable`; `storage` if the file cannot be written; 130161 if ``cancelDownload(target:)`` ended it.
    public func downloadAttachment(
        of message: Message, to target: String, rendition: RenditionType = .original, onProgress: TransferProgress? = nil
    ) async throws {
        let progress = onProgress.map(Progress.init)
        try await uniffiDownloadAttachment(message: message, rendition: rendition, target: target, onProgress: progress)
    }

    /// The file of a message on this device, in one of its renditions, for image views and players: at once if it is here, otherwise
    /// loaded into the cache, which keeps the files used last. Do not change it.
    ///
    /// - Throws: ``TimError``: those of ``downloadAttachment(of:to:rendition:onProgress:)`` but 130161 of a cancelled download; 130150 if the
    ///   message was revoked.
    public func getAttachmentFile(
        of message: Message, rendition: RenditionType = .original, onProgress: TransferProgress? = nil
    ) async throws -> URL {
        let progress = onProgress.map(Progress.init)
        return URL(fileURLWithPath: try await uniffiGetAttachmentFile(message: message, rendition: rendition, onProgress: progress))
    }

    /// The address of the file of a message, for an image view: it holds for ten minutes and differs each time. Ask again then, and
    /// let caches remember the message's ID and the rendition.
    ///
    /// - Throws: ``TimError``: 2105 for a message that has no such file or is not sent yet (its `localPath` shows it), 130143 if the
    ///   server has the file no more; `unreachable`.
    public func getAttachmentUrl(of message: Message, rendition: RenditionType = .original) async throws -> URL {
        let address = try await uniffiGetAttachmentUrl(message: message, rendition: rendition)
        guard let url = URL(string: address) else {
            throw TimError.refused(code: TimCode.mediaNotFound, message: "the file's address is none")
        }
        return url
    }

    /// Uploads files in the engine's place: `upload` is given a file and a function to report percents to, and describes
    /// what it has uploaded. It runs on a thread that it may block; the message fails with what it throws.
    public func registerPlugin(
        _ upload: @escaping @Sendable (_ file: UploadFile, _ report: @escaping TransferProgress) throws -> Uploaded
    ) {
        uniffiRegisterPlugin(plugin: Uploader(upload))
    }
}

/// Is told how far a file has come, in percent, growing, on a thread of the engine's that it may block.
public typealias TransferProgress = @Sendable (_ percent: Int) throws -> Void

/// Has `write` take the log's lines; nil for the standard error output. It is called from any of the engine's threads and must not
/// block. See ``setLogLevel(_:)``.
public func setLogSink(_ write: (@Sendable (_ level: LogLevel, _ line: String) throws -> Void)?) {
    uniffiSetLogSink(sink: write.map(Sink.init))
}

extension Message {
    /// What a text message says; nil for any other.
    public var text: String? {
        if case .text(let body) = payload { body.text } else { nil }
    }

    /// The picture of a picture message; nil for any other.
    public var image: ImageBody? {
        if case .image(let body) = payload { body } else { nil }
    }

    /// The recording of an audio message; nil for any other.
    public var audio: AudioBody? {
        if case .audio(let body) = payload { body } else { nil }
    }

    /// The video of a video message; nil for any other.
    public var video: VideoBody? {
        if case .video(let body) = payload { body } else { nil }
    }

    /// The file of a file message; nil for any other.
    public var file: FileBody? {
        if case .file(let body) = payload { body } else { nil }
    }

    /// The place that a location message tells; nil for any other.
    public var location: LocationBody? {
        if case .location(let body) = payload { body } else { nil }
    }

    /// The content of the app's own that a custom message has; nil for any other.
    public var custom: CustomBody? {
        if case .custom(let body) = payload { body } else { nil }
    }

    /// The sticker that a face message is; nil for any other.
    public var face: FaceBody? {
        if case .face(let body) = payload { body } else { nil }
    }

    /// The messages that a merger has; nil for any other.
    public var merger: MergerBody? {
        if case .merger(let body) = payload { body } else { nil }
    }

    /// What happened in the group, if the message tells of that; nil for any other.
    public var groupTip: GroupTip? {
        if case .groupTip(let tip) = payload { tip } else { nil }
    }

    /// What the server gives notice of, if the message is such a notice; nil for any other.
    public var systemNotice: SystemNotice? {
        if case .groupSystemNotice(let notice) = payload { notice } else { nil }
    }
}

extension TimError: LocalizedError {
    /// The message, which `localizedDescription` says too.
    public var errorDescription: String? { message }

    /// The number: stable for ever, TIM's own where TIM has one.
    public var code: Int32 { parts.code }

    /// What to do, in one line for people.
    public var message: String { parts.message }

    private var parts: (code: Int32, message: String) {
        switch self {
        case .notReady(let code, let message), .unreachable(let code, let message), .refused(let code, let message),
            .storage(let code, let message), .internal(let code, let message):
            (code, message)
        }
    }
}

private final class Handler: EventHandler {
    private let handle: @Sendable (TimEvent) throws -> Void

    init(_ handle: @escaping @Sendable (TimEvent) throws -> Void) { self.handle = handle }

    func onEvent(event: TimEvent) throws { try handle(event) }
}

private final class Ears: EventListener {
    private let hear: @Sendable ([TimEvent]) throws -> Void

    init(_ hear: @escaping @Sendable ([TimEvent]) throws -> Void) { self.hear = hear }

    func onEvents(events: [TimEvent]) throws { try hear(events) }
}

/// Ends a stream once the engine has let its listener go: when it was taken off, or the instance was destroyed.
private final class Source: Sendable {
    let stream: AsyncStream<Void>.Continuation

    init(_ stream: AsyncStream<Void>.Continuation) { self.stream = stream }

    deinit { stream.finish() }
}

private final class Progress: ProgressListener {
    private let tell: TransferProgress

    init(_ tell: @escaping TransferProgress) { self.tell = tell }

    func onProgress(percent: Int32) throws { try tell(Int(percent)) }
}

private final class Sink: LogSink {
    private let write: @Sendable (LogLevel, String) throws -> Void

    init(_ write: @escaping @Sendable (LogLevel, String) throws -> Void) { self.write = write }

    func log(level: LogLevel, line: String) throws { try write(level, line) }
}

private final class Uploader: UploadPlugin {
    private let work: @Sendable (UploadFile, @escaping TransferProgress) throws -> Uploaded

    init(_ work: @escaping @Sendable (UploadFile, @escaping TransferProgress) throws -> Uploaded) { self.work = work }

    func upload(file: UploadFile, progress: UploadProgress) throws -> Uploaded {
        try work(file) { percent in progress.report(percent: Int32(clamping: percent)) }
    }
}
