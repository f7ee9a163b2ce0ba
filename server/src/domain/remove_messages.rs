//! Removes messages for one user, and tells the user's devices which ones.
//!
//! What a user removed of a conversation is a set of sequences, kept as ranges that neither overlap nor touch. Each range has a
//! number, which grows with every removal: a device that knows everything up to a number asks for the ranges after it. Nobody else
//! learns of it.

use tim_protocol::List;
use tim_protocol::call::{Call as _, RemovalPage, RemovalsRequest, RemoveMessagesRequest};
use tim_protocol::conversation::{Change, RemovedMessages};
use tim_protocol::{Code, limits};

use super::conversations::readable;
use super::outcome::{with_notifications, without_notifications};
use super::rows::{Conversation, Rows, UserConversation};
use super::{DomainResult, marks, notices, unread};
use crate::core::ops::{Actor, Committed};

pub(super) fn remove(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &RemoveMessagesRequest,
) -> DomainResult<Committed> {
    let name = &asked.conversation_id;
    let conversation = readable(rows, actor, name)?.ok_or(Code::CONVERSATION_NOT_FOUND)?;
    let mut own = rows.user_conversation(actor.key, conversation.key)?;
    let mut ranges = List::default();
    for (low, high) in &asked.ranges {
        let range = ((*low).max(own.first_visible_seq), (*high).min(conversation.head));
        if range.0 <= range.1
            && let Some(range) = add(rows, actor, &conversation, &mut own, range)?
        {
            ranges.push(range);
        }
    }
    let is_news = !ranges.is_empty();
    if is_news {
        rows.set_removed(actor.key, conversation.key, own)?;
        marks::mark(rows, actor.key, conversation.key)?;
    }
    let read = unread::read_state(rows, &conversation, actor.key, own)?;
    let removed = RemovedMessages { conversation_id: name.clone(), ranges, read };
    let answer = RemoveMessagesRequest::answer(removed.clone());
    if !is_news {
        return Ok(without_notifications(answer));
    }
    let notification = notices::own_change(actor, Change::RemovedMessages(removed));
    Ok(with_notifications(answer, vec![notification]))
}

/// Adds a range to those that are removed, as one with the ranges that it overlaps or touches. Returns that; `None` if it was
/// removed already.
fn add(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    own: &mut UserConversation,
    (low, high): (u64, u64),
) -> DomainResult<Option<(u64, u64)>> {
    let near = rows.removed(actor.key, conversation.key, low.saturating_sub(1)..=high.saturating_add(1))?;
    if near.iter().any(|(from, to)| *from <= low && high <= *to) {
        return Ok(None);
    }
    let low = near.first().map_or(low, |(from, _)| low.min(*from));
    let high = near.last().map_or(high, |(_, to)| high.max(*to));
    own.removals += 1;
    rows.add_removed(actor.key, conversation.key, own.removals, (low, high))?;
    Ok(Some((low, high)))
}

pub(super) fn page(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &RemovalsRequest,
) -> DomainResult<RemovalPage> {
    let nothing = RemovalPage { ranges: List::default(), up_to: asked.after, more: false };
    let Some(conversation) = readable(rows, actor, &asked.conversation_id)? else { return Ok(nothing) };
    let newest = rows.user_conversation(actor.key, conversation.key)?.removals;
    let found = rows.removals(actor.key, conversation.key, asked.after, limits::REMOVAL_PAGE)?;
    let is_full = found.len() >= limits::REMOVAL_PAGE as usize;
    let last = found.last().map(|(number, _)| *number);
    Ok(RemovalPage {
        ranges: found.into_iter().map(|(_, range)| range).collect::<Vec<_>>().into(),
        up_to: last.filter(|_| is_full).unwrap_or(newest).max(asked.after),
        more: is_full && last < Some(newest),
    })
}
