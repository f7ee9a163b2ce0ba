// Names for what TIM gives numbers to, and for what it spells into a conversation's id. The names of errors are in TimCode.swift.

extension String {
    /// The conversation with a user.
    public static func c2c(_ userID: String) -> String { "C2C\(userID)" }

    /// The conversation of a group.
    public static func group(_ groupID: String) -> String { "GROUP\(groupID)" }
}

/// Whose conversation it is.
public enum ConversationType: Sendable {
    /// Two users'.
    case c2c
    /// A group's.
    case group
    /// The server's, which tells this user of their groups.
    case system

    fileprivate init(of conversation: String) {
        self = userID(in: conversation) != nil ? .c2c : groupID(in: conversation) != nil ? .group : .system
    }
}

extension Conversation {
    /// Whose conversation it is.
    public var type: ConversationType { ConversationType(of: conversationId) }

    /// The other user of a C2C conversation; nil for any other.
    public var peer: String? { userID(in: conversationId) }

    /// The group of a group's conversation; nil for any other.
    public var groupId: String? { groupID(in: conversationId) }
}

extension Message {
    /// Whose conversation the message is in.
    public var conversationType: ConversationType { ConversationType(of: conversationId) }

    /// The other user, of a message in a C2C conversation; nil for any other.
    public var peer: String? { userID(in: conversationId) }

    /// The group, of a message in a group; nil for any other.
    public var groupId: String? { groupID(in: conversationId) }
}

private func userID(in conversation: String) -> String? { conversation.behind(.c2c("")) }

private func groupID(in conversation: String) -> String? { conversation.behind(.group("")) }

extension String {
    fileprivate func behind(_ prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}

/// What a group tip tells, with TIM's number for it.
public enum GroupTipType: UInt32, Sendable {
    /// Users joined.
    case join = 1
    /// A user left.
    case quit = 2
}

extension GroupTip {
    /// What the tip tells; nil if a later version made it.
    public var type: GroupTipType? { GroupTipType(rawValue: operationType) }
}

/// What a system notice tells, with TIM's number for it.
public enum SystemNoticeType: UInt32, Sendable {
    /// A user applies to join. The owner and the admins are told.
    case joinApplication = 1
    /// This user's application was accepted.
    case applicationAccepted = 2
    /// This user's application was refused.
    case applicationRefused = 3
    /// The group was dismissed.
    case groupDismissed = 5
    /// This user made the group.
    case groupCreated = 6
    /// This user was added to the group.
    case invited = 7
    /// This user left the group.
    case quit = 8
}

extension SystemNotice {
    /// What the notice tells; nil if a later version made it.
    public var type: SystemNoticeType? { SystemNoticeType(rawValue: operationType) }
}

/// A picture's format, with TIM's number for it.
public enum ImageFormat: UInt32, Sendable {
    /// JPEG.
    case jpeg = 1
    /// GIF.
    case gif = 2
    /// PNG.
    case png = 3
    /// BMP.
    case bmp = 4
    /// WebP.
    case webp = 5
}

extension ImageBody {
    /// The picture's format; nil if it is none of these.
    public var format: ImageFormat? { ImageFormat(rawValue: imageFormat) }
}
