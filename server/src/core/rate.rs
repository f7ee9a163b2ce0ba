//! A rate limit with a burst: the generic cell rate algorithm.
//!
//! Pure: the time is an argument, in monotonic milliseconds.

/// A rate limit: a burst, and a sustained rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    burst: u64,
    /// How long an empty bucket takes to fill, in microseconds.
    full_in: i64,
}

impl Rate {
    /// A burst of `burst`, and `amount` per `period` milliseconds sustained. 0 counts as 1.
    #[must_use]
    pub fn new(burst: u64, amount: u64, period: i64) -> Self {
        let burst = burst.max(1);
        let full_in = i128::from(burst) * i128::from(period) * 1_000 / i128::from(amount.max(1));
        Self { burst, full_in: i64::try_from(full_in).unwrap_or(i64::MAX / 4).clamp(1, i64::MAX / 4) }
    }

    /// How long the rate needs to refill `amount`, in microseconds. Capped at the burst, so that no amount is refused
    /// for ever.
    fn time_for(self, amount: u64) -> i64 {
        let amount = i128::from(amount.min(self.burst));
        i64::try_from(amount * i128::from(self.full_in) / i128::from(self.burst)).unwrap_or(self.full_in)
    }
}

/// The used part of a [`Rate`]: when the bucket will be full again, in monotonic microseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bucket {
    full_at: i64,
}

impl Bucket {
    /// Takes `amount` from the bucket.
    ///
    /// # Errors
    /// The milliseconds until `amount` is available; nothing is taken.
    pub fn take(&mut self, rate: Rate, amount: u64, now: i64) -> Result<(), u32> {
        self.check(rate, amount, now)?;
        self.charge(rate, amount, now);
        Ok(())
    }

    /// Checks whether `amount` is available.
    ///
    /// # Errors
    /// Like [`Bucket::take`].
    pub fn check(&self, rate: Rate, amount: u64, now: i64) -> Result<(), u32> {
        let used = (self.full_at - micros(now)).max(0).saturating_add(rate.time_for(amount));
        if used <= rate.full_in {
            return Ok(());
        }
        let wait = (used - rate.full_in).saturating_add(999) / 1_000;
        Err(u32::try_from(wait).unwrap_or(u32::MAX))
    }

    /// Takes `amount` even if it exceeds what is available: for usage that has already happened.
    pub fn charge(&mut self, rate: Rate, amount: u64, now: i64) {
        self.full_at = self.full_at.max(micros(now)).saturating_add(rate.time_for(amount));
    }

    /// Whether the bucket is full, so that it need not be kept.
    #[must_use]
    pub fn is_full(&self, now: i64) -> bool {
        self.full_at <= micros(now)
    }
}

fn micros(ms: i64) -> i64 {
    ms.saturating_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEN_PER_SECOND: Rate = Rate { burst: 3, full_in: 300_000 };

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        assert_eq!(Rate::new(3, 10, 1_000), TEN_PER_SECOND);
        let mut bucket = Bucket::default();
        assert!((0..3).all(|_| bucket.take(TEN_PER_SECOND, 1, 0).is_ok()));
        assert_eq!(bucket.take(TEN_PER_SECOND, 1, 0), Err(100));
        assert_eq!(bucket.take(TEN_PER_SECOND, 1, 99), Err(1));
        assert_eq!(bucket.take(TEN_PER_SECOND, 1, 100), Ok(()));
        assert!(!bucket.is_full(399) && bucket.is_full(400));
    }

    #[test]
    fn a_clock_that_stands_still_or_turns_back_gives_nothing_away() {
        let rate = Rate::new(1, 10, 1_000);
        let mut bucket = Bucket::default();
        assert!(bucket.take(rate, 1, 1_000).is_ok());
        assert!(bucket.take(rate, 1, 0).is_err());
        assert!(bucket.take(rate, 1, 1_000).is_err());
    }

    #[test]
    fn what_was_used_beyond_the_burst_is_owed() {
        let mut bucket = Bucket::default();
        (0..4).for_each(|_| bucket.charge(TEN_PER_SECOND, 3, 0));
        assert_eq!(bucket.check(TEN_PER_SECOND, 1, 0), Err(1_000));
    }

    proptest! {
        #[test]
        fn over_any_time_no_more_passes_than_the_burst_and_the_rate_and_the_wait_it_names_is_enough(
            burst in 1_u64..500, amount in 1_u64..500, period in 1_i64..100_000,
            steps in proptest::collection::vec((0_i64..2_000, 1_u64..40), 1..200),
        ) {
            let rate = Rate::new(burst, amount, period);
            let (mut bucket, mut now, mut passed) = (Bucket::default(), 0, 0);
            for (pause, wanted) in steps {
                now += pause;
                match bucket.take(rate, wanted, now) {
                    Ok(()) => passed += wanted.min(burst),
                    Err(wait) => prop_assert!(bucket.check(rate, wanted, now + i64::from(wait)).is_ok()),
                }
            }
            let max = i128::from(burst) + i128::from(now) * i128::from(amount) / i128::from(period);
            // What a step takes is rounded down to a microsecond.
            prop_assert!(i128::from(passed) <= max + 200, "{passed} of {max}");
        }
    }
}
