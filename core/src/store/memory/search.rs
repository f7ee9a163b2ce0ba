//! Searches by reading every message.

use std::collections::BTreeMap;

use tim_protocol::ConversationId;
use tim_protocol::message::Message;
use tim_protocol::search::Conditions;

use super::log::Log;
use crate::search::{Found, FoundIn, KeywordMatch, Search};

pub(super) fn search(logs: &BTreeMap<ConversationId, Log>, search: &Search) -> Found {
    match &search.conversation {
        Some(conversation) => {
            logs.get(conversation).map(|log| in_one(log, conversation, search)).unwrap_or_default()
        }
        None => in_all(logs, search),
    }
}

/// The messages of a conversation that are found, newest first.
fn hits<'a>(log: &'a Log, search: &'a Search) -> impl Iterator<Item = &'a Message> {
    let Search { phrases, senders, types, matching, sent, .. } = search;
    let conditions = Conditions { phrases, all: *matching == KeywordMatch::And, senders, types };
    let is_found = move |message: &&Message| {
        message.revoked.is_none()
            && message.sequence >= log.row.first_visible_seq
            && sent.is_none_or(|(since, until)| (since..=until).contains(&message.time))
            && conditions.hold(&message.from, &message.body)
    };
    log.messages().rev().filter(is_found)
}

fn in_one(log: &Log, conversation: &ConversationId, search: &Search) -> Found {
    let all: Vec<&Message> = hits(log, search).collect();
    if all.is_empty() {
        return Found::default();
    }
    let total = all.len() as u64;
    let before = search.from.unwrap_or(u64::MAX);
    let mut rest = all.into_iter().filter(|message| message.sequence < before);
    let messages: Vec<Message> = rest.by_ref().take(search.count as usize).cloned().collect();
    let next = rest.next().and(messages.last()).map(|oldest| oldest.sequence);
    Found {
        total,
        results: vec![FoundIn { conversation: conversation.clone(), count: total, messages }],
        next,
    }
}

fn in_all(logs: &BTreeMap<ConversationId, Log>, search: &Search) -> Found {
    let of = |(conversation, log): (&ConversationId, &Log)| {
        let mut hits = hits(log, search);
        let newest = hits.next()?.clone();
        let found = FoundIn {
            conversation: conversation.clone(),
            count: 1 + hits.count() as u64,
            messages: vec![newest],
        };
        Some((log.row.last_active, found))
    };
    let mut all: Vec<_> = logs.iter().filter_map(of).collect();
    all.sort_by_key(|(last_active, _)| std::cmp::Reverse(*last_active));
    let total = all.iter().map(|(_, found)| found.count).sum();
    let (passed, count) = (search.from.unwrap_or(0), u64::from(search.count));
    let after = passed.saturating_add(count);
    let next = (after < all.len() as u64).then_some(after);
    let page = all.into_iter().map(|(_, found)| found);
    let results =
        page.skip(usize::try_from(passed).unwrap_or(usize::MAX)).take(search.count as usize).collect();
    Found { total, results, next }
}
