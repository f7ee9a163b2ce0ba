/**
 * What it costs to cross into Kotlin: one event in batches of 1, 10 and 100, and the round trip of a call.
 *
 * `script/bench faces` runs it; the other languages have the same program. An event is what a call raises that is refused
 * because nobody is logged in. A batch is made by holding the listener while it queues up; what is timed is from letting go
 * to the end of the callback that got it. Prints medians, asserts nothing.
 */

import im.tim.sdk.*
import java.util.concurrent.Semaphore
import kotlinx.coroutines.runBlocking

private class Ears : EventListener {
    @Volatile var isHolding = false
    @Volatile var ended = 0L
    val held = Semaphore(0)
    val goOn = Semaphore(0)
    val done = Semaphore(0)

    override fun onEvents(events: List<TimEvent>) {
        if (isHolding) {
            held.release()
            goOn.acquire()
        } else {
            ended = System.nanoTime()
            done.release()
        }
    }
}

private fun Tim.raiseEvent() {
    runCatching { createTextMessage("bob", ConversationType.C2C, "hello") }
}

/** The median of so many rounds, in microseconds: where others use the machine too, some take a hundred times as long. */
private inline fun median(rounds: Int, nanoseconds: () -> Long): Double = List(rounds) { nanoseconds() }.sorted()[rounds / 2] / 1e3

/** Microseconds per event of a batch. */
private fun Tim.batch(ears: Ears, size: Int, rounds: Int): Double = median(rounds) {
    ears.isHolding = true
    raiseEvent()
    ears.held.acquire()
    ears.isHolding = false
    repeat(size) { raiseEvent() }
    val began = System.nanoTime()
    ears.goOn.release()
    ears.done.acquire()
    ears.ended - began
} / size

/** Microseconds of a call that asks no server: logging out when nobody is logged in. */
private suspend fun Tim.roundTrip(rounds: Int): Double = median(rounds) {
    val began = System.nanoTime()
    logout()
    System.nanoTime() - began
}

fun main(arguments: Array<String>): Unit = runBlocking {
    val tim = Tim.create(TimOptions(1, "ws://127.0.0.1:9", arguments.single()))
    val ears = Ears()
    tim.addListener(ears)
    fun batch(size: Int) = tim.batch(ears, size, 3000 / size + 300)
    // Until the JVM has compiled what is measured.
    for (size in listOf(1, 10, 100)) batch(size)
    tim.roundTrip(5000)
    for (size in listOf(1, 10, 100)) println("  event into Kotlin, batch of %-20d %9.2f us".format(size, batch(size)))
    println("  round trip of a call from Kotlin %23.2f us".format(tim.roundTrip(5000)))
    shutdown()
}
