/** What goes wrong, by its kind and number: calls that may not be, options that cannot work, a host that lacks something. */
package im.tim.sdk

import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue

class ErrorTest {
    @Test
    fun errorsHaveTheirNumbers() = story {
        val alice = ready("alice")
        val carol = person("carol")

        fun refused(number: Int, error: TimException) = assertEquals(number, assertIs<TimException.Refused>(error).code, error.message)
        val notReady = assertFailsWith<TimException.NotReady> { carol.tim.createTextMessage("alice", ConversationType.C2C, "too early") }
        assertEquals(TimCode.NOT_LOGGED_IN, notReady.code)
        val anyException: TimException = notReady
        assertEquals(2024 to "not logged in: call login first", anyException.code to anyException.message)
        assertEquals(TimCode.NOT_LOGGED_IN, carol.next<TimEvent.Error>().code)
        refused(TimCode.USERSIG_MALFORMED, assertFailsWith { carol.tim.login(carol.name, "not a token") })
        refused(TimCode.USERSIG_OTHER_USER, assertFailsWith { carol.tim.login(carol.name, theServer.sigOf("mallory")) })
        // The operator of this server lets no guests in.
        refused(TimCode.USERSIG_EMPTY, assertFailsWith { carol.tim.loginAsGuest() })

        val toNobody = alice.tim.createTextMessage("nobody-at-all", ConversationType.C2C, "hello?")
        refused(TimCode.UNKNOWN_USER, assertFailsWith { alice.tim.sendMessage(toNobody) })
        assertFailsWith<TimException.Refused> { alice.tim.createTextMessage("", ConversationType.C2C, "nobody") }
        assertFailsWith<TimException.Refused> { alice.tim.createTextMessage("bob", ConversationType.C2C, "") }
        assertFailsWith<TimException.Refused> { alice.tim.createTextMessage("bob", ConversationType.C2C, "x".repeat(1_000_000)) }
        assertFailsWith<TimException.Refused> { alice.tim.createImageMessage("bob", ConversationType.C2C, "/no/such/file") {} }
        assertFailsWith<TimException.Refused> { alice.tim.createImageMessage("bob", ConversationType.C2C, "no picture".toByteArray()) }
        assertFailsWith<TimException.Refused> { alice.tim.getMessageList("C2Cbob", "no page gave this") }
        assertFailsWith<TimException.Refused> { setLogLevel(7) }
    }

    @Test
    fun optionsThatCannotWorkAreRefused() = story {
        val alice = person("alice")
        val options = alice.options(theServer.address).copy(instance = "refused")
        assertFailsWith<TimException.Refused> { Tim.create(options.copy(sdkAppID = 0)) }
        assertFailsWith<TimException.Refused> { Tim.create(options.copy(server = "ws://example.com")) }
    }

    /** The kernel's own folder takes nothing from anybody, on Linux and Android, root or not. */
    @Test
    fun aFolderThatCannotBeWrittenIsNamed() = story {
        val alice = person("alice")
        val file = File(alice.folder, "file").apply { writeText("not a folder") }
        for (folder in listOf("/proc", "/proc/tim", file.path)) {
            val options = alice.options(theServer.address).copy(instance = "unwritable", dataDir = folder)
            val error = assertFailsWith<TimException.Storage> { Tim.create(options) }
            assertEquals(TimCode.DATA_DIR_UNUSABLE, error.code)
            assertTrue("folder" in error.message, error.message)
        }
    }

    /** Nobody listens there, and nobody has that name (RFC 6761). */
    @Test
    fun aServerThatIsNotThereIsUnreachable() = story {
        val alice = person("alice")
        for (server in listOf("ws://127.0.0.1:1", "wss://nowhere.invalid")) {
            val tim = alice.alone(server, loginTimeoutMs = 500)
            val error = assertFailsWith<TimException.Unreachable> { tim.login(alice.name, theServer.sigOf(alice.name)) }
            assertTrue(error.code in listOf(TimCode.NETWORK_ERROR, TimCode.TIMEOUT), "$server: $error")
            tim.destroy()
        }
    }
}
