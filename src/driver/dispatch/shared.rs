//! The events and listeners of an instance, and how listeners are called: whoever calls them holds no lock.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tim_core::sorted::SortedMap;
use tim_protocol::{Code, ConversationId};
use tokio::sync::Notify;

use super::listeners::{Entry, ListenerId, Listeners};
use super::queue::{Batch, Queue, error};
use crate::event::{Event, EventListener};

/// Most events handed to a listener at once.
pub(super) const AT_ONCE: usize = 100;

/// What an instance's handles share with the thread that calls listeners.
#[derive(Default)]
pub(super) struct DispatchShared {
    state: Mutex<State>,
    pub(super) has_delivered: Notify,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) waiting: Queue,
    pub(super) ending: bool,
    pub(super) listeners: Listeners,
    /// Up to which sequences listeners have returned, since this was last taken.
    pub(super) delivered: SortedMap<ConversationId, u64>,
    /// How many listener calls have returned.
    pub(super) returned: u64,
}

/// What a listener thread does next.
pub(super) enum Next {
    /// It delivers events.
    Deliver(Batch, Vec<Entry>),
    /// It waits for one.
    Wait,
    /// It ends, and drops the listeners outside the lock.
    End(Listeners),
}

impl DispatchShared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // No listener is ever called under this lock, and each change under it is one step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the thread does next.
    pub(super) fn next(state: &mut State) -> Next {
        match (state.waiting.is_empty(), state.ending) {
            (false, _) => Next::Deliver(state.waiting.take(AT_ONCE), state.listeners.all()),
            (true, false) => Next::Wait,
            (true, true) => Next::End(std::mem::take(&mut state.listeners)),
        }
    }

    /// Calls every listener with what it hears of these events.
    pub(super) fn deliver_all(&self, batch: Batch, listeners: &[Entry]) {
        let panicked: Vec<ListenerId> = listeners
            .iter()
            .filter(|entry| !self.deliver(entry, &batch.events))
            .map(|entry| entry.id)
            .collect();
        if !panicked.is_empty() {
            self.report(listeners, &panicked);
        }
        self.note_delivered(batch);
    }

    /// Reports the panic to the listeners that did not panic.
    fn report(&self, listeners: &[Entry], panicked: &[ListenerId]) {
        for entry in listeners.iter().filter(|entry| !panicked.contains(&entry.id)) {
            self.deliver(entry, &[error(Code::LISTENER_PANICKED)]);
        }
    }

    /// Calls a listener. False if it panicked.
    fn call(&self, listener: &dyn EventListener, events: &[Event]) -> bool {
        let is_well = catch_unwind(AssertUnwindSafe(|| listener.on_events(events))).is_ok();
        self.lock().returned += 1;
        is_well
    }

    /// Notes that every listener there was has returned from these events.
    fn note_delivered(&self, batch: Batch) {
        let mut state = self.lock();
        let heard = state.waiting.heard(batch);
        if !heard.is_empty() {
            for (conversation, sequence) in heard {
                let delivered = state.delivered.entry(conversation).or_default();
                *delivered = sequence.max(*delivered);
            }
            self.has_delivered.notify_one();
        }
    }

    /// Calls a listener with what it hears of these events, as long as it is not removed. False if it panicked: what follows
    /// is delivered nevertheless.
    fn deliver(&self, entry: &Entry, events: &[Event]) -> bool {
        let mut is_well = true;
        for heard in entry.hears.calls(events) {
            let is_admitted = self.lock().listeners.admit(entry);
            is_well &= !is_admitted || self.call(&*entry.listener, heard);
        }
        is_well
    }
}
