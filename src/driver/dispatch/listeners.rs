//! The listeners of an instance, and which events each of them hears. Calls nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::event::{Event, EventListener, EventName};

/// Identifies a listener, for removing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListenerId(u64);

/// Unique within the process, so that no instance takes another's listener for its own.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Which events a listener hears, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hears {
    /// All events, several at once.
    All,
    /// The events of one kind, one at a time.
    Each(EventName),
    /// The next event of one kind.
    Once(EventName),
}

impl Hears {
    /// The events of a batch that a listener hears, a slice for each of its calls.
    pub(super) fn calls(self, batch: &[Event]) -> Vec<&[Event]> {
        let of_kind = |name| batch.chunks(1).filter(move |one| one.iter().any(|event| event.name() == name));
        match self {
            Self::All => vec![batch],
            Self::Each(name) => of_kind(name).collect(),
            Self::Once(name) => of_kind(name).take(1).collect(),
        }
    }
}

/// A listener.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) id: ListenerId,
    pub(super) hears: Hears,
    pub(super) listener: Arc<dyn EventListener>,
}

/// The listeners that were not removed, in the order in which they were added.
#[derive(Default)]
pub(super) struct Listeners(Vec<Entry>);

impl Listeners {
    pub(super) fn entry(hears: Hears, listener: Arc<dyn EventListener>) -> Entry {
        Entry { id: ListenerId(NEXT.fetch_add(1, Ordering::Relaxed)), hears, listener }
    }

    pub(super) fn add(&mut self, entry: Entry) {
        self.0.push(entry);
    }

    /// Removes a listener; `None` if it was removed before. It is the caller's to drop, outside of any lock.
    #[must_use]
    pub(super) fn remove(&mut self, id: ListenerId) -> Option<Entry> {
        let place = self.0.iter().position(|entry| entry.id == id)?;
        Some(self.0.remove(place))
    }

    /// Whether a listener may be called. One that hears a single event is removed by this.
    #[must_use]
    pub(super) fn admit(&mut self, entry: &Entry) -> bool {
        match entry.hears {
            Hears::Once(_) => self.remove(entry.id).is_some(),
            Hears::All | Hears::Each(_) => self.0.iter().any(|it| it.id == entry.id),
        }
    }

    pub(super) fn all(&self) -> Vec<Entry> {
        self.0.clone()
    }
}
