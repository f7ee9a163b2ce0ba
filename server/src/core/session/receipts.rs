//! Pushes receipts of the user's messages, collected over a second.

use tim_protocol::message::ReceiptUpdates;

use super::state::{Effect, Live, Phase, Session};

impl Live {
    /// Pushes what waits.
    pub(super) fn push_receipts(&mut self) -> Vec<Effect> {
        let pushes = self.receipts.take();
        let effects = pushes.filter_map(|push| self.window.push(&push)).map(Effect::Send).collect();
        self.forget_watermark_if_lagging();
        effects
    }
}

impl Session {
    /// Users confirmed that they read messages of this user.
    pub(super) fn receipts(&mut self, updates: &ReceiptUpdates, now: i64, effects: &mut Vec<Effect>) {
        if let Phase::Live(live) = &mut self.phase {
            live.receipts.add(updates);
        }
        self.push_due_receipts(now, effects);
    }

    /// Pushes what waited long enough.
    pub(super) fn push_due_receipts(&mut self, now: i64, effects: &mut Vec<Effect>) {
        let Phase::Live(live) = &mut self.phase else { return };
        if live.receipts.is_due(now) {
            effects.extend(live.push_receipts());
            live.receipts.pushed(now);
        }
    }
}
