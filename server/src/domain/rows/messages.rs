//! Rows of messages.

use std::ops::{ControlFlow, RangeInclusive};

use serde_json::value::RawValue;
use tim_protocol::call::Sent;
use tim_protocol::message::{Message, Pin, Priority, Reaction, ReceiptCounts, Revocation};
use tim_protocol::{List, MessageId, UnixMillis, UserId};

use super::conversations::Conversation;
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;

/// A message's row, as it lies in the database. The fields are those of [`Message`].
#[derive(Debug)]
pub struct MessageRow<'a> {
    /// The message ID, chosen by the sender.
    pub id: MessageId,
    /// The key of the sender.
    pub sender: UserKey,
    /// The ID of the sender; that of the system if there is no user with that key.
    pub from: UserId,
    /// Its sequence.
    pub sequence: u64,
    /// How many messages up to this one count as unread.
    pub unread_index: u64,
    /// How many of those its sender wrote.
    pub by_sender: u64,
    /// When it was accepted.
    pub time: UnixMillis,
    /// When it was created.
    pub client_time: UnixMillis,
    /// Its urgency.
    pub priority: Priority,
    /// Does not count as unread.
    pub is_uncounted: bool,
    /// The sender's nick at that time.
    pub nick: &'a str,
    /// The sender's avatar at that time.
    pub avatar: &'a str,
    /// The sender's name card in the group at that time.
    pub name_card: &'a str,
    /// Set if it was revoked.
    pub revoked: Option<Revocation>,
    /// The number of its newest mutation; 0 if it never changed.
    pub mutation_seq: u64,
    /// How many times it was modified.
    pub version: u64,
    /// Whether it is pinned; `None` if it never was.
    pub pin: Option<Pin>,
    /// Its reactions, as the reader sees them.
    pub reactions: List<Reaction>,
    /// How many read it, if the reader of this row is its sender and asks for that.
    pub receipts: Option<ReceiptCounts>,
    /// The attributes as they were stored.
    pub attributes: Option<&'a RawValue>,
    /// The body as it was stored.
    pub body: &'a RawValue,
}

/// How many messages up to a place of the log count as unread.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// All of them.
    pub unread_index: u64,
    /// The sender of the message at this place.
    pub sender: UserKey,
    /// How many of them that sender wrote.
    pub by_sender: u64,
}

/// The logs of conversations.
pub trait MessageRows {
    /// The result of the send of the message with this sender and ID, if it is in the log.
    fn sent(&mut self, of: ConversationKey, sender: UserKey, id: MessageId) -> DomainResult<Option<Sent>>;

    /// Appends a message to the log of a conversation, and replaces the conversation's row by `conversation`, whose
    /// head is the message's sequence. Changes nothing and returns false if the conversation has a message with this
    /// sender and ID.
    fn append(
        &mut self,
        conversation: &Conversation,
        sender: UserKey,
        message: &Message,
    ) -> DomainResult<bool>;

    /// Passes the messages of these sequences to `each`, as `reader` sees them, newest first and at most `max`, until it breaks.
    fn messages(
        &mut self,
        of: ConversationKey,
        reader: UserKey,
        sequences: RangeInclusive<u64>,
        max: u32,
        each: impl FnMut(MessageRow<'_>) -> ControlFlow<()>,
    ) -> DomainResult<()>;

    /// When a message was accepted; `None` if there is none.
    fn time_at(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<Option<UnixMillis>>;

    /// The counts up to a message; `None` before the first.
    fn counts_at(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<Option<Counts>>;

    /// How many messages that count as unread a user wrote to a group, up to `sequence`.
    fn count_by_sender(&mut self, of: ConversationKey, sender: UserKey, sequence: u64) -> DomainResult<u64>;
}
