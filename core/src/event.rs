//! The events that the engine emits to an app, and the listener that receives them.
//!
//! The state that an event reports is stored before the event is emitted.

use std::collections::BTreeMap;
use std::sync::Arc;

use tim_protocol::call::AttributesChange;
use tim_protocol::fields::Fields;
use tim_protocol::group::Group;
use tim_protocol::profile::Profile;
use tim_protocol::receive::AllReceiveMessageOpt;
use tim_protocol::status::UserStatus;
use tim_protocol::{Code, ConversationId, GroupId, MessageId, UserId};

use crate::friend::{Friend, FriendApplications, FriendGroup};
pub use tim_protocol::frame::KickReason as KickedOutType;

use crate::conversation::{Conversation, ConversationChanges, ConversationFilter};
use crate::message::{Message, ReadReceiptInfo};
use crate::signaling::SignalingInfo;

/// An event for the app.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Logged in, and the first page of conversations was received: every call works from now on.
    SdkReady,
    /// Logged out, kicked out or destroyed: calls are refused until the next login. Not sent when the network
    /// breaks.
    SdkNotReady,
    /// New messages: C2C, group, group tips and system notices, oldest first within a conversation. Includes messages
    /// that this user sent from another device (`flow` is out) and those missed while this device was offline. Of more
    /// than 300 missed messages in one conversation only the newest 300 are emitted; `get_message_list` returns the
    /// others. Messages of the initial sync are history and are not emitted.
    ///
    /// Delivered at least once: messages that the app's listeners had not handled when the app crashed are emitted
    /// again after the next login, before any newer ones. A message is emitted twice, with the same ID, only if the app
    /// crashed within a second after its delivery.
    MessageReceived(Vec<Message>),
    /// The result of messages whose `send_message` call no longer waits, because an earlier run of the app or an
    /// earlier login sent them: `status` is `Success`, or `Fail` with `error_code`.
    MessageStatusChanged(Vec<Message>),
    /// Messages were revoked (`is_revoked` is true).
    MessageRevoked(Vec<Message>),
    /// Messages were modified (`is_modified` is true): here they are as they are now.
    MessageModified(Vec<Message>),
    /// Users gave messages reactions, or took them back: here they are as they are now.
    MessageReactionsUpdated(Vec<Message>),
    /// A message was pinned in a group, or is not any more; also one that this device does not have. A pinned message that is
    /// revoked is told by [`Event::MessageRevoked`] alone.
    PinnedGroupMessageUpdated(PinnedGroupMessage),
    /// This user deleted messages of a conversation on another device: they are not on this one any more.
    MessageDeleted(DeletedMessages),
    /// The other side has read these of this user's C2C messages (`is_peer_read` is true), now or while this device was
    /// offline. This implies everything up to the newest of them; of more than 300 read at once only the newest are
    /// emitted.
    MessageReadByPeer(Vec<Message>),
    /// Users confirmed that they read messages of this user that ask for it: so many have now. What many do within a second is told
    /// together.
    MessageReadReceiptReceived(Vec<MessageReadReceipt>),
    /// The conversation list changed: the whole list, in order. The first change is emitted at once; further changes
    /// within a second are combined. A listener that keeps it makes the next one cost a copy.
    ConversationListUpdated(Arc<Vec<Arc<Conversation>>>),
    /// Conversations changed, were added to the list or left it: only these; the first one of a login has all conversations.
    /// [`ConversationList`] keeps a whole list by them.
    ///
    /// [`ConversationList`]: crate::conversation::ConversationList
    ConversationChanged(ConversationChanges),
    /// The number of unread messages in all conversations changed. Conversations that the user has muted (all remind types but
    /// `AcceptAndNotify` and those of a later version) and system notices are not counted. Emitted with the conversation list, before it.
    TotalUnreadMessageCountUpdated(u64),
    /// The number of unread messages in the conversations that a filter wants changed, to which the app subscribed with
    /// `subscribe_unread_message_count_by_filter`. What the total does not count is not in it. Emitted with the conversation list, before
    /// it; anew also if it may have been lost.
    UnreadMessageCountChangedByFilter {
        /// The filter of the subscription.
        filter: ConversationFilter,
        /// The number.
        count: u64,
    },
    /// The groups this user is in changed: the whole list.
    GroupListUpdated(Vec<Group>),
    /// Profiles changed: this user's, from any of their devices, or those of friends and of the other sides of C2C conversations.
    ProfileUpdated(Vec<Profile>),
    /// Users to whom the app subscribed with `subscribe_user_status` came or went, or say something else of themselves; after a new
    /// subscription each is told as it is. Also what this user says of themselves, on any of their devices. Of what changes
    /// while a listener is slow, it is told the latest of each user.
    UserStatusUpdated(Vec<UserStatus>),
    /// This user is invited. Told again after a restart of the app, and after a pause, as long as the invitation lives and this user
    /// has not answered. It is told after the message that says so, as are those that follow.
    NewInvitationReceived(SignalingInfo),
    /// Somebody accepted an invitation: told to the inviter and all who are invited, on the devices that did not do it.
    InviteeAccepted(InvitationAnswer),
    /// Somebody rejected an invitation.
    InviteeRejected(InvitationAnswer),
    /// The inviter took an invitation back: told to those who had not answered (`invitee_list`), and on the inviter's other devices.
    InvitationCancelled(SignalingInfo),
    /// The time of an invitation is over: told to those who did not answer (`invitee_list`: this user) and, five seconds later, to the
    /// inviter (`invitee_list`: all who did not).
    InvitationTimeout(SignalingInfo),
    /// The inviter changed what an invitation says: told to all who are invited, and on the inviter's other devices.
    InvitationModified(SignalingInfo),
    /// The blacklist changed: the whole list.
    BlacklistUpdated(Vec<UserId>),
    /// How this user wants to be told of messages of all conversations changed, on any of their devices.
    AllReceiveMessageOptUpdated(AllReceiveMessageOpt),
    /// Friends were added, changed or deleted: the whole list.
    FriendListUpdated(Vec<Friend>),
    /// Friend groups were created, renamed, deleted, filled or emptied: the whole list.
    FriendGroupListUpdated(Vec<FriendGroup>),
    /// Others changed attributes of a group that this user is in. What changes while this device is not connected is not told.
    GroupAttributesUpdated(GroupAttributesUpdated),
    /// Applications to become a friend were made, have ended or were read: the whole list.
    FriendApplicationListUpdated(FriendApplications),
    /// An error that belongs to no call, or a call that was refused because the engine is not ready.
    Error {
        /// The number; stable for ever.
        code: Code,
        /// One line that says what to do.
        message: String,
    },
    /// The server ended the login. The engine does not log in again by itself.
    KickedOut(KickedOutType),
    /// The connection's state changed. The initial state, and the state after a login has ended or was refused, is
    /// [`NetState::Disconnected`].
    NetStateChange(NetState),
    /// The instance was destroyed. Always the last event.
    SdkDestroy {
        /// The application whose instance it was.
        sdk_app_id: u32,
    },
}

/// Attributes of a group that have other values now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAttributesUpdated {
    /// The group.
    pub group_id: GroupId,
    /// Those that were set.
    pub group_attributes: Fields,
    /// Those that were removed.
    pub deleted_key_list: Vec<String>,
    /// The version of the group's attributes now, one more than before. Who knows them as of the version before knows them now.
    pub version: u64,
}

impl From<AttributesChange> for GroupAttributesUpdated {
    fn from(change: AttributesChange) -> Self {
        let AttributesChange { group_id, group_attributes, version } = change;
        let (set, removed): (BTreeMap<_, _>, BTreeMap<_, _>) =
            group_attributes.0.into_iter().partition(|(_, value)| !value.is_empty());
        let deleted_key_list = removed.into_keys().collect();
        Self { group_id, group_attributes: Fields(set), deleted_key_list, version }
    }
}

/// An answer to an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationAnswer {
    /// The invitation.
    pub invite_id: String,
    /// The group, of an invitation in one.
    pub group_id: Option<GroupId>,
    /// Who invited.
    pub inviter: UserId,
    /// Who answers.
    pub invitee: UserId,
    /// What the app says with it.
    pub data: String,
}

/// A message that was pinned in its group, or is not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedGroupMessage {
    /// The group.
    pub group_id: GroupId,
    /// The message's sequence in the group's conversation.
    pub message_sequence: u64,
    /// Whether it is pinned.
    pub is_pinned: bool,
    /// Who pinned it, or removed the pin.
    pub operator_id: UserId,
}

/// The kind of an event: TIM's EVENT constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventName {
    /// [`Event::SdkReady`].
    SdkReady,
    /// [`Event::SdkNotReady`].
    SdkNotReady,
    /// [`Event::MessageReceived`].
    MessageReceived,
    /// [`Event::MessageStatusChanged`].
    MessageStatusChanged,
    /// [`Event::MessageRevoked`].
    MessageRevoked,
    /// [`Event::MessageModified`].
    MessageModified,
    /// [`Event::MessageReactionsUpdated`].
    MessageReactionsUpdated,
    /// [`Event::PinnedGroupMessageUpdated`].
    PinnedGroupMessageUpdated,
    /// [`Event::MessageDeleted`].
    MessageDeleted,
    /// [`Event::MessageReadByPeer`].
    MessageReadByPeer,
    /// [`Event::MessageReadReceiptReceived`].
    MessageReadReceiptReceived,
    /// [`Event::ConversationListUpdated`].
    ConversationListUpdated,
    /// [`Event::ConversationChanged`].
    ConversationChanged,
    /// [`Event::TotalUnreadMessageCountUpdated`].
    TotalUnreadMessageCountUpdated,
    /// [`Event::UnreadMessageCountChangedByFilter`].
    UnreadMessageCountChangedByFilter,
    /// [`Event::GroupListUpdated`].
    GroupListUpdated,
    /// [`Event::ProfileUpdated`].
    ProfileUpdated,
    /// [`Event::UserStatusUpdated`].
    UserStatusUpdated,
    /// [`Event::NewInvitationReceived`].
    NewInvitationReceived,
    /// [`Event::InviteeAccepted`].
    InviteeAccepted,
    /// [`Event::InviteeRejected`].
    InviteeRejected,
    /// [`Event::InvitationCancelled`].
    InvitationCancelled,
    /// [`Event::InvitationTimeout`].
    InvitationTimeout,
    /// [`Event::InvitationModified`].
    InvitationModified,
    /// [`Event::BlacklistUpdated`].
    BlacklistUpdated,
    /// [`Event::AllReceiveMessageOptUpdated`].
    AllReceiveMessageOptUpdated,
    /// [`Event::FriendListUpdated`].
    FriendListUpdated,
    /// [`Event::FriendGroupListUpdated`].
    FriendGroupListUpdated,
    /// [`Event::FriendApplicationListUpdated`].
    FriendApplicationListUpdated,
    /// [`Event::GroupAttributesUpdated`].
    GroupAttributesUpdated,
    /// [`Event::Error`].
    Error,
    /// [`Event::KickedOut`].
    KickedOut,
    /// [`Event::NetStateChange`].
    NetStateChange,
    /// [`Event::SdkDestroy`].
    SdkDestroy,
}

impl Event {
    /// The kind of this event.
    #[must_use]
    pub fn name(&self) -> EventName {
        match self {
            Self::SdkReady => EventName::SdkReady,
            Self::SdkNotReady => EventName::SdkNotReady,
            Self::MessageReceived(_) => EventName::MessageReceived,
            Self::MessageStatusChanged(_) => EventName::MessageStatusChanged,
            Self::MessageRevoked(_) => EventName::MessageRevoked,
            Self::MessageModified(_) => EventName::MessageModified,
            Self::MessageReactionsUpdated(_) => EventName::MessageReactionsUpdated,
            Self::PinnedGroupMessageUpdated(_) => EventName::PinnedGroupMessageUpdated,
            Self::MessageDeleted(_) => EventName::MessageDeleted,
            Self::MessageReadByPeer(_) => EventName::MessageReadByPeer,
            Self::MessageReadReceiptReceived(_) => EventName::MessageReadReceiptReceived,
            Self::ConversationListUpdated(_) => EventName::ConversationListUpdated,
            Self::ConversationChanged(_) => EventName::ConversationChanged,
            Self::TotalUnreadMessageCountUpdated(_) => EventName::TotalUnreadMessageCountUpdated,
            Self::UnreadMessageCountChangedByFilter { .. } => EventName::UnreadMessageCountChangedByFilter,
            Self::GroupListUpdated(_) => EventName::GroupListUpdated,
            Self::ProfileUpdated(_) => EventName::ProfileUpdated,
            Self::UserStatusUpdated(_) => EventName::UserStatusUpdated,
            Self::NewInvitationReceived(_) => EventName::NewInvitationReceived,
            Self::InviteeAccepted(_) => EventName::InviteeAccepted,
            Self::InviteeRejected(_) => EventName::InviteeRejected,
            Self::InvitationCancelled(_) => EventName::InvitationCancelled,
            Self::InvitationTimeout(_) => EventName::InvitationTimeout,
            Self::InvitationModified(_) => EventName::InvitationModified,
            Self::BlacklistUpdated(_) => EventName::BlacklistUpdated,
            Self::AllReceiveMessageOptUpdated(_) => EventName::AllReceiveMessageOptUpdated,
            Self::FriendListUpdated(_) => EventName::FriendListUpdated,
            Self::FriendGroupListUpdated(_) => EventName::FriendGroupListUpdated,
            Self::FriendApplicationListUpdated(_) => EventName::FriendApplicationListUpdated,
            Self::GroupAttributesUpdated(_) => EventName::GroupAttributesUpdated,
            Self::Error { .. } => EventName::Error,
            Self::KickedOut(_) => EventName::KickedOut,
            Self::NetStateChange(_) => EventName::NetStateChange,
            Self::SdkDestroy { .. } => EventName::SdkDestroy,
        }
    }
}

/// How many read a message of this user that asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageReadReceipt {
    /// The other side, of a message of a C2C conversation.
    pub user_id: Option<UserId>,
    /// The group, of a message of a group.
    pub group_id: Option<GroupId>,
    /// The message.
    pub message_id: MessageId,
    /// What the message shows of it.
    pub info: ReadReceiptInfo,
}

impl MessageReadReceipt {
    /// That of a message; `None` if it does not ask for any, or nothing is known.
    #[must_use]
    pub fn of(message: &Message) -> Option<Self> {
        let info = message.read_receipt_info?;
        let (user_id, group_id) = match &message.conversation_id {
            ConversationId::C2c(user) => (Some(user.clone()), None),
            ConversationId::Group(group) => (None, Some(group.clone())),
            ConversationId::System => (None, None),
        };
        Some(Self { user_id, group_id, message_id: message.id, info })
    }
}

/// Messages of a conversation that were deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedMessages {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The messages.
    pub message_id_list: Vec<MessageId>,
}

/// The state of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NetState {
    /// Connected.
    Connected,
    /// Connecting.
    Connecting,
    /// Not connected. While a user is logged in, the engine retries with backoff.
    Disconnected,
}

/// Receives events. Called on the engine's listener thread, one call at a time, never under a lock, and never after
/// `shutdown` or `destroy` has returned. It may call the engine. It should not block for long, because it delays the
/// other listeners. A panic is caught and reported as [`Event::Error`].
pub trait EventListener: Send + Sync + 'static {
    /// Receives events, in order.
    fn on_events(&self, events: &[Event]);
}
