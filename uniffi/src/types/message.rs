//! Messages, as both faces have them.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use tim::message as engine;
use tim::protocol::message as wire;
use tim::{Code, ConversationId};

use super::body::with_payload;
use super::{
    MessageReaction, Payload, ReadReceiptInfo, conversation_id, message_id, millis, mirror, mirror_words,
    seconds, sender_id, signed, unsigned, user_id, user_ids,
};
use crate::error::TimError;

mirror! {
    /// The send status of a message. Received messages are `Success`.
    SendStatus = engine::SendStatus {
        /// Not sent yet: just created, or waiting in the outbox.
        UnSend = "unSend",
        /// On the server's stable storage.
        Success = "success",
        /// Refused, for the reason in `errorCode`; `resendMessage` tries again.
        Fail = "fail",
        /// Inserted by the app on this device, and only there.
        LocalImported = "localImported",
    }
}

mirror! {
    /// Whose conversation it is.
    ConversationType = tim::ConversationType {
        /// Two users'.
        C2c = "C2C",
        /// A group's.
        Group = "GROUP",
        /// The server's, which tells this user of their groups.
        System = "@TIM#SYSTEM",
    }
}

mirror! {
    /// The direction of a message.
    MessageFlow = engine::Flow {
        /// To this user.
        In = "in",
        /// From this user, on any of their devices.
        Out = "out",
    }
}

mirror_words! {
    /// A message's urgency in a group.
    Priority = wire::Priority {
        /// Delivered first.
        High = "High",
        /// As usual.
        Normal = "Normal",
        /// May wait.
        Low = "Low",
        /// May wait longest.
        Lowest = "Lowest",
    }
}

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct Message {
    /// Its identity: final from creation on, the same for every receiver.
    #[serde(rename = "ID")]
    pub id: String,
    /// The conversation, as this user names it: `C2C` and a user, `GROUP` and a group, or `@TIM#SYSTEM`.
    #[serde(rename = "conversationID")]
    pub conversation_id: String,
    /// Whose conversation that is.
    pub conversation_type: ConversationType,
    /// The sender's user ID.
    pub from: String,
    /// The receiver: a user, or the group in a group.
    pub to: String,
    /// Whether it was received or sent.
    pub flow: MessageFlow,
    /// Its sequence in the conversation: 1, 2, 3 …; 0 until it is sent.
    pub sequence: i64,
    /// When the server accepted it. Before that: when it was sent, by the server's clock as far as
    /// it is known, or, while it was not, when it was created, by this device's.
    pub time: i64,
    /// When it was created, by the sender's clock.
    pub client_time: i64,
    /// Its send status.
    pub status: SendStatus,
    /// Why it was refused: the error's number, with status `Fail` only.
    pub error_code: Option<i32>,
    /// Its urgency in a group.
    pub priority: Priority,
    /// The sender's nick at that time; empty if none.
    pub nick: String,
    /// The sender's avatar address at that time; empty if none.
    pub avatar: String,
    /// The message was revoked.
    pub is_revoked: bool,
    /// The user who revoked it.
    pub revoker: Option<String>,
    /// The reason that this user gave; empty if none.
    #[serde(default)]
    #[uniffi(default = "")]
    pub revoke_reason: String,
    /// Its sender modified it.
    #[serde(default)]
    #[uniffi(default = false)]
    pub is_modified: bool,
    /// How many times its sender modified it.
    #[serde(default)]
    #[uniffi(default = 0)]
    pub version: i64,
    /// It is pinned in its group.
    #[serde(default)]
    #[uniffi(default = false)]
    pub is_pinned: bool,
    /// The user who pinned it last, or removed the pin.
    #[uniffi(default = None)]
    pub pin_operator: Option<String>,
    /// Its reactions, in the order of their first use.
    #[serde(default)]
    #[uniffi(default = [])]
    pub reaction_list: Vec<MessageReaction>,
    /// Its sender wants to know who read it.
    #[serde(default)]
    #[uniffi(default = false)]
    pub need_read_receipt: bool,
    /// How many read it, as far as this device knows; only of this user's own messages that ask for it.
    #[serde(default)]
    #[uniffi(default = None)]
    pub read_receipt_info: Option<ReadReceiptInfo>,
    /// This user has read it.
    pub is_read: bool,
    /// The other side of a C2C conversation has read it.
    pub is_peer_read: bool,
    /// Does not count as unread.
    pub is_excluded_from_unread_count: bool,
    /// Changes neither the conversation's last message nor its position in the list.
    #[serde(default)]
    #[uniffi(default = false)]
    pub is_excluded_from_last_message: bool,
    /// It was sent to those who were connected, and nothing stores it: no list shows it, and it cannot be changed.
    #[serde(default)]
    #[uniffi(default = false)]
    pub is_online_only: bool,
    /// A text for the application's own use; empty if none, and of a revoked message.
    #[serde(default)]
    #[uniffi(default = "")]
    pub cloud_custom_data: String,
    /// The users that it mentions, and `__kImSDK_MesssageAtALL__` for everybody; only in groups.
    #[serde(default)]
    #[uniffi(default = [])]
    pub at_user_list: Vec<String>,
    /// The only members of the group who see it besides its sender; empty if all do.
    #[serde(default)]
    #[uniffi(default = [])]
    pub receiver_list: Vec<String>,
    /// The file on this device. It can be shown without asking the server. Of a message just created here it is the app's own
    /// file, or a copy of the bytes that the app gave. Once sent it is the engine's copy, which the app must not change: as long as
    /// the message waits or is refused, also after a restart, and then for 30 days among the newest 100 MB. Of any other message it
    /// is the original in the cache, while `getAttachmentFile` keeps it there. Absent otherwise: what was refused for what it is
    /// (2252, 2253, 2301, 2351, 2402, 2450, 7006, 130145, 130147, 130148) keeps no copy, what is taken back loses it, and neither events of
    /// new messages nor a conversation's `lastMessage` tell.
    #[uniffi(default = None)]
    pub local_path: Option<String>,
    /// The snapshot of a video on this device, as `localPath`.
    #[serde(default)]
    #[uniffi(default = None)]
    pub local_snapshot_path: Option<String>,
    /// A text that the app keeps beside it on this device: `setLocalCustomData`. Empty if none, in events of new messages, and in a
    /// conversation's `lastMessage`. Never sent to the server.
    #[serde(default)]
    #[uniffi(default = "")]
    pub local_custom_data: String,
    /// A number that the app keeps beside it, as `localCustomData`: `setLocalCustomInt`. 0 if none.
    #[serde(default)]
    #[uniffi(default = 0)]
    pub local_custom_int: i64,
    /// The contents: the first element.
    #[serde(flatten, skip_deserializing)]
    pub payload: Payload,
    /// The elements that are appended to it: texts, custom elements, faces and places, and what a later version appends.
    #[serde(default)]
    #[uniffi(default = [])]
    pub elements: Vec<Payload>,
    /// The sender's name card in the group at that time; empty if none.
    #[serde(default)]
    #[uniffi(default = "")]
    pub name_card: String,
}

with_payload!(Message);

impl From<engine::Message> for Message {
    fn from(message: engine::Message) -> Self {
        let engine::Message {
            id,
            conversation_id,
            from,
            to,
            flow,
            sequence,
            time,
            client_time,
            status,
            error_code,
            priority,
            nick,
            avatar,
            name_card,
            is_revoked,
            revoker,
            revoke_reason,
            is_modified,
            version,
            is_pinned,
            pin_operator,
            reaction_list,
            need_read_receipt,
            read_receipt_info,
            is_read,
            is_peer_read,
            is_excluded_from_unread_count,
            is_excluded_from_last_message,
            is_online_only,
            cloud_custom_data,
            at_user_list,
            receiver_list,
            local_path,
            local_snapshot_path,
            local_custom_data,
            local_custom_int,
            payload,
            elements,
        } = message;
        Self {
            id: id.to_string(),
            conversation_type: tim::ConversationType::from(&conversation_id).into(),
            conversation_id: conversation_id.to_string(),
            from: from.to_string(),
            to,
            flow: flow.into(),
            sequence: signed(sequence),
            time: seconds(time),
            client_time: seconds(client_time),
            status: status.into(),
            error_code: error_code.map(|code| code.0.cast_signed()),
            priority: priority.into(),
            nick,
            avatar,
            name_card,
            is_revoked,
            revoker: revoker.map(|user| user.to_string()),
            revoke_reason,
            is_modified,
            version: signed(version),
            is_pinned,
            pin_operator: pin_operator.map(|user| user.to_string()),
            reaction_list: reaction_list.into_iter().map(Into::into).collect(),
            need_read_receipt,
            read_receipt_info: read_receipt_info.map(Into::into),
            is_read,
            is_peer_read,
            is_excluded_from_unread_count,
            is_excluded_from_last_message,
            is_online_only,
            cloud_custom_data,
            at_user_list: at_user_list.iter().map(ToString::to_string).collect(),
            receiver_list: receiver_list.iter().map(ToString::to_string).collect(),
            local_path: local_path.map(|path| path.display().to_string()),
            local_snapshot_path: local_snapshot_path.map(|path| path.display().to_string()),
            local_custom_data,
            local_custom_int,
            payload: payload.into(),
            elements: elements.into_iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<Message> for engine::Message {
    type Error = TimError;

    /// Converts a message that a host passes in.
    fn try_from(message: Message) -> Result<Self, TimError> {
        let Message {
            id,
            conversation_id: conversation,
            conversation_type,
            from,
            to,
            flow,
            sequence,
            time,
            client_time,
            status,
            error_code,
            priority,
            nick,
            avatar,
            name_card,
            is_revoked,
            revoker,
            revoke_reason,
            is_modified,
            version,
            is_pinned,
            pin_operator,
            reaction_list,
            need_read_receipt,
            read_receipt_info,
            is_read,
            is_peer_read,
            is_excluded_from_unread_count,
            is_excluded_from_last_message,
            is_online_only,
            cloud_custom_data,
            at_user_list,
            receiver_list,
            local_path,
            local_snapshot_path,
            local_custom_data,
            local_custom_int,
            payload,
            elements,
        } = message;
        let conversation_id = conversation_id(&conversation)?;
        if flow == MessageFlow::Out && addressed(conversation_type, &to)? != conversation_id {
            return Err(TimError::new(
                Code::MESSAGE_INVALID,
                "to and conversationType are not of its conversationID",
            ));
        }
        Ok(Self {
            id: message_id(&id)?,
            conversation_id,
            from: sender_id(from)?,
            to,
            flow: flow.into(),
            sequence: unsigned(sequence)?,
            time: millis(time),
            client_time: millis(client_time),
            status: status.into(),
            error_code: error_code.map(|code| Code(code.cast_unsigned())),
            priority: priority.into(),
            nick,
            avatar,
            name_card,
            is_revoked,
            revoker: revoker.map(|user| user_id(&user)).transpose()?,
            revoke_reason,
            is_modified,
            version: unsigned(version)?,
            is_pinned,
            pin_operator: pin_operator.map(|user| user_id(&user)).transpose()?,
            reaction_list: reaction_list.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
            need_read_receipt,
            read_receipt_info: read_receipt_info.map(TryInto::try_into).transpose()?,
            is_read,
            is_peer_read,
            is_excluded_from_unread_count,
            is_excluded_from_last_message,
            is_online_only,
            cloud_custom_data,
            at_user_list: user_ids(&at_user_list)?,
            receiver_list: user_ids(&receiver_list)?,
            local_path: local_path.map(Into::into),
            local_snapshot_path: local_snapshot_path.map(Into::into),
            local_custom_data,
            local_custom_int,
            payload: payload.try_into()?,
            elements: elements.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
        })
    }
}

/// What a message can be created with besides its content.
#[derive(Debug, Clone, PartialEq, Default, uniffi::Record, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CreateOptions {
    /// Its urgency in a group; `Normal` if absent.
    #[uniffi(default = None)]
    pub priority: Option<Priority>,
    /// A text for the application's own use, which travels and is stored with the message. It shares the message's 12 KB.
    #[uniffi(default = "")]
    pub cloud_custom_data: String,
    /// The users that it mentions, and `__kImSDK_MesssageAtALL__` for everybody: at most 30, only in groups.
    #[uniffi(default = [])]
    pub at_user_list: Vec<String>,
    /// The sender wants to know who read it; receivers confirm that with `sendMessageReadReceipt`.
    #[uniffi(default = false)]
    pub need_read_receipt: bool,
    /// The only members of the group who receive it, besides the sender: 1 to 50, each once; absent for all. Such a message never
    /// counts as unread, mentions nobody, and asks for no read receipts.
    #[uniffi(default = None)]
    pub receiver_list: Option<Vec<String>>,
    /// Elements that are appended to the first one: up to 19 texts, custom elements, faces and places. They share the message's 12 KB.
    #[uniffi(default = [])]
    pub elements: Vec<Payload>,
}

impl TryFrom<CreateOptions> for engine::CreateOptions {
    type Error = TimError;

    fn try_from(options: CreateOptions) -> Result<Self, TimError> {
        let CreateOptions {
            priority,
            cloud_custom_data,
            at_user_list,
            need_read_receipt,
            receiver_list,
            elements,
        } = options;
        let priority = priority.map(Into::into).unwrap_or_default();
        let at_user_list = user_ids(&at_user_list)?;
        let receiver_list = receiver_list.map(|users| user_ids(&users)).transpose()?;
        let bodies = elements.into_iter().map(|element| match element.try_into()? {
            engine::Payload::Body(body) => Ok(body),
            engine::Payload::Gone | engine::Payload::Unknown(_) => {
                Err(TimError::of(Code::ELEMENT_NOT_APPENDABLE))
            }
        });
        let elements = bodies.collect::<Result<_, TimError>>()?;
        Ok(Self { priority, cloud_custom_data, at_user_list, need_read_receipt, receiver_list, elements })
    }
}

/// How a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, uniffi::Record, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SendOptions {
    /// It does not count as unread.
    #[uniffi(default = false)]
    pub excluded_from_unread_count: bool,
    /// It changes neither the conversation's last message nor its position in the list.
    #[uniffi(default = false)]
    pub excluded_from_last_message: bool,
    /// It is sent to those who are connected now, as a notice that somebody is typing: nothing stores it, nothing is sent
    /// again, and it may be left out for a receiver who is behind. It has no new file.
    #[uniffi(default = false)]
    pub online_user_only: bool,
}

impl From<SendOptions> for engine::SendOptions {
    fn from(options: SendOptions) -> Self {
        let SendOptions { excluded_from_unread_count, excluded_from_last_message, online_user_only } =
            options;
        Self { excluded_from_unread_count, excluded_from_last_message, online_user_only }
    }
}

/// The conversation with somebody.
pub(crate) fn addressed(conversation_type: ConversationType, to: &str) -> Result<ConversationId, TimError> {
    tim::ConversationType::from(conversation_type).with(to).map_err(TimError::of)
}

/// A page of a conversation's messages.
#[derive(Debug, Clone, PartialEq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageList {
    /// The messages, oldest first.
    pub message_list: Vec<Message>,
    /// What to pass for the page before this one, as it is; absent if there is nothing before it.
    #[serde(rename = "nextReqMessageID")]
    pub next_req_message_id: Option<String>,
    /// There is nothing before this page.
    pub is_completed: bool,
}

impl From<tim::MessageList> for MessageList {
    fn from(list: tim::MessageList) -> Self {
        let tim::MessageList { message_list, next_req_message_id, is_completed } = list;
        Self {
            message_list: message_list.into_iter().map(Into::into).collect(),
            next_req_message_id,
            is_completed,
        }
    }
}
