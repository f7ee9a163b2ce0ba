//! Slots, limited per owner: a new one evicts the oldest.
//!
//! So an owner that exceeds its limit loses its own oldest slots and never blocks others, and a slot left behind by a
//! broken connection does not lock its owner out.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The slots of all owners.
pub(crate) struct Slots<K> {
    max_per_owner: usize,
    held: Mutex<Held<K>>,
}

struct Held<K> {
    number: u64,
    /// Oldest first.
    by_owner: HashMap<K, VecDeque<(u64, Arc<Notify>)>>,
}

/// A slot, released when dropped.
pub(crate) struct Slot<K: Eq + Hash> {
    slots: Arc<Slots<K>>,
    owner: K,
    number: u64,
    evicted: Arc<Notify>,
}

impl<K: Copy + Eq + Hash> Slots<K> {
    /// Slots, at most `max_per_owner` per owner.
    pub(crate) fn new(max_per_owner: usize) -> Arc<Self> {
        let held = Mutex::new(Held { number: 0, by_owner: HashMap::new() });
        Arc::new(Self { max_per_owner, held })
    }

    /// Takes a slot. If its owner already has the maximum, the oldest one is evicted.
    pub(crate) fn take(self: &Arc<Self>, owner: K) -> Slot<K> {
        let mut held = self.held();
        held.number += 1;
        let (number, evicted) = (held.number, Arc::new(Notify::new()));
        let own = held.by_owner.entry(owner).or_default();
        if own.len() >= self.max_per_owner
            && let Some((_, oldest)) = own.pop_front()
        {
            oldest.notify_one();
        }
        own.push_back((number, Arc::clone(&evicted)));
        drop(held);
        Slot { slots: Arc::clone(self), owner, number, evicted }
    }
}

impl<K> Slots<K> {
    /// The number of slots in use.
    pub(crate) fn held_by_all(&self) -> usize {
        self.held().by_owner.values().map(VecDeque::len).sum()
    }

    fn held(&self) -> MutexGuard<'_, Held<K>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Slot<K> {
    /// Notified once when the slot is evicted.
    pub(crate) fn evicted(&self) -> Arc<Notify> {
        Arc::clone(&self.evicted)
    }
}

impl<K: Eq + Hash> Drop for Slot<K> {
    fn drop(&mut self) {
        let mut held = self.slots.held();
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

    fn is_lost(slot: &Slot<u8>) -> bool {
        use futures_util::FutureExt as _;
        slot.evicted().notified().now_or_never().is_some()
    }

    #[test]
    fn the_oldest_of_ones_own_gives_way_and_nobody_elses() {
        let slots = Slots::new(2);
        let (alice, first, second) = (slots.take(1), slots.take(66), slots.take(66));
        let third = slots.take(66);
        assert!(is_lost(&first) && !is_lost(&second) && !is_lost(&third) && !is_lost(&alice));
        drop(second);
        let fourth = slots.take(66);
        assert!(!is_lost(&third) && !is_lost(&fourth), "a place that was given back is free");
        drop((alice, first, third, fourth));
        assert!(slots.held().by_owner.is_empty(), "nothing is remembered of who has left");
    }
}
