/**
 * How things end: an instance or all of them, inside callbacks and out of them, and calls that nobody waits for any more.
 * What is over is forgotten.
 *
 * Some of these stories end every instance of the process. They can: stories are told one after the other.
 */
package im.tim.sdk

import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull

class EndingTest {
    @Test
    fun aListenerMayShutTheInstanceDown() = story {
        val alice = ready("alice")
        val ended = CompletableDeferred<Unit>()
        alice.tim.addListener(listener {
            if (!ended.isCompleted) runBlocking { alice.tim.destroy() }
            ended.complete(Unit)
        })
        alice.changeNick()
        ended.await()
        alice.isGone()
    }

    @Test
    fun aListenerMayShutEverythingDown() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val ended = CompletableDeferred<Unit>()
        alice.tim.on<TimEvent.ProfileUpdated> {
            runBlocking { shutdown() }
            ended.complete(Unit)
        }
        alice.changeNick()
        ended.await()
        listOf(alice, bob).forEach { it.isGone() }
        // What ended makes room: bob's next instance is a new one.
        Person(bob.name).run { assertFalse(tim.isReady()); logIn(); tim.destroy() }
    }

    /** Each waits for the other's listener: neither waits for ever. */
    @Test
    fun twoListenersMayShutEverythingDownAtOnce() = story {
        val both = CountDownLatch(2)
        val people = listOf(ready("alice"), ready("bob"))
        val ended = people.map { person ->
            CompletableDeferred<Unit>().also { ended ->
                person.tim.on<TimEvent.ProfileUpdated> {
                    both.countDown()
                    both.await()
                    runBlocking { shutdown() }
                    ended.complete(Unit)
                }
            }
        }
        people.forEach { it.changeNick() }
        ended.forEach { it.await() }
        people.forEach { it.isGone() }
    }

    @Test
    fun anUploadPluginMayShutDown() = story {
        for (end in listOf<suspend (Tim) -> Unit>({ it.destroy() }, { shutdown() })) {
            val (alice, ended) = ready("alice") to CompletableDeferred<Unit>()
            alice.tim.registerPlugin { _, _ ->
                runBlocking { end(alice.tim) }
                ended.complete(Unit)
                error("nobody is there to be told")
            }
            assertFailsWith<TimException.NotReady> { alice.showPicture(alice) }
            ended.await()
            alice.isGone()
        }
    }

    @Test
    fun aProgressListenerMayShutDown() = story {
        for (end in listOf<suspend (Tim) -> Unit>({ it.destroy() }, { shutdown() })) {
            val (alice, ended) = ready("alice") to CompletableDeferred<Unit>()
            assertFailsWith<TimException.NotReady> {
                alice.showPicture(alice) {
                    runBlocking { end(alice.tim) }
                    ended.complete(Unit)
                }
            }
            ended.await()
            alice.isGone()
        }
    }

    @Test
    fun noListenerIsCalledAfterShutdown() = story {
        val alice = person("alice")
        val heard = AtomicInteger()
        alice.tim.addListener(listener { heard.addAndGet(it.size) })
        repeat(500) { alice.raiseAnEvent() }
        alice.tim.destroy()
        val atEnd = heard.get()
        repeat(10) { alice.raiseAnEvent() }
        // By the time that another instance has told of the same, this one would have.
        person("alice").run { repeat(10) { raiseAnEvent() }; repeat(10) { next<TimEvent.Error>() } }
        assertEquals(atEnd, heard.get())
    }

    @Test
    fun manyThreadsMayEndTheSameThings() = story {
        val people = listOf(ready("alice"), ready("bob"))
        val threads = List(16) { number ->
            thread { runBlocking { if (number % 2 == 0) shutdown() else people.forEach { it.tim.destroy() } } }
        }
        threads.forEach(Thread::join)
        people.forEach { it.isGone() }
    }

    @Test
    fun instancesThatEndLeaveNoThreads() = story {
        fun threads() = Thread.getAllStackTraces().keys.count { it.name == "tim" }
        val before = threads()
        repeat(20) {
            val tim = Tim.create(person("alice").options(theServer.address).copy(instance = "short-$it"))
            val heard = CompletableDeferred<Unit>()
            tim.on<TimEvent.Error> { heard.complete(Unit) }
            runCatching { tim.createTextMessage("bob", ConversationType.C2C, "too early") }
            heard.await()
            tim.destroy()
        }
        people.forEach { it.tim.destroy() }
        // The engine's workers stay, and a thread may take a moment to end, of which nothing tells.
        withTimeout(10.seconds) { while (threads() > before + 3) delay(20.milliseconds) }
    }

    @Test
    fun aCancelledSendGoesOn() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        repeat(20) { number ->
            val message = alice.tim.createTextMessage(bob.name, ConversationType.C2C, "message $number")
            cancelled { alice.tim.sendMessage(message) }
        }
        alice.say(bob, "the end")
        val heard = List(21) { bob.nextMessage().text }
        assertEquals<List<String?>>(List(20) { "message $it" } + "the end", heard)
    }

    @Test
    fun aCancelledPictureGoesOnBothWays() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val message = alice.tim.createImageMessage(bob.name, ConversationType.C2C, picture(64, 64))
        cancelled { alice.tim.sendMessage(message) }
        val got = bob.nextMessage()
        assertEquals(message.id, got.id)

        val target = bob.folder.resolve("picture.png")
        val (begun, whole) = listOf(CompletableDeferred<Unit>(), CompletableDeferred<Unit>())
        coroutineScope {
            val download = launch {
                bob.tim.downloadAttachment(got, target.path) { percent ->
                    begun.complete(Unit)
                    if (percent == 100) whole.complete(Unit)
                }
            }
            begun.await()
            download.cancelAndJoin()
        }
        whole.await()
        assertContentEquals(picture(64, 64), target.readBytes())
    }

    @Test
    fun aCancelledShutdownGoesOn() = story {
        val alice = ready("alice")
        cancelled { alice.tim.destroy() }
        alice.ends()
    }

    @Test
    fun aCancelledShutdownOfEverythingGoesOn() = story {
        val people = listOf(ready("alice"), ready("bob"), ready("carol"))
        cancelled { shutdown() }
        people.forEach { it.ends() }
    }

    @Test
    fun aCallMayBeGivenALimit() = story {
        val alice = person("alice")
        val tim = alice.alone()
        assertNull(withTimeoutOrNull(100.milliseconds) { tim.login(alice.name, theServer.sigOf(alice.name)) })
        withTimeout(20.seconds) { tim.destroy() }
    }

    @Test
    fun whatIsOverIsForgotten() = story {
        val alice = ready("alice")
        val (listeners, waiting) = listOf({ FfiConverterTypeEventHandler.handleMap.size + FfiConverterTypeEventListener.handleMap.size }, { uniffiContinuationHandleMap.size })
        val before = listeners()
        repeat(500) { alice.tim.off(alice.tim.on<TimEvent.Error> {}) }
        // Asks the server, and is cancelled before it can have answered.
        repeat(20) { cancelled { alice.tim.getUserProfile(listOf(alice.name)) } }
        assertEquals(before, listeners())
        assertEquals(0, waiting())
        assertEquals(alice.name, alice.tim.getUserProfile(listOf(alice.name)).single().userID)
        repeat(5) { alice.tim.on<TimEvent.Error> {} }
        alice.tim.destroy()
        // The engine gives back the last of them once shutdown has returned, and nothing tells of it.
        withTimeout(10.seconds) { while (listeners() >= before) delay(20.milliseconds) }
    }

    @Test
    fun aFlowTakesItsListenerOffHoweverItEnds() = story {
        val alice = person("alice")
        val before = FfiConverterTypeEventListener.handleMap.size
        repeat(100) {
            coroutineScope {
                val first = launch(start = CoroutineStart.UNDISPATCHED) { alice.tim.events().first() }
                cancelled { alice.tim.events().collect {} }
                alice.raiseAnEvent()
                first.join()
            }
        }
        // The engine lets go of a listener when it has heard to the end, and nothing tells of that.
        withTimeout(10.seconds) { while (FfiConverterTypeEventListener.handleMap.size > before) delay(20.milliseconds) }
    }

    /** Makes a call, and cancels it while it waits for its answer. */
    private suspend fun cancelled(call: suspend () -> Unit) = coroutineScope {
        launch(start = CoroutineStart.UNDISPATCHED) { call() }.cancelAndJoin()
    }

    private suspend fun Person.isGone() =
        assertEquals(TimCode.DESTROYED, assertFailsWith<TimException> { tim.logout() }.code)

    /** Waits until the instance has ended. */
    private suspend fun Person.ends() {
        next<TimEvent.SdkNotReady>()
        next<TimEvent.SdkDestroy>()
        isGone()
    }
}
