//! The queue of queries for the reader threads: fair by user, so that one user's expensive queries do not delay others.
//!
//! Blocking, for the reader threads. Decides only which query is next.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tim_protocol::{Code, Fault};
use tokio::sync::oneshot;

use crate::core::fair::FairQueue;
use crate::core::ops::{Query, QueryResult, Refusal, UserKey};

/// Maximum number of waiting queries in total and per user. Further ones are refused with a retry delay.
const WAITING: usize = 4_096;
const WAITING_EACH: usize = 512;

/// Retry delay when a queue is full, in milliseconds.
pub(super) const BUSY_FOR_MS: u32 = 500;

/// Receives a result of the store.
pub(super) type ReplySender<T> = oneshot::Sender<Result<T, Refusal>>;

/// The user who is charged; `None` for queries before the user is known.
pub(super) type Asker = Option<UserKey>;

/// A query and the receiver of its result.
pub(super) type QueuedQuery = (Query, ReplySender<QueryResult>);

/// The queue in front of the reader threads.
pub(super) struct QueryQueue {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    waiting: FairQueue<Asker, QueuedQuery>,
    closed: bool,
}

impl Default for QueryQueue {
    fn default() -> Self {
        let waiting = FairQueue::new(WAITING, WAITING_EACH);
        Self { state: Mutex::new(State { waiting, closed: false }), changed: Condvar::new() }
    }
}

impl QueryQueue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a query.
    ///
    /// # Errors
    /// [`Code::BUSY`] if too many wait, of this user or in total, or if the database is closed.
    pub(super) fn push(&self, queued: QueuedQuery) -> Result<(), Refusal> {
        let mut state = self.state();
        if state.closed {
            return Err(closed());
        }
        let asker = queued.0.asker();
        let pushed = state.waiting.push(asker, queued);
        drop(state);
        self.changed.notify_one();
        pushed.map_err(|_| Fault::new(Code::BUSY).retry_after(BUSY_FOR_MS))
    }

    /// Waits for the next query; `None` once the queue is closed and empty.
    pub(super) fn next(&self) -> Option<(Asker, QueuedQuery)> {
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

    /// Charges a user with the time that a query took.
    pub(super) fn charge(&self, asker: Asker, took: Duration) {
        let cost = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.state().waiting.charge(&asker, cost);
    }

    /// Refuses further queries. Waiting ones are still answered.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }
}

/// The refusal after the store was closed.
pub(super) fn closed() -> Refusal {
    Fault::with_text(Code::BUSY, "the database is closed: the server is ending")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ops::Actor;
    use tim_protocol::UserId;
    use tim_protocol::call::GetProfilesRequest;

    fn ask(user: i64) -> QueuedQuery {
        let actor =
            Actor { app: 1, user: UserId::new("mallory").unwrap(), key: UserKey(user), session: None };
        (Query::request(&actor, GetProfilesRequest { user_id_list: Vec::new() }), oneshot::channel().0)
    }

    #[test]
    fn alices_question_is_next_however_many_of_mallorys_wait_and_however_long_they_take() {
        let query_queue = QueryQueue::default();
        (0..100).for_each(|_| query_queue.push(ask(66)).unwrap());
        for _ in 0..10 {
            let (asker, _) = query_queue.next().unwrap();
            query_queue.charge(asker, Duration::from_millis(50));
        }
        query_queue.push(ask(1)).unwrap();
        query_queue.push((Query::App { app: 1 }, oneshot::channel().0)).unwrap();
        let next = [query_queue.next().unwrap().0, query_queue.next().unwrap().0];
        assert_eq!(next, [Some(UserKey(1)), None]);
    }

    #[test]
    fn one_asker_is_busy_while_others_are_not_and_what_was_accepted_is_answered_before_the_end() {
        let query_queue = QueryQueue::default();
        (0..WAITING_EACH).for_each(|_| query_queue.push(ask(66)).unwrap());
        assert_eq!(query_queue.push(ask(66)).unwrap_err().code, Code::BUSY);
        query_queue.push(ask(1)).unwrap();
        query_queue.close();
        assert_eq!(query_queue.push(ask(2)).unwrap_err().code, Code::BUSY);
        assert_eq!(std::iter::from_fn(|| query_queue.next()).count(), WAITING_EACH + 1);
    }
}
