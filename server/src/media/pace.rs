//! The minimum rate of transfers: a transfer that falls behind it is ended.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The operator's settings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeastPace {
    /// The sustained rate.
    pub(crate) bytes_per_second: u32,
    /// How far a transfer may fall behind the rate.
    pub(crate) patience: Duration,
}

/// The pace of one transfer.
pub(crate) struct Pace {
    least: LeastPace,
    began: Instant,
    moved: AtomicU64,
}

impl LeastPace {
    /// A transfer begins.
    pub(crate) fn start(self) -> Pace {
        Pace { least: self, began: Instant::now(), moved: AtomicU64::new(0) }
    }
}

impl Pace {
    /// Counts transferred bytes.
    pub(crate) fn add(&self, bytes: usize) {
        self.moved.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// The deadline of the next byte.
    pub(crate) fn deadline(&self) -> Instant {
        let moved = self.moved.load(Ordering::Relaxed);
        let earned = moved.saturating_mul(1_000) / u64::from(self.least.bytes_per_second.max(1));
        self.began + self.least.patience + Duration::from_millis(earned)
    }

    /// Completes when the transfer has fallen behind the rate.
    pub(crate) async fn stalled(&self) {
        while self.deadline() > Instant::now() {
            tokio::time::sleep_until(self.deadline()).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least() -> LeastPace {
        LeastPace { bytes_per_second: 1_000, patience: Duration::from_secs(30) }
    }

    #[tokio::test(start_paused = true)]
    async fn a_dripping_transfer_ends_when_its_patience_does() {
        let (pace, began) = (least().start(), Instant::now());
        let drip = async {
            loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
                pace.add(1);
            }
        };
        tokio::select! {
            () = pace.stalled() => {}
            () = drip => {}
        }
        assert_eq!(began.elapsed().as_secs(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn a_steady_one_may_take_as_long_as_it_needs() {
        let pace = least().start();
        for _ in 0..600 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            pace.add(1_000);
        }
        assert!(pace.deadline() > Instant::now());
    }
}
