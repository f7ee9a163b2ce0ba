/** What the quick start needs beside the engine: waiting, words for events, a picture. */

import im.tim.sdk.*
import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.channels.Channel

/** The next event of a kind. */
inline fun <reified T : TimEvent> Tim.soon(): CompletableDeferred<T> =
    CompletableDeferred<T>().also { next -> on<T> { next.complete(it) } }

/** The messages that come, from now on. */
fun Tim.inbox(): Channel<Message> =
    Channel<Message>(Channel.UNLIMITED).also { inbox -> on<TimEvent.MessageReceived> { it.messages.forEach(inbox::trySend) } }

/** The next message that is so; others are passed over. */
suspend fun Channel<Message>.receive(isIt: (Message) -> Boolean): Message {
    while (true) receive().let { if (isIt(it)) return it }
}

/** Every event there is, by the name TIM's users know. */
fun describe(event: TimEvent): String = when (event) {
    is TimEvent.SdkReady -> "SDK_READY"
    is TimEvent.SdkNotReady -> "SDK_NOT_READY"
    is TimEvent.SdkDestroy -> "SDK_DESTROY ${event.sdkAppID}"
    is TimEvent.MessageReceived -> "MESSAGE_RECEIVED from ${event.messages.map { it.from }}"
    is TimEvent.MessageStatusChanged -> "MESSAGE_STATUS_CHANGED ${event.messages.map { "${it.id} ${it.status}" }}"
    is TimEvent.MessageRevoked -> "MESSAGE_REVOKED ${event.messages.map { it.id }}"
    is TimEvent.MessageModified -> "MESSAGE_MODIFIED ${event.messages.map { it.id }}"
    is TimEvent.MessageReactionsUpdated -> "MESSAGE_REACTIONS_UPDATED ${event.messages.map { it.id }}"
    is TimEvent.PinnedGroupMessageUpdated ->
        "PINNED_GROUP_MESSAGE_UPDATED ${event.groupID} ${event.messageSequence} ${event.isPinned}"
    is TimEvent.MessageDeleted -> "MESSAGE_DELETED ${event.messageIDList}"
    is TimEvent.MessageReadByPeer -> "MESSAGE_READ_BY_PEER ${event.messages.size} messages"
    is TimEvent.MessageReadReceiptReceived -> "MESSAGE_READ_RECEIPT_RECEIVED ${event.receipts.map { it.messageID }}"
    is TimEvent.ConversationListUpdated ->
        "CONVERSATION_LIST_UPDATED ${event.conversations.map { "${it.showName}: ${it.messageForShow} (${it.unreadCount} unread)" }}"
    is TimEvent.ConversationChanged ->
        "CONVERSATION_CHANGED ${event.conversations.map { it.conversationID } + event.deletedConversationIDList}"
    is TimEvent.UnreadMessageCountChangedByFilter -> "UNREAD_MESSAGE_COUNT_CHANGED_BY_FILTER ${event.count}"
    is TimEvent.TotalUnreadMessageCountUpdated -> "TOTAL_UNREAD_MESSAGE_COUNT_UPDATED ${event.count}"
    is TimEvent.GroupListUpdated -> "GROUP_LIST_UPDATED ${event.groups.map { it.name }}"
    is TimEvent.ProfileUpdated -> "PROFILE_UPDATED ${event.profiles.map { it.userID }}"
    is TimEvent.BlacklistUpdated -> "BLACKLIST_UPDATED ${event.userIDList}"
    is TimEvent.FriendListUpdated -> "FRIEND_LIST_UPDATED ${event.friends.map { it.userID }}"
    is TimEvent.FriendGroupListUpdated -> "FRIEND_GROUP_LIST_UPDATED ${event.friendGroups.map { it.name }}"
    is TimEvent.NewInvitationReceived -> "NEW_INVITATION_RECEIVED from ${event.invitation.inviter}"
    is TimEvent.InviteeAccepted -> "INVITEE_ACCEPTED ${event.answer.invitee}"
    is TimEvent.InviteeRejected -> "INVITEE_REJECTED ${event.answer.invitee}"
    is TimEvent.InvitationCancelled -> "INVITATION_CANCELLED by ${event.invitation.inviter}"
    is TimEvent.InvitationModified -> "INVITATION_MODIFIED by ${event.invitation.inviter}"
    is TimEvent.InvitationTimeout -> "INVITATION_TIMEOUT ${event.invitation.inviteeList}"
    is TimEvent.UserStatusUpdated -> "USER_STATUS_UPDATED ${event.statuses.map { it.userID }}"
    is TimEvent.FriendApplicationListUpdated ->
        "FRIEND_APPLICATION_LIST_UPDATED ${event.applications.unreadCount} unread"
    is TimEvent.GroupAttributesUpdated -> "GROUP_ATTRIBUTES_UPDATED ${event.groupID} version ${event.version}"
    is TimEvent.AllReceiveMessageOptUpdated -> "ALL_RECEIVE_MESSAGE_OPT_UPDATED ${event.opt.messageRemindType}"
    is TimEvent.NetStateChange -> "NET_STATE_CHANGE ${event.state}"
    is TimEvent.KickedOut -> "KICKED_OUT ${event.type}"
    is TimEvent.Error -> "ERROR ${event.code} ${event.message}"
}

/** Something to look at: a BMP file of 320 x 240 pixels. */
fun draw(): ByteArray {
    val (width, height, head) = listOf(320, 240, 54)
    val file = ByteBuffer.allocate(head + 3 * width * height).order(ByteOrder.LITTLE_ENDIAN)
    file.put("BM".toByteArray()).putInt(file.capacity()).putInt(0).putInt(head)
    file.putInt(40).putInt(width).putInt(height).putShort(1).putShort(24) // One plane of 24 bits; the rest is 0.
    file.position(head)
    for (y in 0 until height) for (x in 0 until width) {
        file.put((x xor y).toByte()).put((x * 255 / width).toByte()).put(y.toByte())
    }
    return file.array()
}
