/** The program that [ExitTest] runs: it logs in and leaves, in one of several ways. */
package im.tim.sdk

import java.util.concurrent.CountDownLatch
import kotlin.system.exitProcess
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.GlobalScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

@OptIn(DelicateCoroutinesApi::class)
fun main(arguments: Array<String>) {
    val (how, server, app, user, sig) = arguments
    val tim = Tim.create(TimOptions(app.toLong(), server, arguments[5]))
    val (ready, blocked) = listOf(CountDownLatch(1), CountDownLatch(1))
    tim.on<TimEvent.SdkReady> { ready.countDown() }
    tim.on<TimEvent.ProfileUpdated> {
        blocked.countDown()
        if (how == "exit-in-listener") exitProcess(0)
        forever()
    }
    runBlocking { tim.login(user, sig) }
    ready.await()
    when (how) {
        "exit" -> exitProcess(0)
        "blocked", "exit-in-listener" -> {
            runBlocking { tim.updateMyProfile(ProfileFields(nick = "Alice")) }
            blocked.await()
            if (how == "exit-in-listener") forever()
        }
        "uploading" -> {
            tim.registerPlugin { _, _ -> blocked.countDown(); forever(); error("forever has ended") }
            val message = tim.createImageMessage(user, ConversationType.C2C, picture(8, 8))
            GlobalScope.launch(start = CoroutineStart.UNDISPATCHED) { tim.sendMessage(message) }
            blocked.await()
        }
        "sending" -> {
            val message = tim.createTextMessage(user, ConversationType.C2C, "to myself")
            GlobalScope.launch(start = CoroutineStart.UNDISPATCHED) { tim.sendMessage(message) }
        }
    }
}

private fun forever() = CountDownLatch(1).await()
