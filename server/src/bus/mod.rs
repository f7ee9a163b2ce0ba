//! Carries what was committed to the sessions that are connected now: the [`Bus`] trait, the suite that holds every
//! implementation to it ([`conformance`]), and the in-process one.
//!
//! A session hears what is published to its user, and to the topics that its user's sessions are subscribed to. A topic is a
//! conversation, so that a message to a group is published once, however many members it has.
//!
//! At most once, best effort, in order per publisher. Nothing a promise depends on may rest on it: who misses
//! something finds it by syncing. A bus encodes each push once and shares the bytes among all receivers.
//!
//! # Topics
//!
//! [`What::Subscribe`] and [`What::Unsubscribe`] change what all sessions of a user hear, for everything that the publisher
//! publishes after them. They are applied where the sessions are, never delivered, and never left out because an inbox is full.
//! A session begins with no topic: once it is attached, its driver reads which it should hear and calls [`SubscriptionGuard::follow`]. What
//! changed since it was attached overrides what was read, so that a topic its user left meanwhile stays left. A bus that cannot
//! tell whether it missed an [`What::Unsubscribe`] has to end the attachment, as if the session's connection broke.

pub mod conformance;
pub mod local;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use uuid::Uuid;

pub use crate::core::ops::Delivery;
#[cfg(doc)]
use crate::core::ops::What;
use crate::core::ops::{ConversationKey, Tell, UserKey};

/// Most deliveries that wait for one session; as many as its window can hold.
pub const INBOX: usize = tim_protocol::limits::WINDOW_PUSHES;

/// Behind this many waiting deliveries a push of the moment is left out: it would come too late.
pub const EPHEMERAL_BEHIND: usize = 16;

/// Where a session's deliveries queue up. Bounded: when it is full, what does not fit is left out and the
/// session is told that it was. Pushes of the moment are left out silently.
pub type Inbox = tokio::sync::mpsc::Receiver<Delivery>;

/// What completes once the bus has done it.
pub type Done<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Connects publishers with sessions. Cheap to share; callable from any thread.
pub trait Bus: Send + Sync + 'static {
    /// Passes on what a commit has to tell. Never blocks.
    fn publish(&self, tells: &[Tell]);

    /// Lets a session of `user` hear what is published to that user, until the subscription is dropped: everything that is
    /// published after the future has answered.
    fn attach(&self, user: UserKey, session: Uuid) -> Done<Subscription>;
}

/// Keeps a session subscribed until it is dropped.
pub trait SubscriptionGuard: Send + Sync {
    /// Lets the session hear these topics, except those that its user was unsubscribed from since it was attached: everything
    /// that is published after the future has answered. Called once.
    fn follow(&self, topics: Vec<ConversationKey>) -> Done<()>;
}

/// A session's membership on the bus.
pub struct Subscription {
    /// What arrives.
    pub inbox: Inbox,
    /// Whether something was left out since this was last asked, because the inbox was full.
    pub overflow: Arc<AtomicBool>,
    /// Leaves the bus when dropped.
    pub guard: Box<dyn SubscriptionGuard>,
}
