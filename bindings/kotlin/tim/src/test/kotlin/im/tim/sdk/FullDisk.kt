/** The program that [FullDiskTest] runs: its files may not grow for a while, and nothing is lost. */
package im.tim.sdk

import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking

fun main(arguments: Array<String>): Unit = runBlocking {
    val (server, app, user, sig, folder) = arguments
    val tim = Tim.create(TimOptions(app.toLong(), server, folder))
    val ready = CompletableDeferred<Unit>()
    tim.on<TimEvent.SdkReady> { ready.complete(Unit) }
    tim.login(user, sig)
    ready.await()
    suspend fun texts() = tim.getMessageList(c2c(user), null, 15).messageList.map { it.text }
    tim.sendMessage(tim.createTextMessage(user, ConversationType.C2C, "written while there was room"))

    filesMayHave("1")
    val note = tim.createTextMessage(user, ConversationType.C2C, "a note to myself")
    val refused = assertFailsWith<TimException.Storage> { tim.sendMessage(note) }
    assertTrue(refused.code in listOf(TimCode.DATABASE_FAILED, TimCode.STORAGE_FULL), "$refused")
    assertTrue(refused.message.isNotEmpty())

    filesMayHave("unlimited")
    // Nothing was promised, so nothing was kept; with room again it goes, once the database was opened anew.
    // No event tells of that for certain, so it is tried.
    while (runCatching { tim.sendMessage(note) }.isFailure) delay(100.milliseconds)
    assertEquals(listOf<String?>("written while there was room", "a note to myself"), texts())
    tim.destroy()
    println("nothing was lost")
}

/** Sets how many bytes a file of this process may have, which is what a full disk is to it. */
private fun filesMayHave(bytes: String) {
    val prlimit = ProcessBuilder("prlimit", "--pid", "${ProcessHandle.current().pid()}", "--fsize=$bytes:").inheritIO().start()
    check(prlimit.waitFor() == 0) { "prlimit failed" }
}
