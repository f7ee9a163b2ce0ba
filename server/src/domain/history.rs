//! Reads logs: ranges of messages, and places in them.

use serde_json::value::RawValue;
use tim_protocol::call::{self, HistoryPage};
use tim_protocol::{List, UnixMillis, limits};

use super::DomainResult;
use super::conversations::readable;
use super::log::{Reader, messages};
use super::removed::Removed;
use super::rows::{Conversation, Rows};
use crate::core::ops::Actor;

pub(super) fn page(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &call::HistoryRequest,
) -> DomainResult<HistoryPage<Box<RawValue>>> {
    let Some(conversation) = readable(rows, actor, &asked.conversation_id)? else {
        return Ok(HistoryPage { messages: List::default(), low: 1, high: 0, first_visible_seq: 1 });
    };
    let own = rows.user_conversation(actor.key, conversation.key)?;
    let first_visible_seq = own.first_visible_seq;
    let low = asked.low.max(first_visible_seq).max(1);
    let high = asked.high.min(conversation.head);
    if low > high {
        return Ok(HistoryPage {
            messages: List::default(),
            low,
            high: low.saturating_sub(1),
            first_visible_seq,
        });
    }
    let max = asked.limit.min(limits::HISTORY_PAGE);
    let newest = low.max((high + 1).saturating_sub(max.into()))..=high;
    let removed = Removed::among(rows, actor.key, &conversation, own, newest.clone())?;
    let name = &asked.conversation_id;
    let reader = Reader { actor, conversation: &conversation, name, removed: &removed };
    let run = messages(rows, &reader, newest, max, limits::PAGE_BYTES)?;
    // A limit of nothing covers nothing.
    let low = run.low.unwrap_or(high + 1);
    Ok(HistoryPage { messages: run.messages, low, high, first_visible_seq })
}

/// Times never decrease within a conversation: halves the log until one place is left.
pub(super) fn position(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &call::PositionRequest,
) -> DomainResult<call::Position> {
    let Some(conversation) = readable(rows, actor, &asked.conversation_id)? else {
        return Ok(call::Position { sequence: 1 });
    };
    let low = rows.user_conversation(actor.key, conversation.key)?.first_visible_seq.max(1);
    Ok(call::Position { sequence: position_in(rows, &conversation, low, asked.time)? })
}

/// The first sequence from `low` on of a message that was accepted at this time or later; the head + 1 if there is none.
pub(super) fn position_in(
    rows: &mut impl Rows,
    conversation: &Conversation,
    low: u64,
    time: UnixMillis,
) -> DomainResult<u64> {
    let (mut low, mut high) = (low, conversation.head + 1);
    while low < high {
        let middle = low.midpoint(high);
        if rows.time_at(conversation.key, middle)? < Some(time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
