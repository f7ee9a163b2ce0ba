/**
 * What makes the generated code pleasant in Kotlin: events as a [Flow] and by kind, bytes and messages in place of their names.
 * Everything here is made of the generated code's public functions; nothing here decides.
 */
@file:JvmName("TimExtensions")

package im.tim.sdk

import java.util.concurrent.CompletableFuture
import kotlin.reflect.KClass
import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.GlobalScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.future.future

/**
 * Everything that happens from the moment the flow is collected until collection ends. Each collector has its own listener
 * and hears every event. The flow completes when the instance is destroyed, after [TimEvent.SdkDestroy].
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
        val listener = addListener { events ->
            for (event in events) {
                waiting.put(event)
                if (event is TimEvent.SdkDestroy) waiting.end()
            }
        }
        try {
            // An instance that had ended before tells nobody of it any more.
            if (isDestroyed()) waiting.end()
            while (true) emit(waiting.next() ?: break)
        } finally {
            off(listener)
        }
    }
}

/**
 * Calls [handler] for each event of one kind, on the engine's own listener thread:
 *
 *     tim.on<TimEvent.MessageReceived> { event -> show(event.messages) }
 *
 * The handler may call the engine and may throw; it should not block for long. [Tim.off] removes it.
 *
 * @throws IllegalArgumentException for [TimEvent] itself: [Tim.addListener] hears all kinds.
 */
inline fun <reified T : TimEvent> Tim.on(noinline handler: (T) -> Unit): Listener = on(T::class, handler)

/** [on] for a kind that is not known when this is compiled. */
fun <T : TimEvent> Tim.on(kind: KClass<T>, handler: (T) -> Unit): Listener =
    on(nameOf(kind)) { event -> handler(kind.java.cast(event)) }

/** Calls [handler] for the next event of one kind, once. In all else as [on]. */
inline fun <reified T : TimEvent> Tim.once(noinline handler: (T) -> Unit): Listener = once(T::class, handler)

/** [once] for a kind that is not known when this is compiled. */
fun <T : TimEvent> Tim.once(kind: KClass<T>, handler: (T) -> Unit): Listener =
    once(nameOf(kind)) { event -> handler(kind.java.cast(event)) }

/** A picture message of a file's bytes. See [Tim.createImageMessageFromBytes]. */
fun Tim.createImageMessage(
    to: String,
    conversationType: ConversationType,
    bytes: ByteArray,
    options: CreateOptions? = null,
    onProgress: ProgressListener? = null,
): Message = createImageMessageFromBytes(to, conversationType, bytes, options, onProgress)

/** A file message of a file's bytes. See [Tim.createFileMessageFromBytes]. */
fun Tim.createFileMessage(
    to: String,
    conversationType: ConversationType,
    bytes: ByteArray,
    name: String,
    options: CreateOptions? = null,
    onProgress: ProgressListener? = null,
): Message = createFileMessageFromBytes(to, conversationType, bytes, name, options, onProgress)

/** Sends a message that was refused again, under the same identity. */
suspend fun Tim.resendMessage(message: Message): Message = resendMessage(message.id)

/** Takes a message back that has not left, for good. */
suspend fun Tim.cancelMessage(message: Message): Unit = cancelMessage(message.id)

/** Saves the file of a message. See [Tim.downloadAttachment]. */
suspend fun Tim.downloadAttachment(
    message: Message,
    target: String,
    rendition: RenditionType = RenditionType.ORIGINAL,
    onProgress: ProgressListener? = null,
): Unit = downloadAttachment(message, rendition, target, onProgress)

/** The path of the file of a message on this device, loaded into the cache if need be. See [Tim.getAttachmentFile]. */
suspend fun Tim.getAttachmentFile(message: Message): String = getAttachmentFile(message, RenditionType.ORIGINAL)

/** The address of the file of a message, for an image view; ask again after ten minutes. See [Tim.getAttachmentUrl]. */
suspend fun Tim.getAttachmentUrl(message: Message): String = getAttachmentUrl(message, RenditionType.ORIGINAL)

/** What a text message says; null for any other. */
val Message.text: String? get() = (payload as? Payload.Text)?.v1?.text

/** The picture of a picture message; null for any other. */
val Message.image: ImageBody? get() = (payload as? Payload.Image)?.v1

/** The recording of an audio message; null for any other. */
val Message.audio: AudioBody? get() = (payload as? Payload.Audio)?.v1

/** The video of a video message; null for any other. */
val Message.video: VideoBody? get() = (payload as? Payload.Video)?.v1

/** The file of a file message; null for any other. */
val Message.file: FileBody? get() = (payload as? Payload.File)?.v1

/** The place that a location message tells; null for any other. */
val Message.location: LocationBody? get() = (payload as? Payload.Location)?.v1

/** The content of the app's own that a custom message has; null for any other. */
val Message.custom: CustomBody? get() = (payload as? Payload.Custom)?.v1

/** The sticker that a face message is; null for any other. */
val Message.face: FaceBody? get() = (payload as? Payload.Face)?.v1

/** The messages that a merger has; null for any other. */
val Message.merger: MergerBody? get() = (payload as? Payload.Merger)?.v1

/** What happened in the group, if the message tells of that; null for any other. */
val Message.groupTip: GroupTip? get() = (payload as? Payload.GroupTip)?.v1

/** What the server gives notice of, if the message is such a notice; null for any other. */
val Message.systemNotice: SystemNotice? get() = (payload as? Payload.GroupSystemNotice)?.v1

/**
 * A call for hosts without coroutines. It begins on the caller's thread, so that calls keep their order, and goes on if nobody
 * waits for it; what is done with its result runs on a thread of the engine's that it may block.
 */
@OptIn(DelicateCoroutinesApi::class)
internal fun <T> inFuture(call: suspend () -> T): CompletableFuture<T> =
    GlobalScope.future(Dispatchers.Unconfined) { call() }
