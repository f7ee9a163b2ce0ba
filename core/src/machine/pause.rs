//! Backoff, and when it is reset.
//!
//! The backoff is reset by a connection that was useful and lasted for a while. Every shorter connection increases it,
//! so nothing that a server sends can make the engine reconnect in a tight loop.

use super::Machine;
use super::link::Link;
use super::trace::Trace;
use crate::event::NetState;

/// First and longest bound of the random pause before another attempt, in milliseconds.
const BACKOFF_MS: [i64; 2] = [500, 60_000];
/// How long a useful connection has to last to reset the backoff, in milliseconds.
pub(super) const GOOD_AFTER_MS: i64 = 5_000;

/// Failures in a row.
#[derive(Default)]
pub(super) struct Failures {
    /// Attempts since the last reset; the backoff depends on it.
    pub(super) attempts: u32,
    /// Epoch changes since the last reset.
    pub(super) epoch_changes: u32,
}

impl Machine {
    /// Waits before the next attempt, at least as long as the server asked for.
    pub(super) fn pause(&mut self, retry_after: Option<u32>) {
        let until =
            self.now.monotonic + self.backoff(self.failures.attempts).max(retry_after.map_or(0, i64::from));
        self.failures.attempts = self.failures.attempts.saturating_add(1);
        let ms = until - self.now.monotonic;
        self.trace(|| Trace::Pausing { ms });
        self.link = Link::Pause { until };
        self.net_state(NetState::Disconnected);
    }

    pub(super) fn store_pause(&mut self) {
        let until = self.now.monotonic + self.backoff(self.failures.attempts).max(BACKOFF_MS[0]);
        self.failures.attempts = self.failures.attempts.saturating_add(1);
        self.link = Link::StorePause { until };
        self.net_state(NetState::Disconnected);
    }

    /// Full jitter: a random delay up to a bound that doubles. Prevents all clients from reconnecting at once after a
    /// server restart.
    pub(super) fn backoff(&mut self, attempt: u32) -> i64 {
        let [first, longest] = BACKOFF_MS;
        let bound =
            first.saturating_mul(1_i64.checked_shl(attempt).unwrap_or(i64::MAX)).clamp(first, longest);
        self.rng.i64(0..=bound)
    }

    /// Connects once the store is open: at once after the first epoch change, with backoff after further ones.
    pub(super) fn connect_after_open(&mut self) {
        if self.failures.epoch_changes > 1 { self.pause(None) } else { self.connect() }
    }

    /// Opens the store again after an epoch change.
    pub(super) fn reopen_for_new_epoch(&mut self) {
        self.failures.epoch_changes = self.failures.epoch_changes.saturating_add(1);
        self.open_store();
    }
}
