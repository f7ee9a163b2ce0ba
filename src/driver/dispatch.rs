//! Delivers events to the listeners, one call at a time, without blocking the engine.
//!
//! A panic in a listener is reported and does not affect the others. If listeners are too slow, the oldest events are
//! dropped and reported as lost. `queue` holds the waiting events, `listeners` the registered listeners, `shared` both; `thread` calls
//! them, in a page `task`.

mod listeners;
mod queue;
mod shared;
#[cfg_attr(target_family = "wasm", path = "dispatch/task.rs")]
mod thread;

use std::sync::Arc;

#[cfg(doc)]
use tim_protocol::Code;
use tim_protocol::ConversationId;

use crate::error::TimError;
use crate::event::{Event, EventListener};
use listeners::Listeners;
use shared::DispatchShared;
use thread::Thread;

pub(crate) use listeners::Hears;
pub use listeners::ListenerId;

/// The listener thread of an instance. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Dispatch {
    shared: Arc<DispatchShared>,
    thread: Thread,
}

impl Dispatch {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`Code::RUNTIME_FAILED`] if the system refuses it.
    pub(crate) fn start() -> Result<Self, TimError> {
        let shared = Arc::<DispatchShared>::default();
        let thread = Thread::start(Arc::clone(&shared))?;
        Ok(Self { shared, thread })
    }

    pub(crate) fn add(&self, hears: Hears, listener: Arc<dyn EventListener>) -> ListenerId {
        let entry = Listeners::entry(hears, listener);
        let id = entry.id;
        let mut state = self.shared.lock();
        if state.ending {
            // It would receive nothing and never be dropped.
            drop(state);
            drop(entry);
        } else {
            state.listeners.add(entry);
        }
        id
    }

    pub(crate) fn remove(&self, id: ListenerId) {
        let removed = self.shared.lock().listeners.remove(id);
        // The host's own drop code must not run under the lock.
        drop(removed);
    }

    /// Queues an event for all listeners.
    pub(crate) fn emit(&self, event: Event) {
        let mut state = self.shared.lock();
        if state.ending {
            return;
        }
        state.waiting.push(event);
        self.thread.wake();
    }

    /// A store was opened: only events emitted from now on count as delivered to it.
    pub(crate) fn begin_store(&self) {
        let mut state = self.shared.lock();
        state.waiting.begin_store();
        state.delivered.clear();
    }

    /// Waits until listeners have returned from received messages, and returns up to which sequences.
    pub(crate) async fn delivered(&self) -> Vec<(ConversationId, u64)> {
        self.shared.has_delivered.notified().await;
        self.take_delivered()
    }

    /// What [`Dispatch::delivered`] would return now.
    pub(crate) fn take_delivered(&self) -> Vec<(ConversationId, u64)> {
        std::mem::take(&mut self.shared.lock().delivered).into_iter().collect()
    }

    /// Whether this is the listener thread, which must not wait for itself.
    pub(crate) fn is_this_thread(&self) -> bool {
        self.thread.is_this()
    }

    /// Delivers the waiting events and then `last`, and ends the thread. `last` is delivered even if other events were
    /// lost, and only once, however often this is called.
    pub(crate) fn end(&self, last: Event) {
        let mut state = self.shared.lock();
        if !state.ending {
            state.ending = true;
            state.waiting.push(last);
        }
        self.thread.wake();
    }

    /// Waits for the thread's end: no listener is called any more when this returns, unless one hangs.
    pub(crate) async fn ended(&self) {
        self.thread.ended(&self.shared).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};

    use tim_protocol::Code;

    use super::queue::error;
    use super::shared::AT_ONCE;
    use super::thread::END_WITHIN;
    use super::*;

    struct Slow {
        go_on: Mutex<mpsc::Receiver<()>>,
        heard: mpsc::Sender<Vec<Event>>,
    }

    impl EventListener for Slow {
        fn on_events(&self, events: &[Event]) {
            let _ = self.go_on.lock().unwrap().recv();
            self.heard.send(events.to_vec()).unwrap();
        }
    }

    struct Deaf;

    impl EventListener for Deaf {
        fn on_events(&self, _: &[Event]) {}
    }

    #[tokio::test]
    async fn a_listener_that_is_too_slow_loses_the_oldest_and_is_told_so_in_their_place() {
        let dispatch = Dispatch::start().unwrap();
        let (go, go_on) = mpsc::channel();
        let (heard, hears) = mpsc::channel();
        dispatch.add(Hears::All, Arc::new(Slow { go_on: Mutex::new(go_on), heard }));
        let numbered = |number: u32| Event::SdkDestroy { sdk_app_id: number };
        dispatch.emit(numbered(0));
        while !dispatch.shared.lock().waiting.is_empty() {
            std::thread::yield_now();
        }
        let max = u32::try_from(queue::MAX_WAITING).unwrap();
        for number in 1..=max + 5 {
            dispatch.emit(numbered(number));
        }
        drop(go);
        let all: Vec<Event> =
            std::iter::from_fn(|| hears.recv().ok()).flatten().take(queue::MAX_WAITING + 2).collect();
        let expected: Vec<Event> =
            [numbered(0), error(Code::EVENTS_LOST)].into_iter().chain((6..=max + 5).map(numbered)).collect();
        assert!(all == expected, "{:?} … {:?}", all.get(..4), all.last());
        dispatch.end(Event::SdkDestroy { sdk_app_id: 1 });
        dispatch.ended().await;
        let late = Arc::new(Deaf);
        dispatch.add(Hears::All, late.clone());
        assert_eq!(Arc::strong_count(&late), 1, "a listener that comes after the end is dropped at once");
        dispatch.emit(Event::SdkReady);
        assert_eq!(hears.iter().flatten().count(), 1, "the thread has ended and dropped its listener");
    }

    #[tokio::test(start_paused = true)]
    async fn a_listener_that_returns_is_waited_for_and_one_that_hangs_is_not() {
        let dispatch = Dispatch::start().unwrap();
        let ((go, go_on), (heard, _hears)) = (mpsc::channel(), mpsc::channel());
        dispatch.add(Hears::All, Arc::new(Slow { go_on: Mutex::new(go_on), heard }));
        for _ in 0..3 * AT_ONCE {
            dispatch.emit(Event::SdkReady);
        }
        dispatch.end(Event::SdkDestroy { sdk_app_id: 1 });
        let ended = tokio::spawn({
            let dispatch = dispatch.clone();
            async move { dispatch.ended().await }
        });
        tokio::task::yield_now().await;
        go.send(()).unwrap();
        while dispatch.shared.lock().returned < 1 {
            std::thread::yield_now();
        }
        tokio::time::advance(END_WITHIN).await;
        assert!(!ended.is_finished(), "it has returned meanwhile");
        tokio::time::advance(END_WITHIN).await;
        ended.await.unwrap();
        assert_eq!(dispatch.shared.lock().returned, 1, "the second call still runs");
    }
}
