//! Which messages of a conversation a user removed. Asks for nothing if the user never removed any.

use std::ops::{ControlFlow, RangeInclusive};

use tim_protocol::attributes::Attributes;

use super::DomainResult;
use super::place;
use super::rows::{Conversation, Rows, UserConversation};
use crate::core::ops::UserKey;

/// So many messages are looked at to find the last one that is left.
const LOOKED_AT: u32 = 100;

/// Removed messages of a part of a log.
#[derive(Default)]
pub(super) struct Removed(Vec<(u64, u64)>);

impl Removed {
    /// Those of these sequences.
    pub(super) fn among(
        rows: &mut impl Rows,
        user: UserKey,
        conversation: &Conversation,
        own: UserConversation,
        sequences: RangeInclusive<u64>,
    ) -> DomainResult<Self> {
        if own.removals == 0 {
            return Ok(Self::default());
        }
        rows.removed(user, conversation.key, sequences).map(Self)
    }

    pub(super) fn has(&self, sequence: u64) -> bool {
        let after = self.0.partition_point(|(low, _)| *low <= sequence);
        let range = after.checked_sub(1).and_then(|at| self.0.get(at));
        range.is_some_and(|(_, high)| sequence <= *high)
    }
}

/// The newest message that the user did not remove and that may be the last one: neither excluded from that nor to some members. 0 if
/// there is none, or none close to the newest.
pub(super) fn newest_shown(
    rows: &mut impl Rows,
    user: UserKey,
    conversation: &Conversation,
    own: UserConversation,
) -> DomainResult<u64> {
    let newest = conversation.last_shown_seq;
    let Removed(at_end) = Removed::among(rows, user, conversation, own, newest..=newest)?;
    let Some((first, _)) = at_end.first() else { return Ok(newest) };
    let high = first.saturating_sub(1);
    let low = own.first_visible_seq.max(first.saturating_sub(LOOKED_AT.into()));
    let removed = Removed::among(rows, user, conversation, own, low..=high)?;
    let mut found = 0;
    rows.messages(conversation.key, user, low..=high, LOOKED_AT, |row| {
        let attributes = Attributes::of(row.attributes);
        let is_to_some = place::may_hide(conversation) && attributes.receiver_list.is_some();
        if removed.has(row.sequence) || attributes.excluded_from_last_message || is_to_some {
            return ControlFlow::Continue(());
        }
        found = row.sequence;
        ControlFlow::Break(())
    })?;
    Ok(found)
}
