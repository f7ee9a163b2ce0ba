/** A disk that is full while somebody is logged in, in a JVM of its own. */
package im.tim.sdk

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS

class FullDiskTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    fun aFullDiskIsToldAndNothingIsLost() {
        val arguments = arrayOf(theServer.address, theServer.app.toString(), "alice-full", theServer.sigOf("alice-full"), freshFolder().path)
        val ended = runProgram("FullDisk", *arguments)
        assertEquals(0, ended.number, ended.said)
        assertTrue("nothing was lost" in ended.said, ended.said)
    }
}
