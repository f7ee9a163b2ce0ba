/** Two class loaders of one JVM, with a copy of tim each: the second is refused at once, and the first hears what it heard before. */
package im.tim.sdk

import java.io.File
import java.net.URLClassLoader
import java.util.concurrent.Callable
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlinx.coroutines.runBlocking

class LibraryOwnerTest {
    @Test
    fun aSecondCopyIsRefused() = bothWork {
        val creates = inASecondCopy(Creates::class.java)
        assertEquals("Refused 130186", creates.call())
        assertEquals("Refused 130186", creates.call())
    }

    /** It has no answer but a future's, which is made only after the callbacks are registered. */
    @Test
    fun aSecondCopyThatBeginsWithShutdownTakesNothing() = bothWork {
        assertEquals("ExceptionInInitializerError 130186", inASecondCopy(ShutsDown::class.java).call())
    }

    private fun bothWork(meanwhile: () -> Unit) = story {
        val alice = ready("alice")
        val bob = ready("bob")
        meanwhile()
        alice.say(bob, "still here")
        assertEquals("still here", bob.nextMessage().text)
    }

    private fun inASecondCopy(program: Class<out Callable<String>>): Callable<*> {
        val path = System.getProperty("java.class.path").split(File.pathSeparator).map { File(it).toURI().toURL() }
        val loader = URLClassLoader(path.toTypedArray(), ClassLoader.getPlatformClassLoader())
        return loader.loadClass(program.name).getDeclaredConstructor().newInstance() as Callable<*>
    }
}

/** What the copy that loads this class hears when it makes an instance. */
class Creates : Callable<String> {
    override fun call() = refusal { Tim.create(TimOptions(1, "ws://127.0.0.1:1", freshFolder().path)) }
}

/** What the copy that loads this class hears when it shuts all instances down. */
class ShutsDown : Callable<String> {
    override fun call() = refusal { runBlocking { shutdown() } }
}

private fun refusal(call: () -> Unit): String {
    val thrown = runCatching(call).exceptionOrNull()
    val told = generateSequence(thrown) { it.cause }.filterIsInstance<TimException>().firstOrNull()
    return "${thrown?.javaClass?.simpleName} ${told?.code}"
}
