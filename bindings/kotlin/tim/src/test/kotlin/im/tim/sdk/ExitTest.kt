/** A program that ends without a word to the engine, in a JVM of its own: it ends by itself, and well. */
package im.tim.sdk

import kotlin.test.Test
import kotlin.test.assertEquals

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

    @Test
    fun mainReturnsWhileAnUploadPluginBlocks() = endsWell("uploading")

    private fun endsWell(how: String) {
        val user = "alice-$how"
        val ended = runProgram(
            "Leaving", how, theServer.address, theServer.app.toString(), user, theServer.sigOf(user), freshFolder().path,
        )
        assertEquals(0, ended.number, ended.said)
    }
}
