//! Receipts that a session has not been told of yet: many readers of a message are few pushes.
//!
//! Pure. The first is pushed at once. What comes within a second of it waits, the newest counts of each message, and is pushed
//! together. Numbered like all pushes: one that is lost makes the client sync.

use std::collections::BTreeMap;
use std::sync::Arc;

use tim_protocol::frame::Push;
use tim_protocol::message::{MessageReceipts, ReceiptUpdates};
use tim_protocol::{ConversationId, limits};

/// So many messages wait at most.
const MAX_WAITING: usize = 100;

/// What a session has not been told of yet; no memory while there is nothing.
#[derive(Default)]
pub struct Receipts {
    waiting: BTreeMap<ConversationId, BTreeMap<u64, MessageReceipts>>,
    /// Nothing is pushed before this time, on the monotonic clock.
    not_before: i64,
}

/// Adds what holds now to what held before: of each message the greater numbers, because they only grow.
pub fn merge(known: &mut Vec<MessageReceipts>, later: &[MessageReceipts]) {
    for receipts in later {
        match known.iter_mut().find(|it| it.sequence == receipts.sequence) {
            Some(it) if it.read >= receipts.read => {}
            Some(it) => *it = *receipts,
            None => known.push(*receipts),
        }
    }
}

impl Receipts {
    /// What waits now was pushed: nothing is for a while.
    pub fn pushed(&mut self, now: i64) {
        self.not_before = now + limits::RECEIPTS_EVERY_MS;
    }

    /// Adds what holds now.
    pub fn add(&mut self, updates: &ReceiptUpdates) {
        let of_conversation = self.waiting.entry(updates.conversation_id.clone()).or_default();
        for receipts in &updates.receipts {
            let known = of_conversation.entry(receipts.sequence).or_insert(*receipts);
            if receipts.read > known.read {
                *known = *receipts;
            }
        }
    }

    /// When what waits is to be pushed.
    #[must_use]
    pub fn due(&self) -> Option<i64> {
        (!self.waiting.is_empty()).then_some(self.not_before)
    }

    /// Whether it is to be pushed now.
    #[must_use]
    pub fn is_due(&self, now: i64) -> bool {
        let is_full = || self.waiting.values().map(BTreeMap::len).sum::<usize>() >= MAX_WAITING;
        self.due().is_some_and(|due| due <= now || is_full())
    }

    /// Takes what waits, as pushes.
    pub fn take(&mut self) -> impl Iterator<Item = Arc<str>> + use<> {
        let pushes = std::mem::take(&mut self.waiting).into_iter().map(|(conversation_id, receipts)| {
            let receipts = receipts.into_values().collect::<Vec<_>>().into();
            Push::Receipts(ReceiptUpdates { conversation_id, receipts })
        });
        pushes.filter_map(|push| push.write().ok()).map(Arc::from)
    }
}
