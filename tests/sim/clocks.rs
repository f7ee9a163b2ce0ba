//! Clocks that are wrong: without a battery, before the time server answered, or set by somebody's hand.

use crate::device::DeviceId;
use crate::world::World;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How far a clock is off: most by little, some by so much that tokens are from the future or have expired.
pub fn error(rng: &mut fastrand::Rng) -> i64 {
    let max = [0, MINUTE, 10 * MINUTE, 5 * HOUR, 3 * DAY][rng.usize(0..5)];
    rng.i64(-max..=max)
}

impl World {
    /// Somebody sets a device's clock. Nobody sets it right again.
    pub fn set_device_clock(&mut self, id: DeviceId) {
        self.devices[id].skew = error(&mut self.rng);
    }

    /// Somebody sets the server's clock so that it is wrong by this much.
    pub fn set_server_clock(&mut self, skew: i64) {
        self.history.is_time_repeated |= skew < self.server.skew;
        self.server.skew = skew;
    }
}
