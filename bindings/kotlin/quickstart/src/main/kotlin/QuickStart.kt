/**
 * The main job, call by call: two people log in, chat with a text and a picture, and see every event as it comes.
 *
 * `script/test-kotlin` runs it against a server it has just started. Its arguments: the server, the SDKAppID, alice's and
 * bob's UserSig, a folder.
 */

import im.tim.sdk.*
import java.awt.Color
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import javax.imageio.ImageIO
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

fun main(arguments: Array<String>): Unit = runBlocking {
    check(arguments.size == 5) { "usage: QuickStart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER" }
    val (server, app, alicesSig, bobsSig, folder) = arguments

    // 2. Initialise. Two instances in one process, as only a demonstration has them.
    setLogLevel(1u)
    val alice = Tim.create(TimOptions(app.toUInt(), server, "$folder/alice", instance = "alice"))
    val bob = Tim.create(TimOptions(app.toUInt(), server, "$folder/bob", instance = "bob"))

    // 3. Events, then login. Each of these is one more promise that the end of this program waits for.
    val (aliceReady, bobReady) = listOf(alice.soon<TimEvent.SdkReady>(), bob.soon<TimEvent.SdkReady>())
    val read = alice.soon<TimEvent.MessageReadByPeer>()
    val revoked = bob.soon<TimEvent.MessageRevoked>()
    val hello = CompletableDeferred<Message>()
    val shown = CompletableDeferred<Message>()
    bob.on<TimEvent.MessageReceived> { event ->
        event.messages.filter { it.text != null }.forEach(hello::complete)
        event.messages.filter { it.image != null }.forEach(shown::complete)
    }
    for ((name, tim) in listOf("alice" to alice, "bob" to bob)) {
        tim.on<TimEvent> { event -> println("  %5s <- %s".format(name, describe(event))) }
    }
    alice.login("alice", alicesSig)
    bob.login("bob", bobsSig)
    withTimeout(30_000) { aliceReady.await(); bobReady.await() }

    // 4. A text.
    val message = alice.createTextMessage(to = c2c("bob"), text = "Hello world!")
    alice.sendMessage(message)
    withTimeout(30_000) { println("bob got \"${hello.await().text}\"") }

    // A picture, there and onto bob's disk.
    val picture = alice.createImageMessage(to = c2c("bob"), bytes = picture()) { percent -> println("     up $percent %") }
    alice.sendMessage(picture)
    bob.downloadImage(withTimeout(30_000) { shown.await() }, "$folder/from-alice.png") { percent -> println("   down $percent %") }

    // Read, and taken back.
    bob.setMessageRead(c2c("alice"))
    withTimeout(30_000) { println("bob has read ${read.await().messages.size} messages") }
    alice.revokeMessage(alice.sendMessage(alice.createTextMessage(c2c("bob"), "Never mind this one.")))
    withTimeout(30_000) { println("taken back: ${revoked.await().messages.size}") }

    alice.logout()
    shutdown()
    println("Done: a text and a picture arrived, and every step was seen.")
}

/** The next event of a kind. */
private inline fun <reified T : TimEvent> Tim.soon(): CompletableDeferred<T> =
    CompletableDeferred<T>().also { next -> on<T> { next.complete(it) } }

private fun describe(event: TimEvent): String = when (event) {
    is TimEvent.MessageReceived -> "MESSAGE_RECEIVED from ${event.messages.map { it.from }}"
    is TimEvent.ConversationListUpdated ->
        "CONVERSATION_LIST_UPDATED ${event.conversations.map { "${it.conversationId} (${it.unreadCount} unread)" }}"
    is TimEvent.NetStateChange -> "NET_STATE_CHANGE ${event.state}"
    is TimEvent.Error -> "ERROR ${event.code} ${event.reason}"
    else -> event::class.simpleName.orEmpty()
}

private fun picture(): ByteArray {
    val image = BufferedImage(1200, 800, BufferedImage.TYPE_INT_RGB)
    for (x in 0 until image.width) for (y in 0 until image.height) image.setRGB(x, y, Color.HSBtoRGB(x * y / 9e4f, 1f, 1f))
    return ByteArrayOutputStream().also { ImageIO.write(image, "png", it) }.toByteArray()
}
