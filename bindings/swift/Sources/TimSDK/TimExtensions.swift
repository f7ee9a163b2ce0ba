// What makes the generated code pleasant in Swift: events as an AsyncStream and by closure, arguments and answers that may be
// left out, errors that say their reason. Everything here is made of the generated code's public functions; nothing here decides.

import Foundation

extension Tim {
    /// Everything that happens from now on, for a `for await` loop:
    ///
    ///     let events = tim.events()
    ///     for await event in events { show(event) }
    ///
    /// The stream ends when the instance is shut down, when the loop's task is cancelled, or when nobody holds it any more;
    /// then its listener is taken off. It is for one loop at a time (after a `break` another may go on): for a second one,
    /// call this again.
    ///
    /// At most `limit` events wait for the loop. One that falls farther behind loses the oldest, and is told so by
    /// ``TimEvent/error(code:reason:)`` with ``TimCode/eventsLost``: it then reads the lists it shows anew. A whole list takes
    /// the place of an older one of its kind that still waits. A slow loop never holds up the engine or another listener.
    public func events(bufferingNewest limit: Int = 1_000) -> AsyncStream<TimEvent> {
        let waiting = Waiting(limit: max(limit, 1))
        // Each says that something was put in, perhaps more than once.
        let signs = AsyncStream<Void>(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let source = Source(continuation)
            let listener = addListener(listener: Ears { event in
                waiting.put(event)
                source.stream.yield()
            })
            continuation.onTermination = { _ in listener.remove() }
        }
        return AsyncStream {
            while true {
                if let event = waiting.take() { return event }
                var next = signs.makeAsyncIterator()
                if await next.next() == nil { return waiting.take() }
            }
        }
    }

    /// Calls `handler` for each event, on the engine's own listener thread:
    ///
    ///     tim.on { event in
    ///         if case .messageReceived(let messages) = event { show(messages) }
    ///     }
    ///
    /// The handler may call the engine and may throw; it should not block for long. It is held until the listener is
    /// removed or the instance is shut down, with everything it captures; the listener need not be kept for it to hear.
    @discardableResult
    public func on(_ handler: @escaping @Sendable (TimEvent) throws -> Void) -> Listener {
        addListener(listener: Ears(handler))
    }

    /// Logs a user in; ``TimEvent/sdkReady`` tells when everything works. True if the user was logged in already.
    ///
    /// - Throws: ``TimError``, as ``login(userId:userSig:)`` does.
    @discardableResult
    public func login(as userID: String, userSig: String) async throws -> Bool {
        try await login(userId: userID, userSig: userSig)
    }

    /// A text message of normal priority; ``sendMessage(_:)`` sends it.
    ///
    /// - Throws: ``TimError``, as ``createTextMessage(to:text:priority:)`` does.
    public func createTextMessage(to conversation: String, text: String) throws -> Message {
        try createTextMessage(to: conversation, text: text, priority: .normal)
    }

    /// A picture message of a file; ``sendMessage(_:)`` uploads and sends it, and tells `onProgress` 0 to 100.
    ///
    /// - Throws: ``TimError``, as the one that takes a ``ProgressListener`` does.
    public func createImageMessage(
        to conversation: String, file: String, priority: Priority = .normal, onProgress: @escaping TransferProgress = { _ in }
    ) throws -> Message {
        try createImageMessage(to: conversation, file: file, priority: priority, onProgress: Progress(onProgress))
    }

    /// A picture message of a file's bytes; ``sendMessage(_:)`` uploads and sends it, and tells `onProgress` 0 to 100.
    ///
    /// - Throws: ``TimError``, as ``createImageMessageFromBytes(to:bytes:priority:onProgress:)`` does.
    public func createImageMessage(
        to conversation: String, bytes: Data, priority: Priority = .normal, onProgress: @escaping TransferProgress = { _ in }
    ) throws -> Message {
        try createImageMessageFromBytes(to: conversation, bytes: bytes, priority: priority, onProgress: Progress(onProgress))
    }

    /// Sends a message that was created here. Answers it with its place, once it is on the server's stable storage.
    ///
    /// - Throws: ``TimError``, as ``sendMessage(message:)`` does.
    @discardableResult
    public func sendMessage(_ message: Message) async throws -> Message {
        try await sendMessage(message: message)
    }

    /// Sends a message that was refused again, under the same identity.
    ///
    /// - Throws: ``TimError``, as ``resendMessage(message:)`` does.
    @discardableResult
    public func resendMessage(_ message: Message) async throws -> Message {
        try await resendMessage(message: message.id)
    }

    /// Takes a message back.
    ///
    /// - Throws: ``TimError``, as ``revokeMessage(message:)`` does.
    @discardableResult
    public func revokeMessage(_ message: Message) async throws -> Message {
        try await revokeMessage(message: message)
    }

    /// Takes a message back that has not left, for good.
    ///
    /// - Throws: ``TimError``, as ``cancelMessage(message:)`` does.
    public func cancelMessage(_ message: Message) async throws {
        try await cancelMessage(message: message.id)
    }

    /// A page of a conversation's messages, oldest first: the newest, or those before `next`, which a page gave.
    ///
    /// - Throws: ``TimError``, as ``getMessageList(conversation:next:count:)`` does.
    public func getMessageList(of conversation: String, next: Int64? = nil, count: UInt32 = 15) async throws -> MessageList {
        try await getMessageList(conversation: conversation, next: next, count: count)
    }

    /// Saves a picture of a message as a file, and tells `onProgress` 0 to 100.
    ///
    /// - Throws: ``TimError``, as ``downloadAttachment(message:rendition:target:onProgress:)`` does.
    public func downloadAttachment(
        of message: Message, to target: String, rendition: RenditionType = .original, onProgress: @escaping TransferProgress = { _ in }
    ) async throws {
        try await downloadAttachment(message: message, rendition: rendition, target: target, onProgress: Progress(onProgress))
    }

    /// The address of the file of a message, for an image view; ask again after ten minutes.
    ///
    /// - Throws: ``TimError``, as ``getAttachmentUrl(message:rendition:)`` does.
    public func getAttachmentUrl(of message: Message, rendition: RenditionType = .original) async throws -> URL {
        let address = try await getAttachmentUrl(message: message, rendition: rendition)
        guard let url = URL(string: address) else {
            throw TimError.Refused(code: TimCode.mediaNotFound, reason: "the file's address is none")
        }
        return url
    }

    /// Ends every download into this file; nothing is left of it.
    ///
    /// - Throws: ``TimError``, as ``cancelDownload(target:)`` does.
    public func cancelDownload(to target: String) async throws {
        try await cancelDownload(target: target)
    }

    /// Changes this user's profile; what is `nil` stays.
    ///
    /// - Throws: ``TimError``, as ``updateMyProfile(fields:)`` does.
    @discardableResult
    public func updateMyProfile(_ fields: ProfileFields) async throws -> Profile {
        try await updateMyProfile(fields: fields)
    }

    /// Uploads files in the engine's place: `upload` is given a file and a function to report percents to, and describes
    /// what it has uploaded. It runs on a thread that it may block; the message fails with what it throws.
    public func registerUploadPlugin(
        _ upload: @escaping @Sendable (_ file: UploadFile, _ report: @escaping TransferProgress) throws -> Uploaded
    ) {
        registerUploadPlugin(plugin: Uploader(upload))
    }
}

/// Is told how far a file has come, in percent, growing, on a thread of the engine's that it may block.
public typealias TransferProgress = @Sendable (_ percent: Int) throws -> Void

/// Has `write` take the log's lines. It is called from any of the engine's threads and must not block. See ``setLogLevel(level:)``.
public func setLogSink(_ write: @escaping @Sendable (_ level: LogLevel, _ line: String) throws -> Void) {
    setLogSink(sink: Sink(write))
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
    /// The reason, which `localizedDescription` says too.
    public var errorDescription: String? { reason }

    /// The number: stable for ever, TIM's own where TIM has one.
    public var code: UInt32 { parts.code }

    /// What to do, in one line for people.
    public var reason: String { parts.reason }

    private var parts: (code: UInt32, reason: String) {
        switch self {
        case .NotReady(let code, let reason), .Unreachable(let code, let reason), .Refused(let code, let reason),
            .Storage(let code, let reason), .Internal(let code, let reason):
            (code, reason)
        }
    }
}

/// Hears batches event by event. What fails for one event is told to the engine after the others were heard too.
private final class Ears: EventListener {
    private let hear: @Sendable (TimEvent) throws -> Void

    init(_ hear: @escaping @Sendable (TimEvent) throws -> Void) { self.hear = hear }

    func onEvents(events: [TimEvent]) throws {
        var failure: (any Error)?
        for event in events {
            do { try hear(event) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }
}

/// Ends a stream once the engine has let its listener go: when it was taken off, or the instance shut down.
private final class Source: Sendable {
    let stream: AsyncStream<Void>.Continuation

    init(_ stream: AsyncStream<Void>.Continuation) { self.stream = stream }

    deinit { stream.finish() }
}

private final class Progress: ProgressListener {
    private let tell: TransferProgress

    init(_ tell: @escaping TransferProgress) { self.tell = tell }

    func onProgress(percent: UInt32) throws { try tell(Int(percent)) }
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
        try work(file) { percent in progress.report(percent: UInt32(min(max(percent, 0), 100))) }
    }
}
