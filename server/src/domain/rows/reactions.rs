//! Rows of reactions: which user gave a message which.

use tim_protocol::message::Reactor;

use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;

/// Who reacted to messages. What a message shows of it is in the message's row.
pub trait ReactionRows {
    /// Stores that a user gave a message a reaction, by the mutation of this number.
    fn add_reaction(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        user: UserKey,
        reaction: &str,
        number: u64,
    ) -> DomainResult<()>;

    /// Removes a reaction that a user gave.
    fn remove_reaction(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        user: UserKey,
        reaction: &str,
    ) -> DomainResult<()>;

    /// Removes all reactions of a message.
    fn remove_reactions(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<()>;

    /// The users who gave a message a reaction by mutations after `after`, in their order and at most `max`, with the number of
    /// that mutation.
    fn reactors(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        reaction: &str,
        after: u64,
        max: u32,
    ) -> DomainResult<Vec<(u64, Reactor)>>;
}
