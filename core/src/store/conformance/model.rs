//! Random changes and restarts, compared with a model of what is stored.

use std::collections::{BTreeMap, BTreeSet};

use tim_protocol::UserId;

use super::{Store, bob, message, open, read, revoke, user, waits};
use crate::stored::{Change, Snapshot};

/// Promises 2 and 3: after any changes and restarts there is what the model has. Equal seeds make equal changes.
pub async fn restarts<S: Store>(at: &S::Location, seed: u64) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let (mut store, mut model) = (open::<S>(at).await, Model::default());
    for _ in 0..rng.u32(1..40) {
        match model.step(&mut rng) {
            Some(change) => store.apply(&[change], false).await.unwrap(),
            None => {
                drop(store);
                store = open::<S>(at).await;
            }
        }
    }
    drop(store);
    let mut store = open::<S>(at).await;
    model.revoked.clear();
    model.floor = 0;
    assert_eq!(Model::of(&mut store).await, model, "seed {seed}");
}

/// What is stored.
#[derive(Debug, Default, PartialEq)]
struct Model {
    /// The messages, and whether they are revoked.
    messages: BTreeMap<u64, bool>,
    revoked: BTreeSet<u64>,
    floor: u64,
    complete: BTreeSet<u64>,
    removed: BTreeSet<u64>,
    waiting: BTreeSet<u64>,
    blacklist: BTreeSet<UserId>,
}

impl Model {
    /// A change, which is noted; `None` for a restart.
    fn step(&mut self, rng: &mut fastrand::Rng) -> Option<Change> {
        let (place, position) = (rng.u64(1..30), rng.u64(30..38));
        Some(match rng.u8(0..10) {
            0 => {
                self.add(place);
                Change::Messages(bob(), vec![message(place)])
            }
            1 => {
                let high = place + rng.u64(0..5);
                self.complete.extend(place.max(self.floor)..=high);
                Change::Complete(bob(), place, high)
            }
            2 => {
                self.revoked.insert(place);
                self.messages.entry(place).and_modify(|revoked| *revoked = true);
                revoke(place)
            }
            3 => {
                self.waiting.insert(position);
                waits(position)
            }
            4 => {
                self.waiting.remove(&position);
                Change::OutboxDone(message(position).id)
            }
            5 => {
                self.waiting.remove(&position);
                self.add(position);
                Change::Acknowledged(message(position))
            }
            6 => {
                let (name, listed) = (user(&format!("user-{}", rng.u8(0..4))), rng.bool());
                if listed {
                    self.blacklist.insert(name.clone())
                } else {
                    self.blacklist.remove(&name)
                };
                Change::Blacklist(name, listed)
            }
            7 => {
                self.floor = self.floor.max(place / 3);
                let floor = self.floor;
                self.messages.retain(|place, _| *place >= floor);
                self.complete.retain(|place| *place >= floor);
                self.removed.retain(|place| *place >= floor);
                Change::Cleared(bob(), place / 3)
            }
            8 => {
                let high = place + rng.u64(0..4);
                let removed = place.max(self.floor)..=high;
                self.messages.retain(|place, _| !removed.contains(place));
                self.complete.extend(removed.clone());
                self.removed.extend(removed);
                Change::Removed(bob(), place, high)
            }
            _ => return None,
        })
    }

    fn add(&mut self, place: u64) {
        if place >= self.floor && !self.removed.contains(&place) {
            self.messages.entry(place).or_insert(self.revoked.contains(&place));
        }
    }

    async fn of<S: Store>(store: &mut S) -> Self {
        let Snapshot { conversations, outbox, blacklist, .. } = store.snapshot().await.unwrap();
        let removed: Vec<(u64, u64)> = conversations.iter().flat_map(|it| it.removed.clone()).collect();
        let ranges: Vec<(u64, u64)> = conversations.into_iter().flat_map(|it| it.ranges).collect();
        assert!(ranges.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0), "ranges touch: {ranges:?}");
        Self {
            messages: read(store).await.iter().map(|it| (it.sequence, it.revoked.is_some())).collect(),
            revoked: BTreeSet::new(),
            floor: 0,
            complete: ranges.into_iter().flat_map(|(low, high)| low..=high).collect(),
            removed: removed.into_iter().flat_map(|(low, high)| low..=high).collect(),
            waiting: outbox.into_iter().map(|row| row.position).collect(),
            blacklist: blacklist.into_iter().collect(),
        }
    }
}
