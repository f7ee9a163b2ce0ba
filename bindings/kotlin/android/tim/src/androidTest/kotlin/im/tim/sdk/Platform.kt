/** A device's half of what the shared stories need: it is told of a server, which runs on the machine beside it. */
package im.tim.sdk

import androidx.test.platform.app.InstrumentationRegistry
import java.io.File
import java.util.UUID

internal val theServer: TestServer by lazy {
    val arguments = InstrumentationRegistry.getArguments()
    fun argument(name: String) =
        checkNotNull(arguments.getString(name)) { "the argument $name is missing: see bindings/kotlin/README.md" }
    TestServer(argument("server"), argument("app").toLong(), argument("key"))
}

/** ART's heap and its compiled code grow to their size over several rounds; what leaks grows in all of them. See GrowthTest. */
internal const val growthRounds = 5

internal fun freshFolder(): File =
    InstrumentationRegistry.getInstrumentation().targetContext.cacheDir.resolve("${UUID.randomUUID()}").apply { mkdirs() }
