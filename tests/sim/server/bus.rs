//! The server's bus with the least that a bus may promise: order for each session, at most one delivery, and correct
//! topics.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tim_server::bus::Delivery;
use tim_server::core::ops::{Audience, ConversationKey, Notification, NotificationContent, Topic, UserKey};
use tim_server::core::session::Input;
use uuid::Uuid;

use super::Event;
use crate::link::LinkId;
use crate::world::{Break, World};

/// A session's subscription on the bus. A dropped session keeps it.
pub struct Subscriber {
    pub user: UserKey,
    pub id: Uuid,
    /// The topics, each with the first sequence that is seen.
    topics: BTreeMap<ConversationKey, u64>,
    /// The topics that its user was unsubscribed from before its topics were read; `None` after that.
    unsubscribed: Option<BTreeSet<ConversationKey>>,
}

impl Subscriber {
    pub fn new(user: UserKey, id: Uuid) -> Self {
        Self { user, id, topics: BTreeMap::new(), unsubscribed: Some(BTreeSet::new()) }
    }

    pub fn follow(&mut self, topics: Vec<Topic>) {
        let unsubscribed = self.unsubscribed.take().unwrap();
        for Topic { of, since } in topics.into_iter().filter(|topic| !unsubscribed.contains(&topic.of)) {
            self.topics.entry(of).or_insert(since);
        }
    }

    fn subscribe(&mut self, Topic { of, since }: Topic) {
        self.topics.entry(of).or_insert(since);
        self.unsubscribed.iter_mut().for_each(|unsubscribed| _ = unsubscribed.remove(&of));
    }

    fn unsubscribe(&mut self, topic: ConversationKey) {
        self.topics.remove(&topic);
        self.unsubscribed.iter_mut().for_each(|unsubscribed| _ = unsubscribed.insert(topic));
    }

    fn hears(&self, to: &Audience) -> bool {
        match to {
            Audience::Users(users) => users.contains(&self.user),
            Audience::Topic(topic) => self.topics.contains_key(topic),
            Audience::TopicBut(topic, but) => self.topics.contains_key(topic) && !but.contains(&self.user),
            Audience::TopicAt(topic, sequence) => {
                self.topics.get(topic).is_some_and(|since| since <= sequence)
            }
        }
    }
}

/// The last membership of each user in each topic.
pub type Memberships = BTreeMap<(ConversationKey, UserKey), bool>;

impl World {
    /// A resumed session keeps its subscription; any other gets one after a while.
    pub fn attach(&mut self, link: LinkId, key: UserKey, id: Uuid) {
        let connection = self.server.connections.get_mut(&link).unwrap();
        match connection.kept.take().filter(|kept| kept.id == id) {
            Some(kept) => connection.subscriber = Some(kept),
            None => {
                let delay = self.rng.i64(0..5);
                self.server_after(delay, Event::Attach(link, Subscriber::new(key, id)));
            }
        }
    }

    pub fn attached(&mut self, link: LinkId, subscriber: Subscriber) {
        if let Some(connection) = self.server.connections.get_mut(&link) {
            connection.subscriber = Some(subscriber);
            self.serve(link, Input::Attached);
        }
    }

    pub fn follow(&mut self, link: LinkId, topics: Vec<Topic>) {
        if let Some(subscriber) = self.server.connections.get_mut(&link).and_then(|it| it.subscriber.as_mut())
        {
            subscriber.follow(topics);
            self.serve(link, Input::Attached);
        }
    }

    /// Notifications reach the bus in the order of their commits, some time after them.
    pub fn publish_later(&mut self, notifications: Vec<Notification>) {
        let delay = if self.chance(5) { self.rng.i64(0..400) } else { self.rng.i64(0..10) };
        self.server.published_at = self.server.published_at.max(self.now + delay);
        self.server_after(self.server.published_at - self.now, Event::Publish(notifications));
    }

    pub fn publish(&mut self, notifications: &[Notification]) {
        if let [shown, Notification { to: Audience::TopicBut(topic, _), .. }] = notifications
            && self.is_broken(Break::ShowsToAll)
        {
            return self.publish(&[Notification { to: Audience::Topic(*topic), ..shown.clone() }]);
        }
        for tell in notifications {
            let delivery = match &tell.content {
                NotificationContent::Push(push) => Delivery::Push(push.write().unwrap().into()),
                NotificationContent::Ephemeral(push) => Delivery::Ephemeral(push.write().unwrap().into()),
                NotificationContent::Receipts(receipts) => Delivery::Receipts(Arc::clone(receipts)),
                NotificationContent::Kick(kick) => Delivery::Kick(Arc::clone(kick)),
                NotificationContent::Subscribe(topic) => {
                    self.join_topic(&tell.to, *topic);
                    continue;
                }
                NotificationContent::Unsubscribe(topic) => {
                    self.leave_topic(&tell.to, *topic);
                    continue;
                }
                NotificationContent::Visibility | NotificationContent::Profile(_) => continue,
            };
            self.check_topic(&tell.to);
            let hears =
                |subscriber: &Subscriber| subscriber.hears(&tell.to) && tell.except != Some(subscriber.id);
            let connections = self.server.connections.iter();
            let links: Vec<LinkId> = connections
                .filter(|(_, it)| it.subscriber.as_ref().is_some_and(hears))
                .map(|it| *it.0)
                .collect();
            for link in links {
                self.deliver(link, delivery.clone());
            }
        }
    }

    fn join_topic(&mut self, to: &Audience, topic: Topic) {
        let Audience::Users(users) = to else { panic!("a topic cannot be subscribed to a topic") };
        self.server.memberships.extend(users.iter().map(|user| ((topic.of, *user), true)));
        for subscriber in self.subscribers().filter(|subscriber| users.contains(&subscriber.user)) {
            subscriber.subscribe(topic);
        }
    }

    /// Some users leave, or everybody: a topic ends.
    fn leave_topic(&mut self, to: &Audience, topic: ConversationKey) {
        let users: BTreeSet<UserKey> = match to {
            Audience::Users(users) => users.iter().copied().collect(),
            _ => {
                self.server.memberships.keys().filter(|(of, _)| *of == topic).map(|(_, user)| *user).collect()
            }
        };
        self.server.memberships.extend(users.iter().map(|user| ((topic, *user), false)));
        if self.is_broken(Break::KeepsTopics) {
            return;
        }
        for subscriber in self.subscribers().filter(|subscriber| users.contains(&subscriber.user)) {
            subscriber.unsubscribe(topic);
        }
    }

    /// All sessions that there are, also those of broken connections.
    fn subscribers(&mut self) -> impl Iterator<Item = &mut Subscriber> {
        let connected = self.server.connections.values_mut().filter_map(|it| it.subscriber.as_mut());
        let parked = self.server.parked.values_mut().map(|(_, _, subscriber)| subscriber);
        connected.chain(parked)
    }

    /// Nobody hears what is said in a group that they have left, and everybody what is said in one that they have joined,
    /// once their session has read its topics.
    fn check_topic(&mut self, to: &Audience) {
        let Audience::Topic(topic) = to else { return };
        for subscriber in self.server.connections.values().filter_map(|it| it.subscriber.as_ref()) {
            let (hears, is_attaching) = (subscriber.hears(to), subscriber.unsubscribed.is_some());
            let is_right = match self.server.memberships.get(&(*topic, subscriber.user)) {
                Some(true) => hears || is_attaching,
                Some(false) => !hears,
                None => true,
            };
            if !is_right {
                self.history.violated("topics", format!("{:?} hears {topic:?}: {hears}", subscriber.user));
            }
        }
    }

    fn deliver(&mut self, link: LinkId, delivery: Delivery) {
        let (lost, overflows) = if self.faults.is_on { self.faults.bus } else { (0, 0) };
        if self.chance(lost) || self.is_broken(Break::NeverMarks) {
            return;
        }
        let device = self.links.get(&link).map(|link| link.device);
        let before = device.map_or_else(Vec::new, |device| self.pushed_later(device, &delivery));
        let event =
            if self.chance(overflows) { Event::Overflow(link) } else { Event::Deliver(link, delivery) };
        let delay = if self.chance(5) { self.rng.i64(0..400) } else { self.rng.i64(0..10) };
        let now = self.now;
        let connection = self.server.connections.get_mut(&link).unwrap();
        connection.inbox_at = connection.inbox_at.max(now + delay);
        let delay = connection.inbox_at - now;
        for before in before {
            self.server_after(delay, Event::Deliver(link, before));
        }
        self.server_after(delay, event);
    }
}
