//! The server's clocks, as input for the rules.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::core::Now;

/// Tells the time since it was made, and the time of day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock(Instant);

impl Clock {
    /// A clock whose monotonic time begins now.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// The time.
    pub(crate) fn now(self) -> Now {
        let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Now {
            monotonic: ms(self.0.elapsed()),
            wall: ms(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
        }
    }
}
