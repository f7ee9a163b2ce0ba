//! What is unread for whom, from numbers that stand in the log: nothing is counted up beside it.
//!
//! Each message knows how many up to it count as unread, and how many of those its sender wrote. So what others wrote up to
//! any place is a difference of two numbers, each found by one step down an index.

use super::Outcome;
use super::rows::{Conversation, Rows};
use crate::core::ops::UserKey;

/// How many messages that count as unread others than `user` wrote, up to `sequence`.
pub(super) fn by_others(
    rows: &mut impl Rows,
    conversation: &Conversation,
    user: UserKey,
    sequence: u64,
) -> Outcome<u64> {
    let own = rows.count_by_sender(conversation.key, user, sequence)?;
    Ok(rows.unread_index_at(conversation.key, sequence)?.saturating_sub(own))
}

/// How many messages of others, counted as unread, from after `sequence` were taken back. Counted, never listed: there is
/// no bound to how many there are.
pub(super) fn revoked_after(
    rows: &mut impl Rows,
    conversation: &Conversation,
    user: UserKey,
    sequence: u64,
) -> Outcome<u64> {
    let unread_index = rows.unread_index_at(conversation.key, sequence)?;
    rows.count_revoked(conversation.key, user, unread_index)
}
