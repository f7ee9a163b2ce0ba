//! Follows the user's changes: syncs by cursor, page by page, and detects that a sync is needed.
//!
//! The cursor moves in the same commit as the page's contents. An unfinished sync is stored as the range of user
//! versions that are still missing.

use tim_protocol::Fault;
use tim_protocol::call::{SyncPage, SyncRequest};
use tim_protocol::conversation::Cursor;
use tim_protocol::limits;

use super::Machine;
use super::calls::Purpose;
use super::trace::Trace;
use super::unreadable::Unreadable;
use crate::stored::{Change, SyncState};

/// How many of the newest messages a sync includes for each conversation.
pub(super) const LATEST: u32 = limits::SYNC_LATEST;

/// The state of the current sync.
#[derive(Default)]
pub(super) struct Progress {
    /// A sync is needed, with this many messages per conversation.
    wanted: Option<u32>,
    /// The messages per conversation of the sync in flight.
    asked: Option<u32>,
    /// How often in a row a sync was refused, and the earliest next attempt on the monotonic clock.
    refusals: u32,
    retry_at: i64,
}

impl Machine {
    /// Requests a sync because changes may have been missed.
    pub(super) fn want_sync(&mut self, latest: u32) {
        self.sync.wanted = Some(self.sync.wanted.map_or(latest, |wanted| wanted.max(latest)));
    }

    /// Handles the newest cursor from a pong: if it is beyond ours, something was missed. No messages are included, as
    /// most were received.
    pub(super) fn newest_cursor(&mut self, newest: Cursor) {
        let ours = self.data.sync.cursor;
        if newest.epoch != ours.epoch || newest.version > ours.version {
            self.want_sync(0);
        }
    }

    /// Requests one page at a time, because the unfinished range depends on the previous page.
    pub(super) fn pump_sync(&mut self) {
        let is_under_way = [true, false].into_iter().any(|first| self.is_asked(&Purpose::Sync { first }));
        if is_under_way || self.sync.retry_at > self.now.monotonic {
            return;
        }
        let SyncState { cursor, unfinished, .. } = self.data.sync;
        if let Some(latest) = self.sync.wanted.take() {
            self.sync.asked = Some(latest);
            let sync = SyncRequest { from: cursor, before: None, limit: limits::SYNC_PAGE, latest };
            self.ask(Purpose::Sync { first: true }, sync);
        } else if let Some((low, before)) = unfinished {
            let from = Cursor { version: low, ..cursor };
            let sync = SyncRequest { from, before: Some(before), limit: limits::SYNC_PAGE, latest: LATEST };
            self.ask(Purpose::Sync { first: false }, sync);
        }
    }

    pub(super) fn synced(&mut self, first: bool, result: Result<SyncPage, Fault>) {
        let page = match result {
            Ok(page) => page,
            Err(fault) if fault.code.is_retryable() => return self.sync_later(fault.retry_after),
            // Another connection may reach a server that can answer.
            Err(fault) => {
                self.hang_up();
                self.forget_session();
                return self.pause(fault.retry_after);
            }
        };
        let asked_before = self.data.sync.unfinished.filter(|_| !first).map(|(_, before)| before);
        if page.next >= asked_before && page.next.is_some() && asked_before.is_some() {
            // The page made no progress; an immediate retry would get the same reply.
            return self.sync_later(None);
        }
        self.sync.refusals = 0;
        let conversations = page.conversations.len();
        self.trace(|| Trace::Synced { conversations, first });
        if (page.reset && !self.data.sync.awaits_initial_sync()) || self.is_other_epoch(page.cursor.epoch) {
            return self.reset_and_resync();
        }
        let is_initial_sync = self.data.sync.is_initial_sync(first);
        if first && is_initial_sync {
            self.data.sync.initial_sync_at = self.login.as_ref().map_or(0, |login| login.welcomed_at);
        }
        self.data.sync = advance(self.data.sync, first, page.cursor, page.next);
        self.store(Change::Sync(self.data.sync));
        if first {
            self.sync.asked = None;
            self.mark_useful();
        }
        self.count_unreadable(Unreadable::Change, page.changes.unreadable);
        self.count_unreadable(Unreadable::Conversation, page.conversations.unreadable);
        // Groups before conversations, so that a conversation's group type is known.
        for change in page.changes {
            self.changed(change);
        }
        for state in page.conversations {
            self.apply_state(state, is_initial_sync);
        }
        if first {
            self.ready();
        }
    }

    /// Retries a sync that was refused for now, over the same connection.
    fn sync_later(&mut self, retry_after: Option<u32>) {
        self.sync_lost();
        let pause = self.backoff(self.sync.refusals).max(retry_after.map_or(0, i64::from));
        self.sync.refusals = self.sync.refusals.saturating_add(1);
        self.sync.retry_at = self.now.monotonic + pause;
    }

    /// The sync in flight will not be answered: requests it again.
    pub(super) fn sync_lost(&mut self) {
        if let Some(latest) = self.sync.asked.take() {
            self.want_sync(latest);
        }
    }

    pub(super) fn sync_due(&self) -> Option<i64> {
        let is_waiting = self.sync.wanted.is_some() || self.data.sync.unfinished.is_some();
        let due = self.sync.retry_at;
        (self.link.is_live() && is_waiting && due > self.now.monotonic).then_some(due)
    }

    /// The epoch changed: drops everything that came from the server, puts the recently sent messages back into the
    /// outbox, and starts a full sync.
    pub(super) fn reset_and_resync(&mut self) {
        self.cancel_uploads();
        self.hang_up();
        self.forget_session();
        self.store(Change::Reset);
        self.batch.durable = true;
        self.finish();
        self.reopen_for_new_epoch();
    }
}

impl SyncState {
    /// Whether the initial sync has not begun.
    pub(super) fn awaits_initial_sync(self) -> bool {
        self.initial_sync_at == 0
    }

    /// Whether the initial sync is not complete, so that conversations may be unknown.
    pub(super) fn is_initial_sync_incomplete(self) -> bool {
        self.is_initial_sync(true) || self.is_initial_sync(false)
    }

    /// Whether the next page belongs to the initial sync, whose messages are history.
    fn is_initial_sync(self, first: bool) -> bool {
        if first { self.awaits_initial_sync() } else { self.unfinished.is_some_and(|(low, _)| low == 0) }
    }
}

/// The sync state after a page.
fn advance(state: SyncState, first: bool, upper: Cursor, next: Option<u64>) -> SyncState {
    let SyncState { cursor, unfinished, initial_sync_at } = state;
    if !first {
        let unfinished = unfinished.and_then(|(low, _)| next.map(|next| (low, next)));
        return SyncState { cursor, unfinished, initial_sync_at };
    }
    let unfinished = match (next, unfinished) {
        // The unfinished range of an earlier sync lies below: one range covers both.
        (Some(next), Some((low, _))) => Some((low, next)),
        (Some(next), None) => Some((cursor.version, next)),
        (None, left) => left,
    };
    SyncState { cursor: upper, unfinished, initial_sync_at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(version: u64) -> Cursor {
        Cursor { epoch: 1, version }
    }

    fn state(cursor: Cursor, unfinished: Option<(u64, u64)>) -> SyncState {
        SyncState { cursor, unfinished, initial_sync_at: 7 }
    }

    #[test]
    fn a_sync_that_ends_early_is_gone_on_with_below() {
        let after = advance(state(at(10), None), true, at(500), Some(300));
        assert_eq!(after, state(at(500), Some((10, 300))));
        let after = advance(after, false, at(299), Some(100));
        assert_eq!(after, state(at(500), Some((10, 100))));
        let after = advance(after, false, at(99), None);
        assert_eq!(after, state(at(500), None));
    }

    #[test]
    fn a_second_sync_that_ends_early_takes_in_what_the_first_left() {
        let before = state(at(500), Some((10, 300)));
        assert_eq!(advance(before, true, at(900), None).unfinished, Some((10, 300)));
        assert_eq!(advance(before, true, at(900), Some(700)).unfinished, Some((10, 700)));
    }
}
