/** A million deliveries of events and a crowd of calls leave nothing behind, neither on the heap nor outside it. */
package im.tim.sdk

import java.io.File
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking

class GrowthTest {
    @Test
    fun aMillionDeliveries() = noGrowth(times = 100_000, atOnce = 2_000) { alice, heard ->
        // Each of ten listeners is told of each.
        repeat(9) { alice.tim.on<TimEvent.Error> {} }
        alice.tim.on<TimEvent.Error> { heard.release() }
        return@noGrowth { alice.raiseAnEvent() }
    }

    @Test
    fun manyCallsAndListeners() = noGrowth(times = 100_000, atOnce = 500) { alice, done ->
        return@noGrowth {
            // A call that is refused at once is a whole way there and back.
            runBlocking { runCatching { alice.tim.getConversationList() } }
            alice.tim.off(alice.tim.on<TimEvent.SdkReady> {})
            done.release()
        }
    }

    /**
     * Does a thing so many times, [atOnce] before it waits for their ends, after three tenths of them for the JVM to compile what
     * runs often. What is left behind makes memory grow in every round, and by more than the limits if it is 256 bytes each time;
     * what the platform takes for itself does not: see `growthRounds`.
     */
    private fun noGrowth(times: Int, atOnce: Int, prepare: (Person, Semaphore) -> () -> Unit) {
        val alice = Person("growth-$atOnce")
        val done = Semaphore(0)
        val act = prepare(alice, done)
        fun run(count: Int) = repeat(count / atOnce) {
            repeat(atOnce) { act() }
            assertTrue(done.tryAcquire(atOnce, 60, TimeUnit.SECONDS), "events were lost")
        }
        alice.tim.off(alice.listener) // It keeps what it hears.
        run(times / 10 * 3)
        val measured = mutableListOf(Memory.now())
        do {
            run(times / 10 * 7)
            measured += Memory.now()
            val (before, after) = measured.takeLast(2)
        } while (after.hasGrownFrom(before) && measured.size <= growthRounds)
        runBlocking { alice.tim.destroy() }
        println("growth in rounds of ${times / 10 * 7}: $measured")
        val (before, after) = measured.takeLast(2)
        assertFalse(after.hasGrownFrom(before), "memory grew in each round: $measured")
    }
}

private const val MB = 1_048_576L

/** What the program uses: of its heap, after collecting, and of the machine's memory. */
private class Memory(val heap: Long, val resident: Long) {
    fun hasGrownFrom(before: Memory) = heap - before.heap >= 10 * MB || resident - before.resident >= 10 * MB

    override fun toString() = "heap ${heap shr 10} kB, resident ${resident shr 10} kB"

    companion object {
        private fun Runtime.used() = totalMemory() - freeMemory()

        /** As Linux and Android tell it, in kB; 0 elsewhere, where only the heap is watched. */
        private fun resident(): Long {
            val status = File("/proc/self/status").takeIf(File::exists)?.readLines() ?: return 0
            return status.first { it.startsWith("VmRSS:") }.filter(Char::isDigit).toLong() * 1_024
        }

        fun now(): Memory {
            val runtime = Runtime.getRuntime()
            // What JNA allocated is freed by a thread of its own, which may lag behind: collect until nothing more goes.
            var last = Long.MAX_VALUE
            while (last - runtime.used() > MB / 4) {
                last = runtime.used()
                System.gc()
                Thread.sleep(300)
            }
            return Memory(runtime.used(), resident())
        }
    }
}
