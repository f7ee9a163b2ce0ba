// A whole list of conversations, kept by what changed in it. It asks nothing and hears nothing by itself.

/// The conversations in the order of the list. It is given every `conversationChanged` of an instance:
///
///     var list = ConversationList()
///     for await event in tim.events() { if list.apply(event) { show(list.conversations) } }
///
/// What a change costs does not depend on the size of the list, but for the moving of its elements.
public struct ConversationList: Sendable {
    /// The conversations, in order.
    public private(set) var conversations: [Conversation] = []
    private var byID: [String: Conversation] = [:]

    /// An empty list.
    public init() {}

    /// Takes a whole list in the place of what it had: that of `getConversationList` if changes may have been missed, because the
    /// loop began late or `eventsLost` was told.
    public mutating func reset(_ conversations: [Conversation]) {
        apply(.conversationChanged(conversations: conversations, deletedConversationIDList: [], isWhole: true))
    }

    /// Applies what changed, if that is what the event tells of; whether it is.
    @discardableResult
    public mutating func apply(_ event: TimEvent) -> Bool {
        guard case .conversationChanged(let changed, let deleted, let isWhole) = event else { return false }
        if isWhole {
            conversations.removeAll()
            byID.removeAll()
        }
        for id in deleted { remove(id) }
        for conversation in changed { remove(conversation.conversationID) }
        for conversation in changed {
            conversations.insert(conversation, at: place(of: conversation))
            byID[conversation.conversationID] = conversation
        }
        return true
    }

    private mutating func remove(_ id: String) {
        guard let known = byID.removeValue(forKey: id) else { return }
        conversations.remove(at: place(of: known))
    }

    /// The first place whose conversation is not before this one.
    private func place(of conversation: Conversation) -> Int {
        var (low, high) = (0, conversations.count)
        while low < high {
            let middle = (low + high) / 2
            let isBefore = Self.key(conversations[middle]) < Self.key(conversation)
            (low, high) = isBefore ? (middle + 1, high) : (low, middle)
        }
        return low
    }

    private static func key(_ conversation: Conversation) -> (Int64, String) {
        (-conversation.orderKey, conversation.conversationID)
    }
}
