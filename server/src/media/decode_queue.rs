//! The queue of files to be examined: fair by user and time.
//!
//! Small images have a lane of their own, so that they never wait for a large one, and so have mergers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tim_protocol::{Code, Fault};
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::core::fair::FairQueue;
use crate::core::ops::UserKey;
use crate::core::shares::Shares;

/// A picture of up to so many pixels is small: it is decoded in a fraction of a second, in few megabytes.
const SMALL_PIXELS: u64 = 4_000_000;
/// Files examined at once in each lane; a large one may take much memory for a moment.
const AT_ONCE: usize = 1;
/// Most files that wait in a lane, and most of one user's among them.
const WAITING: usize = 1_024;
const WAITING_EACH: usize = 16;
/// Retry delay when a lane is full, in milliseconds.
const FULL_FOR_MS: u32 = 2_000;

/// The queues of a server.
#[derive(Clone)]
pub(crate) struct DecodeQueue {
    small: Lane,
    large: Lane,
    mergers: Lane,
}

/// What a permit is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    /// To decode an image of this many pixels.
    Picture(u64),
    /// To read a merger.
    Merger,
}

/// One queue, one file at a time.
#[derive(Clone)]
struct Lane {
    state: Arc<Mutex<State>>,
    shares: Arc<Shares>,
    clock: Clock,
}

struct State {
    waiting: FairQueue<UserKey, oneshot::Sender<DecodePermit>>,
    running: usize,
}

/// The permit to examine one file. Dropping it releases the permit and charges the user with the elapsed time.
pub(crate) struct DecodePermit {
    lane: Lane,
    user: UserKey,
    began: Instant,
}

impl DecodeQueue {
    /// Empty queues. The time that permits are held counts for their users' shares.
    pub(crate) fn new(shares: Arc<Shares>, clock: Clock) -> Self {
        let lane = || {
            let waiting = FairQueue::new(WAITING, WAITING_EACH);
            let state = Arc::new(Mutex::new(State { waiting, running: 0 }));
            Lane { state, shares: Arc::clone(&shares), clock }
        };
        Self { small: lane(), large: lane(), mergers: lane() }
    }

    /// Waits for the permit to do this work.
    ///
    /// # Errors
    /// [`Code::BUSY`] if too many files wait already.
    pub(crate) async fn take(&self, user: UserKey, work: Work) -> Result<DecodePermit, Fault> {
        let (name, lane) = match work {
            Work::Picture(..=SMALL_PIXELS) => ("small", &self.small),
            Work::Picture(_) => ("large", &self.large),
            Work::Merger => ("merger", &self.mergers),
        };
        let began = Instant::now();
        let permit = lane.take(user).await?;
        metrics::histogram!("tim_decoding_wait_seconds", "lane" => name).record(began.elapsed());
        Ok(permit)
    }
}

impl Lane {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take(&self, user: UserKey) -> Result<DecodePermit, Fault> {
        let (sender, permit) = oneshot::channel();
        if self.state().waiting.push(user, sender).is_err() {
            return Err(Fault::new(Code::BUSY).retry_after(FULL_FOR_MS));
        }
        self.serve();
        permit.await.map_err(|_| Code::BUSY.into())
    }

    /// Hands out free permits. A permit whose receiver is gone is released at once by being dropped.
    fn serve(&self) {
        loop {
            let mut state = self.state();
            if state.running >= AT_ONCE {
                return;
            }
            let Some((user, sender)) = state.waiting.pop() else { return };
            state.running += 1;
            drop(state);
            let _ = sender.send(DecodePermit { lane: self.clone(), user, began: Instant::now() });
        }
    }
}

impl Drop for DecodePermit {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        let count = |time: u128| u64::try_from(time).unwrap_or(u64::MAX);
        let Lane { shares, clock, .. } = &self.lane;
        shares.decoded(self.user, count(took.as_millis()), clock.now().monotonic);
        let mut state = self.lane.state();
        state.running -= 1;
        state.waiting.charge(&self.user, count(took.as_micros()));
        drop(state);
        self.lane.serve();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::time::Duration;
    use tokio::sync::mpsc;

    const LARGE: Work = Work::Picture(SMALL_PIXELS + 1);
    const ALICE: UserKey = UserKey(1);
    const MALLORY: UserKey = UserKey(2);

    fn decode_queue() -> DecodeQueue {
        DecodeQueue::new(Arc::new(Shares::new(Config::default().shares())), Clock::start())
    }

    /// Queues up for a turn, and tells who when it comes; the turn ends at once.
    fn queue_up(decode_queue: &DecodeQueue, user: UserKey, done: &mpsc::UnboundedSender<UserKey>) {
        let (decode_queue, done) = (decode_queue.clone(), done.clone());
        tokio::spawn(async move {
            let _turn = decode_queue.take(user, LARGE).await.ok().unwrap();
            done.send(user).unwrap();
        });
    }

    #[tokio::test]
    async fn alices_picture_goes_before_the_second_of_mallorys_ten() {
        let (decode_queue, (done, mut order)) = (decode_queue(), mpsc::unbounded_channel());
        let running = decode_queue.take(MALLORY, LARGE).await.ok().unwrap();
        (0..10).for_each(|_| queue_up(&decode_queue, MALLORY, &done));
        tokio::task::yield_now().await;
        queue_up(&decode_queue, ALICE, &done);
        tokio::task::yield_now().await;
        drop(running);
        assert_eq!(order.recv().await, Some(ALICE));
        for _ in 0..10 {
            assert_eq!(order.recv().await, Some(MALLORY));
        }
    }

    #[tokio::test]
    async fn a_small_picture_does_not_wait_for_a_large_one() {
        let decode_queue = decode_queue();
        let _large = decode_queue.take(MALLORY, LARGE).await.ok().unwrap();
        let _small = decode_queue.take(ALICE, Work::Picture(SMALL_PIXELS)).await.ok().unwrap();
    }

    #[tokio::test]
    async fn mergers_are_read_one_at_a_time_and_wait_for_no_picture() {
        let decode_queue = decode_queue();
        let _large = decode_queue.take(MALLORY, LARGE).await.ok().unwrap();
        let first = decode_queue.take(MALLORY, Work::Merger).await.ok().unwrap();
        let mut second = std::pin::pin!(decode_queue.take(ALICE, Work::Merger));
        assert!(tokio::time::timeout(Duration::ZERO, second.as_mut()).await.is_err());
        drop(first);
        assert!(second.await.is_ok());
    }

    #[tokio::test]
    async fn a_turn_that_nobody_waits_for_any_more_is_the_next_ones() {
        let decode_queue = decode_queue();
        let running = decode_queue.take(MALLORY, LARGE).await.ok().unwrap();
        let given_up = tokio::time::timeout(Duration::ZERO, decode_queue.take(MALLORY, LARGE)).await;
        assert!(given_up.is_err());
        let next = tokio::spawn({
            let decode_queue = decode_queue.clone();
            async move { decode_queue.take(ALICE, LARGE).await.is_ok() }
        });
        drop(running);
        assert!(next.await.unwrap());
    }

    #[tokio::test]
    async fn one_user_cannot_fill_the_lane() {
        let decode_queue = decode_queue();
        let _running = decode_queue.take(MALLORY, LARGE).await.ok().unwrap();
        let (done, _order) = mpsc::unbounded_channel();
        (0..WAITING_EACH).for_each(|_| queue_up(&decode_queue, MALLORY, &done));
        tokio::task::yield_now().await;
        let refused = decode_queue.take(MALLORY, LARGE).await.err().unwrap();
        assert_eq!((refused.code, refused.retry_after), (Code::BUSY, Some(FULL_FOR_MS)));
    }
}
