//! Rows of logs: messages, and mutations of messages.

use std::ops::{ControlFlow, RangeInclusive};

use serde_json::value::RawValue;
use tim_protocol::call::Sent;
use tim_protocol::message::{Message, Priority, Revocation};
use tim_protocol::{MessageId, UserId};

use super::conversations::Conversation;
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::Outcome;

/// A message's row. The fields are those of [`Message`].
#[derive(Debug)]
pub struct MessageRow {
    /// The identity its sender gave it.
    pub id: MessageId,
    /// Who wrote it, by number.
    pub sender: UserKey,
    /// Who wrote it, by name; the system, if there is no user of that number.
    pub from: UserId,
    /// Its place.
    pub sequence: u64,
    /// How many messages up to this one count as unread.
    pub unread_index: u64,
    /// How many of those its sender wrote.
    pub by_sender: u64,
    /// When it was accepted, in milliseconds since 1970.
    pub time: i64,
    /// When it was made, in milliseconds since 1970.
    pub client_time: i64,
    /// Its urgency.
    pub priority: Priority,
    /// Does not count as unread.
    pub is_uncounted: bool,
    /// The sender's nick at that time.
    pub nick: String,
    /// The sender's avatar at that time.
    pub avatar: String,
    /// Set when it was taken back.
    pub revoked: Option<Revocation>,
    /// The body as it was stored.
    pub body: Box<RawValue>,
}

/// A mutation's row: a message that was taken back.
#[derive(Debug)]
pub struct MutationRow {
    /// Its number.
    pub number: u64,
    /// The sequence of the message.
    pub sequence: u64,
    /// The unread index of the message; 0 if it does not count as unread.
    pub unread_index: u64,
    /// Who wrote the message, by number and by name.
    pub sender: (UserKey, UserId),
    /// Who took it back, and when.
    pub revocation: Revocation,
}

/// A mutation about to be stored.
#[derive(Debug)]
pub struct RevocationRow<'a> {
    /// The sequence of the message.
    pub sequence: u64,
    /// As in [`MutationRow::unread_index`].
    pub unread_index: u64,
    /// Who takes it back.
    pub by: UserKey,
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// What is left of the message's body.
    pub body: &'a RawValue,
}

/// The logs of conversations.
pub trait MessageRows {
    /// What was answered to the message of this sender and identity, if it is in the log.
    fn sent(&mut self, of: ConversationKey, sender: UserKey, id: MessageId) -> Outcome<Option<Sent>>;

    /// Appends a message to the log of a conversation, whose row becomes `conversation`: its head is the message's place.
    fn append(&mut self, conversation: &Conversation, sender: UserKey, message: &Message) -> Outcome<()>;

    /// Gives the messages of these sequences, newest first and at most `most`, until `each` breaks.
    fn messages(
        &mut self,
        of: ConversationKey,
        sequences: RangeInclusive<u64>,
        most: u32,
        each: impl FnMut(MessageRow) -> ControlFlow<()>,
    ) -> Outcome<()>;

    /// The unread index of a message; 0 before the first.
    fn unread_index_at(&mut self, of: ConversationKey, sequence: u64) -> Outcome<u64>;

    /// How many messages that count as unread a user wrote, up to `sequence`.
    fn count_by_sender(&mut self, of: ConversationKey, sender: UserKey, sequence: u64) -> Outcome<u64>;

    /// How many messages with an unread index above `unread_index`, not written by `reader`, were taken back.
    fn count_revoked(&mut self, of: ConversationKey, reader: UserKey, unread_index: u64) -> Outcome<u64>;

    /// Takes a message back: stores the mutation, whose number is the mutation head of `conversation`, which the
    /// conversation's row becomes, and replaces the message's body.
    fn revoke(&mut self, conversation: &Conversation, row: &RevocationRow<'_>) -> Outcome<()>;

    /// Number and unread index of the mutation that took a message back.
    fn mutation_of(&mut self, of: ConversationKey, sequence: u64) -> Outcome<Option<(u64, u64)>>;

    /// Gives the mutations after this number, oldest first and at most `most`, until `each` breaks.
    fn mutations(
        &mut self,
        of: ConversationKey,
        after: u64,
        most: u32,
        each: impl FnMut(MutationRow) -> ControlFlow<()>,
    ) -> Outcome<()>;
}
