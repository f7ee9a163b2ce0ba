/** A program that ends without a word to the engine, in a JVM of its own: it ends at once, and well. */
package im.tim.sdk

import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class ExitTest {
    @Test
    fun mainReturnsWhileLoggedIn() = endsWell("return")

    @Test
    fun exitIsCalledWhileLoggedIn() = endsWell("exit")

    @Test
    fun exitIsCalledInAListener() = endsWell("exit-in-listener")

    @Test
    fun mainReturnsWhileAListenerBlocks() = endsWell("blocked")

    @Test
    fun mainReturnsWhileASendIsUnderWay() = endsWell("sending")

    private fun endsWell(how: String) {
        val user = "alice-$how"
        val child = ProcessBuilder(
            "${System.getProperty("java.home")}/bin/java", "-Djna.library.path=${System.getProperty("jna.library.path")}",
            "-cp", System.getProperty("java.class.path"), "im.tim.sdk.LeavingKt",
            how, theServer.address, theServer.app.toString(), user, theServer.sigOf(user), freshFolder().path,
        ).redirectErrorStream(true).start()
        val output = StringBuilder()
        val reader = Thread { output.append(child.inputStream.bufferedReader().readText()) }.apply { start() }
        val ended = child.waitFor(30, TimeUnit.SECONDS)
        if (!ended) child.destroyForcibly().waitFor()
        reader.join()
        assertTrue(ended, "it did not end: $output")
        assertEquals(0, child.exitValue(), output.toString())
        val leaving = output.lines().single { it.startsWith("leaving ") }.substringAfter(' ').toLong()
        assertTrue(System.currentTimeMillis() - leaving < 10_000, "it took long to leave: $output")
    }
}
