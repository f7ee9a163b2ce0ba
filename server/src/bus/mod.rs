//! Carries notifications of commits to connected sessions: the [`Bus`] trait, its conformance suite ([`conformance`]),
//! the in-process implementation, and the task that publishes what a store has committed ([`publisher`]).
//!
//! A session receives the notifications of its user, and those of the topics that the user's sessions are subscribed
//! to. A topic is a conversation, so that a message to a group is published once, however many members it has. The bus knows since
//! which message each session may hear of it, so that this holds for changes of old messages, too ([`Audience::TopicAt`]).
//!
//! At most once, best effort, in order per publisher. No guarantee depends on it: a client that misses something finds
//! it by syncing. A bus encodes each push once and shares the bytes among all receivers.
//!
//! # Who is online
//!
//! A bus knows which users are connected to it, what they say of themselves, and which sessions watch whom:
//! [`SubscriptionGuard::connected`] and its neighbours tell it. It does not know who may see that. So it says whose status is to be
//! told with [`Bus::changed_status`], to a task that asks the store and answers with [`Bus::tell_status`]. A bus of several servers
//! says on each what the watchers of that server are to be told.
//!
//! # Topics
//!
//! [`NotificationContent::Subscribe`] and [`NotificationContent::Unsubscribe`] change the topics of all sessions of a user, for everything that the
//! publisher publishes after them; to a topic, [`NotificationContent::Unsubscribe`] ends it for all. The bus applies them itself, never delivers them to sessions, and never drops them
//! because an inbox is full. A session begins with no topic: once it is attached, its driver reads its topics and calls
//! [`SubscriptionGuard::follow`]. Changes since it was attached override the topics that were read, so that a topic
//! that its user left meanwhile stays left. A bus that cannot know whether it missed an [`NotificationContent::Unsubscribe`] has to
//! end the attachment, as if the session's connection broke.

pub mod conformance;
mod counts;
mod inbox;
pub mod local;
mod outgoing;
mod profiles;
pub mod publisher;
mod statuses;

use std::pin::Pin;
use std::sync::Arc;

use tim_protocol::UserId;

use uuid::Uuid;

pub use self::inbox::{Inbox, InboxSender, inbox};
pub use crate::core::ops::Delivery;
use crate::core::ops::{Actor, ConversationKey, Notification, StatusSeen, Topic, UserKey};
#[cfg(doc)]
use crate::core::ops::{Audience, NotificationContent};

/// Capacity of a session's inbox; as many as its window can hold.
pub const INBOX: usize = tim_protocol::limits::WINDOW_PUSHES;

/// If more deliveries than this are queued, ephemeral pushes are dropped, because they would arrive too late.
pub const EPHEMERAL_BEHIND: usize = 16;

/// A future that completes once the bus has carried out the call.
pub type Done<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Connects publishers with sessions. Cheap to share; callable from any thread.
pub trait Bus: Send + Sync + 'static {
    /// Publishes notifications of commits in their order, and before those of the next call, which comes after the future
    /// has completed. Never waits for a session.
    fn publish(&self, notifications: Vec<Notification>) -> Done<()>;

    /// Subscribes a session of `user` to the notifications of that user, until the subscription is dropped: to
    /// everything that is published after the future has completed.
    fn attach(&self, user: UserKey, session: Uuid) -> Done<Subscription>;

    /// How many sessions are subscribed to a topic.
    fn count(&self, topic: ConversationKey) -> usize;

    /// What each of these users says of themselves; `None` unless the user is online.
    fn online(&self, users: Vec<UserKey>) -> Done<Vec<Option<Arc<str>>>>;

    /// How many users have sessions that are subscribed to a topic, as of a moment in the last minute.
    fn count_users(&self, topic: ConversationKey) -> Done<u32>;

    /// Waits until profiles changed, as [`NotificationContent::Profile`] says, and gives whose: each user once, however often. One caller
    /// at a time.
    fn changed_profiles(&self) -> Done<Vec<Actor>>;

    /// Waits until the status of a user is to be told to sessions that watch the user: because it changed, or they began to
    /// watch, or [`NotificationContent::Visibility`] was published. One caller at a time.
    fn changed_status(&self) -> Done<Watched>;

    /// Tells the status of a user, as it is now, to the sessions of these viewers that watch the user. Who began to watch meanwhile is told
    /// with the next change, of which [`Bus::changed_status`] knows.
    fn tell_status(&self, watched: Watched, seen: StatusSeen) -> Done<()>;
}

/// A user whose status is to be told, and the users who watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The user.
    pub user: UserKey,
    /// Those who watch, each once.
    pub viewers: Vec<UserId>,
}

/// Keeps a session subscribed until it is dropped.
pub trait SubscriptionGuard: Send + Sync {
    /// Subscribes the session to these topics, except those that its user was unsubscribed from since it was attached:
    /// to everything that is published after the future has completed. Called once.
    fn follow(&self, topics: Vec<Topic>) -> Done<()>;

    /// The session is connected, and its user online. If the user says something of themselves, the session is told.
    fn connected(&self, user: UserId);

    /// The connection of the session broke: it watches nobody any more, and its user stays online for a while. A guard that is
    /// dropped without this ends both at once.
    fn broken(&self);

    /// Says something of the session's user, also to the user's other sessions.
    fn set_custom_status(&self, text: Arc<str>);

    /// From now on the session is told the status of these users, beginning with what it is.
    fn watch(&self, users: Vec<(UserKey, UserId)>);

    /// The session is not told the status of these users any more.
    fn unwatch(&self, users: Vec<UserKey>);

    /// Subscribes this session alone to the topic of a live room, which its user's other sessions do not follow.
    fn enter(&self, room: ConversationKey);

    /// Unsubscribes this session from it.
    fn leave(&self, room: ConversationKey);
}

/// A session's membership on the bus.
pub struct Subscription {
    /// The queue of deliveries.
    pub inbox: Inbox,
    /// Leaves the bus when dropped.
    pub guard: Box<dyn SubscriptionGuard>,
}
