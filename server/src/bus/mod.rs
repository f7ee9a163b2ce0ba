//! Carries notifications of commits to connected sessions: the [`Bus`] trait, its conformance suite ([`conformance`]),
//! the in-process implementation, and the task that publishes what a store has committed ([`publisher`]).
//!
//! A session receives the notifications of its user, and those of the topics that the user's sessions are subscribed
//! to. A topic is a conversation, so that a message to a group is published once, however many members it has.
//!
//! At most once, best effort, in order per publisher. No guarantee depends on it: a client that misses something finds
//! it by syncing. A bus encodes each push once and shares the bytes among all receivers.
//!
//! # Topics
//!
//! [`NotificationContent::Subscribe`] and [`NotificationContent::Unsubscribe`] change the topics of all sessions of a user, for everything that the
//! publisher publishes after them. The bus applies them itself, never delivers them to sessions, and never drops them
//! because an inbox is full. A session begins with no topic: once it is attached, its driver reads its topics and calls
//! [`SubscriptionGuard::follow`]. Changes since it was attached override the topics that were read, so that a topic
//! that its user left meanwhile stays left. A bus that cannot know whether it missed an [`NotificationContent::Unsubscribe`] has to
//! end the attachment, as if the session's connection broke.

pub mod conformance;
mod inbox;
pub mod local;
pub mod publisher;

use std::pin::Pin;

use uuid::Uuid;

pub use self::inbox::{Inbox, InboxSender, inbox};
pub use crate::core::ops::Delivery;
#[cfg(doc)]
use crate::core::ops::NotificationContent;
use crate::core::ops::{ConversationKey, Notification, UserKey};

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
}

/// Keeps a session subscribed until it is dropped.
pub trait SubscriptionGuard: Send + Sync {
    /// Subscribes the session to these topics, except those that its user was unsubscribed from since it was attached:
    /// to everything that is published after the future has completed. Called once.
    fn follow(&self, topics: Vec<ConversationKey>) -> Done<()>;
}

/// A session's membership on the bus.
pub struct Subscription {
    /// The queue of deliveries.
    pub inbox: Inbox,
    /// Leaves the bus when dropped.
    pub guard: Box<dyn SubscriptionGuard>,
}
