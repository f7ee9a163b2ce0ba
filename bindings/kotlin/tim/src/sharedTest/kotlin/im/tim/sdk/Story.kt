/** What the stories need: people with devices, a server, pictures. Nothing here checks anything. */
package im.tim.sdk

import com.sun.jna.Native
import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.io.File
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger
import java.util.zip.CRC32
import java.util.zip.DeflaterOutputStream
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec
import kotlin.random.Random
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

/**
 * A real server, and the key its application's tokens are signed with. Where it runs is the platform's matter: the JVM
 * starts a process, a device is told of one. See `theServer` and `freshFolder` there.
 */
internal class TestServer(val address: String, val app: Long, private val key: String) {
    /** A token, as an app's backend makes it. */
    fun sigOf(user: String): String {
        val now = System.currentTimeMillis() / 1000
        val claims = "TLS.identifier:$user\nTLS.sdkappid:$app\nTLS.time:$now\nTLS.expire:86400\n"
        val mac = Mac.getInstance("HmacSHA256").apply { init(SecretKeySpec(key.toByteArray(), algorithm)) }
        val json = """{"TLS.ver":"2.0","TLS.identifier":"$user","TLS.sdkappid":$app,"TLS.time":$now,"TLS.expire":86400,""" +
            """"TLS.sig":"${base64(mac.doFinal(claims.toByteArray()))}"}"""
        return base64(deflate(json.toByteArray())).replace('+', '*').replace('/', '-').replace('=', '_')
    }
}

/** A story with a time limit. Its people leave at its end, however it ends. */
internal fun story(tell: suspend Story.() -> Unit): Unit = runBlocking {
    val story = Story()
    try {
        withTimeout(60.seconds) { story.tell() }
    } finally {
        story.people.forEach { it.tim.destroy() }
    }
}

internal class Story {
    val people = mutableListOf<Person>()

    /** Somebody with a device, not logged in. Nobody of another story has the same userID. */
    fun person(name: String): Person = Person("$name-${number.incrementAndGet()}").also(people::add)

    /** Somebody who is logged in and ready. */
    suspend fun ready(name: String): Person = person(name).apply { logIn() }

    private companion object {
        val number = AtomicInteger(Random.nextInt(1_000_000) * 1_000)
    }
}

internal class Person(val name: String) {
    val folder: File = freshFolder()
    val tim: Tim = Tim.create(options(theServer.address))
    private val events = Channel<TimEvent>(Channel.UNLIMITED)
    private val messages = ArrayDeque<Message>()

    /** Hears everything, for `next`. */
    val listener: Listener = tim.addListener(listener { heard -> heard.forEach(events::trySend) })

    fun options(server: String) =
        TimOptions(sdkAppID = theServer.app, server = server, dataDir = folder.path, instance = name)

    /** One more instance of theirs, whose server is not there. */
    fun alone(server: String = "ws://127.0.0.1:1", loginTimeoutMs: Int? = null): Tim =
        Tim.create(options(server).copy(instance = "$name-alone", loginTimeoutMs = loginTimeoutMs))

    suspend fun logIn() {
        tim.login(name, theServer.sigOf(name))
        next<TimEvent.SdkReady>()
    }

    suspend fun say(to: Person, words: String): Message =
        tim.sendMessage(tim.createTextMessage(to.name, ConversationType.C2C, words))

    /** The next event of a kind; others on the way are passed over, their messages kept for `nextMessage`. */
    suspend inline fun <reified T : TimEvent> next(isIt: (T) -> Boolean = { true }): T {
        while (true) {
            val event = nextEvent()
            if (event is T && isIt(event)) return event
        }
    }

    suspend fun nextEvent(): TimEvent = events.receive().also { event ->
        if (event is TimEvent.MessageReceived) messages.addAll(event.messages)
    }

    suspend fun nextMessage(): Message {
        while (messages.isEmpty()) next<TimEvent.MessageReceived>()
        return messages.removeFirst()
    }

    /** Makes the engine tell an `error` event: nobody may write before login. */
    fun raiseAnEvent() {
        runCatching { tim.createTextMessage("nobody", ConversationType.C2C, "hello") }
    }

    /** Makes the engine tell an event to somebody who is logged in. */
    suspend fun changeNick(): Profile = tim.updateMyProfile(ProfileFields(nick = "$name the second"))
}

/** A listener as the generated code has it. */
internal fun listener(hear: (List<TimEvent>) -> Unit) = object : EventListener {
    override fun onEvents(events: List<TimEvent>) = hear(events)
}

/** What callbacks throw that the generated code does not catch, while something is done: JNA reports it. */
internal inline fun reportedByJna(work: () -> Unit): List<Throwable> {
    val reported = CopyOnWriteArrayList<Throwable>()
    val former = Native.getCallbackExceptionHandler()
    Native.setCallbackExceptionHandler { _, error -> reported += error }
    try {
        work()
    } finally {
        Native.setCallbackExceptionHandler(former)
    }
    return reported
}

/** A picture: PNG, noisy enough not to compress away. */
internal fun picture(width: Int, height: Int): ByteArray {
    val bytes = ByteArrayOutputStream()
    val out = DataOutputStream(bytes)
    out.write(byteArrayOf(0x89.toByte(), 'P'.code.toByte(), 'N'.code.toByte(), 'G'.code.toByte(), 13, 10, 26, 10))
    fun chunk(name: String, data: ByteArray) {
        val body = name.toByteArray() + data
        out.writeInt(data.size)
        out.write(body)
        out.writeInt(CRC32().apply { update(body) }.value.toInt())
    }
    val header = ByteArrayOutputStream()
    DataOutputStream(header).apply {
        writeInt(width)
        writeInt(height)
        write(byteArrayOf(8, 2, 0, 0, 0)) // 8 bits of red, green and blue
    }
    chunk("IHDR", header.toByteArray())
    // Each line begins with its filter: none.
    val random = Random(7)
    val lines = List(height) { byteArrayOf(0) + random.nextBytes(3 * width) }
    chunk("IDAT", deflate(lines.fold(ByteArrayOutputStream()) { all, line -> all.apply { write(line) } }.toByteArray()))
    chunk("IEND", ByteArray(0))
    return bytes.toByteArray()
}

private fun deflate(bytes: ByteArray): ByteArray =
    ByteArrayOutputStream().also { out -> DeflaterOutputStream(out).use { it.write(bytes) } }.toByteArray()

/** Base64 by hand: java.util has it on Android from API 26 on only. */
private fun base64(bytes: ByteArray): String = bytes.toList().chunked(3).joinToString("") { three ->
    val bits = three.fold(0) { sum, byte -> sum shl 8 or (byte.toInt() and 0xff) } shl 8 * (3 - three.size)
    (0..3).joinToString("") { if (it > three.size) "=" else ALPHABET[bits shr 18 - 6 * it and 63].toString() }
}

private const val ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
