//! Received messages that no listener has heard yet: noted when they are told, struck out when the listeners have returned,
//! and told again by the next run of the app. So a crash between the commit and the listener loses no event.
//!
//! What was heard is stored at most once a second, and after a crash in that second it is heard twice. An orderly end of the
//! login hands over what waits, so it strikes out everything.

use std::collections::BTreeSet;

use tim_protocol::ConversationId;

use super::Machine;
use super::conversation::Conv;
use super::inbox::MOST_TOLD;
use super::io::{MessageEvent, Output, Query};
use crate::stored::{Change, Ranges};

/// How long it may take until it is stored that something was heard, in milliseconds.
const STORE_WITHIN_MS: i64 = 1_000;

/// Conversations of which something was heard that is not stored.
#[derive(Default)]
pub(super) struct Heard {
    conversations: BTreeSet<ConversationId>,
    due: Option<i64>,
}

/// Adds a sequence behind the others; of more than [`MOST_TOLD`] places the newest stay.
fn note(undelivered: &mut Ranges, sequence: u64) {
    match undelivered.last_mut() {
        Some((_, high)) if *high + 1 == sequence => *high = sequence,
        _ => undelivered.push((sequence, sequence)),
    }
    strike(undelivered, sequence.saturating_sub(MOST_TOLD));
}

/// Takes out everything up to a sequence.
fn strike(undelivered: &mut Ranges, up_to: u64) {
    undelivered.retain(|(_, high)| *high > up_to);
    if let Some((low, _)) = undelivered.first_mut() {
        *low = (*low).max(up_to + 1);
    }
}

impl Conv {
    /// A message is about to be told.
    pub(super) fn note_told(&mut self, sequence: u64) {
        note(&mut self.row.undelivered, sequence);
    }
}

impl Machine {
    /// Listeners have heard everything up to these sequences.
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

    /// Tells what an earlier run of the app stored and did not live to tell. What this run told waits for its listeners
    /// still, so this happens once for each user.
    pub(super) fn deliver_again(&mut self) {
        if self.me().is_none_or(|me| !self.told_again.insert(me)) {
            return;
        }
        let conversations = self.data.conversations.values().filter(|conv| !conv.row.gone);
        let queries: Vec<Query> = conversations
            .flat_map(|conv| conv.row.undelivered.iter().map(|range| (conv.row.id.clone(), *range)))
            .map(|(conversation, (low, high))| Query { conversation, low, high, own_only: false })
            .collect();
        for query in queries {
            self.then(Output::EmitMessages { query, kind: MessageEvent::Received });
        }
    }

    /// The login ends in order: what waits for listeners is theirs. What an earlier run left is not, if this one was never
    /// welcomed.
    pub(super) fn hand_over(&mut self) {
        if !self.me().is_some_and(|me| self.told_again.contains(&me)) {
            return;
        }
        for conv in self.data.conversations.values_mut() {
            if !std::mem::take(&mut conv.row.undelivered).is_empty() {
                self.turn.changes.push(Change::Conversation(conv.row.clone()));
            }
        }
    }

    pub(super) fn delivery_timers(&mut self) {
        if self.data.heard.due.is_none_or(|due| due > self.now.monotonic) {
            return;
        }
        for id in std::mem::take(&mut self.data.heard).conversations {
            if let Some(conv) = self.data.conversations.get(&id) {
                self.turn.changes.push(Change::Conversation(conv.row.clone()));
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
        note(&mut undelivered, 9 + MOST_TOLD);
        assert_eq!(undelivered, [(9 + MOST_TOLD, 9 + MOST_TOLD)]);
    }
}
