//! The in-process bus: a table of sessions by user, and one by topic.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::ready;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tim_protocol::frame::Push;
use tokio::sync::mpsc::{Sender, channel};
use uuid::Uuid;

use super::{Bus, Delivery, Done, EPHEMERAL_BEHIND, INBOX, Subscription, SubscriptionGuard};
use crate::core::ops::{Audience, ConversationKey, Notification, NotificationContent, UserKey};

/// The tables are sharded to reduce lock contention.
const SHARDS: usize = 64;

/// The sessions that are connected to this process.
#[derive(Clone, Default)]
pub struct LocalBus {
    users: Arc<Table>,
    topics: Arc<Table>,
    last: Arc<AtomicU64>,
}

/// One session.
struct Subscriber {
    /// Its key in the tables.
    number: u64,
    session: Uuid,
    inbox: Sender<Delivery>,
    overflow: Arc<AtomicBool>,
    topics: Mutex<Topics>,
}

/// The topics of a session.
struct Topics {
    heard: HashSet<ConversationKey>,
    /// What its user was unsubscribed from; `None` once [`SubscriptionGuard::follow`] was called.
    unsubscribed: Option<HashSet<ConversationKey>>,
    /// It has left the bus and receives nothing more.
    has_left: bool,
}

impl Subscriber {
    fn topics(&self) -> MutexGuard<'_, Topics> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deliver(&self, except: Option<Uuid>, delivery: &Delivery) {
        if except == Some(self.session) {
            return;
        }
        if matches!(delivery, Delivery::Ephemeral(_)) {
            if self.inbox.max_capacity() - self.inbox.capacity() < EPHEMERAL_BEHIND {
                let _ = self.inbox.try_send(delivery.clone());
            }
        } else if self.inbox.try_send(delivery.clone()).is_err() {
            self.overflow.store(true, Ordering::Release);
        }
    }
}

/// Sessions by their number, so that one leaves a large topic without a walk through it.
type Subscribers = BTreeMap<u64, Arc<Subscriber>>;

/// Sessions, by the key of their user, or by the key of a topic's conversation.
struct Table([Mutex<HashMap<i64, Subscribers>>; SHARDS]);

impl Default for Table {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Table {
    fn with<T>(&self, key: i64, work: impl FnOnce(&mut HashMap<i64, Subscribers>) -> T) -> Option<T> {
        let index = usize::try_from(key.unsigned_abs()).unwrap_or(0) % SHARDS;
        let shard = self.0.get(index)?;
        // A panic cannot leave the table inconsistent, because each change is one step.
        Some(work(&mut shard.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn add(&self, key: i64, subscriber: &Arc<Subscriber>) {
        self.with(key, |subscribers| {
            subscribers.entry(key).or_default().insert(subscriber.number, Arc::clone(subscriber));
        });
    }

    fn remove(&self, key: i64, subscriber: &Arc<Subscriber>) {
        self.with(key, |subscribers| {
            if let Some(of_key) = subscribers.get_mut(&key) {
                of_key.remove(&subscriber.number);
                if of_key.is_empty() {
                    subscribers.remove(&key);
                }
            }
        });
    }

    fn deliver(&self, key: i64, except: Option<Uuid>, delivery: &Delivery) {
        self.with(key, |subscribers| {
            subscribers
                .get(&key)
                .into_iter()
                .flat_map(BTreeMap::values)
                .for_each(|subscriber| subscriber.deliver(except, delivery));
        });
    }

    fn subscribers(&self, key: i64) -> Vec<Arc<Subscriber>> {
        let cloned = |subscribers: &mut HashMap<i64, Subscribers>| {
            subscribers.get(&key).into_iter().flat_map(BTreeMap::values).cloned().collect()
        };
        self.with(key, cloned).unwrap_or_default()
    }
}

impl LocalBus {
    fn deliver(&self, to: &Audience, except: Option<Uuid>, delivery: &Delivery) {
        match to {
            Audience::Users(users) => {
                users.iter().for_each(|user| self.users.deliver(user.0, except, delivery));
            }
            Audience::Topic(topic) => self.topics.deliver(topic.0, except, delivery),
        }
    }

    fn subscribe(&self, subscriber: &Arc<Subscriber>, topic: ConversationKey) {
        let mut topics = subscriber.topics();
        if let Some(unsubscribed) = &mut topics.unsubscribed {
            unsubscribed.remove(&topic);
        }
        self.hear(&mut topics, subscriber, topic);
    }

    fn unsubscribe(&self, subscriber: &Arc<Subscriber>, topic: ConversationKey) {
        let mut topics = subscriber.topics();
        if let Some(unsubscribed) = &mut topics.unsubscribed {
            unsubscribed.insert(topic);
        }
        if topics.heard.remove(&topic) {
            self.topics.remove(topic.0, subscriber);
        }
    }

    fn hear(&self, topics: &mut Topics, subscriber: &Arc<Subscriber>, topic: ConversationKey) {
        if !topics.has_left && topics.heard.insert(topic) {
            self.topics.add(topic.0, subscriber);
        }
    }

    fn subscribers(&self, to: &Audience) -> Vec<Arc<Subscriber>> {
        match to {
            Audience::Users(users) => users.iter().flat_map(|user| self.users.subscribers(user.0)).collect(),
            Audience::Topic(topic) => self.topics.subscribers(topic.0),
        }
    }
}

/// Encodes a push for all receivers.
fn encoded(push: &Push) -> Option<Arc<str>> {
    match push.write() {
        Ok(encoded) => Some(encoded.into()),
        Err(why) => {
            tracing::error!(%why, "a push could not be written");
            None
        }
    }
}

impl Bus for LocalBus {
    fn publish(&self, notifications: &[Notification]) {
        for Notification { to, except, content } in notifications {
            let delivery = match content {
                NotificationContent::Push(push) => encoded(push).map(Delivery::Push),
                NotificationContent::Ephemeral(push) => encoded(push).map(Delivery::Ephemeral),
                NotificationContent::Kick(kick) => Some(Delivery::Kick(Arc::clone(kick))),
                NotificationContent::Subscribe(topic) => {
                    self.subscribers(to).iter().for_each(|subscriber| self.subscribe(subscriber, *topic));
                    None
                }
                NotificationContent::Unsubscribe(topic) => {
                    self.subscribers(to).iter().for_each(|subscriber| self.unsubscribe(subscriber, *topic));
                    None
                }
            };
            if let Some(delivery) = delivery {
                self.deliver(to, *except, &delivery);
            }
        }
    }

    fn attach(&self, user: UserKey, session: Uuid) -> Done<Subscription> {
        let (sender, inbox) = channel(INBOX);
        let overflow = Arc::new(AtomicBool::new(false));
        let topics = Topics { heard: HashSet::new(), unsubscribed: Some(HashSet::new()), has_left: false };
        let subscriber = Arc::new(Subscriber {
            number: self.last.fetch_add(1, Ordering::Relaxed),
            session,
            inbox: sender,
            overflow: Arc::clone(&overflow),
            topics: Mutex::new(topics),
        });
        self.users.add(user.0, &subscriber);
        let guard = Box::new(Guard { bus: self.clone(), user, subscriber });
        Box::pin(ready(Subscription { inbox, overflow, guard }))
    }
}

/// Removes its subscriber when dropped.
struct Guard {
    bus: LocalBus,
    user: UserKey,
    subscriber: Arc<Subscriber>,
}

impl SubscriptionGuard for Guard {
    fn follow(&self, topics: Vec<ConversationKey>) -> Done<()> {
        let mut own = self.subscriber.topics();
        let unsubscribed = own.unsubscribed.take().unwrap_or_default();
        for topic in topics.into_iter().filter(|topic| !unsubscribed.contains(topic)) {
            self.bus.hear(&mut own, &self.subscriber, topic);
        }
        Box::pin(ready(()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.bus.users.remove(self.user.0, &self.subscriber);
        let mut own = self.subscriber.topics();
        own.has_left = true;
        for topic in own.heard.drain() {
            self.bus.topics.remove(topic.0, &self.subscriber);
        }
    }
}
