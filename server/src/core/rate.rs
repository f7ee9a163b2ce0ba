//! A token bucket on the monotonic clock.

/// So many at once, so many per second in the long run.
#[derive(Debug)]
pub struct Bucket {
    /// Thousandths of a token.
    left: i64,
    since: i64,
    per_second: i64,
    burst: i64,
}

impl Bucket {
    /// A full bucket at `now`, in monotonic milliseconds.
    #[must_use]
    pub fn new(per_second: u32, burst: u32, now: i64) -> Self {
        let burst = i64::from(burst) * 1000;
        Self { left: burst, since: now, per_second: i64::from(per_second), burst }
    }

    /// Takes one token.
    ///
    /// # Errors
    /// How many milliseconds to wait for one.
    pub fn take(&mut self, now: i64) -> Result<(), u32> {
        // A token per second is a thousandth per millisecond.
        let gained = now.saturating_sub(self.since).max(0).saturating_mul(self.per_second);
        self.left = self.left.saturating_add(gained).min(self.burst);
        self.since = self.since.max(now);
        if self.left >= 1000 {
            self.left -= 1000;
            return Ok(());
        }
        let wait = (1000 - self.left) / self.per_second.max(1) + 1;
        Err(u32::try_from(wait).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let mut bucket = Bucket::new(10, 3, 0);
        assert!((0..3).all(|_| bucket.take(0).is_ok()));
        let wait = bucket.take(0).unwrap_err();
        assert!(bucket.take(i64::from(wait) - 2).is_err());
        assert!(bucket.take(i64::from(wait)).is_ok());
    }

    #[test]
    fn a_clock_that_stands_still_or_turns_back_gives_nothing_away() {
        let mut bucket = Bucket::new(10, 1, 1_000);
        assert!(bucket.take(1_000).is_ok());
        assert!(bucket.take(0).is_err());
        assert!(bucket.take(1_000).is_err());
    }
}
