/** Names for what TIM gives numbers to, and for what it spells into a conversation's id. A number's names are in [TimCode]. */
@file:JvmName("TimNames")

package im.tim.sdk

import kotlin.reflect.KClass

/** The conversation with a user. */
fun c2c(userID: String): String = "C2C$userID"

/** The conversation of a group. */
fun group(groupID: String): String = "GROUP$groupID"

/** The other user of a C2C conversation; null for any other. */
val Conversation.peer: String? get() = peerOf(conversationID)

/** The group of a group's conversation; null for any other. */
val Conversation.groupID: String? get() = groupOf(conversationID)

/** The other user, of a message in a C2C conversation; null for any other. */
val Message.peer: String? get() = peerOf(conversationID)

/** The group, of a message in a group; null for any other. */
val Message.groupID: String? get() = groupOf(conversationID)

private fun peerOf(conversation: String) = conversation.behind(c2c(""))

private fun groupOf(conversation: String) = conversation.behind(group(""))

private fun String.behind(prefix: String) = if (startsWith(prefix)) substring(prefix.length) else null

/** What a group tip tells, with TIM's number for it. */
enum class GroupTipType(val number: Int) {
    /** Users joined. */
    JOIN(1),

    /** A user left. */
    QUIT(2),

    /** Users were removed. */
    REMOVED(3),

    /** Users became admins. */
    ADMINS_ADDED(4),

    /** Admins became ordinary members. */
    ADMINS_REMOVED(5),

    /** The group's profile or owner changed. */
    PROFILE_UPDATED(6),

    /** What the group has about members changed: mutes, name cards, fields. */
    MEMBERS_UPDATED(7),
}

/** What the tip tells; null if a later version made it. */
val GroupTip.type: GroupTipType? get() = GroupTipType.entries.find { it.number == operationType }

/** What a system notice tells, with TIM's number for it. */
enum class SystemNoticeType(val number: Int) {
    /** A user applies to join, or invites others. The owner and the admins are told. */
    JOIN_APPLICATION(1),

    /** This user's application was accepted. */
    APPLICATION_ACCEPTED(2),

    /** This user's application was refused. */
    APPLICATION_REFUSED(3),

    /** This user was removed from the group. */
    REMOVED(4),

    /** The group was dismissed. */
    GROUP_DISMISSED(5),

    /** This user made the group. */
    GROUP_CREATED(6),

    /** This user was added to the group. */
    INVITED(7),

    /** This user left the group. */
    QUIT(8),

    /** This user became an admin. */
    ADMIN_ADDED(9),

    /** This user is no admin any more. */
    ADMIN_REMOVED(10),
}

/** What the notice tells; null if a later version made it. */
val SystemNotice.type: SystemNoticeType? get() = SystemNoticeType.entries.find { it.number == operationType }

/** A picture's format, with TIM's number for it. */
enum class ImageFormat(val number: Int) {
    /** JPEG. */
    JPEG(1),

    /** GIF. */
    GIF(2),

    /** PNG. */
    PNG(3),

    /** BMP. */
    BMP(4),

    /** WebP. */
    WEBP(5),
}

/** The picture's format; null if it is none of these. */
val ImageBody.format: ImageFormat? get() = ImageFormat.entries.find { it.number == imageFormat }

/** The name of a kind of events. */
internal fun nameOf(kind: KClass<out TimEvent>): EventName =
    when (kind) {
        TimEvent.SdkReady::class -> EventName.SDK_READY
        TimEvent.SdkNotReady::class -> EventName.SDK_NOT_READY
        TimEvent.MessageReceived::class -> EventName.MESSAGE_RECEIVED
        TimEvent.MessageStatusChanged::class -> EventName.MESSAGE_STATUS_CHANGED
        TimEvent.MessageRevoked::class -> EventName.MESSAGE_REVOKED
        TimEvent.MessageDeleted::class -> EventName.MESSAGE_DELETED
        TimEvent.MessageModified::class -> EventName.MESSAGE_MODIFIED
        TimEvent.MessageReactionsUpdated::class -> EventName.MESSAGE_REACTIONS_UPDATED
        TimEvent.PinnedGroupMessageUpdated::class -> EventName.PINNED_GROUP_MESSAGE_UPDATED
        TimEvent.MessageReadByPeer::class -> EventName.MESSAGE_READ_BY_PEER
        TimEvent.MessageReadReceiptReceived::class -> EventName.MESSAGE_READ_RECEIPT_RECEIVED
        TimEvent.ConversationListUpdated::class -> EventName.CONVERSATION_LIST_UPDATED
        TimEvent.GroupListUpdated::class -> EventName.GROUP_LIST_UPDATED
        TimEvent.ProfileUpdated::class -> EventName.PROFILE_UPDATED
        TimEvent.BlacklistUpdated::class -> EventName.BLACKLIST_UPDATED
        TimEvent.Error::class -> EventName.ERROR
        TimEvent.KickedOut::class -> EventName.KICKED_OUT
        TimEvent.NetStateChange::class -> EventName.NET_STATE_CHANGE
        TimEvent.SdkDestroy::class -> EventName.SDK_DESTROY
        TimEvent.UnreadMessageCountChangedByFilter::class -> EventName.UNREAD_MESSAGE_COUNT_CHANGED_BY_FILTER
        TimEvent.TotalUnreadMessageCountUpdated::class -> EventName.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED
        TimEvent.ConversationChanged::class -> EventName.CONVERSATION_CHANGED
        TimEvent.AllReceiveMessageOptUpdated::class -> EventName.ALL_RECEIVE_MESSAGE_OPT_UPDATED
        TimEvent.FriendListUpdated::class -> EventName.FRIEND_LIST_UPDATED
        TimEvent.FriendGroupListUpdated::class -> EventName.FRIEND_GROUP_LIST_UPDATED
        TimEvent.FriendApplicationListUpdated::class -> EventName.FRIEND_APPLICATION_LIST_UPDATED
        TimEvent.UserStatusUpdated::class -> EventName.USER_STATUS_UPDATED
        TimEvent.GroupAttributesUpdated::class -> EventName.GROUP_ATTRIBUTES_UPDATED
        TimEvent.NewInvitationReceived::class -> EventName.NEW_INVITATION_RECEIVED
        TimEvent.InviteeAccepted::class -> EventName.INVITEE_ACCEPTED
        TimEvent.InviteeRejected::class -> EventName.INVITEE_REJECTED
        TimEvent.InvitationCancelled::class -> EventName.INVITATION_CANCELLED
        TimEvent.InvitationTimeout::class -> EventName.INVITATION_TIMEOUT
        TimEvent.InvitationModified::class -> EventName.INVITATION_MODIFIED
        else -> throw IllegalArgumentException("a handler hears one kind of events: use addListener for all")
    }
