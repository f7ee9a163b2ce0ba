//! The clocks of the device, in milliseconds, and its alarm.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

pub(super) use tokio::time::sleep;

/// A clock that never jumps.
pub(super) struct Clock(Instant);

impl Clock {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// Since it was started.
    pub(super) fn elapsed(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// Since 1970, by the device's clock.
pub(crate) fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
