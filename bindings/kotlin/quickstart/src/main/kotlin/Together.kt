/**
 * One of the people of a story of several languages (`web/js/test/together`): answers who is there, and prints at the end what
 * it has of the group's messages. Its arguments: the server, the SDKAppID, the user and their UserSig, a folder.
 */

import im.tim.sdk.*
import kotlinx.coroutines.runBlocking

object Together {
    private const val GROUP = "kitchen"

    @JvmStatic
    fun main(arguments: Array<String>): Unit = runBlocking {
        check(arguments.size == 5) { "usage: Together SERVER SDKAPPID USER USERSIG FOLDER" }
        val (server, app, user, sig, folder) = arguments
        val tim = Tim.create(TimOptions(app.toLong(), server, folder))
        val (ready, inbox) = tim.soon<TimEvent.SdkReady>() to tim.inbox()
        tim.login(user, sig)
        ready.await()
        println("ready")

        inbox.receive { it.text == "who is here?" }
        tim.sendMessage(tim.createTextMessage(to = GROUP, ConversationType.GROUP, text = "$user writes Kotlin"))
        inbox.receive { it.text == "that is all" }
        tim.getMessageList(group(GROUP), count = 50).messageList.forEach(::tell)
        tim.destroy()
    }

    /** A line for a text, a picture, or what was revoked; none for a tip. */
    private fun tell(message: Message) {
        val original = message.image?.imageInfoArray?.first()
        val said = if (message.isRevoked) "revoked" else message.text ?: original?.let { "${it.width} x ${it.height}" } ?: return
        println("${message.sequence} ${message.from} $said")
    }
}
