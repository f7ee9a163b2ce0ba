//! Rows of messages and mutations.

use std::ops::{ControlFlow, RangeInclusive};

use serde_json::value::RawValue;
use tim_protocol::call::Sent;
use tim_protocol::message::{Message, Priority, Revocation};
use tim_protocol::{MessageId, UnixMillis, UserId};

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
    /// Set if it was revoked.
    pub revoked: Option<Revocation>,
    /// The attributes as they were stored.
    pub attributes: Option<&'a RawValue>,
    /// The body as it was stored.
    pub body: &'a RawValue,
}

/// The row of a mutation: the revocation of a message.
#[derive(Debug)]
pub struct MutationRow {
    /// Its number.
    pub number: u64,
    /// The sequence of the message.
    pub sequence: u64,
    /// The unread index of the message; 0 if it does not count as unread.
    pub unread_index: u64,
    /// Key and ID of the message's sender.
    pub sender: (UserKey, UserId),
    /// Who revoked it, and when.
    pub revocation: Revocation,
}

/// A new mutation.
#[derive(Debug)]
pub struct RevocationRow<'a> {
    /// The sequence of the message.
    pub sequence: u64,
    /// As in [`MutationRow::unread_index`].
    pub unread_index: u64,
    /// Who revokes it.
    pub by: UserKey,
    /// When it was revoked.
    pub time: UnixMillis,
    /// The new attributes of the message.
    pub attributes: Option<&'a RawValue>,
    /// The new body of the message.
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

    /// Passes the messages of these sequences to `each`, newest first and at most `max`, until it breaks.
    fn messages(
        &mut self,
        of: ConversationKey,
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

    /// How many messages with an unread index above `unread_index`, not written by `reader`, were revoked.
    fn count_revoked(&mut self, of: ConversationKey, reader: UserKey, unread_index: u64)
    -> DomainResult<u64>;

    /// Revokes a message: stores the mutation, replaces the message's body and attributes, and replaces the conversation's row by
    /// `conversation`, whose mutation head is the mutation's sequence.
    fn revoke(&mut self, conversation: &Conversation, row: &RevocationRow<'_>) -> DomainResult<()>;

    /// Sequence and unread index of the mutation that revoked a message.
    fn mutation_of(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<Option<(u64, u64)>>;

    /// Passes the mutations after this mutation sequence to `each`, oldest first and at most `max`, until it breaks.
    fn mutations(
        &mut self,
        of: ConversationKey,
        after: u64,
        max: u32,
        each: impl FnMut(MutationRow) -> ControlFlow<()>,
    ) -> DomainResult<()>;
}
