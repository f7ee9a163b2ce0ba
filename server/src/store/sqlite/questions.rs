//! Questions that wait for a reader thread: a fair queue by who asks, so that nobody's costly questions hold up others'.
//!
//! Blocking, for the reader threads. Decides nothing but whose question is next.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tim_protocol::Code;
use tim_protocol::frame::Fault;
use tokio::sync::oneshot;

use crate::core::fair::FairQueue;
use crate::core::ops::{Find, Found, Refusal, UserKey};

/// Most questions that wait in all, and most of one asker's among them. Beyond it they are refused with a pause.
const WAITING: usize = 4_096;
const WAITING_EACH: usize = 512;

/// After this many milliseconds whoever found a queue full may come again.
pub(super) const BUSY_FOR_MS: u32 = 500;

/// Where an answer of the store goes.
pub(super) type Reply<T> = oneshot::Sender<Result<T, Refusal>>;

/// Who asks: a user, or `None` for everything that is asked before a user is known.
pub(super) type Asker = Option<UserKey>;

/// A question and where its answer goes.
pub(super) type Question = (Find, Reply<Found>);

/// The queue between the server and its reader threads.
pub(super) struct Questions {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    waiting: FairQueue<Asker, Question>,
    closed: bool,
}

impl Default for Questions {
    fn default() -> Self {
        let waiting = FairQueue::new(WAITING, WAITING_EACH);
        Self { state: Mutex::new(State { waiting, closed: false }), changed: Condvar::new() }
    }
}

impl Questions {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a question.
    ///
    /// # Errors
    /// [`Code::BUSY`] if too many wait, of this asker or in all, or if the database is closed.
    pub(super) fn push(&self, question: Question) -> Result<(), Refusal> {
        let mut state = self.state();
        if state.closed {
            return Err(closed());
        }
        let asker = question.0.asker();
        let pushed = state.waiting.push(asker, question);
        drop(state);
        self.changed.notify_one();
        pushed.map_err(|_| Fault::new(Code::BUSY).retry_after(BUSY_FOR_MS))
    }

    /// Waits for the next question; `None` once the queue is closed and empty.
    pub(super) fn next(&self) -> Option<(Asker, Question)> {
        let mut state = self.state();
        loop {
            if let Some(next) = state.waiting.pop() {
                return Some(next);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Counts the time that an asker's question took.
    pub(super) fn charge(&self, asker: Asker, took: Duration) {
        let cost = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.state().waiting.charge(&asker, cost);
    }

    /// Lets nobody else ask. What waits is still answered.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }
}

/// What is answered once the store is closed.
pub(super) fn closed() -> Refusal {
    Fault::with_text(Code::BUSY, "the database is closed: the server is ending")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ops::Actor;
    use tim_protocol::UserId;
    use tim_protocol::call::GetProfiles;

    fn ask(user: i64) -> Question {
        let actor =
            Actor { app: 1, user: UserId::new("mallory").unwrap(), key: UserKey(user), session: None };
        (Find::request(&actor, GetProfiles { user_id_list: Vec::new() }), oneshot::channel().0)
    }

    #[test]
    fn alices_question_is_next_however_many_of_mallorys_wait_and_however_long_they_take() {
        let questions = Questions::default();
        (0..100).for_each(|_| questions.push(ask(66)).unwrap());
        for _ in 0..10 {
            let (asker, _) = questions.next().unwrap();
            questions.charge(asker, Duration::from_millis(50));
        }
        questions.push(ask(1)).unwrap();
        questions.push((Find::App { app: 1 }, oneshot::channel().0)).unwrap();
        let next = [questions.next().unwrap().0, questions.next().unwrap().0];
        assert_eq!(next, [Some(UserKey(1)), None]);
    }

    #[test]
    fn one_asker_is_busy_while_others_are_not_and_what_was_accepted_is_answered_before_the_end() {
        let questions = Questions::default();
        (0..WAITING_EACH).for_each(|_| questions.push(ask(66)).unwrap());
        assert_eq!(questions.push(ask(66)).unwrap_err().code, Code::BUSY);
        questions.push(ask(1)).unwrap();
        questions.close();
        assert_eq!(questions.push(ask(2)).unwrap_err().code, Code::BUSY);
        assert_eq!(std::iter::from_fn(|| questions.next()).count(), WAITING_EACH + 1);
    }
}
