//! Rows of removals: the messages that a user removed, as ranges of sequences that neither overlap nor touch.

use std::ops::RangeInclusive;

use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;

/// The messages that users removed.
pub trait RemovalRows {
    /// The ranges that have any of these sequences, in their order.
    fn removed(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        sequences: RangeInclusive<u64>,
    ) -> DomainResult<Vec<(u64, u64)>>;

    /// Stores a range with its number, in the place of those within it.
    fn add_removed(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        number: u64,
        range: (u64, u64),
    ) -> DomainResult<()>;

    /// Deletes the ranges that end before a sequence.
    fn forget_removed(&mut self, user: UserKey, of: ConversationKey, before: u64) -> DomainResult<()>;

    /// The ranges with numbers after this one, with their numbers and in the order of these, at most `max`.
    fn removals(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        after: u64,
        max: u32,
    ) -> DomainResult<Vec<(u64, (u64, u64))>>;

    /// How many messages above a sequence the user removed that count as unread, are of others and were not revoked.
    fn count_removed(&mut self, user: UserKey, of: ConversationKey, above: u64) -> DomainResult<u64>;
}
