//! Emitted messages that the listeners have not returned from: recorded with their conversation when they are emitted,
//! removed when the listeners have returned, and emitted again by the next run of the app. So a crash between the commit
//! and the listener loses no event.
//!
//! Deliveries are stored at most once a second; after a crash within that second messages are emitted twice. An orderly
//! end of the login delivers what is queued and clears the record.

use tim_protocol::{ConversationId, UserId};

use super::conversation::Conv;
use crate::machine::context::Context;
use crate::machine::io::{MessageEvent, Output};
use crate::sorted::SortedMap;
use crate::sorted_set::SortedSet;
use crate::stored::{Change, ConversationRow, Query};

/// Maximum delay before a delivery is stored, in milliseconds.
const STORE_WITHIN_MS: i64 = 1_000;

/// The deliveries of this run of the app.
#[derive(Default)]
pub(super) struct Deliveries {
    /// Conversations with deliveries that are not stored yet, and when they are.
    unstored: SortedSet<ConversationId>,
    due: Option<i64>,
    /// Conversations that were loaded with something undelivered.
    left: Vec<ConversationId>,
    /// Users for whom this run has already emitted again what an earlier run did not deliver.
    redelivered_to: SortedSet<UserId>,
}

impl Deliveries {
    /// A conversation was loaded.
    pub(super) fn loaded(&mut self, row: &ConversationRow) {
        if !row.undelivered.is_empty() {
            self.left.push(row.id.clone());
        }
    }

    /// The listeners have returned from everything in a conversation up to a sequence.
    pub(super) fn delivered(&mut self, conv: &mut Conv, up_to: u64, now: i64) {
        if conv.delivered(up_to) {
            self.unstored.insert(conv.row.id.clone());
            self.due.get_or_insert(now + STORE_WITHIN_MS);
        }
    }

    /// Emits again what an earlier run of the app emitted and did not deliver. Happens once per user and run, because
    /// what this run emitted is still queued.
    pub(super) fn redeliver(&mut self, cx: &mut Context, convs: &SortedMap<ConversationId, Conv>) {
        if cx.me().is_none_or(|me| !self.redelivered_to.insert(me)) {
            return;
        }
        let left = self.left.iter().filter_map(|id| convs.get(id));
        for conv in left.filter(|conv| !conv.row.gone) {
            for (low, high) in conv.row.undelivered.iter().copied() {
                let query = Query { conversation: conv.row.id.clone(), low, high, own_only: false };
                cx.output(Output::EmitMessages { query, kind: MessageEvent::Received });
            }
        }
    }

    /// The login ends in order: queued events will be delivered, so nothing stays undelivered. Events of an earlier run
    /// stay recorded if this login was never accepted.
    pub(super) fn deliver_rest<'a>(&mut self, cx: &mut Context, convs: impl Iterator<Item = &'a mut Conv>) {
        if !cx.me().is_some_and(|me| self.redelivered_to.contains(&me)) {
            return;
        }
        for conv in convs {
            if !std::mem::take(&mut conv.row.undelivered).is_empty() {
                cx.store(Change::Conversation(conv.row.clone()));
            }
        }
    }

    /// The conversations with deliveries that are not stored.
    pub(super) fn take_unstored(&mut self) -> SortedSet<ConversationId> {
        self.due = None;
        std::mem::take(&mut self.unstored)
    }

    /// The store is closed, with what is not stored yet.
    pub(super) fn forget(&mut self) {
        self.due = None;
        self.unstored.clear();
        self.left.clear();
    }

    pub(super) fn due(&self) -> Option<i64> {
        self.due
    }
}
