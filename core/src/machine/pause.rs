//! Pauses before something is tried again, and which connections make them short again.
//!
//! A connection is good once it has been of use for a while. One that ends sooner, for whatever reason, makes the next
//! pause longer: no frame, answer or welcome can make the engine try again without an end at full speed.

use super::Machine;
use super::link::Link;
use super::trace::Trace;
use crate::event::NetState;

/// First and longest bound of the random pause before another attempt, in milliseconds.
const BACKOFF_MS: [i64; 2] = [500, 60_000];
/// How long a connection has to stand until it is good, in milliseconds.
pub(super) const GOOD_AFTER_MS: i64 = 5_000;

/// Failures in a row.
#[derive(Default)]
pub(super) struct Failures {
    /// Connections that were not good; what the next pause is drawn from.
    pub(super) attempts: u32,
    /// New lives of the server's data, without a good connection in between.
    pub(super) new_lives: u32,
}

impl Machine {
    /// Draws the pause before the next attempt; at least as long as the server asked for.
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

    /// Full jitter: anything from nothing to a bound that doubles. Without it a restarted server meets all its clients
    /// at once.
    pub(super) fn backoff(&mut self, attempt: u32) -> i64 {
        let [first, longest] = BACKOFF_MS;
        let bound =
            first.saturating_mul(1_i64.checked_shl(attempt).unwrap_or(i64::MAX)).clamp(first, longest);
        self.choices.i64(0..=bound)
    }

    /// Connects once the store is open: at once for the first new life of the server's data, later for each that follows.
    pub(super) fn connect_to_life(&mut self) {
        if self.failures.new_lives > 1 { self.pause(None) } else { self.connect() }
    }

    /// Opens the store anew, because the server's data began a new life.
    pub(super) fn open_next_life(&mut self) {
        self.failures.new_lives = self.failures.new_lives.saturating_add(1);
        self.open_store();
    }
}
