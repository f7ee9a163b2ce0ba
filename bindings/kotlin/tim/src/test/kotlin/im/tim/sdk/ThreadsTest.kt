/** Every function that the engine calls adopts the thread it is called on: one that Threads.kt does not name fails here. */
package im.tim.sdk

import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals

class ThreadsTest {
    @Test
    fun everyCallbackAdoptsItsThread() {
        val folder = File("src/main/kotlin/im/tim/sdk")
        val named = Regex("""^ +(uniffi[\w.]+),$""", RegexOption.MULTILINE)
            .findAll(folder.resolve("Threads.kt").readText()).map { it.groupValues[1] }
        assertEquals(callbacks(folder.resolve("tim.kt")), named.toSet())
    }

    /** Those of a callback interface stand in an object of its own; the one that futures call stands alone. */
    private fun callbacks(generated: File): Set<String> {
        var outer = ""
        return generated.readLines().mapNotNull { line ->
            Regex("""^internal object (\w+) \{""").find(line)?.let { outer = it.groupValues[1] }
            Regex("""^( *)internal object `?(\w+)`?: Uniffi\w*(Callback|Free|Clone|Method\d+) \{""").find(line)?.let { found ->
                val (indent, name) = found.destructured
                if (indent.isEmpty()) name else "$outer.$name"
            }
        }.toSet()
    }
}
