/**
 * What a host's code may do inside a listener or a log sink, and with the threads and objects around it: everything. The
 * engine neither crashes nor hangs, and one callback's fault stays its own. Transfers and ends have files of their own.
 */
package im.tim.sdk

import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

class CallbackTest {
    @Test
    fun aListenerThatThrowsIsReportedToTheOthers() = story {
        val alice = person("alice")
        for (thrown in listOf(IllegalStateException("mine"), TimException.Refused(1, "mine"), AssertionError("mine"))) {
            val faulty = alice.tim.on<TimEvent.Error> { if (it.code == TimCode.NOT_LOGGED_IN) throw thrown }
            alice.raiseAnEvent()
            alice.next<TimEvent.Error> { it.code == TimCode.LISTENER_PANICKED }
            alice.tim.off(faulty)
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
        repeat(2) { alice.next<TimEvent.Error> { it.code == TimCode.LISTENER_PANICKED } }
        assertEquals(21, heard.get())
    }

    @Test
    fun aListenerOfAllEventsMayThrowAnError() = story {
        val alice = person("alice")
        alice.tim.addListener { throw AssertionError("mine") }
        val reported = reportedByJna {
            repeat(2) {
                alice.raiseAnEvent()
                alice.next<TimEvent.Error> { it.code == TimCode.LISTENER_PANICKED }
            }
        }
        assertEquals(emptyList(), reported)
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
                val message = bob.tim.createTextMessage(event.messages.first().from, ConversationType.C2C, "got it")
                bob.tim.sendMessage(message)
                bob.tim.getConversationList()
            }
        }
        alice.say(bob, "hello")
        assertEquals("got it", alice.nextMessage().text)
        bob.tim.off(answer)
    }

    @Test
    fun theListenersOfTwoInstancesMayUseEachOther() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        for ((one, other) in listOf(alice to bob, bob to alice)) {
            one.tim.on<TimEvent.MessageReceived> { event ->
                if (event.messages.first().text == "ping") runBlocking { other.say(one, "pong") }
            }
        }
        coroutineScope {
            launch { alice.say(bob, "ping") }
            launch { bob.say(alice, "ping") }
        }
        for (person in listOf(alice, bob)) assertEquals<Set<String?>>(setOf("ping", "pong"), List(2) { person.nextMessage().text }.toSet())
    }

    @Test
    fun aListenerMayRemoveItselfAndAddOthers() = story {
        val alice = person("alice")
        val (once, later) = listOf(AtomicInteger(), AtomicInteger())
        lateinit var listener: Listener
        listener = alice.tim.on<TimEvent.Error> {
            once.incrementAndGet()
            alice.tim.off(listener)
            alice.tim.on<TimEvent.Error> { later.incrementAndGet() }
        }
        repeat(3) {
            alice.raiseAnEvent()
            alice.next<TimEvent.Error>()
        }
        alice.tim.destroy() // After it no listener is called: the counts are final.
        assertEquals(1 to 2, once.get() to later.get())
    }

    /** What goes is a reference: the instance lives on with its listeners, and the same options give it again. */
    @Test
    fun anInstanceOutlivesItsReferencesAndNothingFreesItUnderAnApp() = story {
        val options = person("alice").options(theServer.address).copy(instance = "held by nobody")
        val heard = Channel<TimEvent>(10)
        Tim.create(options).on<TimEvent.Error> { heard.trySend(it) }
        System.gc()
        val again = Tim.create(options)
        runCatching { again.createTextMessage("nobody", ConversationType.C2C, "hello again") }
        assertIs<TimEvent.Error>(heard.receive())
        assertFalse(AutoCloseable::class.java.isInstance(again))
        again.destroy()
        assertTrue(again.isDestroyed())
        assertEquals(TimCode.DESTROYED, assertFailsWith<TimException.NotReady> { again.logout() }.code)
    }

    @Test
    fun aHandlerThatIsOnOnceHearsOneEvent() = story {
        val alice = person("alice")
        val (once, each) = listOf(AtomicInteger(), AtomicInteger())
        alice.tim.once<TimEvent.Error> { once.incrementAndGet() }
        alice.tim.on(EventName.ERROR, object : EventHandler {
            override fun onEvent(event: TimEvent) {
                each.incrementAndGet()
            }
        })
        repeat(3) {
            alice.raiseAnEvent()
            alice.next<TimEvent.Error>()
        }
        alice.tim.destroy() // After it no listener is called: the counts are final.
        assertEquals(1 to 3, once.get() to each.get())
        assertFailsWith<IllegalArgumentException> { alice.tim.on<TimEvent> {} }
    }

    @Test
    fun manyThreadsUseOneInstance() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val failures = CopyOnWriteArrayList<Throwable>()
        val threads = List(16) { number ->
            thread {
                runCatching {
                    repeat(10) { alice.tim.isReady(); alice.tim.off(alice.tim.on<TimEvent.Error> {}) }
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

    /** Unconfined, each goes on where the engine wakes it; they are more than the engine has threads. */
    @Test
    fun whatGoesOnWhereItIsWokenMayWaitForTheEngine() = story {
        val alice = ready("alice")
        coroutineScope {
            repeat(8) {
                launch(Dispatchers.Unconfined) {
                    alice.tim.getServerTime()
                    runBlocking { alice.tim.getConversationList() }
                }
            }
        }
    }

    @Test
    fun oneApplicationHasOneInstance() = story {
        val alice = ready("alice")
        val same = Tim.create(alice.options(theServer.address))
        assertEquals(alice.name, same.getLoginUser())
        val other = person("alice")
        assertFalse(other.tim.isReady())
        other.tim.destroy()
        assertTrue(same.isReady())
    }

    @Test
    fun theLogGoesWhereTheHostSaysAndMayThrow() = story {
        val reported = reportedByJna {
            for (thrown in listOf(IllegalStateException("the log is full"), AssertionError("worse"))) {
                val lines = whileLogging(person("alice")) { throw thrown }
                assertTrue(lines.size > 1, "$lines")
            }
        }
        assertEquals(emptyList(), reported)
    }

    @Test
    fun aLogSinkMayCallTheEngineAndTakeItselfOff() = story {
        val alice = person("alice")
        val lines = whileLogging(alice) {
            alice.raiseAnEvent()
            alice.tim.off(alice.tim.on<TimEvent.SdkReady> {})
            setLogSink(null)
        }
        assertEquals(1, lines.size, "$lines")
        alice.next<TimEvent.Error> { it.code == TimCode.NOT_LOGGED_IN }
    }

    /** What the engine logs while somebody twice finds no server; [alsoDo] is done for each line. */
    private suspend fun whileLogging(alice: Person, alsoDo: () -> Unit): List<String> {
        val lines = CopyOnWriteArrayList<String>()
        setLogSink(object : LogSink {
            override fun log(level: LogLevel, line: String) {
                lines += line
                alsoDo()
            }
        })
        setLogLevel(0)
        val tim = alice.alone(loginTimeoutMs = 300)
        repeat(2) { assertFailsWith<TimException> { tim.login(alice.name, theServer.sigOf(alice.name)) } }
        tim.destroy()
        setLogSink(null)
        setLogLevel(1)
        return lines
    }
}
