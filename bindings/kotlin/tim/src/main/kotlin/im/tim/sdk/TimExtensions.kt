/**
 * What makes the generated code pleasant in Kotlin: events as a [Flow] and by kind, functions in place of callback interfaces,
 * arguments that may be left out. Everything here is made of the generated code's public functions; nothing here decides.
 */
package im.tim.sdk

import kotlin.reflect.KClass
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * Everything that happens from the moment the flow is collected until collection ends. Each collector has its own listener
 * and hears every event. The flow completes when the instance is shut down, after [TimEvent.SdkDestroy].
 *
 * At most [capacity] events wait for a collector. One that falls farther behind loses the oldest, and is told so by
 * [TimEvent.Error] with [TimCode.EVENTS_LOST] in their place: it then reads the lists it shows anew, and misses nothing of
 * what comes after. A whole list takes the place of an older one of its kind that still waits. A slow collector never holds
 * up the engine or another listener.
 *
 * @throws IllegalArgumentException for a [capacity] below 1.
 */
fun Tim.events(capacity: Int = 1_000): Flow<TimEvent> {
    require(capacity > 0) { "a flow of events needs room for one: its capacity cannot be $capacity" }
    return flow {
        val waiting = Waiting(capacity)
        val listener = addListener(Ears { event ->
            waiting.put(event)
            if (event is TimEvent.SdkDestroy) waiting.end()
        })
        try {
            // An instance that had ended before tells nobody of it any more.
            if (isDestroyed()) waiting.end()
            while (true) emit(waiting.next() ?: break)
        } finally {
            listener.use { it.remove() }
        }
    }
}

/**
 * Calls [handler] for each event of one kind, on the engine's own listener thread:
 *
 *     tim.on<TimEvent.MessageReceived> { event -> show(event.messages) }
 *
 * The handler may call the engine and may throw; it should not block for long. [Listener.remove] takes it off.
 */
inline fun <reified T : TimEvent> Tim.on(noinline handler: (T) -> Unit): Listener = on(T::class, handler)

/** [on] for a kind that is not known when this is compiled. */
fun <T : TimEvent> Tim.on(kind: KClass<T>, handler: (T) -> Unit): Listener =
    addListener(Ears { event -> if (kind.isInstance(event)) handler(kind.java.cast(event)) })

/** Hears batches event by event. What fails for one event is told to the engine after the others were heard too. */
private class Ears(private val hear: (TimEvent) -> Unit) : EventListener {
    override fun onEvents(events: List<TimEvent>) {
        val failures = events.mapNotNull { event -> runCatching { hear(event) }.exceptionOrNull() }
        failures.firstOrNull()?.let { orException { throw it } }
    }
}

/** The generated code tells the engine of exceptions alone; an Error (a failed assertion, TODO()) becomes one. */
private inline fun <T> orException(work: () -> T): T =
    try {
        work()
    } catch (error: Error) {
        throw IllegalStateException(error)
    }

/** A text message of normal priority. See [Tim.createTextMessage]. */
fun Tim.createTextMessage(to: String, text: String): Message = createTextMessage(to, text, Priority.NORMAL)

/** A picture message of a file. [onProgress] is told 0 to 100 while it is sent. See [Tim.createImageMessage]. */
fun Tim.createImageMessage(
    to: String,
    file: String,
    priority: Priority = Priority.NORMAL,
    onProgress: (Int) -> Unit = {},
): Message = createImageMessage(to, file, priority, Progress(onProgress))

/** A picture message of a file's bytes. [onProgress] is told 0 to 100 while it is sent. */
fun Tim.createImageMessage(
    to: String,
    bytes: ByteArray,
    priority: Priority = Priority.NORMAL,
    onProgress: (Int) -> Unit = {},
): Message = createImageMessageFromBytes(to, bytes, priority, Progress(onProgress))

/** Sends a message that was refused again, under the same identity. */
suspend fun Tim.resendMessage(message: Message): Message = resendMessage(message.id)

/** Takes a message back that has not left, for good. */
suspend fun Tim.cancelMessage(message: Message): Unit = cancelMessage(message.id)

/** Saves the file of a message. [onProgress] is told 0 to 100. See [Tim.downloadAttachment]. */
suspend fun Tim.downloadAttachment(
    message: Message,
    target: String,
    rendition: RenditionType = RenditionType.ORIGINAL,
    onProgress: (Int) -> Unit = {},
): Unit = downloadAttachment(message, rendition, target, Progress(onProgress))

/** The address of the file of a message, for an image view; ask again after ten minutes. See [Tim.getAttachmentUrl]. */
suspend fun Tim.getAttachmentUrl(message: Message): String = getAttachmentUrl(message, RenditionType.ORIGINAL)

private class Progress(private val tell: (Int) -> Unit) : ProgressListener {
    override fun onProgress(percent: UInt) = tell(percent.toInt())
}

/**
 * Uploads files in the engine's place: [upload] is given a file and a function to report percents to, and describes what
 * it has uploaded. It runs on a thread that it may block; the message fails with what it throws. See
 * [Tim.registerUploadPlugin].
 */
fun Tim.registerUploadPlugin(upload: (file: UploadFile, report: (Int) -> Unit) -> Uploaded): Unit =
    registerUploadPlugin(object : UploadPlugin {
        override fun upload(file: UploadFile, progress: UploadProgress): Uploaded =
            progress.use { orException { upload(file) { percent -> it.report(percent.coerceIn(0, 100).toUInt()) } } }
    })

/** Has [write] take the log's lines. It is called from any of the engine's threads and must not block. See [setLogLevel]. */
fun setLogSink(write: (level: LogLevel, line: String) -> Unit): Unit =
    setLogSink(object : LogSink {
        override fun log(level: LogLevel, line: String) = orException { write(level, line) }
    })

/** What a text message says; null for any other. */
val Message.text: String? get() = (payload as? Payload.Text)?.v1?.text

/** The picture of a picture message; null for any other. */
val Message.image: ImageBody? get() = (payload as? Payload.Image)?.v1

/** What happened in the group, if the message tells of that; null for any other. */
val Message.groupTip: GroupTip? get() = (payload as? Payload.GroupTip)?.v1

/** What the server gives notice of, if the message is such a notice; null for any other. */
val Message.systemNotice: SystemNotice? get() = (payload as? Payload.GroupSystemNotice)?.v1

/** The number of an error, whatever its kind: stable for ever, TIM's own where TIM has one. */
val TimException.code: UInt
    get() = when (this) {
        is TimException.NotReady -> code
        is TimException.Unreachable -> code
        is TimException.Refused -> code
        is TimException.Storage -> code
        is TimException.Internal -> code
    }

/** What to do about an error, in one line for people. */
val TimException.reason: String
    get() = when (this) {
        is TimException.NotReady -> reason
        is TimException.Unreachable -> reason
        is TimException.Refused -> reason
        is TimException.Storage -> reason
        is TimException.Internal -> reason
    }
