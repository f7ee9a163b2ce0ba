/** Names for what TIM gives numbers to, and for what it spells into a conversation's id. A number's names are in [TimCode]. */
package im.tim.sdk

/** Whose conversation it is. */
enum class ConversationType {
    /** Two users'. */
    C2C,

    /** A group's. */
    GROUP,

    /** The server's, which tells this user of their groups. */
    SYSTEM,
}

/** The conversation with a user. */
fun c2c(userID: String): String = "C2C$userID"

/** The conversation of a group. */
fun group(groupID: String): String = "GROUP$groupID"

/** Whose conversation it is. */
val Conversation.type: ConversationType get() = typeOf(conversationId)

/** The other user of a C2C conversation; null for any other. */
val Conversation.peer: String? get() = peerOf(conversationId)

/** The group of a group's conversation; null for any other. */
val Conversation.groupId: String? get() = groupOf(conversationId)

/** Whose conversation the message is in. */
val Message.conversationType: ConversationType get() = typeOf(conversationId)

/** The other user, of a message in a C2C conversation; null for any other. */
val Message.peer: String? get() = peerOf(conversationId)

/** The group, of a message in a group; null for any other. */
val Message.groupId: String? get() = groupOf(conversationId)

private fun typeOf(conversation: String) = when {
    peerOf(conversation) != null -> ConversationType.C2C
    groupOf(conversation) != null -> ConversationType.GROUP
    else -> ConversationType.SYSTEM
}

private fun peerOf(conversation: String) = conversation.behind(c2c(""))

private fun groupOf(conversation: String) = conversation.behind(group(""))

private fun String.behind(prefix: String) = if (startsWith(prefix)) substring(prefix.length) else null

/** What a group tip tells, with TIM's number for it. */
enum class GroupTipType(val number: UInt) {
    /** Users joined. */
    JOIN(1u),

    /** A user left. */
    QUIT(2u),
}

/** What the tip tells; null if a later version made it. */
val GroupTip.type: GroupTipType? get() = GroupTipType.entries.find { it.number == operationType }

/** What a system notice tells, with TIM's number for it. */
enum class SystemNoticeType(val number: UInt) {
    /** A user applies to join. The owner and the admins are told. */
    JOIN_APPLICATION(1u),

    /** This user's application was accepted. */
    APPLICATION_ACCEPTED(2u),

    /** This user's application was refused. */
    APPLICATION_REFUSED(3u),

    /** The group was dismissed. */
    GROUP_DISMISSED(5u),

    /** This user made the group. */
    GROUP_CREATED(6u),

    /** This user was added to the group. */
    INVITED(7u),

    /** This user left the group. */
    QUIT(8u),
}

/** What the notice tells; null if a later version made it. */
val SystemNotice.type: SystemNoticeType? get() = SystemNoticeType.entries.find { it.number == operationType }

/** A picture's format, with TIM's number for it. */
enum class ImageFormat(val number: UInt) {
    /** JPEG. */
    JPEG(1u),

    /** GIF. */
    GIF(2u),

    /** PNG. */
    PNG(3u),

    /** BMP. */
    BMP(4u),

    /** WebP. */
    WEBP(5u),
}

/** The picture's format; null if it is none of these. */
val ImageBody.format: ImageFormat? get() = ImageFormat.entries.find { it.number == imageFormat }
