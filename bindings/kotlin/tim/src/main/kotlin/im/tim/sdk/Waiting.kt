/**
 * The events that wait for a collector, oldest first and bounded, in the way the engine keeps those that wait for listeners:
 * beyond the bound the oldest gives way and EVENTS_LOST stands in its place, and an event that carries a whole list takes the
 * place of an older one of its kind, so nobody hears an older list after a newer one.
 */
package im.tim.sdk

import kotlinx.coroutines.channels.Channel

/** One thread puts events in, one coroutine takes them out. */
internal class Waiting(private val capacity: Int) {
    private val events = ArrayDeque<TimEvent>()
    private var hasGap = false
    /** Something was put in, perhaps more than once. */
    private val signs = Channel<Unit>(Channel.CONFLATED)

    fun put(event: TimEvent) {
        synchronized(events) {
            val older = olderSelf(event)
            if (older != null) {
                events[older] = event
                return // Its sign was given.
            }
            if (events.size == capacity) {
                events.removeFirst()
                hasGap = true
            }
            events.addLast(event)
        }
        signs.trySend(Unit)
    }

    /** Nothing more is put in. */
    fun end() {
        signs.close()
    }

    /** The oldest event, as soon as there is one; null when it was the last. */
    suspend fun next(): TimEvent? {
        while (true) {
            take()?.let { return it }
            if (signs.receiveCatching().isClosed) return take()
        }
    }

    private fun take(): TimEvent? = synchronized(events) {
        if (hasGap) {
            hasGap = false
            TimEvent.Error(TimCode.EVENTS_LOST, "events were dropped by a slow collector: read the lists again")
        } else {
            events.removeFirstOrNull()
        }
    }

    /** Where an older list of the same kind waits that nobody would miss. */
    private fun olderSelf(event: TimEvent): Int? {
        if (!event.isList) return null
        return events.indices.reversed().takeWhile { !events[it].isBorder }.firstOrNull { events[it]::class == event::class }
    }
}

/** It carries a whole list. */
private val TimEvent.isList
    get() = this is TimEvent.ConversationListUpdated || this is TimEvent.GroupListUpdated || this is TimEvent.BlacklistUpdated ||
        this is TimEvent.FriendListUpdated || this is TimEvent.FriendGroupListUpdated ||
        this is TimEvent.FriendApplicationListUpdated || this is TimEvent.TotalUnreadMessageCountUpdated

/** What follows it belongs to another login, or was promised before it: no list moves in front of it. */
private val TimEvent.isBorder
    get() = this is TimEvent.SdkReady || this is TimEvent.SdkNotReady || this is TimEvent.KickedOut || this is TimEvent.SdkDestroy
