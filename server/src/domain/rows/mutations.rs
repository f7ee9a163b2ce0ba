//! Rows of mutations: a conversation's second log.

use std::ops::ControlFlow;

use serde_json::value::RawValue;
use tim_protocol::message::{MessageChange, Mutation, Pin, Reaction};
use tim_protocol::{List, UserId};

use super::conversations::Conversation;
use crate::core::ops::{Actor, ConversationKey, UserKey};
use crate::domain::DomainResult;

/// The kinds of mutations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MutationKind {
    /// A revocation.
    Revoked,
    /// A modification.
    Modified,
    /// A reaction was given or taken back.
    Reactions,
    /// It was pinned in its group, or is not any more.
    Pinned,
}

/// The row of a mutation.
#[derive(Debug)]
pub struct MutationRow {
    /// Its number.
    pub number: u64,
    /// The sequence of the message.
    pub sequence: u64,
    /// The unread index of the message if the mutation takes it out of the count; 0 otherwise.
    pub unread_index: u64,
    /// Key and ID of the message's sender.
    pub sender: (UserKey, UserId),
    /// The message is hidden from the reader.
    pub is_hidden: bool,
    /// The change, as the message is now.
    pub change: MessageChange,
}

/// A new mutation, and what its message is then.
#[derive(Debug)]
pub struct NewMutation<'a> {
    /// The mutation, of a kind that [`MutationKind`] has.
    pub mutation: &'a Mutation,
    /// Who changes the message.
    pub by: UserKey,
    /// There are earlier mutations of the message: those that this one supersedes leave.
    pub supersedes: bool,
    /// The new attributes of the message.
    pub attributes: Option<&'a RawValue>,
    /// The new body of the message.
    pub body: &'a RawValue,
    /// Whether the message is pinned then; `None` if it never was.
    pub pin: Option<&'a Pin>,
    /// The new reactions of the message.
    pub reactions: &'a List<Reaction>,
}

/// The changes of messages.
pub trait MutationRows {
    /// How many messages with an unread index above `unread_index`, not written by `reader`, were revoked.
    fn count_revoked(&mut self, of: ConversationKey, reader: UserKey, unread_index: u64)
    -> DomainResult<u64>;

    /// Stores a mutation, changes its message, and replaces the conversation's row by `conversation`, whose mutation head is
    /// the mutation's sequence. A mutation supersedes earlier ones of its kind, a revocation everything.
    fn mutate(&mut self, conversation: &Conversation, new: &NewMutation<'_>) -> DomainResult<()>;

    /// The newest mutation of a kind of a message, as `reader` sees it.
    fn newest_mutation(
        &mut self,
        of: ConversationKey,
        reader: &Actor,
        sequence: u64,
        kind: MutationKind,
    ) -> DomainResult<Option<MutationRow>>;

    /// Passes the mutations after this mutation sequence that are not superseded to `each`, as `reader` sees them, oldest first and
    /// at most `max`, until it breaks.
    fn mutations(
        &mut self,
        of: ConversationKey,
        reader: &Actor,
        after: u64,
        max: u32,
        each: impl FnMut(MutationRow) -> ControlFlow<()>,
    ) -> DomainResult<()>;
}
