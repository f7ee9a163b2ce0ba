/** A whole list of conversations, kept by what changed in it. It asks nothing and hears nothing by itself. */
package im.tim.sdk

/**
 * The conversations in the order of the list. It is given every [TimEvent.ConversationChanged] of an instance:
 *
 *     val list = ConversationList()
 *     tim.on<TimEvent.ConversationChanged> { show(list.apply(it)) }
 *
 * What a change costs does not depend on the size of the list, but for the copy that [apply] gives. For one thread at a time.
 */
class ConversationList {
    private val ordered = ArrayList<Conversation>()
    private val byId = HashMap<String, Conversation>()

    /** The conversations, in order; a copy that does not change. */
    val conversations: List<Conversation> get() = ordered.toList()

    /**
     * Takes a whole list in the place of what it had: that of [Tim.getConversationList] if changes may have been missed, because
     * the listener came late or [TimCode.EVENTS_LOST] was told.
     */
    fun reset(conversations: List<Conversation>): List<Conversation> =
        apply(TimEvent.ConversationChanged(conversations, emptyList(), isWhole = true))

    /** Applies what changed, and gives the list as it is then. */
    fun apply(changed: TimEvent.ConversationChanged): List<Conversation> {
        if (changed.isWhole) {
            ordered.clear()
            byId.clear()
        }
        changed.deletedConversationIDList.forEach(::remove)
        changed.conversations.forEach { remove(it.conversationID) }
        for (conversation in changed.conversations) {
            ordered.add(-1 - ordered.binarySearch(conversation, ORDER), conversation)
            byId[conversation.conversationID] = conversation
        }
        return conversations
    }

    private fun remove(id: String) {
        byId.remove(id)?.let { ordered.removeAt(ordered.binarySearch(it, ORDER)) }
    }

    private companion object {
        val ORDER = compareByDescending<Conversation> { it.orderKey }.thenBy { it.conversationID }
    }
}
