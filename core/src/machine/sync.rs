//! Following the user's changes: syncs by cursor, page by page, and what tells that one is needed.
//!
//! The cursor moves in the same commit as what the page brought. A sync that did not get to its end is remembered as
//! the range of versions still to be asked for.

use tim_protocol::call::{Sync, SyncPage};
use tim_protocol::conversation::Cursor;
use tim_protocol::frame::Fault;
use tim_protocol::limits;

use super::Machine;
use super::calls::Purpose;
use super::trace::Trace;
use super::unreadable::Unreadable;
use crate::stored::{Change, SyncState};

/// How many of the newest messages come along with each conversation after a break.
pub(super) const LATEST: u32 = limits::SYNC_LATEST;

/// How far the present sync has come.
#[derive(Default)]
pub(super) struct Progress {
    /// A sync is wanted, with so many messages for each conversation.
    wanted: Option<u32>,
    /// The one under way was to bring so many; what is wanted meanwhile is another one.
    asked: Option<u32>,
    /// How often in a row the server refused one for now, and until when it is therefore left in peace, on the monotonic
    /// clock.
    refusals: u32,
    calm_until: i64,
}

impl Machine {
    /// Changes were missed, or may have been.
    pub(super) fn want_sync(&mut self, latest: u32) {
        self.sync.wanted = Some(self.sync.wanted.map_or(latest, |wanted| wanted.max(latest)));
    }

    /// A heartbeat told the newest cursor: beyond ours, something did not reach us. Messages that did are not asked
    /// for again.
    pub(super) fn newest_cursor(&mut self, newest: Cursor) {
        let ours = self.data.sync.cursor;
        if newest.epoch != ours.epoch || newest.version > ours.version {
            self.want_sync(0);
        }
    }

    /// Asks for one page at a time: what is left of one sync depends on what another brought.
    pub(super) fn pump_sync(&mut self) {
        let is_under_way = [true, false].into_iter().any(|first| self.is_asked(&Purpose::Sync { first }));
        if is_under_way || self.sync.calm_until > self.now.monotonic {
            return;
        }
        let SyncState { cursor, unfinished, .. } = self.data.sync;
        if let Some(latest) = self.sync.wanted.take() {
            self.sync.asked = Some(latest);
            let sync = Sync { from: cursor, before: None, limit: limits::SYNC_PAGE, latest };
            self.ask(Purpose::Sync { first: true }, sync);
        } else if let Some((low, before)) = unfinished {
            let from = Cursor { version: low, ..cursor };
            let sync = Sync { from, before: Some(before), limit: limits::SYNC_PAGE, latest: LATEST };
            self.ask(Purpose::Sync { first: false }, sync);
        }
    }

    pub(super) fn synced(&mut self, first: bool, result: Result<SyncPage, Fault>) {
        let page = match result {
            Ok(page) => page,
            Err(fault) if fault.code.is_retryable() => return self.sync_later(fault.retry_after),
            // Perhaps the next connection finds a server that can; it syncs again.
            Err(fault) => {
                self.hang_up();
                self.forget_session();
                return self.pause(fault.retry_after);
            }
        };
        let asked_before = self.data.sync.unfinished.filter(|_| !first).map(|(_, before)| before);
        if page.next >= asked_before && page.next.is_some() && asked_before.is_some() {
            // It comes no nearer to the end: asking again at once would bring the same.
            return self.sync_later(None);
        }
        self.sync.refusals = 0;
        let conversations = page.conversations.len();
        self.trace(|| Trace::Synced { conversations, first });
        if (page.reset && !self.data.sync.is_blank()) || self.is_other_life(page.cursor.epoch) {
            return self.begin_anew();
        }
        let is_picture = self.data.sync.is_picture(first);
        if first && is_picture {
            self.data.sync.since = self.login.as_ref().map_or(0, |login| login.welcomed_at);
        }
        self.data.sync = advance(self.data.sync, first, page.cursor, page.next);
        self.store(Change::Sync(self.data.sync));
        if first {
            self.sync.asked = None;
            self.of_use();
        }
        self.pass_over(Unreadable::Change, page.changes.unreadable);
        self.pass_over(Unreadable::Conversation, page.conversations.unreadable);
        // Groups before conversations: a conversation's kind is known by then.
        for change in page.changes {
            self.changed(change);
        }
        for state in page.conversations {
            self.apply_state(state, is_picture);
        }
        if first {
            self.ready();
        }
    }

    /// The server cannot answer a sync now. The connection is as good as before.
    fn sync_later(&mut self, retry_after: Option<u32>) {
        self.sync_lost();
        let pause = self.backoff(self.sync.refusals).max(retry_after.map_or(0, i64::from));
        self.sync.refusals = self.sync.refusals.saturating_add(1);
        self.sync.calm_until = self.now.monotonic + pause;
    }

    /// The one under way brings nothing: it is wanted still.
    pub(super) fn sync_lost(&mut self) {
        if let Some(latest) = self.sync.asked.take() {
            self.want_sync(latest);
        }
    }

    pub(super) fn sync_due(&self) -> Option<i64> {
        let is_waiting = self.sync.wanted.is_some() || self.data.sync.unfinished.is_some();
        let due = self.sync.calm_until;
        (self.link.is_live() && is_waiting && due > self.now.monotonic).then_some(due)
    }

    /// The server's data is a copy that is older than what we know. Forget what came from it, send again what was sent
    /// last, and ask for everything.
    pub(super) fn begin_anew(&mut self) {
        self.cancel_uploads();
        self.hang_up();
        self.forget_session();
        self.store(Change::Reset);
        self.turn.durable = true;
        self.finish();
        self.open_next_life();
    }
}

impl SyncState {
    /// Whether the first picture is still to come.
    pub(super) fn is_blank(self) -> bool {
        self.since == 0
    }

    /// Whether there may be conversations of which no page of the first picture has told yet.
    pub(super) fn is_incomplete(self) -> bool {
        self.is_picture(true) || self.is_picture(false)
    }

    /// Whether the page that comes belongs to a new device's first picture: then its messages are history, not news.
    fn is_picture(self, first: bool) -> bool {
        if first { self.is_blank() } else { self.unfinished.is_some_and(|(low, _)| low == 0) }
    }
}

/// Where the client stands after a page.
fn advance(state: SyncState, first: bool, upper: Cursor, next: Option<u64>) -> SyncState {
    let SyncState { cursor, unfinished, since } = state;
    if !first {
        let unfinished = unfinished.and_then(|(low, _)| next.map(|next| (low, next)));
        return SyncState { cursor, unfinished, since };
    }
    let unfinished = match (next, unfinished) {
        // What an earlier sync left lies below what this one leaves: one range covers both.
        (Some(next), Some((low, _))) => Some((low, next)),
        (Some(next), None) => Some((cursor.version, next)),
        (None, left) => left,
    };
    SyncState { cursor: upper, unfinished, since }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(version: u64) -> Cursor {
        Cursor { epoch: 1, version }
    }

    fn state(cursor: Cursor, unfinished: Option<(u64, u64)>) -> SyncState {
        SyncState { cursor, unfinished, since: 7 }
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
