//! A fair queue: of the owners with waiting work, the one that was served least is next.
//!
//! Cost has a unit of the caller's choice: milliseconds, microseconds, items. Work of one owner keeps its order. An
//! owner without waiting work does not accumulate credit: it starts level with the least served waiting owner. Service
//! is remembered only while work is waiting.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::Hash;

/// Work that waits, by owner.
#[derive(Debug)]
pub struct FairQueue<K, T> {
    owners: HashMap<K, Owner<T>>,
    /// Owners by the cost they were served, then by the arrival of their oldest work. Includes owners without work.
    order: BTreeSet<(u64, u64, K)>,
    /// The least cost that any owner with waiting work was served.
    level: u64,
    arrivals: u64,
    waiting: usize,
    max: usize,
    max_per_owner: usize,
}

#[derive(Debug)]
struct Owner<T> {
    served: u64,
    /// With the number of its arrival, oldest first.
    work: VecDeque<(u64, T)>,
    /// Its second key in `order`.
    arrival_key: u64,
}

impl<K: Clone + Ord + Hash, T> FairQueue<K, T> {
    /// An empty queue for at most `max` items in total and `max_per_owner` per owner.
    #[must_use]
    pub fn new(max: usize, max_per_owner: usize) -> Self {
        Self {
            owners: HashMap::new(),
            order: BTreeSet::new(),
            level: 0,
            arrivals: 0,
            waiting: 0,
            max,
            max_per_owner,
        }
    }

    /// How many pieces of work wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// Adds work of an owner.
    ///
    /// # Errors
    /// Gives the work back if the queue or the owner's part of it is full.
    pub fn push(&mut self, key: K, work: T) -> Result<(), T> {
        let own = self.owners.get(&key).map_or(0, |owner| owner.work.len());
        if self.waiting >= self.max || own >= self.max_per_owner {
            return Err(work);
        }
        self.arrivals += 1;
        self.waiting += 1;
        let (arrival, level) = (self.arrivals, self.level);
        let owner = self.owners.entry(key.clone()).or_insert_with(|| Owner {
            served: level,
            work: VecDeque::new(),
            arrival_key: 0,
        });
        let was_idle = owner.work.is_empty();
        owner.work.push_back((arrival, work));
        if was_idle {
            let served = owner.served.max(level);
            self.reorder(&key, served);
        }
        Ok(())
    }

    /// Takes the next item, charging its owner a cost of 1.
    pub fn pop(&mut self) -> Option<(K, T)> {
        while let Some((served, _, key)) = self.order.pop_first() {
            let Some(owner) = self.owners.get_mut(&key) else { continue };
            let Some((_, work)) = owner.work.pop_front() else {
                // It was served no more than the next owner, so removing it changes nothing.
                self.owners.remove(&key);
                continue;
            };
            self.level = served;
            self.waiting -= 1;
            self.reorder(&key, served.saturating_add(1));
            self.forget_idle();
            return Some((key, work));
        }
        None
    }

    /// Charges the actual cost of an item, beyond the 1 that [`FairQueue::pop`] charged.
    pub fn charge(&mut self, key: &K, cost: u64) {
        if let Some(owner) = self.owners.get(key) {
            let served = owner.served.saturating_add(cost);
            self.reorder(key, served);
        }
    }

    /// Moves an owner to its position after it was served.
    fn reorder(&mut self, key: &K, served: u64) {
        let Some(owner) = self.owners.get_mut(key) else { return };
        self.order.remove(&(owner.served, owner.arrival_key, key.clone()));
        owner.served = served;
        owner.arrival_key = owner.work.front().map_or(0, |(arrival, _)| *arrival);
        self.order.insert((served, owner.arrival_key, key.clone()));
    }

    /// Bounds memory: forgets all owners while nothing waits, and otherwise keeps at most as many idle owners as items
    /// may wait.
    fn forget_idle(&mut self) {
        if self.waiting > 0 && self.owners.len() <= 2 * self.max {
            return;
        }
        self.owners.retain(|_, owner| !owner.work.is_empty());
        let owners = &self.owners;
        self.order.retain(|(_, _, key)| owners.contains_key(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn queue() -> FairQueue<&'static str, u32> {
        FairQueue::new(100, 100)
    }

    #[test]
    fn alice_goes_next_however_much_of_mallorys_waits() {
        let mut queue = queue();
        (0..50).for_each(|number| queue.push("mallory", number).unwrap());
        assert_eq!(queue.pop(), Some(("mallory", 0)));
        queue.push("alice", 0).unwrap();
        queue.push("alice", 1).unwrap();
        let next: Vec<_> = (0..4).map(|_| queue.pop().unwrap().0).collect();
        assert_eq!(next, ["alice", "mallory", "alice", "mallory"]);
    }

    #[test]
    fn whoever_asks_for_costly_work_is_next_less_often() {
        let mut queue = queue();
        for number in 0..50 {
            queue.push("mallory", number).unwrap();
            queue.push("alice", number).unwrap();
        }
        let mut served = HashMap::new();
        for _ in 0..22 {
            let (who, _) = queue.pop().unwrap();
            *served.entry(who).or_insert(0) += 1;
            queue.charge(&who, if who == "mallory" { 99 } else { 9 });
        }
        assert_eq!((served["mallory"], served["alice"]), (2, 20));
    }

    #[test]
    fn nobody_saves_up_turns_by_being_idle() {
        let mut queue = queue();
        queue.push("alice", 0).unwrap();
        (0..9).for_each(|number| queue.push("bob", number).unwrap());
        assert!((0..5).all(|_| queue.pop().is_some()));
        (0..9).for_each(|number| queue.push("alice", number).unwrap());
        let next: Vec<_> = (0..4).map(|_| queue.pop().unwrap().0).collect();
        assert_eq!(next.iter().filter(|who| **who == "bob").count(), 2, "{next:?}");
    }

    #[test]
    fn one_owner_cannot_fill_the_queue() {
        let mut queue = FairQueue::new(3, 2);
        assert!(queue.push("mallory", 0).is_ok() && queue.push("mallory", 1).is_ok());
        assert_eq!(queue.push("mallory", 2), Err(2));
        assert!(queue.push("alice", 0).is_ok());
        assert_eq!(queue.push("bob", 7), Err(7));
        assert_eq!(queue.len(), 3);
    }

    proptest! {
        #[test]
        fn everything_comes_out_once_in_its_owners_order_and_nobody_waits_longer_than_a_round(
            steps in proptest::collection::vec((any::<bool>(), 0_u8..6, 0_u64..50), 1..400),
        ) {
            let mut queue = FairQueue::new(64, 16);
            let (mut waits, mut number): (HashMap<u8, VecDeque<u32>>, u32) = (HashMap::new(), 0);
            // How much was served to others while an owner waited, against what it was served itself.
            let mut passed: HashMap<u8, HashMap<u8, u64>> = HashMap::new();
            for (pushes, who, cost) in steps {
                if pushes {
                    number += 1;
                    let fits = queue.push(who, number).is_ok();
                    if fits {
                        waits.entry(who).or_default().push_back(number);
                    }
                    continue;
                }
                let expected: usize = waits.values().map(VecDeque::len).sum();
                prop_assert_eq!(queue.len(), expected);
                let Some((who, work)) = queue.pop() else { prop_assert_eq!(expected, 0); continue };
                prop_assert_eq!(waits.get_mut(&who).and_then(VecDeque::pop_front), Some(work));
                queue.charge(&who, cost);
                passed.remove(&who);
                for waiting in waits.iter().filter(|(_, work)| !work.is_empty()).map(|(other, _)| *other) {
                    let by = passed.entry(waiting).or_default().entry(who).or_default();
                    *by += cost + 1;
                    // One piece of work may be as long as it is; after it, the turn is the waiting one's.
                    prop_assert!(*by <= 51 + 51, "{who} was served {by} while {waiting} waited");
                }
                waits.retain(|_, work| !work.is_empty());
                passed.retain(|other, _| waits.contains_key(other));
                prop_assert!(queue.owners.len() <= 2 * 64);
            }
        }
    }
}
