//! Calls of the app that wait, each until its deadline.

use super::io::CallId;
use crate::sorted::SortedMap;
use crate::sorted_set::SortedSet;

/// Waiting calls, with what each of them waits for.
pub(super) struct Waiting<T> {
    calls: SortedMap<CallId, (T, i64)>,
    deadlines: SortedSet<(i64, CallId)>,
}

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Self { calls: SortedMap::new(), deadlines: SortedSet::new() }
    }
}

impl<T> Waiting<T> {
    pub(super) fn insert(&mut self, call: CallId, what: T, due: i64) {
        self.deadlines.insert((due, call));
        self.calls.insert(call, (what, due));
    }

    /// Takes a call out, with its deadline.
    pub(super) fn remove(&mut self, call: CallId) -> Option<(T, i64)> {
        let (what, due) = self.calls.remove(&call)?;
        self.deadlines.remove(&(due, call));
        Some((what, due))
    }

    pub(super) fn get(&self, call: CallId) -> Option<&T> {
        self.calls.get(&call).map(|(what, _)| what)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (CallId, &T)> {
        self.calls.iter().map(|(call, (what, _))| (*call, what))
    }

    /// Takes all calls out.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = CallId> + use<T> {
        std::mem::take(self).calls.into_keys()
    }

    /// Takes a call out whose deadline has passed.
    pub(super) fn expired(&mut self, now: i64) -> Option<CallId> {
        let (_, call) = *self.deadlines.first().filter(|(due, _)| *due <= now)?;
        self.remove(call);
        Some(call)
    }

    /// The earliest deadline.
    pub(super) fn due(&self) -> Option<i64> {
        self.deadlines.first().map(|(due, _)| *due)
    }
}
