//! What is stored of one conversation: its positions, its messages, and what to do with those that are still to come.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tim_protocol::ConversationId;
use tim_protocol::message::{Message, MessageChange, MessageReceipts, Mutation, Revocation};

use crate::mutation::{confirm, mutate, redact};
use crate::ranges;
use crate::stored::{ConversationRow, Ranges, StoredConversation};

#[derive(Debug)]
pub(super) struct Log {
    pub(super) row: Box<ConversationRow>,
    complete: Ranges,
    removed: Ranges,
    messages: BTreeMap<u64, Message>,
    /// Revocations that came before their messages.
    revoked: BTreeMap<u64, Revocation>,
    /// Messages before this sequence are in memory only.
    kept_from: u64,
}

/// A log without its messages, as it is kept.
#[derive(Serialize, Deserialize)]
pub(super) struct LogRow<'a> {
    row: Cow<'a, ConversationRow>,
    complete: Ranges,
    removed: Cow<'a, Ranges>,
    revoked: Cow<'a, BTreeMap<u64, Revocation>>,
}

impl Log {
    pub(super) fn new(id: ConversationId) -> Self {
        let StoredConversation { row, ranges, removed, .. } = StoredConversation::new(id);
        let (messages, revoked) = (BTreeMap::new(), BTreeMap::new());
        Self { row, complete: ranges, removed, messages, revoked, kept_from: 0 }
    }

    /// What is kept beside the messages: of those that are not, none is said to be there.
    pub(super) fn kept(&self) -> LogRow<'_> {
        let mut complete = self.complete.clone();
        if let Some(last) = self.kept_from.checked_sub(1) {
            ranges::remove(&mut complete, 0, last);
        }
        let (row, removed) = (Cow::Borrowed(&*self.row), Cow::Borrowed(&self.removed));
        LogRow { row, complete, removed, revoked: Cow::Borrowed(&self.revoked) }
    }

    /// Puts back what was kept beside the messages.
    pub(super) fn load(&mut self, kept: LogRow<'_>) {
        *self.row = kept.row.into_owned();
        self.complete = kept.complete;
        self.removed = kept.removed.into_owned();
        self.revoked = kept.revoked.into_owned();
    }

    /// Puts back a message that was kept.
    pub(super) fn load_message(&mut self, message: Message) {
        self.messages.insert(message.sequence, message);
    }

    /// A message that is kept.
    pub(super) fn kept_message(&self, sequence: u64) -> Option<&Message> {
        let is_kept = |message: &&Message| {
            sequence >= self.kept_from
                || self.newest().is_some_and(|newest| newest.sequence == message.sequence)
        };
        self.messages.get(&sequence).filter(is_kept)
    }

    /// From now on only so many of the newest messages are kept, and those that no listener has returned from. Gives those that
    /// were kept before and may not be any more.
    pub(super) fn keep_newest(&mut self, count: usize) -> Vec<u64> {
        let first = match self.messages.len() > count {
            true => self.messages.keys().rev().nth(count.saturating_sub(1)).copied().unwrap_or(0),
            false => 0,
        };
        let undelivered = self.row.undelivered.first().map_or(u64::MAX, |(low, _)| *low);
        let (before, from) = (self.kept_from, first.min(undelivered));
        self.kept_from = before.max(from);
        self.range(before, from.saturating_sub(1)).map(|message| message.sequence).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// The newest message that may be the last one.
    fn newest(&self) -> Option<&Message> {
        self.messages.range(..=self.row.last_shown_seq).next_back().map(|(_, message)| message)
    }

    pub(super) fn stored(&self) -> StoredConversation {
        StoredConversation {
            row: self.row.clone(),
            ranges: self.complete.clone(),
            removed: self.removed.clone(),
            newest: self.newest().cloned().map(Box::new),
        }
    }

    /// The messages, oldest first.
    pub(super) fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.values()
    }

    /// The messages from one sequence to another, oldest first.
    pub(super) fn range(&self, low: u64, high: u64) -> impl Iterator<Item = &Message> {
        let range = (low <= high).then(|| self.messages.range(low..=high));
        range.into_iter().flatten().map(|(_, message)| message)
    }

    /// Whether a message is visible: neither cleared nor removed.
    fn shows(&self, sequence: u64) -> bool {
        sequence >= self.row.first_visible_seq && !ranges::has(&self.removed, sequence)
    }

    /// Stores a message unless it is stored already, was cleared or removed. A revocation from either side is kept. Gives the
    /// message as it is to be stored.
    pub(super) fn add(&mut self, message: &Message) -> Message {
        let sequence = message.sequence;
        let mut message = Cow::Borrowed(message);
        if let (Some(revocation), None) = (self.revoked.remove(&sequence), &message.revoked) {
            redact(message.to_mut(), &revocation);
        }
        let mut message = message.into_owned();
        if !self.shows(sequence) {
            return message;
        }
        match self.messages.get_mut(&sequence) {
            Some(stored) if stored.revoked.is_none() && message.mutation_seq > stored.mutation_seq => {
                if let Some(counts) = stored.receipts {
                    confirm(&mut message, counts);
                }
                stored.clone_from(&message);
            }
            Some(stored) if message.revoked.is_some() => stored.clone_from(&message),
            Some(_) => {}
            None => _ = self.messages.insert(sequence, message.clone()),
        }
        message
    }

    /// Every message of a range is stored, as far as it is visible.
    pub(super) fn complete(&mut self, low: u64, high: u64) {
        add_visible(&mut self.complete, (low, high), self.row.first_visible_seq);
    }

    /// The user removed the messages of a range. Gives those that were stored.
    pub(super) fn remove(&mut self, low: u64, high: u64) -> Vec<Message> {
        add_visible(&mut self.removed, (low, high), self.row.first_visible_seq);
        self.complete(low, high);
        self.delete(low, high)
    }

    /// The messages before a sequence are not visible any more. Gives those that were stored.
    pub(super) fn clear(&mut self, floor: u64) -> Vec<Message> {
        self.row.first_visible_seq = self.row.first_visible_seq.max(floor);
        let Some(last) = floor.checked_sub(1) else { return Vec::new() };
        ranges::remove(&mut self.complete, 0, last);
        ranges::remove(&mut self.removed, 0, last);
        self.delete(0, last)
    }

    fn delete(&mut self, low: u64, high: u64) -> Vec<Message> {
        self.revoked.retain(|sequence, _| !(low..=high).contains(sequence));
        let gone: Vec<Message> = self.range(low, high).cloned().collect();
        gone.iter().for_each(|message| _ = self.messages.remove(&message.sequence));
        gone
    }

    /// Applies a mutation. Of a message that is not stored a revocation is kept: it will come as it is then, unless an old reply
    /// brings it. Gives whether what it said is gone from here, or never was.
    pub(super) fn mutate(&mut self, mutation: &Mutation) -> bool {
        if let Some(message) = self.messages.get_mut(&mutation.sequence) {
            return mutate(message, mutation);
        }
        match &mutation.change {
            MessageChange::Revoked(revocation) if self.shows(mutation.sequence) => {
                self.revoked.entry(mutation.sequence).or_insert_with(|| revocation.clone());
                false
            }
            _ => true,
        }
    }

    /// Users read messages of this user.
    pub(super) fn confirm(&mut self, receipts: &[MessageReceipts]) {
        for receipts in receipts {
            if let Some(message) = self.messages.get_mut(&receipts.sequence) {
                confirm(message, receipts.counts());
            }
        }
    }
}

fn add_visible(ranges: &mut Ranges, (low, high): (u64, u64), floor: u64) {
    let low = low.max(floor);
    if low <= high {
        ranges::add(ranges, low, high);
    }
}
