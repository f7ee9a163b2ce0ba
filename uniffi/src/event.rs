//! Events for other languages: what happens, and the names of its kinds.

use serde::{Deserialize, Serialize, Serializer};
use tim::event as engine;
use tim::event::KickedOutType as EngineKick;

use crate::types::{
    AllReceiveMessageOpt, Conversation, ConversationFilter, CustomField, Friend, FriendApplications,
    FriendGroup, Group, InvitationAnswer, Message, MessageReadReceipt, Profile, SignalingInfo, UserStatus,
    custom_fields, signed,
};

/// An event for the app. As JSON `{"name":…, "data":…}`, in TIM's format.
#[derive(Debug, Clone, PartialEq, uniffi::Enum, Serialize)]
#[serde(tag = "name", content = "data")]
pub enum TimEvent {
    /// Logged in and synced: every call works from now on.
    #[serde(rename = "sdkStateReady")]
    SdkReady,
    /// Logged out, kicked out or destroyed: calls are refused until the next login.
    #[serde(rename = "sdkStateNotReady")]
    SdkNotReady,
    /// New messages, oldest first within a conversation. Delivered at least once: messages that listeners had not
    /// handled when the app crashed are emitted again after the next login. A message is emitted twice only if the app
    /// crashed within a second after its delivery.
    #[serde(rename = "onMessageReceived", serialize_with = "bare")]
    MessageReceived {
        /// The messages.
        messages: Vec<Message>,
    },
    /// The result of messages for which no call waits, because an earlier run of the app or an earlier login sent them:
    /// accepted, or refused (`status` is `Fail`, with `errorCode`).
    #[serde(rename = "onMessageStatusChanged", serialize_with = "bare")]
    MessageStatusChanged {
        /// The messages.
        messages: Vec<Message>,
    },
    /// Messages were revoked.
    #[serde(rename = "onMessageRevoked", serialize_with = "bare")]
    MessageRevoked {
        /// The messages.
        messages: Vec<Message>,
    },
    /// Messages were modified: here they are as they are now.
    #[serde(rename = "onMessageModified", serialize_with = "bare")]
    MessageModified {
        /// The messages.
        messages: Vec<Message>,
    },
    /// Users gave messages reactions, or took them back: here they are as they are now.
    #[serde(rename = "onMessageReactionsUpdated", serialize_with = "bare")]
    MessageReactionsUpdated {
        /// The messages.
        messages: Vec<Message>,
    },
    /// A message was pinned in a group, or is not any more; also one that this device does not have. A pinned message that is taken
    /// back is told by `MessageRevoked` alone.
    #[serde(rename = "onPinnedGroupMessageUpdated")]
    PinnedGroupMessageUpdated {
        /// The group.
        #[serde(rename = "groupID")]
        group_id: String,
        /// The message's sequence in the group's conversation.
        #[serde(rename = "messageSequence")]
        message_sequence: i64,
        /// Whether it is pinned.
        #[serde(rename = "isPinned")]
        is_pinned: bool,
        /// Who pinned it, or removed the pin.
        #[serde(rename = "operatorID")]
        operator_id: String,
    },
    /// This user deleted messages of a conversation on another device: they are not on this one any more.
    #[serde(rename = "onMessageDeleted")]
    MessageDeleted {
        /// The conversation.
        #[serde(rename = "conversationID")]
        conversation_id: String,
        /// The IDs of the messages.
        #[serde(rename = "messageIDList")]
        message_id_list: Vec<String>,
    },
    /// The other side has read these.
    #[serde(rename = "onMessageReadByPeer", serialize_with = "bare")]
    MessageReadByPeer {
        /// The messages.
        messages: Vec<Message>,
    },
    /// Users read messages of this user that ask for receipts: so many have now.
    #[serde(rename = "onMessageReadReceiptReceived", serialize_with = "bare")]
    MessageReadReceiptReceived {
        /// The messages, by their IDs.
        receipts: Vec<MessageReadReceipt>,
    },
    /// The conversation list changed: the whole list, in order.
    #[serde(rename = "onConversationListUpdated", serialize_with = "bare")]
    ConversationListUpdated {
        /// The conversations.
        conversations: Vec<Conversation>,
    },
    /// Conversations changed, were added to the list or left it: only these. A `ConversationList` keeps a whole list by
    /// them.
    #[serde(rename = "onConversationChanged")]
    ConversationChanged {
        /// Those that changed or were added, as they are now, in the order of the list.
        #[serde(rename = "conversationList")]
        conversations: Vec<Conversation>,
        /// Those that are not in the list any more, and perhaps never were.
        #[serde(rename = "deletedConversationIDList")]
        deleted_conversation_id_list: Vec<String>,
        /// The conversations are all there are: the first ones of a login, and after the server's data was replaced.
        #[serde(rename = "isWhole")]
        is_whole: bool,
    },
    /// The number of unread messages in all conversations changed, without those that the user has muted and system notices.
    #[serde(rename = "onTotalUnreadMessageCountUpdated", serialize_with = "bare")]
    TotalUnreadMessageCountUpdated {
        /// The number.
        count: i64,
    },
    /// The number of unread messages changed in the conversations that a filter wants, to which the app subscribed.
    #[serde(rename = "onUnreadMessageCountChangedByFilter")]
    UnreadMessageCountChangedByFilter {
        /// The filter of the subscription.
        filter: ConversationFilter,
        /// The number.
        count: i64,
    },
    /// The groups this user is in changed: the whole list.
    #[serde(rename = "onGroupListUpdated", serialize_with = "bare")]
    GroupListUpdated {
        /// The groups.
        groups: Vec<Group>,
    },
    /// Profiles changed: this user's, or those of friends and of the other sides of C2C conversations.
    #[serde(rename = "onProfileUpdated", serialize_with = "bare")]
    ProfileUpdated {
        /// The profiles.
        profiles: Vec<Profile>,
    },
    /// The blacklist changed: the whole list.
    #[serde(rename = "blacklistUpdated", serialize_with = "bare")]
    BlacklistUpdated {
        /// The users on it.
        user_id_list: Vec<String>,
    },
    /// How this user wants to be told of messages of all conversations changed, on any of their devices.
    #[serde(rename = "onAllReceiveMessageOptUpdated", serialize_with = "bare")]
    AllReceiveMessageOptUpdated {
        /// As it is now.
        opt: AllReceiveMessageOpt,
    },
    /// Friends were added, changed or deleted.
    #[serde(rename = "onFriendListUpdated", serialize_with = "bare")]
    FriendListUpdated {
        /// The whole list.
        friends: Vec<Friend>,
    },
    /// Friend groups were created, renamed, deleted, filled or emptied.
    #[serde(rename = "onFriendGroupListUpdated", serialize_with = "bare")]
    FriendGroupListUpdated {
        /// The whole list.
        friend_groups: Vec<FriendGroup>,
    },
    /// Applications to become a friend were made, have ended or were read.
    #[serde(rename = "onFriendApplicationListUpdated", serialize_with = "bare")]
    FriendApplicationListUpdated {
        /// The whole list, and how many are unread.
        applications: FriendApplications,
    },
    /// Users to whom the app subscribed came or went, or say something else of themselves; after a new subscription each is told as
    /// it is. Also what this user says of themselves, on any of their devices.
    #[serde(rename = "onUserStatusUpdated", serialize_with = "bare")]
    UserStatusUpdated {
        /// The latest of each user.
        statuses: Vec<UserStatus>,
    },
    /// Others changed attributes of a group that this user is in. What changes while this device is not connected is not told.
    #[serde(rename = "groupAttributesUpdated")]
    GroupAttributesUpdated {
        /// The group.
        #[serde(rename = "groupID")]
        group_id: String,
        /// Those that were set, with their values now.
        #[serde(rename = "groupAttributes")]
        group_attributes: Vec<CustomField>,
        /// Those that were removed.
        #[serde(rename = "deletedKeyList")]
        deleted_key_list: Vec<String>,
        /// The version of the group's attributes now, one more than before. Who knows them as of the version before knows them now.
        version: i64,
    },
    /// This user is invited. Told again after a restart of the app, and after a pause, as long as the invitation lives.
    #[serde(rename = "newInvitationReceived", serialize_with = "bare")]
    NewInvitationReceived {
        /// The invitation.
        invitation: SignalingInfo,
    },
    /// Somebody accepted an invitation: told to the inviter and all who are invited, on the devices that did not do it.
    #[serde(rename = "ts_invitee_accepted", serialize_with = "bare")]
    InviteeAccepted {
        /// The answer.
        answer: InvitationAnswer,
    },
    /// Somebody rejected an invitation.
    #[serde(rename = "ts_invitee_rejected", serialize_with = "bare")]
    InviteeRejected {
        /// The answer.
        answer: InvitationAnswer,
    },
    /// The inviter took an invitation back: told to those who had not answered, and on the inviter's other devices.
    #[serde(rename = "ts_invitation_cancelled", serialize_with = "bare")]
    InvitationCancelled {
        /// The invitation, with those who had not answered.
        invitation: SignalingInfo,
    },
    /// The time of an invitation is over: told to those who did not answer and, five seconds later, to the inviter.
    #[serde(rename = "ts_invitation_timeout", serialize_with = "bare")]
    InvitationTimeout {
        /// The invitation, with those who did not answer.
        invitation: SignalingInfo,
    },
    /// The inviter changed what an invitation says: told to all who are invited, and on the inviter's other devices.
    #[serde(rename = "ts_invitation_modified", serialize_with = "bare")]
    InvitationModified {
        /// The invitation, as it is now.
        invitation: SignalingInfo,
    },
    /// Something went wrong that no call can be blamed for, or a call was refused because nobody is logged in.
    #[serde(rename = "error")]
    Error {
        /// The number; stable for ever.
        code: i32,
        /// The error's text, in one line: what the caller can do.
        message: String,
    },
    /// The login was ended. Do not log in again by yourself.
    #[serde(rename = "kickedOut")]
    KickedOut {
        /// What kind of kick it was.
        r#type: KickedOutType,
    },
    /// The connection's state changed. An instance begins as `Disconnected`, and is so again when a login has ended or was refused.
    #[serde(rename = "netStateChange")]
    NetStateChange {
        /// The state.
        state: NetState,
    },
    /// The instance was destroyed. Always the last event.
    #[serde(rename = "sdkDestroy")]
    SdkDestroy {
        /// The application whose instance it was.
        #[serde(rename = "SDKAppID")]
        sdk_app_id: i64,
    },
}

/// The kinds of events, for `on` and `once`. C knows them by their numbers: a new one comes at the end.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum EventName {
    /// Logged in and synced.
    SdkReady,
    /// Logged out, kicked out or destroyed.
    SdkNotReady,
    /// New messages.
    MessageReceived,
    /// The result of messages for which no call waits.
    MessageStatusChanged,
    /// Messages were revoked.
    MessageRevoked,
    /// The other side has read messages.
    MessageReadByPeer,
    /// The conversation list changed.
    ConversationListUpdated,
    /// The list of groups changed.
    GroupListUpdated,
    /// Profiles changed.
    ProfileUpdated,
    /// The blacklist changed.
    BlacklistUpdated,
    /// An error that belongs to no call.
    Error,
    /// The login was ended.
    KickedOut,
    /// The state of the connection changed.
    NetStateChange,
    /// The instance was destroyed.
    SdkDestroy,
    /// The total of unread messages changed.
    TotalUnreadMessageCountUpdated,
    /// Conversations changed.
    ConversationChanged,
    /// Messages were modified.
    MessageModified,
    /// The reactions of messages changed.
    MessageReactionsUpdated,
    /// A message was pinned in a group, or is not any more.
    PinnedGroupMessageUpdated,
    /// Messages were deleted on another device.
    MessageDeleted,
    /// Users read messages that ask for receipts.
    MessageReadReceiptReceived,
    /// What is unread by a filter changed.
    UnreadMessageCountChangedByFilter,
    /// How this user wants to be told of messages of all conversations changed.
    AllReceiveMessageOptUpdated,
    /// Friends were added, changed or deleted.
    FriendListUpdated,
    /// Friend groups changed.
    FriendGroupListUpdated,
    /// Applications to become a friend changed.
    FriendApplicationListUpdated,
    /// Users came or went, or say something else of themselves.
    UserStatusUpdated,
    /// Attributes of a group changed.
    GroupAttributesUpdated,
    /// This user is invited.
    NewInvitationReceived,
    /// Somebody accepted an invitation.
    InviteeAccepted,
    /// Somebody rejected an invitation.
    InviteeRejected,
    /// An invitation was taken back.
    InvitationCancelled,
    /// The time of an invitation is over.
    InvitationTimeout,
    /// An invitation says something else.
    InvitationModified,
}

impl EventName {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [Self; 34] = [
        Self::SdkReady,
        Self::SdkNotReady,
        Self::MessageReceived,
        Self::MessageStatusChanged,
        Self::MessageRevoked,
        Self::MessageReadByPeer,
        Self::ConversationListUpdated,
        Self::GroupListUpdated,
        Self::ProfileUpdated,
        Self::BlacklistUpdated,
        Self::Error,
        Self::KickedOut,
        Self::NetStateChange,
        Self::SdkDestroy,
        Self::TotalUnreadMessageCountUpdated,
        Self::ConversationChanged,
        Self::MessageModified,
        Self::MessageReactionsUpdated,
        Self::PinnedGroupMessageUpdated,
        Self::MessageDeleted,
        Self::MessageReadReceiptReceived,
        Self::UnreadMessageCountChangedByFilter,
        Self::AllReceiveMessageOptUpdated,
        Self::FriendListUpdated,
        Self::FriendGroupListUpdated,
        Self::FriendApplicationListUpdated,
        Self::UserStatusUpdated,
        Self::GroupAttributesUpdated,
        Self::NewInvitationReceived,
        Self::InviteeAccepted,
        Self::InviteeRejected,
        Self::InvitationCancelled,
        Self::InvitationTimeout,
        Self::InvitationModified,
    ];
}

impl From<EventName> for engine::EventName {
    fn from(name: EventName) -> Self {
        match name {
            EventName::SdkReady => Self::SdkReady,
            EventName::SdkNotReady => Self::SdkNotReady,
            EventName::MessageReceived => Self::MessageReceived,
            EventName::MessageStatusChanged => Self::MessageStatusChanged,
            EventName::MessageRevoked => Self::MessageRevoked,
            EventName::MessageReadByPeer => Self::MessageReadByPeer,
            EventName::ConversationListUpdated => Self::ConversationListUpdated,
            EventName::GroupListUpdated => Self::GroupListUpdated,
            EventName::ProfileUpdated => Self::ProfileUpdated,
            EventName::BlacklistUpdated => Self::BlacklistUpdated,
            EventName::Error => Self::Error,
            EventName::KickedOut => Self::KickedOut,
            EventName::NetStateChange => Self::NetStateChange,
            EventName::SdkDestroy => Self::SdkDestroy,
            EventName::TotalUnreadMessageCountUpdated => Self::TotalUnreadMessageCountUpdated,
            EventName::ConversationChanged => Self::ConversationChanged,
            EventName::MessageModified => Self::MessageModified,
            EventName::MessageReactionsUpdated => Self::MessageReactionsUpdated,
            EventName::PinnedGroupMessageUpdated => Self::PinnedGroupMessageUpdated,
            EventName::MessageDeleted => Self::MessageDeleted,
            EventName::MessageReadReceiptReceived => Self::MessageReadReceiptReceived,
            EventName::UnreadMessageCountChangedByFilter => Self::UnreadMessageCountChangedByFilter,
            EventName::AllReceiveMessageOptUpdated => Self::AllReceiveMessageOptUpdated,
            EventName::FriendListUpdated => Self::FriendListUpdated,
            EventName::FriendGroupListUpdated => Self::FriendGroupListUpdated,
            EventName::FriendApplicationListUpdated => Self::FriendApplicationListUpdated,
            EventName::UserStatusUpdated => Self::UserStatusUpdated,
            EventName::GroupAttributesUpdated => Self::GroupAttributesUpdated,
            EventName::NewInvitationReceived => Self::NewInvitationReceived,
            EventName::InviteeAccepted => Self::InviteeAccepted,
            EventName::InviteeRejected => Self::InviteeRejected,
            EventName::InvitationCancelled => Self::InvitationCancelled,
            EventName::InvitationTimeout => Self::InvitationTimeout,
            EventName::InvitationModified => Self::InvitationModified,
        }
    }
}

/// What kind of kick ended a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum, Serialize, Deserialize)]
pub enum KickedOutType {
    /// The same device logged in as a new instance.
    #[serde(rename = "multipleAccount")]
    MultipleAccount,
    /// Another device took this one's place.
    #[serde(rename = "multipleDevice")]
    MultipleDevice,
    /// The token expired.
    #[serde(rename = "userSigExpired")]
    UserSigExpired,
    /// The server's operator ended it.
    #[serde(rename = "REST_API_Kick")]
    RestApi,
    /// A kind that this version does not know.
    #[serde(rename = "other")]
    Other,
}

/// The state of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetState {
    /// Connected.
    Connected,
    /// Connecting.
    Connecting,
    /// Not connected. While a user is logged in, the engine retries with backoff.
    Disconnected,
}

impl From<EngineKick> for KickedOutType {
    fn from(kind: EngineKick) -> Self {
        match kind {
            EngineKick::MultipleAccount => Self::MultipleAccount,
            EngineKick::MultipleDevice => Self::MultipleDevice,
            EngineKick::UserSigExpired => Self::UserSigExpired,
            EngineKick::RestApi => Self::RestApi,
            EngineKick::Other(_) => Self::Other,
        }
    }
}

impl From<engine::NetState> for NetState {
    fn from(state: engine::NetState) -> Self {
        match state {
            engine::NetState::Connected => Self::Connected,
            engine::NetState::Connecting => Self::Connecting,
            engine::NetState::Disconnected => Self::Disconnected,
        }
    }
}

/// A list or a number as the whole `data`, as TIM's users know it: without the name that it has here.
fn bare<T: Serialize, S: Serializer>(list: &T, serializer: S) -> Result<S::Ok, S::Error> {
    list.serialize(serializer)
}

fn all<T: Clone, U: From<T>>(items: &[T]) -> Vec<U> {
    items.iter().cloned().map(U::from).collect()
}

impl From<&engine::Event> for TimEvent {
    fn from(event: &engine::Event) -> Self {
        match event {
            engine::Event::SdkReady => Self::SdkReady,
            engine::Event::GroupAttributesUpdated(updated) => Self::GroupAttributesUpdated {
                group_id: updated.group_id.to_string(),
                group_attributes: custom_fields(updated.group_attributes.clone()),
                deleted_key_list: updated.deleted_key_list.clone(),
                version: signed(updated.version),
            },
            engine::Event::SdkNotReady => Self::SdkNotReady,
            engine::Event::MessageReceived(messages) => Self::MessageReceived { messages: all(messages) },
            engine::Event::MessageStatusChanged(messages) => {
                Self::MessageStatusChanged { messages: all(messages) }
            }
            engine::Event::MessageRevoked(messages) => Self::MessageRevoked { messages: all(messages) },
            engine::Event::MessageModified(messages) => Self::MessageModified { messages: all(messages) },
            engine::Event::MessageReactionsUpdated(messages) => {
                Self::MessageReactionsUpdated { messages: all(messages) }
            }
            engine::Event::PinnedGroupMessageUpdated(pinned) => {
                let engine::PinnedGroupMessage { group_id, message_sequence, is_pinned, operator_id } =
                    pinned;
                Self::PinnedGroupMessageUpdated {
                    group_id: group_id.to_string(),
                    message_sequence: signed(*message_sequence),
                    is_pinned: *is_pinned,
                    operator_id: operator_id.to_string(),
                }
            }
            engine::Event::MessageDeleted(deleted) => Self::MessageDeleted {
                conversation_id: deleted.conversation_id.to_string(),
                message_id_list: deleted.message_id_list.iter().map(ToString::to_string).collect(),
            },
            engine::Event::MessageReadByPeer(messages) => Self::MessageReadByPeer { messages: all(messages) },
            engine::Event::MessageReadReceiptReceived(receipts) => {
                Self::MessageReadReceiptReceived { receipts: all(receipts) }
            }
            engine::Event::ConversationListUpdated(list) => Self::ConversationListUpdated {
                conversations: list.iter().map(|it| (&**it).into()).collect(),
            },
            engine::Event::ConversationChanged(changes) => Self::ConversationChanged {
                conversations: changes.conversations.iter().map(|it| (&**it).into()).collect(),
                deleted_conversation_id_list: changes.deleted.iter().map(ToString::to_string).collect(),
                is_whole: changes.is_whole,
            },
            engine::Event::TotalUnreadMessageCountUpdated(count) => {
                Self::TotalUnreadMessageCountUpdated { count: signed(*count) }
            }
            engine::Event::UnreadMessageCountChangedByFilter { filter, count } => {
                Self::UnreadMessageCountChangedByFilter { filter: filter.into(), count: signed(*count) }
            }
            engine::Event::GroupListUpdated(groups) => Self::GroupListUpdated { groups: all(groups) },
            engine::Event::ProfileUpdated(profiles) => Self::ProfileUpdated { profiles: all(profiles) },
            engine::Event::BlacklistUpdated(users) => {
                Self::BlacklistUpdated { user_id_list: users.iter().map(ToString::to_string).collect() }
            }
            engine::Event::AllReceiveMessageOptUpdated(opt) => {
                Self::AllReceiveMessageOptUpdated { opt: (*opt).into() }
            }
            engine::Event::FriendListUpdated(friends) => Self::FriendListUpdated { friends: all(friends) },
            engine::Event::FriendGroupListUpdated(groups) => {
                Self::FriendGroupListUpdated { friend_groups: all(groups) }
            }
            engine::Event::FriendApplicationListUpdated(applications) => {
                Self::FriendApplicationListUpdated { applications: applications.clone().into() }
            }
            engine::Event::UserStatusUpdated(statuses) => Self::UserStatusUpdated { statuses: all(statuses) },
            engine::Event::NewInvitationReceived(info) => {
                Self::NewInvitationReceived { invitation: info.clone().into() }
            }
            engine::Event::InviteeAccepted(answer) => Self::InviteeAccepted { answer: answer.clone().into() },
            engine::Event::InviteeRejected(answer) => Self::InviteeRejected { answer: answer.clone().into() },
            engine::Event::InvitationCancelled(info) => {
                Self::InvitationCancelled { invitation: info.clone().into() }
            }
            engine::Event::InvitationTimeout(info) => {
                Self::InvitationTimeout { invitation: info.clone().into() }
            }
            engine::Event::InvitationModified(info) => {
                Self::InvitationModified { invitation: info.clone().into() }
            }
            engine::Event::Error { code, message } => {
                Self::Error { code: code.0.cast_signed(), message: message.clone() }
            }
            engine::Event::KickedOut(kind) => Self::KickedOut { r#type: (*kind).into() },
            engine::Event::NetStateChange(state) => Self::NetStateChange { state: (*state).into() },
            engine::Event::SdkDestroy { sdk_app_id } => Self::SdkDestroy { sdk_app_id: (*sdk_app_id).into() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(event: &TimEvent) -> String {
        serde_json::to_string(event).unwrap()
    }

    #[test]
    fn the_names_of_events_have_the_numbers_of_their_places() {
        for (place, name) in EventName::ALL.iter().enumerate() {
            assert_eq!(*name as usize, place);
        }
    }

    #[test]
    fn events_have_the_shapes_that_tims_users_know() {
        assert_eq!(json(&TimEvent::SdkReady), r#"{"name":"sdkStateReady"}"#);
        let user_id_list = vec!["mallory".to_owned()];
        assert_eq!(
            json(&TimEvent::BlacklistUpdated { user_id_list }),
            r#"{"name":"blacklistUpdated","data":["mallory"]}"#
        );
        let message = "not logged in".to_owned();
        assert_eq!(
            json(&TimEvent::Error { code: 2024, message }),
            r#"{"name":"error","data":{"code":2024,"message":"not logged in"}}"#
        );
        assert_eq!(
            json(&TimEvent::KickedOut { r#type: KickedOutType::MultipleDevice }),
            r#"{"name":"kickedOut","data":{"type":"multipleDevice"}}"#
        );
        assert_eq!(
            json(&TimEvent::NetStateChange { state: NetState::Connected }),
            r#"{"name":"netStateChange","data":{"state":"connected"}}"#
        );
        assert_eq!(
            json(&TimEvent::SdkDestroy { sdk_app_id: 1_400_000_001 }),
            r#"{"name":"sdkDestroy","data":{"SDKAppID":1400000001}}"#
        );
    }
}
