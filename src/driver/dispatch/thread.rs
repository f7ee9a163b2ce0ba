//! The thread that calls listeners, which may block it.

use std::sync::{Arc, Condvar, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

use tim_protocol::Code;
use tokio::sync::watch;

use super::queue::Queue;
use super::shared::{DispatchShared, Next};
use crate::error::TimError;

/// How long the end waits for a listener that has not returned.
pub(super) const END_WITHIN: Duration = Duration::from_secs(5);

/// The thread. Cheap to clone.
#[derive(Clone)]
pub(super) struct Thread {
    id: ThreadId,
    wake: Arc<Condvar>,
    ended: watch::Receiver<bool>,
}

impl Thread {
    /// Starts it.
    ///
    /// # Errors
    /// [`Code::RUNTIME_FAILED`] if the system refuses it.
    pub(super) fn start(shared: Arc<DispatchShared>) -> Result<Self, TimError> {
        let (end, ended) = watch::channel(false);
        let wake = Arc::<Condvar>::default();
        let woken = Arc::clone(&wake);
        let run = move || {
            run(&shared, &woken);
            let _ = end.send(true);
        };
        let thread = std::thread::Builder::new().name("tim-listener".into()).spawn(run);
        let thread = thread.map_err(|_| TimError::new(Code::RUNTIME_FAILED))?;
        Ok(Self { id: thread.thread().id(), wake, ended })
    }

    /// Events wait, or the end.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Whether this is the thread.
    pub(super) fn is_this(&self) -> bool {
        self.id == std::thread::current().id()
    }

    /// Waits for its end, unless a listener has not returned for [`END_WITHIN`].
    pub(super) async fn ended(&self, shared: &DispatchShared) {
        let mut ended = self.ended.clone();
        let mut returned = shared.lock().returned;
        while tokio::time::timeout(END_WITHIN, ended.wait_for(|ended| *ended)).await.is_err() {
            let before = std::mem::replace(&mut returned, shared.lock().returned);
            if returned == before {
                return give_up(shared);
            }
        }
    }
}

/// Drops all events and listeners, because a listener has not returned.
fn give_up(shared: &DispatchShared) {
    let mut state = shared.lock();
    state.waiting = Queue::default();
    let listeners = std::mem::take(&mut state.listeners);
    drop(state);
    drop(listeners);
}

fn run(shared: &DispatchShared, woken: &Condvar) {
    let mut state = shared.lock();
    loop {
        match DispatchShared::next(&mut state) {
            Next::Deliver(batch, listeners) => {
                drop(state);
                shared.deliver_all(batch, &listeners);
                drop(listeners);
                state = shared.lock();
            }
            Next::Wait => state = woken.wait(state).unwrap_or_else(PoisonError::into_inner),
            Next::End(listeners) => {
                drop(state);
                return drop(listeners);
            }
        }
    }
}
