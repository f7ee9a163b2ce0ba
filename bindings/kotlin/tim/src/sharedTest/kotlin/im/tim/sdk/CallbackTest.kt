/**
 * What a host's code may do inside a callback, and with the threads and objects around it: everything. The engine neither
 * crashes nor hangs, and one callback's fault stays its own.
 */
package im.tim.sdk

import java.io.File
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull

class CallbackTest {
    @Test
    fun aListenerThatThrowsIsReportedToTheOthers() = story {
        val alice = person("alice")
        for (thrown in listOf(IllegalStateException("mine"), TimException.Refused(1u, "mine"), AssertionError("mine"))) {
            val faulty = alice.tim.on<TimEvent.Error> { if (it.code == NOT_LOGGED_IN) throw thrown }
            alice.raiseAnEvent()
            alice.next<TimEvent.Error> { it.code == LISTENER_FAILED }
            faulty.remove()
        }
    }

    @Test
    fun aHandlerThatThrowsOnceHearsTheRestOfTheBatch() = story {
        val alice = person("alice")
        val heard = AtomicInteger()
        val (begun, goOn) = listOf(CountDownLatch(1), CountDownLatch(1))
        alice.tim.on<TimEvent.Error> {
            begun.countDown()
            goOn.await()
            heard.incrementAndGet()
            error("every time")
        }
        alice.raiseAnEvent()
        begun.await()
        repeat(20) { alice.raiseAnEvent() } // Wait for the listener thread, so they come as one batch.
        goOn.countDown()
        repeat(2) { alice.next<TimEvent.Error> { it.code == LISTENER_FAILED } }
        assertEquals(21, heard.get())
    }

    @Test
    fun aListenerThatBlocksHoldsUpNoCall() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val (blocked, goOn) = listOf(CountDownLatch(1), CountDownLatch(1))
        bob.tim.addListener(listener { blocked.countDown(); goOn.await() })
        bob.changeNick()
        blocked.await()
        // The instance whose listener blocks still sends and receives.
        assertEquals(SendStatus.SUCCESS, alice.say(bob, "are you there?").status)
        assertEquals(SendStatus.SUCCESS, bob.say(alice, "busy").status)
        assertEquals("busy", alice.nextMessage().text)
        goOn.countDown()
        assertEquals("are you there?", bob.nextMessage().text)
    }

    @Test
    fun aListenerMayCallTheEngineAndWaitForIt() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val answer = bob.tim.on<TimEvent.MessageReceived> { event ->
            runBlocking {
                val message = bob.tim.createTextMessage(event.messages.first().conversationId, "got it")
                bob.tim.sendMessage(message)
                bob.tim.getConversationList()
            }
        }
        alice.say(bob, "hello")
        assertEquals("got it", alice.nextMessage().text)
        answer.remove()
    }

    @Test
    fun aListenerMayRemoveItselfAndAddOthers() = story {
        val alice = person("alice")
        val (once, later) = listOf(AtomicInteger(), AtomicInteger())
        lateinit var listener: Listener
        listener = alice.tim.on<TimEvent.Error> {
            once.incrementAndGet()
            listener.remove()
            listener.close()
            alice.tim.on<TimEvent.Error> { later.incrementAndGet() }
        }
        repeat(3) {
            alice.raiseAnEvent()
            alice.next<TimEvent.Error>()
        }
        alice.tim.shutdown() // After it no listener is called: the counts are final.
        assertEquals(1 to 2, once.get() to later.get())
    }

    @Test
    fun aListenerMayDropTheLastReference() = story {
        val alice = person("alice")
        val dropped = CountDownLatch(1)
        Tim.create(alice.options(theServer.address)).let { other ->
            other.on<TimEvent.Error> {
                other.close()
                assertFailsWith<IllegalStateException> { other.isReady() }
                dropped.countDown()
            }
        }
        alice.raiseAnEvent()
        assertTrue(dropped.await(10, TimeUnit.SECONDS))
        // What was closed is one reference: the instance lives on.
        alice.logIn()
    }

    @Test
    fun aListenerMayShutTheInstanceDown() = story {
        val alice = ready("alice")
        val ended = CompletableDeferred<Unit>()
        alice.tim.addListener(listener {
            if (!ended.isCompleted) runBlocking { alice.tim.shutdown() }
            ended.complete(Unit)
        })
        alice.changeNick()
        ended.await()
        assertEquals(DESTROYED, assertFailsWith<TimException> { alice.tim.logout() }.code)
    }

    @Test
    fun noListenerIsCalledAfterShutdown() = story {
        val alice = person("alice")
        val heard = AtomicInteger()
        alice.tim.addListener(listener { heard.addAndGet(it.size) })
        repeat(500) { alice.raiseAnEvent() }
        alice.tim.shutdown()
        val atEnd = heard.get()
        repeat(10) { alice.raiseAnEvent() }
        delay(100.milliseconds)
        assertEquals(atEnd, heard.get())
    }

    @Test
    fun manyThreadsUseOneInstance() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val failures = CopyOnWriteArrayList<Throwable>()
        val threads = List(16) { number ->
            thread {
                runCatching {
                    repeat(10) { alice.tim.isReady(); alice.tim.on<TimEvent.Error> {}.use { it.remove() } }
                    runBlocking { alice.say(bob, "from $number"); alice.tim.getConversationList() }
                }.onFailure(failures::add)
            }
        }
        threads.forEach(Thread::join)
        assertEquals(emptyList(), failures.toList())
        val heard = List(16) { bob.nextMessage().text }
        assertEquals(List(16) { "from $it" }.toSet(), heard.toSet<String?>())
    }

    @Test
    fun manyCallsAreUnderWayAtOnce() = story {
        val alice = ready("alice")
        val lists = coroutineScope { List(200) { async(Dispatchers.Default) { alice.tim.getConversationList() } }.awaitAll() }
        assertEquals(200, lists.size)
    }

    @Test
    fun oneApplicationHasOneInstance() = story {
        val alice = ready("alice")
        val same = Tim.create(alice.options(theServer.address))
        assertEquals(alice.name, same.getLoginUser())
        val other = person("alice")
        assertTrue(!other.tim.isReady())
        other.tim.shutdown()
        assertTrue(same.isReady())
    }

    @Test
    fun instancesThatEndLeaveNoThreads() = story {
        fun threads() = Thread.getAllStackTraces().keys.count { it.name == "tim" }
        val before = threads()
        repeat(20) {
            val tim = Tim.create(person("alice").options(theServer.address).copy(instance = "short-$it"))
            val heard = CompletableDeferred<Unit>()
            tim.on<TimEvent.Error> { heard.complete(Unit) }
            runCatching { tim.createTextMessage("C2Cbob", "too early") }
            heard.await()
            tim.shutdown()
        }
        people.forEach { it.tim.shutdown() }
        // The engine's workers stay, and a thread may take a moment to end.
        withTimeout(10.seconds) { while (threads() > before + 3) delay(20.milliseconds) }
    }

    @Test
    fun aCancelledSendGoesOn() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        coroutineScope {
            repeat(20) { number ->
                val message = alice.tim.createTextMessage(c2c(bob.name), "message $number")
                launch(start = CoroutineStart.UNDISPATCHED) { alice.tim.sendMessage(message) }.cancelAndJoin()
            }
        }
        alice.say(bob, "the end")
        val heard = List(21) { bob.nextMessage().text }
        assertEquals<List<String?>>(List(20) { "message $it" } + "the end", heard)
    }

    @Test
    fun whatIsOverIsForgotten() = story {
        val alice = ready("alice")
        val (listeners, waiting) = listOf({ FfiConverterTypeEventListener.handleMap.size }, { uniffiContinuationHandleMap.size })
        val before = listeners()
        repeat(500) { alice.tim.on<TimEvent.Error> {}.use { it.remove() } }
        repeat(20) {
            coroutineScope {
                // Asks the server, and is cancelled before it can have answered.
                launch(start = CoroutineStart.UNDISPATCHED) { alice.tim.getUserProfile(listOf(alice.name)) }.cancelAndJoin()
            }
        }
        assertEquals(before, listeners())
        assertEquals(0, waiting())
        assertEquals(alice.name, alice.tim.getUserProfile(listOf(alice.name)).single().userId)
        repeat(5) { alice.tim.on<TimEvent.Error> {} }
        alice.tim.shutdown()
        withTimeout(10.seconds) { while (listeners() >= before) delay(20.milliseconds) }
    }

    @Test
    fun aCallMayBeGivenALimit() = story {
        val alice = person("alice")
        val tim = Tim.create(alice.options("ws://127.0.0.1:1").copy(instance = "${alice.name}-alone"))
        assertEquals(null, withTimeoutOrNull(100.milliseconds) { tim.login(alice.name, theServer.sigOf(alice.name)) })
        withTimeout(20.seconds) { tim.shutdown() }
    }

    @Test
    fun anUploadPluginTakesTheEnginesPlace() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val progress = CopyOnWriteArrayList<Int>()
        alice.tim.registerUploadPlugin { file, report ->
            assertTrue(File(file).length() > 0)
            listOf(25, 75, 400).forEach(report)
            runBlocking { alice.tim.getConversationList() } // It may block and call the engine.
            elsewhere
        }
        alice.tim.sendMessage(alice.tim.createImageMessage(c2c(bob.name), picture(8, 8)) { progress += it })
        assertEquals(elsewhere, bob.nextMessage().image)
        assertEquals(listOf(25, 75), progress.filter { it in listOf(25, 75) })
        assertEquals(100, progress.last())
    }

    @Test
    fun anUploadPluginThatThrowsFailsItsMessageAlone() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        var thrown: Throwable = TimException.Refused(12_345u, "my storage is closed")
        alice.tim.registerUploadPlugin { _, _ -> throw thrown }
        suspend fun send() = alice.tim.sendMessage(alice.tim.createImageMessage(c2c(bob.name), picture(8, 8)))

        val own = assertFailsWith<TimException> { send() }
        assertEquals(12_345u to "my storage is closed", own.code to own.reason)
        thrown = IllegalStateException("a fault")
        assertTrue("a fault" in assertFailsWith<TimException> { send() }.reason)
        thrown = AssertionError("worse")
        assertTrue("worse" in assertFailsWith<TimException> { send() }.reason)
        assertEquals("still here", alice.say(bob, "still here").text)
    }

    @Test
    fun aProgressListenerThatThrowsStopsNoTransfer() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val message = alice.tim.createImageMessage(c2c(bob.name), picture(64, 64)) { throw IllegalStateException("no bar") }
        assertEquals(SendStatus.SUCCESS, alice.tim.sendMessage(message).status)
    }

    @Test
    fun theLogGoesWhereTheHostSaysAndMayThrow() = story {
        val lines = CopyOnWriteArrayList<String>()
        setLogLevel(0u)
        setLogSink(object : LogSink {
            override fun log(level: LogLevel, line: String) {
                lines += line
                error("the log is full")
            }
        })
        val alice = person("alice")
        val tim = Tim.create(alice.options("ws://127.0.0.1:1").copy(instance = "${alice.name}-alone", loginTimeoutMs = 300u))
        assertFailsWith<TimException> { tim.login(alice.name, theServer.sigOf(alice.name)) }
        tim.shutdown()
        setLogSink(null)
        setLogLevel(1u)
        assertTrue(lines.isNotEmpty())
    }

    private fun listener(hear: (List<TimEvent>) -> Unit) = object : EventListener {
        override fun onEvents(events: List<TimEvent>) = hear(events)
    }

    /** Makes the engine tell an event to somebody who is logged in. */
    private suspend fun Person.changeNick() = tim.updateMyProfile(ProfileFields(nick = "$name the second"))

    private val elsewhere = ImageBody(
        uuid = "0198c2f4-5a52-7c3e-8a3f-3f6f4f0a7b11",
        imageFormat = 3u,
        imageInfoArray = listOf(ImageType.ORIGINAL, ImageType.THUMB, ImageType.LARGE)
            .map { ImageInfo(it, size = 70, width = 8u, height = 8u, url = "https://pictures.example/8.png") },
    )
}

/** The event that tells of a listener that failed. */
private const val LISTENER_FAILED: UInt = 130_163u

/** What a destroyed instance answers. */
private const val DESTROYED: UInt = 130_160u
