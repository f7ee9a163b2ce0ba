//! Unread counts, computed from numbers stored in the log.
//!
//! Each message has its unread index, and how many of the messages counted by it its sender wrote. The number of
//! messages of others up to any sequence is therefore the difference of two numbers, each found by one index lookup.

use super::DomainResult;
use super::rows::{Conversation, Rows};
use crate::core::ops::UserKey;

/// How many messages that count as unread others than `user` wrote, up to `sequence`.
pub(super) fn by_others(
    rows: &mut impl Rows,
    conversation: &Conversation,
    user: UserKey,
    sequence: u64,
) -> DomainResult<u64> {
    let own = rows.count_by_sender(conversation.key, user, sequence)?;
    Ok(rows.unread_index_at(conversation.key, sequence)?.saturating_sub(own))
}

/// How many messages of others, counted as unread, from after `sequence` were taken back. Counted rather than listed,
/// because their number is unbounded.
pub(super) fn revoked_after(
    rows: &mut impl Rows,
    conversation: &Conversation,
    user: UserKey,
    sequence: u64,
) -> DomainResult<u64> {
    let unread_index = rows.unread_index_at(conversation.key, sequence)?;
    rows.count_revoked(conversation.key, user, unread_index)
}
