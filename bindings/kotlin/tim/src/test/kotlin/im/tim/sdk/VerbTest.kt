/** Every verb that the library has is called by a test: a new one without a test fails here. */
package im.tim.sdk

import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals

class VerbTest {
    @Test
    fun everyVerbIsCalledByATest() {
        val generated = File("src/main/kotlin/im/tim/sdk/tim.kt").readText()
        val tests = File("src/sharedTest").walk().filter(File::isFile).joinToString("\n", transform = File::readText)
        // Functions of the file stand after its last converter; `shutdown` is the name of one, and of a method.
        val (classes, functions) = generated.lastIndexOf("object FfiConverter").let { generated.take(it) to generated.drop(it) }
        val missing = verbs(classes).filterNot { tests.contains(Regex("""(\.|fun )$it\b""")) } +
            verbs(functions).filterNot { tests.contains(Regex("""(?<![.\w])$it\(""")) }
        assertEquals(emptyList(), missing, "no test calls these")
    }

    /** Kotlin mangles the names of functions that take or give what Java has not, unsigned numbers for one. */
    @Test
    fun javaCanSpellEveryName() {
        val classes = listOf("Tim", "TimExtensions", "TimNames", "TimKt", "TimOptions", "TimException", "TimEvent\$Error", "Message", "Group")
        val methods = classes.flatMap { Class.forName("im.tim.sdk.$it").methods.toList() }.map { it.name }.toSet()
        assertEquals(emptyList(), methods.filter { '-' in it })
        val futures = methods.filter { it.endsWith("Async") }
        assertEquals(true, listOf("loginAsync", "sendMessageAsync", "destroyAsync").all(futures::contains), "$futures")
    }

    private fun verbs(source: String): Set<String> =
        Regex("""fun `(\w+)`\(""").findAll(source).map { it.groupValues[1] }.toSet().also { found ->
            check(found.isNotEmpty()) { "tim.kt is not written as it was: no verbs found" }
        }
}
