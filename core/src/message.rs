//! Messages as apps see them: a wire message with this device's knowledge about it.
//!
//! Values only; made by the machine and the driver, never changed by listeners.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tim_protocol::attributes::Attributes;
use tim_protocol::media::Attachment;
use tim_protocol::{Code, ConversationId, ConversationType, MessageId, UnixMillis, UserId, message as wire};

pub use tim_protocol::attributes::AT_ALL;
pub use tim_protocol::body::*;
pub use tim_protocol::media::{Rendition, RenditionType};
pub use tim_protocol::message::{Priority, Reaction, Reactor};

/// The send status of a message. Received messages are `Success`. More may follow in later versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SendStatus {
    /// Not sent yet: just created, or waiting in the outbox.
    UnSend,
    /// On the server's stable storage.
    Success,
    /// Refused with [`Message::error_code`]; `resend_message` sends it again.
    Fail,
    /// Inserted by the app on this device, and only there.
    LocalImported,
}

/// The direction of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flow {
    /// To this user.
    In,
    /// From this user, on any of their devices.
    Out,
}

/// The content of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// What its sender, or the server, wrote. The addresses of a file that has not been uploaded are empty;
    /// [`Message::local_path`] shows it.
    Body(Body),
    /// Revoked; this device does not have the content.
    Gone,
    /// Of a type this version does not know: its JSON text, to be shown as "not supported yet".
    Unknown(String),
}

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its identity: final from creation on, the same for every receiver.
    pub id: MessageId,
    /// The conversation, as this user names it.
    pub conversation_id: ConversationId,
    /// The sender's user ID.
    pub from: UserId,
    /// The receiver: a userID, or the groupID in a group.
    pub to: String,
    /// Whether it was received or sent.
    pub flow: Flow,
    /// Its sequence in the conversation: 1, 2, 3 …; 0 until it is sent.
    pub sequence: u64,
    /// When the server accepted it. Before that: when it was sent, by the server's clock as far as it is known, or,
    /// while it was not, when it was created, by this device's.
    pub time: UnixMillis,
    /// When it was created, by the sender's clock.
    pub client_time: UnixMillis,
    /// Its send status.
    pub status: SendStatus,
    /// Why it was refused; only with [`SendStatus::Fail`].
    pub error_code: Option<Code>,
    /// Its urgency in a group.
    pub priority: Priority,
    /// The sender's nick at that time; empty if none.
    pub nick: String,
    /// The sender's avatar address at that time; empty if none.
    pub avatar: String,
    /// The sender's name card in the group at that time; empty if none.
    pub name_card: String,
    /// The message was revoked.
    pub is_revoked: bool,
    /// The user who revoked it.
    pub revoker: Option<UserId>,
    /// The reason that this user gave; empty if none.
    pub revoke_reason: String,
    /// Its sender modified it.
    pub is_modified: bool,
    /// How many times; [`Code::MODIFY_CONFLICT`] tells that a modification is of an older version.
    pub version: u64,
    /// It is pinned in its group.
    pub is_pinned: bool,
    /// The user who pinned it last, or removed the pin.
    pub pin_operator: Option<UserId>,
    /// Its reactions, in the order of their first use.
    pub reaction_list: Vec<Reaction>,
    /// Its sender wants to know who read it.
    pub need_read_receipt: bool,
    /// How many read it, as far as this device knows; only of this user's own messages that ask for it.
    pub read_receipt_info: Option<ReadReceiptInfo>,
    /// This user has read it.
    pub is_read: bool,
    /// The other side of a C2C conversation has read it.
    pub is_peer_read: bool,
    /// Does not count as unread.
    pub is_excluded_from_unread_count: bool,
    /// Changes neither the conversation's last message nor its position in the list.
    pub is_excluded_from_last_message: bool,
    /// It was sent to those who were connected, and nothing stores it: no list shows it, and it cannot be changed.
    pub is_online_only: bool,
    /// A text for the application's own use; empty if none, and of a revoked message.
    pub cloud_custom_data: String,
    /// The users that it mentions, and [`AT_ALL`] for everybody; only in groups.
    pub at_user_list: Vec<UserId>,
    /// The only members of the group who see it besides its sender; empty if all do.
    pub receiver_list: Vec<UserId>,
    /// The file on this device. It can be shown without asking the server.
    ///
    /// Of a message that was just created here this is the app's own file, or a copy of the bytes that the app gave. From
    /// the call of `send_message` on it is the engine's copy, which the app must not change: as long as the message
    /// waits or is refused, also after a restart, and of those that were sent as long as they are younger than 30 days
    /// and among the newest 100 MB. Of any other message it is the original in the cache, while `get_attachment_file` keeps it
    /// there. `None` otherwise: for images that were refused for their content, for revoked messages, in events of new messages,
    /// and in a conversation's `last_message`. Never sent to the server.
    pub local_path: Option<PathBuf>,
    /// The snapshot of a video on this device: as [`Message::local_path`].
    pub local_snapshot_path: Option<PathBuf>,
    /// A text that the app keeps beside it on this device: `set_local_custom_data`. Empty if none, in events of new
    /// messages, and in a conversation's `last_message`. Never sent to the server.
    pub local_custom_data: String,
    /// A number that the app keeps beside it, as [`Message::local_custom_data`]: `set_local_custom_int`. 0 if none.
    pub local_custom_int: i64,
    /// The contents: the first element.
    pub payload: Payload,
    /// The elements that are appended to it: texts, custom elements, faces and places. An element of a type that this version does not
    /// know is [`Payload::Unknown`].
    pub elements: Vec<Payload>,
}

/// How many of those to whom a message was sent confirmed that they read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadReceiptInfo {
    /// They did.
    pub read_count: u32,
    /// They did not, of those who were in the group when it was sent.
    pub unread_count: u32,
    /// The other side of a C2C conversation did.
    pub is_peer_read: bool,
}

impl ReadReceiptInfo {
    /// That of a message of this conversation.
    #[must_use]
    pub fn of(
        conversation: &ConversationId,
        wire::ReceiptCounts { read, unread }: wire::ReceiptCounts,
    ) -> Self {
        let is_peer_read = matches!(conversation, ConversationId::C2c(_)) && read > 0;
        Self { read_count: read, unread_count: unread, is_peer_read }
    }
}

/// What a message can be created with besides its content.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateOptions {
    /// Its urgency in a group.
    pub priority: Priority,
    /// A text for the application's own use, which travels and is stored with the message. It shares the message's 12 KB.
    pub cloud_custom_data: String,
    /// The users that it mentions, and [`AT_ALL`] for everybody: at most 30, only in groups.
    pub at_user_list: Vec<UserId>,
    /// The sender wants to know who read it; receivers confirm that with `send_message_read_receipt`.
    pub need_read_receipt: bool,
    /// The only members of the group who receive it, besides the sender: 1 to 50, each once; `None` for all. Such a message never
    /// counts as unread, mentions nobody, and asks for no read receipts.
    pub receiver_list: Option<Vec<UserId>>,
    /// Elements that are appended to the first one: up to 19 texts, custom elements, faces and places. They share the message's 12 KB.
    pub elements: Vec<Body>,
}

impl From<Priority> for CreateOptions {
    fn from(priority: Priority) -> Self {
        Self { priority, ..Self::default() }
    }
}

/// How a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SendOptions {
    /// It does not count as unread.
    pub excluded_from_unread_count: bool,
    /// It changes neither the conversation's last message nor its position in the list.
    pub excluded_from_last_message: bool,
    /// It is sent to those who are connected now, and nothing stores it.
    pub online_user_only: bool,
}

/// How far both sides have read, for computing a message's read flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadMarks {
    /// This user.
    pub own: u64,
    /// The other side.
    pub peer: u64,
}

impl From<&Message> for MessageId {
    fn from(message: &Message) -> Self {
        message.id
    }
}

/// The [`Message::to`] of a message that was addressed to this conversation. Notices are addressed to `me`.
#[must_use]
pub fn receiver(me: &UserId, to: &ConversationId) -> String {
    match to {
        ConversationId::C2c(user) => user.to_string(),
        ConversationId::Group(group) => group.to_string(),
        ConversationId::System => me.to_string(),
    }
}

impl Message {
    /// The type of its conversation.
    #[must_use]
    pub fn conversation_type(&self) -> ConversationType {
        (&self.conversation_id).into()
    }

    /// A message of the wire, as `me` sees it.
    #[must_use]
    pub fn from_wire(me: &UserId, message: &wire::Message, status: SendStatus, marks: ReadMarks) -> Self {
        let own = message.from == *me;
        let placed = message.sequence > 0;
        let Attributes {
            cloud_custom_data,
            at_user_list,
            excluded_from_last_message,
            need_read_receipt,
            receiver_list,
        } = Attributes::of(message.attributes.as_deref());
        let conversation_id = ConversationId::seen_by(me, &message.from, &message.to);
        Self {
            id: message.id,
            need_read_receipt,
            read_receipt_info: message.receipts.map(|counts| ReadReceiptInfo::of(&conversation_id, counts)),
            conversation_id,
            from: message.from.clone(),
            to: receiver(me, &message.to),
            flow: if own { Flow::Out } else { Flow::In },
            sequence: message.sequence,
            time: message.time,
            client_time: message.client_time,
            status,
            error_code: None,
            priority: message.priority,
            nick: message.nick.clone(),
            avatar: message.avatar.clone(),
            name_card: message.name_card.clone(),
            is_revoked: message.revoked.is_some(),
            revoker: message.revoked.as_ref().map(|revoked| revoked.by.clone()),
            revoke_reason: message.revoked.as_ref().map(|revoked| revoked.reason.clone()).unwrap_or_default(),
            is_modified: message.version > 0,
            version: message.version,
            is_pinned: message.pin.as_ref().is_some_and(|pin| pin.is_pinned),
            pin_operator: message.pin.as_ref().map(|pin| pin.by.clone()),
            reaction_list: message.reactions.items.clone(),
            is_read: own || (placed && message.sequence <= marks.own),
            is_peer_read: own && placed && message.sequence <= marks.peer,
            is_excluded_from_unread_count: message.excluded_from_unread_count,
            is_excluded_from_last_message: excluded_from_last_message,
            is_online_only: false,
            cloud_custom_data,
            at_user_list: at_user_list.items,
            receiver_list: receiver_list.unwrap_or_default().items,
            local_path: None,
            local_snapshot_path: None,
            local_custom_data: String::new(),
            local_custom_int: 0,
            payload: Payload::read(&message.body, message.revoked.is_some()),
            elements: Payload::appended(&message.body),
        }
    }
}

impl Message {
    /// What a list shows of it, in one line: see [`Content::line`]. Of a revoked message that it was, of an unknown kind that it is.
    #[must_use]
    pub fn for_show(&self) -> String {
        match self.content() {
            _ if self.is_revoked => "[Revoked]".to_owned(),
            Some(content) => content.line(),
            None => "[Unsupported message]".to_owned(),
        }
    }

    /// What it says; `None` if this version does not know its first element, or it is gone.
    #[must_use]
    pub fn content(&self) -> Option<Content> {
        let Payload::Body(body) = &self.payload else { return None };
        let elements = self.elements.iter().filter_map(Payload::as_appended).collect();
        Some(Content { body: body.clone(), elements })
    }

    /// An online-only message of the wire, as `me` sees it.
    #[must_use]
    pub fn online_only(me: &UserId, message: &wire::Message) -> Self {
        let seen = Self::from_wire(me, message, SendStatus::Success, ReadMarks::default());
        Self { sequence: 0, is_online_only: true, ..seen }
    }

    /// What it carries besides its body.
    #[must_use]
    pub fn attributes(&self) -> Attributes {
        Attributes {
            cloud_custom_data: self.cloud_custom_data.clone(),
            at_user_list: self.at_user_list.clone().into(),
            excluded_from_last_message: self.is_excluded_from_last_message,
            need_read_receipt: self.need_read_receipt,
            receiver_list: Some(&self.receiver_list)
                .filter(|list| !list.is_empty())
                .map(|list| list.clone().into()),
        }
    }
}

impl Payload {
    /// Reads a body as it came from the wire or the store.
    #[must_use]
    pub fn read(body: &RawValue, revoked: bool) -> Self {
        match Body::read(body) {
            Ok(body) => Self::Body(body),
            Err(_) if revoked => Self::Gone,
            Err(BodyProblem::UnknownType | BodyProblem::Malformed) => Self::Unknown(body.get().to_owned()),
        }
    }

    /// The elements that are appended in a body.
    #[must_use]
    pub fn appended(body: &RawValue) -> Vec<Self> {
        appended(body).into_iter().map(Self::from).collect()
    }

    /// As an element that is appended to another one; `None` if it is gone.
    #[must_use]
    pub fn as_appended(&self) -> Option<Appended> {
        match self {
            Self::Body(body) => Some(body.clone().into()),
            Self::Gone => None,
            Self::Unknown(text) => RawValue::from_string(text.clone()).ok().map(Kept::Unknown),
        }
    }

    /// The attached files.
    #[must_use]
    pub fn attachments(&self) -> Vec<Attachment> {
        if let Self::Body(body) = self { body.attachments() } else { Vec::new() }
    }
}

impl From<Appended> for Payload {
    fn from(element: Appended) -> Self {
        match element {
            Kept::Known(body) => Self::Body(*body),
            Kept::Unknown(text) => Self::Unknown(text.get().to_owned()),
        }
    }
}
