//! Which messages of this user may still be read by somebody, as far as is known: the newest that were sent, came or were shown.
//!
//! A session pushes what changes of them. What may have changed without a push is asked for, and what is shown again after a
//! while, because a push may be lost.

use std::collections::VecDeque;

use tim_protocol::message::{MessageReceipts, ReceiptCounts};
use tim_protocol::{ConversationId, limits};

use crate::machine::context::ASK_AGAIN_MS;
use crate::sorted::SortedMap;
use crate::sorted_set::SortedSet;

/// So many messages are watched.
const MAX_WATCHED: usize = 200;
/// So many wait to be asked for, also of those that are watched no more because many were shown at once.
const MAX_TO_ASK: usize = 1_000;
/// So many requests are under way: the others of the user must not wait for the server's share.
const MAX_ASKED: usize = 4;
/// What is known counts as right for so many milliseconds when it is shown again.
const FRESH_MS: i64 = 60_000;

/// A message of a conversation.
type Place = (ConversationId, u64);

/// What is known of a message.
struct Known {
    /// How many read it; `None` if nothing is known.
    read: Option<u32>,
    /// When the server said so, or was asked last.
    as_of: i64,
    /// Everybody has read it.
    is_read: bool,
    /// The server does not tell.
    is_refused: bool,
}

impl Known {
    fn is_over(&self) -> bool {
        self.is_read || self.is_refused
    }
}

/// The messages that are watched.
#[derive(Default)]
pub(super) struct Watch {
    known: SortedMap<Place, Known>,
    /// The same messages, the one first that is not watched any more if there are too many.
    order: VecDeque<Place>,
    /// Those that are to be asked for.
    to_ask: SortedMap<ConversationId, SortedSet<u64>>,
    /// Requests that are not answered.
    asked: SortedMap<ConversationId, Vec<u64>>,
    retry_at: i64,
}

impl Watch {
    /// A message of this user that is read by so many, as the server says now.
    pub(super) fn add(
        &mut self,
        id: &ConversationId,
        sequence: u64,
        counts: Option<ReceiptCounts>,
        now: i64,
    ) {
        if !self.insert((id.clone(), sequence), counts, now).is_over() && counts.is_none() {
            self.ask(id, sequence);
        }
    }

    /// A message of this user was shown, as this device knows it.
    pub(super) fn shown(
        &mut self,
        id: &ConversationId,
        sequence: u64,
        counts: Option<ReceiptCounts>,
        now: i64,
    ) {
        if counts.is_some_and(|counts| counts.unread == 0) {
            return;
        }
        let known = self.insert((id.clone(), sequence), counts, now.saturating_sub(FRESH_MS));
        // What came before the message was stored, or with a commit that failed, is not there.
        known.read = counts.map(|counts| counts.read);
        if !known.is_over() && known.as_of + FRESH_MS <= now {
            self.ask(id, sequence);
        }
    }

    fn ask(&mut self, id: &ConversationId, sequence: u64) {
        if self.to_ask.values().map(SortedSet::len).sum::<usize>() >= MAX_TO_ASK {
            return;
        }
        self.to_ask.entry(id.clone()).or_default().insert(sequence);
    }

    /// Watches a message, and gives what is known of it.
    fn insert(&mut self, place: Place, counts: Option<ReceiptCounts>, as_of: i64) -> &mut Known {
        if !self.known.contains_key(&place) {
            self.order.push_back(place.clone());
            if self.order.len() > MAX_WATCHED
                && let Some(oldest) = self.order.pop_front()
            {
                self.known.remove(&oldest);
            }
        }
        let known =
            self.known.entry(place).or_insert(Known { read: None, as_of, is_read: false, is_refused: false });
        known.as_of = known.as_of.max(as_of);
        if let Some(counts) = counts {
            known.read = known.read.max(Some(counts.read));
            known.is_read |= counts.unread == 0;
        }
        known
    }

    /// So many read a message now. Returns whether that is news, as far as is known.
    pub(super) fn came(&mut self, id: &ConversationId, receipts: &MessageReceipts, now: i64) -> bool {
        let place = (id.clone(), receipts.sequence);
        let Some(known) = self.known.get_mut(&place) else { return true };
        let is_news = known.read.is_none_or(|read| read < receipts.read);
        known.read = known.read.max(Some(receipts.read));
        known.as_of = now;
        known.is_read |= receipts.unread == 0;
        is_news
    }

    /// Something may have been missed of all of them.
    pub(super) fn ask_again(&mut self) {
        for ((id, sequence), known) in self.known.iter_mut().filter(|(_, known)| !known.is_read) {
            known.is_refused = false;
            self.to_ask.entry(id.clone()).or_default().insert(*sequence);
        }
    }

    /// The user has joined a conversation again: what the server did not tell then, it may tell now.
    pub(super) fn rejoined(&mut self, id: &ConversationId) {
        for ((_, sequence), known) in
            self.known.iter_mut().filter(|((of, _), known)| of == id && known.is_refused)
        {
            known.is_refused = false;
            self.to_ask.entry(id.clone()).or_default().insert(*sequence);
        }
    }

    /// What is known may not be stored: whatever the server says is news.
    pub(super) fn doubt(&mut self) {
        self.known.values_mut().for_each(|known| (known.read, known.is_read) = (None, false));
    }

    pub(super) fn connection_lost(&mut self) {
        for (id, sequences) in std::mem::take(&mut self.asked) {
            sequences.into_iter().for_each(|sequence| self.ask(&id, sequence));
        }
    }

    /// The next requests: one for each conversation.
    pub(super) fn take_requests(&mut self, now: i64) -> Vec<(ConversationId, Vec<u64>)> {
        if self.retry_at > now {
            return Vec::new();
        }
        let Self { known, to_ask, asked, .. } = self;
        let mut requests = Vec::new();
        to_ask.retain(|id, sequences| {
            if !sequences.is_empty() && asked.len() < MAX_ASKED && !asked.contains_key(id) {
                let next: Vec<u64> = sequences.iter().rev().take(limits::RECEIPT_MESSAGES).copied().collect();
                for sequence in &next {
                    sequences.remove(sequence);
                    if let Some(known) = known.get_mut(&(id.clone(), *sequence)) {
                        known.as_of = now;
                    }
                }
                asked.insert(id.clone(), next.clone());
                requests.push((id.clone(), next));
            }
            !sequences.is_empty()
        });
        requests
    }

    /// A request was answered by these: the others that it asked for are asked for no more.
    pub(super) fn answered(&mut self, id: &ConversationId, found: &[MessageReceipts]) {
        for sequence in self.asked.remove(id).into_iter().flatten() {
            if !found.iter().any(|receipts| receipts.sequence == sequence)
                && let Some(known) = self.known.get_mut(&(id.clone(), sequence))
            {
                known.is_refused = true;
            }
        }
    }

    /// A request failed, and may be repeated after a while.
    pub(super) fn failed(&mut self, id: &ConversationId, now: i64, retry_after: Option<u32>) {
        let sequences = self.asked.remove(id).unwrap_or_default();
        sequences.into_iter().for_each(|sequence| self.ask(id, sequence));
        self.retry_at = now + retry_after.map_or(0, i64::from).max(ASK_AGAIN_MS);
    }

    /// When a request may be repeated.
    pub(super) fn due(&self) -> Option<i64> {
        (!self.to_ask.is_empty()).then_some(self.retry_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tea() -> ConversationId {
        "GROUPtea".parse().unwrap()
    }

    fn receipts(sequence: u64, read: u32, unread: u32) -> MessageReceipts {
        MessageReceipts { sequence, read, unread }
    }

    #[test]
    fn what_may_be_outdated_is_asked_for_the_newest_first_and_in_parts() {
        let mut watch = Watch::default();
        let count = limits::RECEIPT_MESSAGES as u64;
        (1..=count + 5).for_each(|sequence| watch.shown(&tea(), sequence, None, 0));
        let asked = watch.take_requests(0).remove(0).1;
        assert_eq!((asked.len() as u64, asked[0]), (count, count + 5));
        assert!(watch.take_requests(0).is_empty(), "one request of a conversation at a time");
        watch.failed(&tea(), 0, None);
        assert!(watch.take_requests(ASK_AGAIN_MS - 1).is_empty());
        let again = watch.take_requests(ASK_AGAIN_MS).remove(0).1;
        assert_eq!(again, asked);
        let found: Vec<_> = asked[1..].iter().map(|sequence| receipts(*sequence, 0, 2)).collect();
        watch.answered(&tea(), &found);
        assert_eq!(watch.take_requests(ASK_AGAIN_MS).remove(0).1.len(), 5);
        watch.connection_lost();
        watch.ask_again();
        let all: usize = watch.to_ask.values().map(SortedSet::len).sum();
        assert_eq!(all as u64, count + 5, "a new session may tell what the last one did not");
    }

    #[test]
    fn few_conversations_are_asked_for_at_once() {
        let mut watch = Watch::default();
        let group = |number: u64| format!("GROUP{number}").parse().unwrap();
        (0..10).for_each(|number| watch.add(&group(number), 1, None, 0));
        let mut asked = 0;
        loop {
            let requests = watch.take_requests(0);
            assert!(requests.len() <= MAX_ASKED);
            if requests.is_empty() {
                break;
            }
            asked += requests.len();
            requests.iter().for_each(|(id, _)| watch.answered(id, &[]));
        }
        assert_eq!(asked, 10);
    }

    #[test]
    fn only_greater_numbers_are_news_and_what_all_read_is_over() {
        let mut watch = Watch::default();
        watch.add(&tea(), 1, Some(ReceiptCounts { read: 0, unread: 2 }), 0);
        assert!(watch.take_requests(0).is_empty(), "it is as the server has it");
        assert!(watch.came(&tea(), &receipts(1, 1, 1), 5));
        assert!(!watch.came(&tea(), &receipts(1, 1, 1), 5) && !watch.came(&tea(), &receipts(1, 0, 2), 5));
        assert!(watch.came(&tea(), &receipts(1, 2, 0), 5));
        watch.ask_again();
        assert!(watch.take_requests(0).is_empty());
        assert!(!watch.came(&tea(), &receipts(1, 2, 0), 5), "told again, it is no news");
        watch.shown(&tea(), 2, Some(ReceiptCounts { read: 2, unread: 0 }), 5);
        assert!(watch.take_requests(0).is_empty());
        watch.doubt();
        watch.ask_again();
        assert_eq!(watch.take_requests(0).len(), 1, "it may not be stored");
        assert!(watch.came(&tea(), &receipts(1, 2, 0), 5));
    }

    #[test]
    fn what_the_store_lacks_is_news_again() {
        let mut watch = Watch::default();
        watch.add(&tea(), 1, Some(ReceiptCounts { read: 0, unread: 2 }), 0);
        watch.shown(&tea(), 1, None, FRESH_MS);
        assert_eq!(watch.take_requests(FRESH_MS).len(), 1);
        assert!(watch.came(&tea(), &receipts(1, 0, 2), FRESH_MS));
        assert!(!watch.came(&tea(), &receipts(1, 0, 2), FRESH_MS));
    }

    #[test]
    fn what_is_shown_again_after_a_while_is_asked_for_again() {
        let mut watch = Watch::default();
        let shown = |watch: &mut Watch, now| {
            watch.shown(&tea(), 1, Some(ReceiptCounts { read: 0, unread: 2 }), now);
            watch.take_requests(now).len()
        };
        assert_eq!(shown(&mut watch, 0), 1);
        watch.answered(&tea(), &[receipts(1, 0, 2)]);
        assert!(!watch.came(&tea(), &receipts(1, 0, 2), 10));
        assert_eq!(shown(&mut watch, FRESH_MS), 0);
        assert_eq!(shown(&mut watch, FRESH_MS + 10), 1);
    }

    #[test]
    fn however_many_are_shown_only_so_many_are_watched() {
        let mut watch = Watch::default();
        (1..=500).for_each(|sequence| watch.add(&tea(), sequence, None, 0));
        assert_eq!((watch.known.len(), watch.order.len()), (MAX_WATCHED, MAX_WATCHED));
        assert_eq!(watch.known.keys().next(), Some(&(tea(), 301)));
        assert_eq!(watch.to_ask.get(&tea()).unwrap().len(), 500, "all that were shown at once are asked for");
        (501..=3_000).for_each(|sequence| watch.shown(&tea(), sequence, None, 0));
        watch.take_requests(0);
        watch.connection_lost();
        assert_eq!(watch.to_ask.get(&tea()).unwrap().len(), MAX_TO_ASK);
    }
}
