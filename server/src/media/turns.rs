//! Whose picture is decoded next: a fair turn per user, by the time that decoding theirs has taken.
//!
//! Small pictures have a lane of their own, so that they never wait for a large one. Decides nothing about pictures and
//! decodes none.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tim_protocol::Code;
use tim_protocol::frame::Fault;
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::core::fair::FairQueue;
use crate::core::ops::UserKey;
use crate::core::shares::Shares;

/// A picture of up to so many pixels is small: it is decoded in a fraction of a second, in few megabytes.
const SMALL_PIXELS: u64 = 4_000_000;
/// Pictures decoded at once in each lane; a large one may take much memory for a moment.
const AT_ONCE: usize = 1;
/// Most pictures that wait in a lane, and most of one user's among them.
const WAITING: usize = 1_024;
const WAITING_EACH: usize = 16;
/// Whoever found a lane full may come again after this many milliseconds.
const FULL_FOR_MS: u32 = 2_000;

/// The turns of a server.
#[derive(Clone)]
pub(crate) struct Turns {
    small: Lane,
    large: Lane,
}

/// One queue, one picture at a time.
#[derive(Clone)]
struct Lane {
    state: Arc<Mutex<State>>,
    shares: Arc<Shares>,
    clock: Clock,
}

struct State {
    waiting: FairQueue<UserKey, oneshot::Sender<Turn>>,
    running: usize,
}

/// Leave to decode one picture. Dropping it ends the turn, and its user has used the time.
pub(crate) struct Turn {
    lane: Lane,
    user: UserKey,
    began: Instant,
}

impl Turns {
    /// Nobody's turn yet. The time that turns take counts for their users' shares.
    pub(crate) fn new(shares: Arc<Shares>, clock: Clock) -> Self {
        let lane = || {
            let waiting = FairQueue::new(WAITING, WAITING_EACH);
            let state = Arc::new(Mutex::new(State { waiting, running: 0 }));
            Lane { state, shares: Arc::clone(&shares), clock }
        };
        Self { small: lane(), large: lane() }
    }

    /// Waits for a user's turn to decode a picture of so many pixels.
    ///
    /// # Errors
    /// [`Code::BUSY`] if too many pictures wait already.
    pub(crate) async fn take(&self, user: UserKey, pixels: u64) -> Result<Turn, Fault> {
        let (name, lane) =
            if pixels <= SMALL_PIXELS { ("small", &self.small) } else { ("large", &self.large) };
        let began = Instant::now();
        let turn = lane.take(user).await?;
        metrics::histogram!("tim_decoding_wait_seconds", "lane" => name).record(began.elapsed());
        Ok(turn)
    }
}

impl Lane {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take(&self, user: UserKey) -> Result<Turn, Fault> {
        let (sender, turn) = oneshot::channel();
        if self.state().waiting.push(user, sender).is_err() {
            return Err(Fault::new(Code::BUSY).retry_after(FULL_FOR_MS));
        }
        self.serve();
        turn.await.map_err(|_| Code::BUSY.into())
    }

    /// Gives out the turns that are free. One that nobody waits for any more comes back here by its own end.
    fn serve(&self) {
        loop {
            let mut state = self.state();
            if state.running >= AT_ONCE {
                return;
            }
            let Some((user, sender)) = state.waiting.pop() else { return };
            state.running += 1;
            drop(state);
            let _ = sender.send(Turn { lane: self.clone(), user, began: Instant::now() });
        }
    }
}

impl Drop for Turn {
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

    const LARGE: u64 = SMALL_PIXELS + 1;
    const ALICE: UserKey = UserKey(1);
    const MALLORY: UserKey = UserKey(2);

    fn turns() -> Turns {
        Turns::new(Arc::new(Shares::new(Config::default().shares())), Clock::start())
    }

    /// Queues up for a turn, and tells who when it comes; the turn ends at once.
    fn queue_up(turns: &Turns, user: UserKey, done: &mpsc::UnboundedSender<UserKey>) {
        let (turns, done) = (turns.clone(), done.clone());
        tokio::spawn(async move {
            let _turn = turns.take(user, LARGE).await.ok().unwrap();
            done.send(user).unwrap();
        });
    }

    #[tokio::test]
    async fn alices_picture_goes_before_the_second_of_mallorys_ten() {
        let (turns, (done, mut order)) = (turns(), mpsc::unbounded_channel());
        let running = turns.take(MALLORY, LARGE).await.ok().unwrap();
        (0..10).for_each(|_| queue_up(&turns, MALLORY, &done));
        tokio::task::yield_now().await;
        queue_up(&turns, ALICE, &done);
        tokio::task::yield_now().await;
        drop(running);
        assert_eq!(order.recv().await, Some(ALICE));
        for _ in 0..10 {
            assert_eq!(order.recv().await, Some(MALLORY));
        }
    }

    #[tokio::test]
    async fn a_small_picture_does_not_wait_for_a_large_one() {
        let turns = turns();
        let _large = turns.take(MALLORY, LARGE).await.ok().unwrap();
        let _small = turns.take(ALICE, SMALL_PIXELS).await.ok().unwrap();
    }

    #[tokio::test]
    async fn a_turn_that_nobody_waits_for_any_more_is_the_next_ones() {
        let turns = turns();
        let running = turns.take(MALLORY, LARGE).await.ok().unwrap();
        let given_up = tokio::time::timeout(Duration::ZERO, turns.take(MALLORY, LARGE)).await;
        assert!(given_up.is_err());
        let next = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(ALICE, LARGE).await.is_ok() }
        });
        drop(running);
        assert!(next.await.unwrap());
    }

    #[tokio::test]
    async fn one_user_cannot_fill_the_lane() {
        let turns = turns();
        let _running = turns.take(MALLORY, LARGE).await.ok().unwrap();
        let (done, _order) = mpsc::unbounded_channel();
        (0..WAITING_EACH).for_each(|_| queue_up(&turns, MALLORY, &done));
        tokio::task::yield_now().await;
        let refused = turns.take(MALLORY, LARGE).await.err().unwrap();
        assert_eq!((refused.code, refused.retry_after), (Code::BUSY, Some(FULL_FOR_MS)));
    }
}
