//! Follows the user's changes: syncs by cursor, page by page, and detects that a sync is needed.
//!
//! The cursor moves in the same commit as the page's contents. An unfinished sync is stored as the range of user
//! versions that are still missing. What a page brings is applied by other parts.

use tim_protocol::call::{SyncPage, SyncRequest};
use tim_protocol::conversation::Cursor;
use tim_protocol::{Fault, UnixMillis, limits};

use super::context::Context;
use super::purpose::Purpose;
use super::trace::Trace;
use super::unreadable::Unreadable;
use crate::stored::{Change, SyncState};

/// How many of the newest messages a sync includes for each conversation.
const LATEST: u32 = limits::SYNC_LATEST;

/// How far the device has followed the changes, and the sync in progress.
#[derive(Default)]
pub(super) struct Sync {
    state: SyncState,
    /// A sync is needed, with this many messages per conversation.
    wanted: Option<u32>,
    /// The messages per conversation of the sync in flight.
    asked: Option<u32>,
    /// A page is in flight.
    is_under_way: bool,
    /// How often in a row a sync was refused, and the earliest next attempt on the monotonic clock.
    refusals: u32,
    retry_at: i64,
}

/// What follows from the reply to a sync.
pub(super) enum Synced {
    /// The sync is requested again later.
    Later,
    /// Another connection may reach a server that can answer.
    Reconnect { retry_after: Option<u32> },
    /// The epoch changed, or the server lacks what the cursor stands for.
    Reset,
    /// The page is to be applied.
    Page { page: SyncPage, is_initial_sync: bool },
}

impl Sync {
    pub(super) fn load(state: SyncState) -> Self {
        Self { state, ..Self::default() }
    }

    /// The next connection begins with a sync.
    pub(super) fn restart(&mut self) {
        *self = Self { wanted: Some(LATEST), ..Self::load(self.state) };
    }

    /// Requests a sync because changes may have been missed.
    pub(super) fn request(&mut self) {
        self.want(LATEST);
    }

    fn want(&mut self, latest: u32) {
        self.wanted = Some(self.wanted.map_or(latest, |wanted| wanted.max(latest)));
    }

    /// Handles the newest cursor from a pong: if it is beyond ours, something was missed. No messages are included, as
    /// most were received.
    pub(super) fn newest_cursor(&mut self, newest: Cursor) {
        let ours = self.state.cursor;
        if newest.epoch != ours.epoch || newest.version > ours.version {
            self.want(0);
        }
    }

    /// Everything received from now on belongs to this epoch, also before the first page.
    pub(super) fn begin_epoch(&mut self, cx: &mut Context, epoch: u32) {
        if self.state.cursor.epoch == 0 {
            self.state.cursor.epoch = epoch;
            cx.store(Change::Sync(self.state));
        }
    }

    /// Whether the epoch changed since this device last synced.
    pub(super) fn is_other_epoch(&self, epoch: u32) -> bool {
        self.state.cursor.epoch != 0 && self.state.cursor.epoch != epoch
    }

    /// If the server's clock was set back, messages from now on must not appear older than the initial sync.
    pub(super) fn server_time(&mut self, cx: &mut Context, server: UnixMillis) {
        if server < self.state.initial_sync_at {
            self.state.initial_sync_at = server;
            cx.store(Change::Sync(self.state));
        }
    }

    /// When the initial sync was requested, by the server's clock.
    pub(super) fn initial_sync_at(&self) -> UnixMillis {
        self.state.initial_sync_at
    }

    /// Whether the initial sync has not begun.
    pub(super) fn awaits_initial_sync(&self) -> bool {
        self.state.initial_sync_at == 0
    }

    /// Whether everything that the server told to be there was brought.
    pub(super) fn is_complete(&self) -> bool {
        !self.is_under_way
            && self.wanted.is_none()
            && self.state.unfinished.is_none()
            && !self.awaits_initial_sync()
    }

    /// Whether the initial sync is not complete, so that conversations may be unknown.
    pub(super) fn is_initial_sync_incomplete(&self) -> bool {
        self.is_initial_sync(true) || self.is_initial_sync(false)
    }

    /// Whether the next page belongs to the initial sync, whose messages are history.
    fn is_initial_sync(&self, first: bool) -> bool {
        if first {
            self.awaits_initial_sync()
        } else {
            self.state.unfinished.is_some_and(|(low, _)| low == 0)
        }
    }

    /// Requests one page at a time, because the unfinished range depends on the previous page.
    pub(super) fn pump(&mut self, cx: &mut Context) {
        if self.is_under_way || self.retry_at > cx.now() {
            return;
        }
        let SyncState { cursor, unfinished, .. } = self.state;
        let limit = limits::SYNC_PAGE;
        let (first, request) = if let Some(latest) = self.wanted.take() {
            self.asked = Some(latest);
            (true, SyncRequest { from: cursor, before: None, limit, latest })
        } else if let Some((low, before)) = unfinished {
            let from = Cursor { version: low, ..cursor };
            (false, SyncRequest { from, before: Some(before), limit, latest: LATEST })
        } else {
            return;
        };
        self.is_under_way = true;
        cx.ask(Purpose::Sync { first }, request);
    }

    /// Handles the reply to a sync. `welcomed_at` is when the server accepted the login.
    pub(super) fn came(
        &mut self,
        cx: &mut Context,
        first: bool,
        result: Result<SyncPage, Fault>,
        welcomed_at: UnixMillis,
    ) -> Synced {
        self.is_under_way = false;
        let page = match result {
            Ok(page) => page,
            Err(fault) if fault.code.is_retryable() => return self.later(cx, fault.retry_after),
            Err(fault) => return Synced::Reconnect { retry_after: fault.retry_after },
        };
        let asked_before = self.state.unfinished.filter(|_| !first).map(|(_, before)| before);
        if page.next >= asked_before && page.next.is_some() && asked_before.is_some() {
            // The page made no progress; an immediate retry would get the same reply.
            return self.later(cx, None);
        }
        self.refusals = 0;
        let conversations = page.conversations.len();
        cx.trace(|| Trace::Synced { conversations, first });
        if (page.reset && !self.awaits_initial_sync()) || self.is_other_epoch(page.cursor.epoch) {
            return Synced::Reset;
        }
        let is_initial_sync = self.is_initial_sync(first);
        if first {
            self.asked = None;
            if is_initial_sync {
                self.state.initial_sync_at = welcomed_at;
            }
        }
        self.state = advance(self.state, first, page.cursor, page.next);
        cx.store(Change::Sync(self.state));
        cx.count_unreadable(Unreadable::Change, page.changes.unreadable);
        cx.count_unreadable(Unreadable::Conversation, page.conversations.unreadable);
        Synced::Page { page, is_initial_sync }
    }

    /// Retries a sync that was refused for now, over the same connection.
    fn later(&mut self, cx: &mut Context, retry_after: Option<u32>) -> Synced {
        self.lost();
        let pause = cx.backoff(self.refusals).max(retry_after.map_or(0, i64::from));
        self.refusals = self.refusals.saturating_add(1);
        self.retry_at = cx.now() + pause;
        Synced::Later
    }

    /// The sync in flight will not be answered: requests it again.
    pub(super) fn lost(&mut self) {
        self.is_under_way = false;
        if let Some(latest) = self.asked.take() {
            self.want(latest);
        }
    }

    /// When a sync may be requested again.
    pub(super) fn due(&self, now: i64) -> Option<i64> {
        let is_waiting = self.wanted.is_some() || self.state.unfinished.is_some();
        (is_waiting && self.retry_at > now).then_some(self.retry_at)
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
