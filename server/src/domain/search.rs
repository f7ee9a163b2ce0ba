//! Searches: the messages that an index finds, of those that the user may see.

use std::ops::{ControlFlow, RangeInclusive};

use serde_json::value::RawValue;
use tim_protocol::bounds::PageRoom;
use tim_protocol::call::{SearchPage, SearchRequest, SearchResult};
use tim_protocol::code::Code;
use tim_protocol::search::{Conditions, Phrase};
use tim_protocol::{ConversationId, List, limits};

use super::DomainResult;
use super::conversations::{may_read, named_from, readable};
use super::history::position_in;
use super::log::{Reader, messages};
use super::place::may_hide;
use super::removed::Removed;
use super::rows::{Conversation, ConversationView, Rows, UserConversation};
use crate::core::ops::Actor;

/// Most conversations that one request searches.
const CONVERSATIONS: u32 = 200;
/// A search of all conversations begins with no further one after so many messages of the index.
const HITS_IN_ALL: u64 = 5_000;

/// A page of what is found.
///
/// # Errors
/// [`Code::SEARCH_OFF`]; for a named conversation those of [`readable`].
pub(super) fn page(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &SearchRequest,
) -> DomainResult<SearchPage<Box<RawValue>>> {
    if !rows.is_searched() {
        return Err(Code::SEARCH_OFF.into());
    }
    let phrases: Vec<Phrase> = asked.keywords.iter().filter_map(|keyword| Phrase::of(keyword)).collect();
    let (senders, types) = (&asked.senders, &asked.types);
    let wanted = Conditions { phrases: &phrases, all: asked.all, senders, types }.expression();
    let search = Search { actor, asked, wanted: &wanted };
    match &asked.conversation_id {
        Some(name) => in_one(rows, &search, name),
        None => in_all(rows, &search),
    }
}

struct Search<'a> {
    actor: &'a Actor,
    asked: &'a SearchRequest,
    /// What the index is asked.
    wanted: &'a str,
}

/// A conversation that is searched, as its user sees it.
struct Place<'a> {
    name: &'a ConversationId,
    conversation: &'a Conversation,
    own: UserConversation,
    /// The sequences that may be found.
    range: RangeInclusive<u64>,
}

fn in_one(
    rows: &mut impl Rows,
    search: &Search<'_>,
    name: &ConversationId,
) -> DomainResult<SearchPage<Box<RawValue>>> {
    let (mut results, mut next) = (List::default(), 0);
    let Some(conversation) = readable(rows, search.actor, name)? else {
        return Ok(SearchPage { results, next });
    };
    let own = rows.user_conversation(search.actor.key, conversation.key)?;
    let Some(place) = place(rows, search, name, &conversation, own)? else {
        return Ok(SearchPage { results, next });
    };
    let Found { sequences: all, .. } = found(rows, search, &place, place.range.clone())?;
    let (low, high) = place.range.clone().into_inner();
    let from = if search.asked.from > 0 { search.asked.from - 1 } else { high };
    let below = if from < high { found(rows, search, &place, low..=from)?.sequences } else { all.clone() };
    let (mut page, mut room) = (List::default(), PageRoom::new(limits::PAGE_BYTES));
    let mut shown = 0;
    for sequence in below {
        let message = message(rows, search, &place, sequence)?;
        if page.len() >= limit(search.asked)
            || message.as_ref().is_some_and(|it| !room.take_bytes(it.get().len()))
        {
            next = shown;
            break;
        }
        shown = sequence;
        page.extend(message);
    }
    if !all.is_empty() {
        let count = all.len() as u64;
        results.push(SearchResult { conversation_id: name.clone(), count, messages: page });
    }
    Ok(SearchPage { results, next })
}

fn in_all(rows: &mut impl Rows, search: &Search<'_>) -> DomainResult<SearchPage<Box<RawValue>>> {
    let (actor, mut passed) = (search.actor, search.asked.from);
    let (mut results, mut room) = (List::default(), PageRoom::new(limits::PAGE_BYTES));
    let mut hits = 0;
    let keys = rows.conversations_by_activity(actor.key, passed, CONVERSATIONS + 1)?;
    for key in &keys {
        let looked_into = passed - search.asked.from;
        let is_full = results.len() >= limit(search.asked) || hits >= HITS_IN_ALL;
        // The first one is searched in any case, so that the next page goes on.
        if is_full || looked_into >= CONVERSATIONS.into() || looked_into > 0 && rows.is_late() {
            return Ok(SearchPage { results, next: passed });
        }
        let view = rows.conversation_view(actor.key, *key)?;
        let name = named_from(&view)?;
        let ConversationView { conversation, own, .. } = view;
        let place = match may_read(rows, &conversation, actor.key)? {
            true => place(rows, search, &name, &conversation, own)?,
            false => None,
        };
        if let Some(place) = place {
            let Found { sequences: all, hits: of_it } = found(rows, search, &place, place.range.clone())?;
            hits += of_it;
            if let Some(newest) = all.first() {
                let message = message(rows, search, &place, *newest)?;
                if message.as_ref().is_some_and(|it| !room.take_bytes(it.get().len())) {
                    return Ok(SearchPage { results, next: passed });
                }
                let (count, messages) = (all.len() as u64, Vec::from_iter(message).into());
                results.push(SearchResult { conversation_id: name.clone(), count, messages });
            }
        }
        passed += 1;
    }
    Ok(SearchPage { results, next: 0 })
}

fn limit(asked: &SearchRequest) -> usize {
    asked.limit.min(limits::SEARCH_PAGE) as usize
}

/// What may be found in a conversation, by its user's rights and by the times of the search; `None` if nothing can be.
fn place<'a>(
    rows: &mut impl Rows,
    search: &Search<'_>,
    name: &'a ConversationId,
    conversation: &'a Conversation,
    own: UserConversation,
) -> DomainResult<Option<Place<'a>>> {
    let (mut low, mut high) = (own.first_visible_seq.max(1), conversation.head);
    if let Some(since) = search.asked.since {
        if conversation.last_time < since {
            return Ok(None);
        }
        low = position_in(rows, conversation, low, since)?;
    }
    if let Some(until) = search.asked.until.filter(|until| *until < conversation.last_time) {
        high = position_in(rows, conversation, low, until.saturating_add(1))? - 1;
    }
    let range = low..=high;
    Ok((!range.is_empty()).then_some(Place { name, conversation, own, range }))
}

/// What is found in a conversation.
#[derive(Default)]
struct Found {
    /// The sequences of what the user may see, newest first: at most [`limits::SEARCH_HITS`].
    sequences: Vec<u64>,
    /// How many messages the index gave for them.
    hits: u64,
}

/// A message that is hidden from the user is not counted, so that no number tells what it says.
fn found(
    rows: &mut impl Rows,
    search: &Search<'_>,
    place: &Place<'_>,
    range: RangeInclusive<u64>,
) -> DomainResult<Found> {
    let removed = Removed::among(rows, search.actor.key, place.conversation, place.own, range.clone())?;
    let (mut found, may_hide) = (Found::default(), may_hide(place.conversation));
    rows.hits(place.conversation.key, &search.actor.user, search.wanted, range, |hit| {
        if hit.is_hidden && may_hide {
            return ControlFlow::Continue(());
        }
        found.hits += 1;
        if !hit.is_revoked && !removed.has(hit.sequence) {
            found.sequences.push(hit.sequence);
        }
        match found.sequences.len() < limits::SEARCH_HITS as usize {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    })?;
    Ok(found)
}

fn message(
    rows: &mut impl Rows,
    search: &Search<'_>,
    place: &Place<'_>,
    sequence: u64,
) -> DomainResult<Option<Box<RawValue>>> {
    // What was removed was left out before.
    let removed = Removed::default();
    let Place { name, conversation, .. } = place;
    let reader = Reader { actor: search.actor, conversation, name, removed: &removed };
    let run = messages(rows, &reader, sequence..=sequence, 1, limits::PAGE_BYTES)?;
    Ok(run.messages.into_iter().next())
}
