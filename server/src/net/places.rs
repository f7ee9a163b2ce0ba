//! Places of which each party holds only so many: the oldest gives way to the newest.
//!
//! So a party that fills its own places harms its own oldest, never whoever comes next, and a place that was left behind by
//! a broken line never keeps its owner out.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The places of everybody.
pub(crate) struct Places<K> {
    most_each: usize,
    held: Mutex<Held<K>>,
}

struct Held<K> {
    number: u64,
    /// Oldest first.
    by_owner: HashMap<K, VecDeque<(u64, Arc<Notify>)>>,
}

/// One place, given back when dropped.
pub(crate) struct Place<K: Eq + Hash> {
    places: Arc<Places<K>>,
    owner: K,
    number: u64,
    lost: Arc<Notify>,
}

impl<K: Copy + Eq + Hash> Places<K> {
    /// Places for anybody, `most_each` for each.
    pub(crate) fn new(most_each: usize) -> Arc<Self> {
        let held = Mutex::new(Held { number: 0, by_owner: HashMap::new() });
        Arc::new(Self { most_each, held })
    }

    /// Takes a place. If its owner holds as many as allowed, the oldest of them is lost.
    pub(crate) fn take(self: &Arc<Self>, owner: K) -> Place<K> {
        let mut held = self.held();
        held.number += 1;
        let (number, lost) = (held.number, Arc::new(Notify::new()));
        let own = held.by_owner.entry(owner).or_default();
        if own.len() >= self.most_each
            && let Some((_, oldest)) = own.pop_front()
        {
            oldest.notify_one();
        }
        own.push_back((number, Arc::clone(&lost)));
        drop(held);
        Place { places: Arc::clone(self), owner, number, lost }
    }
}

impl<K> Places<K> {
    /// How many places are held.
    pub(crate) fn held_by_all(&self) -> usize {
        self.held().by_owner.values().map(VecDeque::len).sum()
    }

    fn held(&self) -> MutexGuard<'_, Held<K>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Place<K> {
    /// What is notified once, when the place is lost.
    pub(crate) fn lost(&self) -> Arc<Notify> {
        Arc::clone(&self.lost)
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut held = self.places.held();
        if let Some(own) = held.by_owner.get_mut(&self.owner) {
            own.retain(|(number, _)| *number != self.number);
            if own.is_empty() {
                held.by_owner.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_lost(place: &Place<u8>) -> bool {
        use futures_util::FutureExt as _;
        place.lost().notified().now_or_never().is_some()
    }

    #[test]
    fn the_oldest_of_ones_own_gives_way_and_nobody_elses() {
        let places = Places::new(2);
        let (alice, first, second) = (places.take(1), places.take(66), places.take(66));
        let third = places.take(66);
        assert!(is_lost(&first) && !is_lost(&second) && !is_lost(&third) && !is_lost(&alice));
        drop(second);
        let fourth = places.take(66);
        assert!(!is_lost(&third) && !is_lost(&fourth), "a place that was given back is free");
        drop((alice, first, third, fourth));
        assert!(places.held().by_owner.is_empty(), "nothing is remembered of who has left");
    }
}
