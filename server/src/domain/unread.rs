//! Unread counts, computed from numbers stored in the log.
//!
//! Each message has its unread index, and how many of the messages counted by it its sender wrote. Of two parties, the
//! other one wrote the rest; a group's senders are found by an index. The number of messages of others up to any
//! sequence is therefore the difference of two numbers, and no message between is looked at.

use tim_protocol::conversation::ReadState;

use super::DomainResult;
use super::rows::{Conversation, Parties, Rows, UserConversation};
use crate::core::ops::UserKey;

/// How many messages that count as unread `user` wrote, of all up to the head.
pub(super) fn own(rows: &mut impl Rows, conversation: &Conversation, user: UserKey) -> DomainResult<u64> {
    match conversation.parties {
        Parties::C2c(first, _) if first == user => Ok(conversation.by_first_party),
        Parties::C2c(..) => Ok(conversation.unread_index.saturating_sub(conversation.by_first_party)),
        Parties::Group(_) => rows.count_by_sender(conversation.key, user, conversation.head),
        Parties::System(_) => Ok(0),
    }
}

/// How many messages that count as unread others than `user` wrote, up to `sequence`.
pub(super) fn by_others(
    rows: &mut impl Rows,
    conversation: &Conversation,
    user: UserKey,
    sequence: u64,
) -> DomainResult<u64> {
    // Sequences begin at 1: nothing was read yet.
    if sequence == 0 {
        return Ok(0);
    }
    let Some(counts) = rows.counts_at(conversation.key, sequence)? else { return Ok(0) };
    Ok(match conversation.parties {
        Parties::Group(_) => {
            let own = rows.count_by_sender(conversation.key, user, sequence)?;
            counts.unread_index.saturating_sub(own)
        }
        Parties::C2c(..) | Parties::System(_) if counts.sender == user => {
            counts.unread_index.saturating_sub(counts.by_sender)
        }
        Parties::C2c(..) | Parties::System(_) => counts.by_sender,
    })
}

/// How far a user has read, where what was removed counts as read.
pub(super) fn read_state(
    rows: &mut impl Rows,
    conversation: &Conversation,
    user: UserKey,
    own: UserConversation,
) -> DomainResult<ReadState> {
    let read = own.seen();
    Ok(ReadState {
        read,
        unread_base: by_others(rows, conversation, user, read)?,
        revoked_above_read: revoked_or_removed_after(rows, conversation, user, own, read)?,
        mutation_head: conversation.mutation_head,
        removals: own.removals,
    })
}

/// How many messages of others, counted as unread, from after `sequence` were revoked, or removed by the user. Counted rather
/// than listed, because their number is unbounded.
pub(super) fn revoked_or_removed_after(
    rows: &mut impl Rows,
    conversation: &Conversation,
    user: UserKey,
    own: UserConversation,
    sequence: u64,
) -> DomainResult<u64> {
    let removed = if own.removals == 0 { 0 } else { rows.count_removed(user, conversation.key, sequence)? };
    Ok(removed + revoked_after(rows, conversation, user, sequence)?)
}

fn revoked_after(
    rows: &mut impl Rows,
    conversation: &Conversation,
    user: UserKey,
    sequence: u64,
) -> DomainResult<u64> {
    if conversation.mutation_head == 0 {
        return Ok(0);
    }
    let unread_index = rows.counts_at(conversation.key, sequence)?.map_or(0, |counts| counts.unread_index);
    rows.count_revoked(conversation.key, user, unread_index)
}
