//! Messages: the envelope the server orders, and the bodies users write.
//!
//! A body travels and is stored as the bytes its sender wrote ([`RawValue`]); [`Body`] is its typed reading,
//! used to check it once at the server's door and to show it in the engine. A body of a type this version does
//! not know is kept and shown as unknown, never dropped.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::group::GroupType;
use crate::media::ImageBody;
use crate::word::{numbers, words};
use crate::{Code, ConversationId, GroupId, MessageId, UserId, limits};

words! {
    /// How urgent a group message is when a group is over its rate. C2C messages do not use it. One that this version does
    /// not know counts as `Normal`.
    #[derive(Default)]
    Priority {
        /// Gifts, removals, signalling.
        High = "High",
        /// Text and pictures.
        #[default]
        Normal = "Normal",
        /// Likes.
        Low = "Low",
        /// Tips.
        Lowest = "Lowest",
    }
}

impl Priority {
    fn is_default(&self) -> bool {
        *self == Self::Normal
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

/// One message of a conversation's log, as the server orders it and every member receives it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The identity its sender gave it.
    #[serde(rename = "ID")]
    pub id: MessageId,
    /// Who wrote it; set by the server.
    pub from: UserId,
    /// Where it was sent, as the sender names the place. See [`ConversationId::seen_by`].
    pub to: ConversationId,
    /// Its place in the conversation: 1, 2, 3 … without holes.
    pub sequence: u64,
    /// How many messages up to and including this one count as unread. Unread counts are differences of it.
    pub countable: u64,
    /// How many of those its sender wrote: nobody's own messages are unread to them.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub by_sender: u64,
    /// When the server accepted it, in milliseconds since 1970. Never decreases within a conversation.
    pub time: i64,
    /// When its sender made it, in milliseconds since 1970, by the sender's clock.
    pub client_time: i64,
    /// Its urgency.
    #[serde(default, skip_serializing_if = "Priority::is_default")]
    pub priority: Priority,
    /// Does not count as unread.
    #[serde(default, skip_serializing_if = "is_false")]
    pub excluded_from_unread_count: bool,
    /// The sender's nick when it was sent; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// The sender's avatar address when it was sent; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// Set when the message was taken back; the body then no longer has its payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revocation>,
    /// The body's JSON text. [`Body::read`] gives its meaning.
    pub body: Box<RawValue>,
}

/// Who took a message back, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// The user who did it.
    pub by: UserId,
    /// When, in milliseconds since 1970.
    pub time: i64,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "payload")]
pub enum Body {
    /// A text.
    #[serde(rename = "TIMTextElem")]
    Text(TextBody),
    /// A picture in three sizes.
    #[serde(rename = "TIMImageElem")]
    Image(ImageBody),
    /// Something that happened in a group, written by the server into the group's log.
    #[serde(rename = "TIMGroupTipElem")]
    GroupTip(GroupTip),
    /// A notice from the server to one user.
    #[serde(rename = "TIMGroupSystemNoticeElem")]
    GroupSystemNotice(SystemNotice),
}

/// What a text message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextBody {
    /// The text; not empty.
    pub text: String,
}

/// Why a body was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyProblem {
    /// The type is one this version does not know.
    UnknownType,
    /// The type is known, and the payload does not fit it.
    Malformed,
}

impl Body {
    /// Reads a body that came from the wire or from the store.
    pub fn read(raw: &RawValue) -> Result<Self, BodyProblem> {
        #[derive(Deserialize)]
        struct Tag<'a> {
            #[serde(rename = "type", borrow)]
            kind: std::borrow::Cow<'a, str>,
        }
        match serde_json::from_str(raw.get()) {
            Ok(body) => Ok(body),
            Err(_) => match serde_json::from_str::<Tag<'_>>(raw.get()) {
                Ok(tag) if !Self::knows(&tag.kind) => Err(BodyProblem::UnknownType),
                _ => Err(BodyProblem::Malformed),
            },
        }
    }

    fn knows(kind: &str) -> bool {
        matches!(kind, "TIMTextElem" | "TIMImageElem" | "TIMGroupTipElem" | "TIMGroupSystemNoticeElem")
    }

    /// Whether a user may send this body, and the code to refuse it with.
    ///
    /// # Errors
    /// [`Code::MESSAGE_BODY_INVALID`] for an empty text, an incomplete picture, or a body only the server writes;
    /// [`Code::VALUE_UNKNOWN`] for a picture's size of a later version.
    pub fn check_sendable(&self) -> Result<(), Code> {
        match self {
            Self::Text(text) if text.text.is_empty() => Err(Code::MESSAGE_BODY_INVALID),
            Self::Text(_) => Ok(()),
            Self::Image(image) => image.check_sendable(),
            Self::GroupTip(_) | Self::GroupSystemNotice(_) => Err(Code::MESSAGE_BODY_INVALID),
        }
    }

    /// The JSON text to send or store.
    ///
    /// # Errors
    /// [`Code::MESSAGE_TOO_LONG`] if it is over [`limits::BODY_BYTES`].
    pub fn write(&self) -> Result<Box<RawValue>, Code> {
        let raw = serde_json::value::to_raw_value(self).map_err(|_| Code::MESSAGE_BODY_INVALID)?;
        if raw.get().len() > limits::BODY_BYTES { Err(Code::MESSAGE_TOO_LONG) } else { Ok(raw) }
    }
}

/// Something that happened in a group. An ordinary message of the group's log with its own sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupTip {
    /// Who did it.
    #[serde(rename = "operatorID")]
    pub operator_id: UserId,
    /// What was done.
    pub operation_type: GroupTipType,
    /// Whom it concerns.
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
    /// How many members the group has afterwards.
    pub member_count: u32,
}

numbers! {
    /// What a group tip tells.
    GroupTipType {
        /// Users joined.
        Join = 1,
        /// A user left.
        Quit = 2,
    }
}

numbers! {
    /// What a system notice tells.
    NoticeType {
        /// A user applies to join; goes to the owner and the admins.
        JoinApplication = 1,
        /// The application was accepted; goes to the applicant.
        ApplicationAccepted = 2,
        /// The application was refused; goes to the applicant.
        ApplicationRefused = 3,
        /// The group was dismissed; goes to every member.
        GroupDismissed = 5,
        /// You created a group; goes to the creator's devices.
        GroupCreated = 6,
        /// You were added to a group; goes to the added user.
        Invited = 7,
        /// You left a group; goes to the leaver's devices.
        Quit = 8,
    }
}

/// A notice from the server to one user, in the conversation `@TIM#SYSTEM`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemNotice {
    /// Who caused it.
    #[serde(rename = "operatorID")]
    pub operator_id: UserId,
    /// What it tells.
    pub operation_type: NoticeType,
    /// The group it is about.
    pub group_profile: NoticeGroup,
    /// The words that came with an application or its answer; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub handle_message: String,
}

/// The group a notice is about, as it was when the notice was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticeGroup {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub group_type: GroupType,
}

/// A change to a message that already has its place: an entry of the conversation's second log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mutation {
    /// Who sent the changed message.
    pub from: UserId,
    /// Where that message was sent, as its sender names the place.
    pub to: ConversationId,
    /// The place of this entry in the second log: 1, 2, 3 … without holes.
    pub mutation: u64,
    /// The changed message.
    pub sequence: u64,
    /// The changed message's countable number if it counted as unread, else 0.
    pub countable: u64,
    /// What happened to it.
    pub change: MessageChange,
}

/// What happened to a message after it got its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum MessageChange {
    /// It was taken back.
    Revoked(Revocation),
    /// Something of a later version, kept as it came. It takes its number in the second log and changes nothing.
    #[serde(untagged)]
    Other(Value),
}

/// How far a user has read: everything up to `sequence`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Who read.
    pub from: UserId,
    /// The conversation, as the reader names it.
    pub to: ConversationId,
    /// The last message read.
    pub sequence: u64,
    /// How many messages of others, counted as unread, stand up to there.
    pub base: u64,
    /// How many of others' after it were taken back, by the mutations up to `mutation_head`.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub revoked_above_base: u64,
    /// The conversation's newest mutation at that time; 0 if there is none.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub mutation_head: u64,
}
