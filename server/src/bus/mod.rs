//! Carries what was committed to the sessions that are connected now: the [`Bus`] trait, the suite that holds every
//! implementation to it ([`conformance`]), and the in-process one.
//!
//! At most once, best effort, in order per publisher. Nothing a promise depends on may rest on it: who misses
//! something finds it by syncing. A bus encodes each push once and shares the bytes among all receivers.

pub mod conformance;
pub mod local;

use std::sync::Arc;

use tim_protocol::frame::KickReason;
use uuid::Uuid;

use crate::core::ops::{Tell, UserKey};

/// What arrives at a session.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// A push, encoded once for all receivers: `"ev":…,"p":…` without the envelope's braces and number.
    Push(Arc<str>),
    /// These logins are over (`None`: all of the user's).
    Kick {
        /// The logins.
        instances: Option<Arc<[String]>>,
        /// Why.
        reason: KickReason,
    },
}

/// Most deliveries that wait for one session; as many as its window can hold.
pub const INBOX: usize = tim_protocol::limits::WINDOW_PUSHES;

/// Where a session's deliveries queue up. Bounded: when it is full, what does not fit is left out and the
/// session is told that it was.
pub type Inbox = tokio::sync::mpsc::Receiver<Delivery>;

/// Connects publishers with sessions. Cheap to share; callable from any thread.
pub trait Bus: Send + Sync + 'static {
    /// Passes on what a commit has to tell. Never blocks.
    fn publish(&self, tells: &[Tell]);

    /// Lets a session of `user` hear what is published from now on, until the subscription is dropped.
    fn subscribe(&self, user: UserKey, session: Uuid) -> Subscription;
}

/// A session's place on the bus. Dropping it leaves.
pub struct Subscription {
    /// What arrives.
    pub inbox: Inbox,
    /// Whether something was left out since this was last asked, because the inbox was full.
    pub overflow: Arc<std::sync::atomic::AtomicBool>,
    /// Leaves the bus when dropped.
    pub guard: Box<dyn Send + Sync>,
}
