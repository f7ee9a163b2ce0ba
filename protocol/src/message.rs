//! Messages: the envelope that the server orders, and what changes one afterwards. What a message says is `body`'s.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::word::words;
use crate::{ConversationId, MessageId, UserId};

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
    /// The body's JSON text. [`Body::read`](crate::body::Body::read) gives its meaning.
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
