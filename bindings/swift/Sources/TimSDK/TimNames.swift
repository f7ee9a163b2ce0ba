// Names for what TIM gives numbers to, and for what it spells into a conversation's id. The names of errors are in TimCode.swift.

import Foundation

extension String {
    /// The conversation with a user.
    public static func c2c(_ userID: String) -> String { "C2C\(userID)" }

    /// The conversation of a group.
    public static func group(_ groupID: String) -> String { "GROUP\(groupID)" }
}

extension Conversation {
    /// The other user of a C2C conversation; nil for any other.
    public var peer: String? { userOf(conversationID) }

    /// The group of a group's conversation; nil for any other.
    public var groupID: String? { groupOf(conversationID) }
}

extension Message {
    /// The other user, of a message in a C2C conversation; nil for any other.
    public var peer: String? { userOf(conversationID) }

    /// The group, of a message in a group; nil for any other.
    public var groupID: String? { groupOf(conversationID) }
}

private func userOf(_ conversation: String) -> String? { conversation.behind(.c2c("")) }

private func groupOf(_ conversation: String) -> String? { conversation.behind(.group("")) }

extension String {
    fileprivate func behind(_ prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}

/// What a group tip tells, with TIM's number for it.
public enum GroupTipType: Int32, Sendable {
    /// Users joined.
    case join = 1
    /// A user left.
    case quit = 2
    /// Users were removed.
    case removed = 3
    /// Users became admins.
    case adminsAdded = 4
    /// Admins became ordinary members.
    case adminsRemoved = 5
    /// The group's profile or owner changed.
    case profileUpdated = 6
    /// What the group has about members changed: mutes, name cards, fields.
    case membersUpdated = 7
}

extension GroupTip {
    /// What the tip tells; nil if a later version made it.
    public var type: GroupTipType? { GroupTipType(rawValue: operationType) }
}

/// What a system notice tells, with TIM's number for it.
public enum SystemNoticeType: Int32, Sendable {
    /// A user applies to join, or invites others. The owner and the admins are told.
    case joinApplication = 1
    /// This user's application was accepted.
    case applicationAccepted = 2
    /// This user's application was refused.
    case applicationRefused = 3
    /// This user was removed from the group.
    case removed = 4
    /// The group was dismissed.
    case groupDismissed = 5
    /// This user made the group.
    case groupCreated = 6
    /// This user was added to the group.
    case invited = 7
    /// This user left the group.
    case quit = 8
    /// This user became an admin.
    case adminAdded = 9
    /// This user is no admin any more.
    case adminRemoved = 10
}

extension SystemNotice {
    /// What the notice tells; nil if a later version made it.
    public var type: SystemNoticeType? { SystemNoticeType(rawValue: operationType) }
}

/// A picture's format, with TIM's number for it.
public enum ImageFormat: Int32, Sendable {
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

// Nouns by what they are: an ID where TIM calls it so.

extension Message: Identifiable {}

extension Conversation: Identifiable {
    /// The conversation, as this user names it.
    public var id: String { conversationID }
}

extension TimGroup: Identifiable {
    /// The group.
    public var id: String { groupID }
}

extension GroupMember: Identifiable {
    /// The user.
    public var id: String { userID }
}

extension Profile: Identifiable {
    /// The user.
    public var id: String { userID }
}

// Times, which the engine tells in seconds since 1970, as dates.

extension Message {
    /// ``time`` as a date.
    public var date: Date { Date(seconds: time) }

    /// ``clientTime`` as a date.
    public var clientDate: Date { Date(seconds: clientTime) }
}

extension Conversation {
    /// ``lastTime`` as a date.
    public var lastDate: Date { Date(seconds: lastTime) }
}

extension TimGroup {
    /// ``createTime`` as a date.
    public var createDate: Date { Date(seconds: createTime) }
}

extension SelfInfo {
    /// ``joinTime`` as a date.
    public var joinDate: Date { Date(seconds: joinTime) }
}

extension GroupMember {
    /// ``joinTime`` as a date.
    public var joinDate: Date { Date(seconds: joinTime) }
}

extension Profile {
    /// ``lastUpdatedTime`` as a date; nil if it never changed.
    public var lastUpdatedDate: Date? { lastUpdatedTime == 0 ? nil : Date(seconds: lastUpdatedTime) }
}

extension Date {
    fileprivate init(seconds: Int64) { self.init(timeIntervalSince1970: TimeInterval(seconds)) }
}
