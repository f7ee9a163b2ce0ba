//! The bus of a server that is one process: a table of who is connected.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{Sender, channel};
use uuid::Uuid;

use super::{Bus, Delivery, INBOX, Subscription};
use crate::core::ops::{Tell, UserKey, What};

/// The table is split, so that many publishers and logins do not wait for one lock.
const SHARDS: usize = 64;

/// Everybody who is connected to this process.
#[derive(Clone)]
pub struct LocalBus {
    shards: Arc<[Shard; SHARDS]>,
}

type Shard = Mutex<HashMap<UserKey, Vec<Place>>>;

/// One session.
struct Place {
    session: Uuid,
    /// Tells subscriptions of one session apart.
    guard: Arc<()>,
    inbox: Sender<Delivery>,
    overflow: Arc<AtomicBool>,
}

impl Default for LocalBus {
    fn default() -> Self {
        Self { shards: Arc::new(std::array::from_fn(|_| Mutex::default())) }
    }
}

impl LocalBus {
    fn with<T>(&self, user: UserKey, work: impl FnOnce(&mut HashMap<UserKey, Vec<Place>>) -> T) -> Option<T> {
        let index = usize::try_from(user.0.unsigned_abs()).unwrap_or(0) % SHARDS;
        let shard = self.shards.get(index)?;
        // Whoever panicked under the lock left a table that is whole: each change of it is one step.
        Some(work(&mut shard.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn deliver(&self, user: UserKey, except: Option<Uuid>, delivery: &Delivery) {
        self.with(user, |places| {
            for place in places.get(&user).into_iter().flatten() {
                if except != Some(place.session) && place.inbox.try_send(delivery.clone()).is_err() {
                    place.overflow.store(true, Ordering::Release);
                }
            }
        });
    }
}

impl Bus for LocalBus {
    fn publish(&self, tells: &[Tell]) {
        for tell in tells {
            let delivery = match &tell.what {
                What::Push(push) => match push.write() {
                    Ok(encoded) => Delivery::Push(encoded.into()),
                    Err(why) => {
                        tracing::error!(%why, "a push could not be written");
                        continue;
                    }
                },
                What::Kick { instances, reason } => {
                    let instances = instances.as_ref().map(|instances| instances.clone().into());
                    Delivery::Kick { instances, reason: *reason }
                }
            };
            for user in tell.to.iter() {
                self.deliver(*user, tell.except, &delivery);
            }
        }
    }

    fn subscribe(&self, user: UserKey, session: Uuid) -> Subscription {
        let (sender, inbox) = channel(INBOX);
        let (overflow, guard) = (Arc::new(AtomicBool::new(false)), Arc::new(()));
        let place =
            Place { session, guard: Arc::clone(&guard), inbox: sender, overflow: Arc::clone(&overflow) };
        self.with(user, |places| places.entry(user).or_default().push(place));
        Subscription { inbox, overflow, guard: Box::new(Leave { bus: self.clone(), user, guard }) }
    }
}

/// Leaves the bus when dropped.
struct Leave {
    bus: LocalBus,
    user: UserKey,
    guard: Arc<()>,
}

impl Drop for Leave {
    fn drop(&mut self) {
        self.bus.with(self.user, |places| {
            if let Some(of_user) = places.get_mut(&self.user) {
                of_user.retain(|place| !Arc::ptr_eq(&place.guard, &self.guard));
                if of_user.is_empty() {
                    places.remove(&self.user);
                }
            }
        });
    }
}
