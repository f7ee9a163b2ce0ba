//! Emitted messages that the listeners have not returned from: recorded when they are emitted, removed when the
//! listeners have returned, and emitted again by the next run of the app. So a crash between the commit and the
//! listener loses no event.
//!
//! Deliveries are stored at most once a second; after a crash within that second messages are emitted twice. An orderly
//! end of the login delivers what is queued and clears the record.

use std::collections::BTreeSet;

use tim_protocol::ConversationId;

use super::Machine;
use super::conversation::Conv;
use super::inbox::MAX_EMITTED;
use super::io::{MessageEvent, Output, Query};
use crate::stored::{Change, Ranges};

/// Maximum delay before a delivery is stored, in milliseconds.
const STORE_WITHIN_MS: i64 = 1_000;

/// Conversations with deliveries that are not stored yet.
#[derive(Default)]
pub(super) struct UnstoredDeliveries {
    conversations: BTreeSet<ConversationId>,
    due: Option<i64>,
}

/// Appends a sequence; only the newest [`MAX_EMITTED`] stay.
fn note(undelivered: &mut Ranges, sequence: u64) {
    match undelivered.last_mut() {
        Some((_, high)) if *high + 1 == sequence => *high = sequence,
        _ => undelivered.push((sequence, sequence)),
    }
    strike(undelivered, sequence.saturating_sub(MAX_EMITTED));
}

/// Removes everything up to a sequence.
fn strike(undelivered: &mut Ranges, up_to: u64) {
    undelivered.retain(|(_, high)| *high > up_to);
    if let Some((low, _)) = undelivered.first_mut() {
        *low = (*low).max(up_to + 1);
    }
}

impl Conv {
    /// Records a message that is about to be emitted.
    pub(super) fn note_emitted(&mut self, sequence: u64) {
        note(&mut self.row.undelivered, sequence);
    }
}

impl Machine {
    /// The listeners have returned from everything up to these sequences.
    pub(super) fn delivered(&mut self, heard: Vec<(ConversationId, u64)>) {
        for (id, up_to) in heard {
            if let Some(conv) = self.data.conversations.get_mut(&id)
                && conv.row.undelivered.first().is_some_and(|(low, _)| *low <= up_to)
            {
                strike(&mut conv.row.undelivered, up_to);
                self.data.heard.conversations.insert(id);
                self.data.heard.due.get_or_insert(self.now.monotonic + STORE_WITHIN_MS);
            }
        }
    }

    /// Emits again what an earlier run of the app emitted and did not deliver. Happens once per user and run, because
    /// what this run emitted is still queued.
    pub(super) fn redeliver(&mut self) {
        if self.me().is_none_or(|me| !self.redelivered_to.insert(me)) {
            return;
        }
        let conversations = self.data.conversations.values().filter(|conv| !conv.row.gone);
        let queries: Vec<Query> = conversations
            .flat_map(|conv| conv.row.undelivered.iter().map(|range| (conv.row.id.clone(), *range)))
            .map(|(conversation, (low, high))| Query { conversation, low, high, own_only: false })
            .collect();
        for query in queries {
            self.push_output(Output::EmitMessages { query, kind: MessageEvent::Received });
        }
    }

    /// The login ends in order: queued events will be delivered, so nothing stays undelivered. Events of an earlier run
    /// stay recorded if this login was never accepted.
    pub(super) fn deliver_rest(&mut self) {
        if !self.me().is_some_and(|me| self.redelivered_to.contains(&me)) {
            return;
        }
        for conv in self.data.conversations.values_mut() {
            if !std::mem::take(&mut conv.row.undelivered).is_empty() {
                self.batch.changes.push(Change::Conversation(conv.row.clone()));
            }
        }
    }

    pub(super) fn delivery_timers(&mut self) {
        if self.data.heard.due.is_none_or(|due| due > self.now.monotonic) {
            return;
        }
        for id in std::mem::take(&mut self.data.heard).conversations {
            if let Some(conv) = self.data.conversations.get(&id) {
                self.batch.changes.push(Change::Conversation(conv.row.clone()));
            }
        }
    }

    pub(super) fn delivery_due(&self) -> Option<i64> {
        self.data.heard.due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_heard_is_struck_out_and_of_too_much_the_newest_stays() {
        let mut undelivered = Ranges::new();
        for sequence in [1, 2, 3, 5, 6, 9] {
            note(&mut undelivered, sequence);
        }
        assert_eq!(undelivered, [(1, 3), (5, 6), (9, 9)]);
        strike(&mut undelivered, 4);
        assert_eq!(undelivered, [(5, 6), (9, 9)]);
        strike(&mut undelivered, 5);
        assert_eq!(undelivered, [(6, 6), (9, 9)]);
        note(&mut undelivered, 9 + MAX_EMITTED);
        assert_eq!(undelivered, [(9 + MAX_EMITTED, 9 + MAX_EMITTED)]);
    }
}
