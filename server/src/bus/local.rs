//! The in-process bus: a table of sessions by user, and one by topic.
//!
//! A large topic is served a few sessions at a time, so that everything else that is ready goes on in between. Several
//! notifications that follow each other to one topic reach each session together.

use std::collections::{HashMap, HashSet};
use std::future::ready;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tim_protocol::{UserId, limits};
use tokio::task::yield_now;
use uuid::Uuid;

use super::counts::Counts;
use super::outgoing::{Outgoing, outgoing};
use super::profiles::Profiles;
use super::statuses::{Session, Statuses};
use super::{
    Bus, Delivery, Done, EPHEMERAL_BEHIND, InboxSender, Subscription, SubscriptionGuard, Watched, inbox,
};
use crate::core::ops::{
    Actor, Audience, ConversationKey, Notification, NotificationContent, StatusSeen, Topic, UserKey,
};

/// The tables are sharded to reduce lock contention.
const SHARDS: usize = 64;
/// Sessions of a topic, or notifications, between two pauses: fewer than fit an inbox.
const AT_ONCE: usize = 64;
/// Most notifications to one topic that reach each session together.
const TOGETHER: usize = 32;

/// The sessions that are connected to this process.
#[derive(Clone)]
pub struct LocalBus {
    users: Arc<Table>,
    topics: Arc<Table>,
    counts: Arc<Counts>,
    profiles: Arc<Profiles>,
    statuses: Arc<Statuses>,
    last: Arc<AtomicU64>,
}

impl Default for LocalBus {
    fn default() -> Self {
        Self::new(Duration::from_millis(limits::OFFLINE_AFTER_MS.unsigned_abs()))
    }
}

/// One session.
struct Subscriber {
    /// Its key in the tables.
    number: u64,
    user: UserKey,
    session: Uuid,
    inbox: Arc<InboxSender>,
    topics: Mutex<Topics>,
}

/// The topics of a session.
struct Topics {
    heard: HashSet<ConversationKey>,
    /// Those of live rooms among them, which its session entered alone.
    entered: Vec<ConversationKey>,
    /// What its user was unsubscribed from; `None` once [`SubscriptionGuard::follow`] was called.
    unsubscribed: Option<HashSet<ConversationKey>>,
    /// It has left the bus and receives nothing more.
    has_left: bool,
}

impl Subscriber {
    fn topics(&self) -> MutexGuard<'_, Topics> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deliver(&self, Outgoing { except, but, delivery, .. }: &Outgoing) {
        if *except == Some(self.session) || but.as_ref().is_some_and(|but| but.contains(&self.user)) {
            return;
        }
        if matches!(delivery, Delivery::Ephemeral(_)) && self.inbox.waiting() >= EPHEMERAL_BEHIND {
            return;
        }
        self.inbox.send(delivery.clone());
    }
}

/// A session in a table.
#[derive(Clone)]
struct Hearer {
    subscriber: Arc<Subscriber>,
    /// The first sequence of a topic that its user sees.
    since: u64,
}

/// Sessions in the order of their numbers, so that one is found in a large topic without a walk through it.
type Subscribers = Vec<Hearer>;

/// The place of the first session from this number on.
fn place(of_key: &Subscribers, number: u64) -> usize {
    of_key.partition_point(|hearer| hearer.subscriber.number < number)
}

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

    fn add(&self, key: i64, subscriber: &Arc<Subscriber>, since: u64) {
        self.with(key, |subscribers| {
            let of_key = subscribers.entry(key).or_default();
            let hearer = Hearer { subscriber: Arc::clone(subscriber), since };
            of_key.insert(place(of_key, subscriber.number), hearer);
        });
    }

    fn remove(&self, key: i64, subscriber: &Arc<Subscriber>) {
        self.with(key, |subscribers| {
            if let Some(of_key) = subscribers.get_mut(&key) {
                let place = place(of_key, subscriber.number);
                if of_key.get(place).is_some_and(|found| Arc::ptr_eq(&found.subscriber, subscriber)) {
                    of_key.remove(place);
                }
                if of_key.is_empty() {
                    subscribers.remove(&key);
                }
            }
        });
    }

    /// Delivers to all sessions of a key.
    async fn deliver(&self, key: i64, outgoing: &[Outgoing]) {
        let mut next = self.deliver_from(0, key, outgoing);
        while let Some(number) = next {
            yield_now().await;
            next = self.deliver_from(number, key, outgoing);
        }
    }

    /// Delivers to the sessions from this number on, as many as go at once. Returns the number of the next session.
    fn deliver_from(&self, number: u64, key: i64, outgoing: &[Outgoing]) -> Option<u64> {
        let next = self.with(key, |subscribers| {
            let of_key = subscribers.get(&key)?;
            let mut sessions = of_key.get(place(of_key, number)..)?.iter();
            for Hearer { subscriber, since } in sessions.by_ref().take(AT_ONCE) {
                outgoing.iter().filter(|it| it.at >= *since).for_each(|it| subscriber.deliver(it));
            }
            sessions.next().map(|next| next.subscriber.number)
        });
        next.flatten()
    }

    /// How many users the sessions of a key belong to.
    fn count_users(&self, key: i64) -> u32 {
        let users = |subscribers: &mut HashMap<i64, Subscribers>| {
            let of_key = subscribers.get(&key)?;
            Some(of_key.iter().map(|hearer| hearer.subscriber.user.0).collect::<Vec<_>>())
        };
        let mut users = self.with(key, users).flatten().unwrap_or_default();
        users.sort_unstable();
        users.dedup();
        u32::try_from(users.len()).unwrap_or(u32::MAX)
    }

    /// Removes a key, and gives its sessions.
    fn take(&self, key: i64) -> Subscribers {
        self.with(key, |subscribers| subscribers.remove(&key)).flatten().unwrap_or_default()
    }

    fn subscribers(&self, key: i64) -> Vec<Arc<Subscriber>> {
        let cloned =
            |subscribers: &mut HashMap<i64, Subscribers>| subscribers.get(&key).cloned().unwrap_or_default();
        self.with(key, cloned).unwrap_or_default().into_iter().map(|hearer| hearer.subscriber).collect()
    }
}

impl LocalBus {
    /// A bus to which nobody is connected. A user whose last connection breaks stays online so long.
    #[must_use]
    pub fn new(offline_after: Duration) -> Self {
        Self {
            users: Arc::default(),
            topics: Arc::default(),
            counts: Arc::default(),
            profiles: Arc::default(),
            statuses: Arc::new(Statuses::new(offline_after)),
            last: Arc::default(),
        }
    }

    /// Publishes one notification, or several to the same topic.
    async fn publish_run(&self, run: &[Notification]) {
        let Some(Notification { to, content, .. }) = run.first() else { return };
        match (to, content) {
            (Audience::Users(users), NotificationContent::Subscribe(topic)) => {
                self.subscribers(users).iter().for_each(|subscriber| self.subscribe(subscriber, *topic));
            }
            (Audience::Users(users), NotificationContent::Unsubscribe(topic)) => {
                self.subscribers(users).iter().for_each(|subscriber| self.unsubscribe(subscriber, *topic));
            }
            (Audience::Users(users), NotificationContent::Visibility) => self.statuses.see_anew(users),
            (_, NotificationContent::Profile(user)) => self.profiles.add(user),
            (Audience::Topic(topic), NotificationContent::Unsubscribe(_)) => {
                let everybody = self.topics.take(topic.0);
                for some in everybody.chunks(AT_ONCE) {
                    some.iter().for_each(|hearer| self.unsubscribe(&hearer.subscriber, *topic));
                    yield_now().await;
                }
            }
            (Audience::Topic(topic) | Audience::TopicBut(topic, _) | Audience::TopicAt(topic, _), _) => {
                self.topics.deliver(topic.0, &outgoing(run)).await
            }
            (Audience::Users(users), _) => {
                let outgoing = outgoing(run);
                for user in users.iter() {
                    self.users.deliver(user.0, &outgoing).await;
                }
            }
        }
    }

    fn subscribe(&self, subscriber: &Arc<Subscriber>, topic: Topic) {
        let mut topics = subscriber.topics();
        if let Some(unsubscribed) = &mut topics.unsubscribed {
            unsubscribed.remove(&topic.of);
        }
        self.hear(&mut topics, subscriber, topic);
    }

    fn unsubscribe(&self, subscriber: &Arc<Subscriber>, topic: ConversationKey) {
        let mut topics = subscriber.topics();
        if let Some(unsubscribed) = &mut topics.unsubscribed {
            unsubscribed.insert(topic);
        }
        if let Some(place) = topics.entered.iter().position(|room| *room == topic) {
            topics.entered.swap_remove(place);
            subscriber.inbox.send(Delivery::Left(topic));
        }
        if topics.heard.remove(&topic) {
            self.topics.remove(topic.0, subscriber);
        }
    }

    fn hear(&self, topics: &mut Topics, subscriber: &Arc<Subscriber>, Topic { of, since }: Topic) {
        if !topics.has_left && topics.heard.insert(of) {
            self.topics.add(of.0, subscriber, since);
        }
    }

    fn subscribers(&self, users: &[UserKey]) -> Vec<Arc<Subscriber>> {
        users.iter().flat_map(|user| self.users.subscribers(user.0)).collect()
    }
}

/// Whether two notifications are deliveries to the same topic.
fn share_topic(one: &Notification, next: &Notification) -> bool {
    let topic = |it: &Notification| match it.to {
        Audience::Topic(topic) | Audience::TopicBut(topic, _) | Audience::TopicAt(topic, _) => Some(topic),
        Audience::Users(_) => None,
    };
    let ends = |it: &Notification| matches!(it.content, NotificationContent::Unsubscribe(_));
    topic(one).is_some() && topic(one) == topic(next) && !ends(one) && !ends(next)
}

impl Bus for LocalBus {
    fn publish(&self, notifications: Vec<Notification>) -> Done<()> {
        let bus = self.clone();
        Box::pin(async move {
            let runs = notifications.chunk_by(share_topic).flat_map(|run| run.chunks(TOGETHER));
            let mut since_pause = 0;
            for run in runs {
                bus.publish_run(run).await;
                since_pause += run.len();
                if since_pause >= AT_ONCE {
                    yield_now().await;
                    since_pause = 0;
                }
            }
        })
    }

    fn count(&self, topic: ConversationKey) -> usize {
        let count = |topics: &mut HashMap<i64, Subscribers>| topics.get(&topic.0).map_or(0, Vec::len);
        self.topics.with(topic.0, count).unwrap_or_default()
    }

    fn attach(&self, user: UserKey, session: Uuid) -> Done<Subscription> {
        let (sender, inbox) = inbox();
        let topics = Topics {
            heard: HashSet::new(),
            entered: Vec::new(),
            unsubscribed: Some(HashSet::new()),
            has_left: false,
        };
        let subscriber = Arc::new(Subscriber {
            number: self.last.fetch_add(1, Ordering::Relaxed),
            user,
            session,
            inbox: Arc::new(sender),
            topics: Mutex::new(topics),
        });
        self.users.add(user.0, &subscriber, 0);
        let guard = Box::new(Guard { bus: self.clone(), user, subscriber });
        Box::pin(ready(Subscription { inbox, guard }))
    }

    fn online(&self, users: Vec<UserKey>) -> Done<Vec<Option<Arc<str>>>> {
        Box::pin(ready(self.statuses.online(&users)))
    }

    fn count_users(&self, topic: ConversationKey) -> Done<u32> {
        Box::pin(ready(self.counts.get(topic, || self.topics.count_users(topic.0))))
    }

    fn changed_profiles(&self) -> Done<Vec<Actor>> {
        let profiles = Arc::clone(&self.profiles);
        Box::pin(async move { profiles.take().await })
    }

    fn changed_status(&self) -> Done<Watched> {
        let statuses = Arc::clone(&self.statuses);
        Box::pin(async move { statuses.next_changed().await })
    }

    fn tell_status(&self, watched: Watched, seen: StatusSeen) -> Done<()> {
        let statuses = Arc::clone(&self.statuses);
        Box::pin(async move { statuses.tell(&watched, seen).await })
    }
}

/// Removes its subscriber when dropped.
struct Guard {
    bus: LocalBus,
    user: UserKey,
    subscriber: Arc<Subscriber>,
}

impl SubscriptionGuard for Guard {
    fn follow(&self, topics: Vec<Topic>) -> Done<()> {
        let mut own = self.subscriber.topics();
        let unsubscribed = own.unsubscribed.take().unwrap_or_default();
        for topic in topics.into_iter().filter(|topic| !unsubscribed.contains(&topic.of)) {
            self.bus.hear(&mut own, &self.subscriber, topic);
        }
        Box::pin(ready(()))
    }

    fn connected(&self, user: UserId) {
        let Subscriber { number, inbox, .. } = &*self.subscriber;
        let session = Session { user: self.user, name: user, inbox: Arc::clone(inbox) };
        self.bus.statuses.connected(*number, session);
    }

    fn broken(&self) {
        self.bus.statuses.broken(self.subscriber.number, self.user);
    }

    fn set_custom_status(&self, text: Arc<str>) {
        let own = self.bus.users.subscribers(self.user.0).into_iter().map(|own| own.number);
        let others: Vec<u64> = own.filter(|number| *number != self.subscriber.number).collect();
        self.bus.statuses.set_custom_status(self.user, &text, &others);
    }

    fn watch(&self, users: Vec<(UserKey, UserId)>) {
        self.bus.statuses.watch(self.subscriber.number, users);
    }

    fn unwatch(&self, users: Vec<UserKey>) {
        self.bus.statuses.unwatch(self.subscriber.number, &users);
    }

    fn enter(&self, room: ConversationKey) {
        let mut topics = self.subscriber.topics();
        if !topics.entered.contains(&room) {
            topics.entered.push(room);
        }
        self.bus.hear(&mut topics, &self.subscriber, Topic::whole(room));
    }

    fn leave(&self, room: ConversationKey) {
        self.bus.unsubscribe(&self.subscriber, room);
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.bus.statuses.gone(self.subscriber.number, self.user);
        self.bus.users.remove(self.user.0, &self.subscriber);
        let mut own = self.subscriber.topics();
        own.has_left = true;
        for topic in own.heard.drain() {
            self.bus.topics.remove(topic.0, &self.subscriber);
        }
    }
}
