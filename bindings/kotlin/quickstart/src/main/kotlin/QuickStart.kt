/**
 * The main job, call by call: two people log in, chat with texts and pictures, and see every event as it comes.
 *
 * `script/test-kotlin` runs it against a server it has just started. Its arguments: the server, the SDKAppID, alice's and
 * bob's UserSig, a folder.
 */

import im.tim.sdk.*
import java.io.File
import java.util.UUID
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking

fun main(arguments: Array<String>): Unit = runBlocking {
    check(arguments.size == 5) { "usage: QuickStart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER" }
    val (server, app, alicesSig, bobsSig, folder) = arguments

    // 2. Initialise. Two instances in one process, as only a demonstration has them.
    setLogLevel(1)
    val alice = Tim.create(TimOptions(app.toLong(), server, "$folder/alice", instance = "alice"))
    val bob = Tim.create(TimOptions(app.toLong(), server, "$folder/bob", instance = "bob"))

    // 3. Events, then login. `soon` waits for an event, `inbox` has the messages that come.
    alice.addListener { events -> events.forEach { println("  alice <- ${describe(it)}") } }
    bob.addListener { events -> events.forEach { println("    bob <- ${describe(it)}") } }
    val (alicesInbox, bobsInbox) = listOf(alice.inbox(), bob.inbox())
    val ready = listOf(alice.soon<TimEvent.SdkReady>(), bob.soon<TimEvent.SdkReady>())
    alice.login("alice", alicesSig)
    bob.login("bob", bobsSig)
    ready.awaitAll()

    // 4. A text, there and back.
    val hello = alice.createTextMessage(to = "bob", ConversationType.C2C, text = "Hello world!")
    alice.sendMessage(hello)
    val heard = bobsInbox.receive()
    println("bob got \"${heard.text}\"")
    bob.sendMessage(bob.createTextMessage(to = heard.from, heard.conversationType, text = "Hello alice!"))
    println("alice got \"${alicesInbox.receive().text}\"")

    // A picture, there and back, and onto their disks.
    val picture = alice.createImageMessage(to = "bob", ConversationType.C2C, bytes = draw()) { percent -> println("     up $percent %") }
    alice.sendMessage(picture)
    bob.downloadAttachment(bobsInbox.receive(), "$folder/from-alice.bmp") { percent -> println("   down $percent %") }
    bob.sendMessage(bob.createImageMessage(to = "alice", ConversationType.C2C, file = "$folder/from-alice.bmp"))
    alice.downloadAttachment(alicesInbox.receive(), "$folder/from-bob.bmp", RenditionType.THUMB)

    // A file that the app stores elsewhere: here in a folder, in an app on a server of its own.
    alice.registerPlugin { file, progress ->
        val uuid = UUID.randomUUID().toString()
        File(file.path).copyTo(File(folder, uuid))
        progress.report(100)
        Uploaded(uuid, listOf(Rendition(RenditionType.ORIGINAL, file.size, width = 0, height = 0, url = "https://files.example/$uuid")))
    }
    val notes = "Milk, bread, tea".toByteArray()
    alice.sendMessage(alice.createFileMessage(to = "bob", ConversationType.C2C, bytes = notes, name = "notes.txt"))
    println("bob finds it at ${bob.getAttachmentUrl(bobsInbox.receive(), RenditionType.ORIGINAL)}")

    // Read, and taken back.
    val (read, revoked) = alice.soon<TimEvent.MessageReadByPeer>() to bob.soon<TimEvent.MessageRevoked>()
    bob.setMessageRead(c2c("alice"))
    println("bob has read ${read.await().messages.size} messages")
    val regretted = alice.sendMessage(alice.createTextMessage(to = "bob", ConversationType.C2C, text = "Never mind this one."))
    alice.revokeMessage(regretted)
    println("taken back: ${revoked.await().messages.size}")

    // The list of chats with their names, and a chat page by page.
    for (chat in bob.getConversationList()) println("${chat.showName}: ${chat.messageForShow} (${chat.unreadCount} unread)")
    var page = bob.getMessageList(c2c("alice"), count = 3)
    while (true) {
        println("a page: ${page.messageList.map { it.sequence }}")
        if (page.isCompleted) break
        page = bob.getMessageList(c2c("alice"), page.nextReqMessageID, count = 3)
    }

    // What was refused is kept, also when the app starts anew, and sent again.
    bob.addToBlacklist(listOf("alice"))
    try {
        alice.sendMessage(alice.createTextMessage(to = "bob", ConversationType.C2C, text = "Are you there?"))
    } catch (why: TimException) {
        println("refused: ${why.code}")
    }
    alice.destroy()
    val anew = Tim.create(TimOptions(app.toLong(), server, "$folder/alice", instance = "alice"))
    val readyAgain = anew.soon<TimEvent.SdkReady>()
    anew.login("alice", alicesSig)
    readyAgain.await()
    bob.removeFromBlacklist(listOf("alice"))
    val refused = anew.getMessageList(c2c("bob")).messageList.first { it.status == SendStatus.FAIL }
    anew.resendMessage(refused.id)
    println("bob got \"${bobsInbox.receive { it.text == refused.text }.text}\"")

    anew.logout()
    shutdown()
    println("Done: texts and pictures went both ways, and every step was seen.")
}
