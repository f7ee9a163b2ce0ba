//! The notifications of a commit to connected sessions, as values: who is told what. The bus delivers them.

use std::sync::Arc;

use tim_protocol::frame::Push;
use tim_protocol::message::ReceiptUpdates;
use tim_protocol::status::UserStatus;
use uuid::Uuid;

use super::actor::Actor;
use super::keys::{ConversationKey, UserKey};

/// A notification of a commit to connected sessions. Best effort: a client that misses it syncs.
#[derive(Debug, Clone)]
pub struct Notification {
    /// The receivers.
    pub to: Audience,
    /// The session that does not need the notification, because it made the change.
    pub except: Option<Uuid>,
    /// The content.
    pub content: NotificationContent,
}

impl Notification {
    /// Whether it is of the class that is left out first.
    #[must_use]
    pub fn is_ephemeral(&self) -> bool {
        matches!(self.content, NotificationContent::Ephemeral(_))
    }
}

/// The receivers of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// All sessions of these users.
    Users(Arc<[UserKey]>),
    /// The sessions that are subscribed to the topic of this conversation.
    Topic(ConversationKey),
    /// The same without those of these users.
    TopicBut(ConversationKey, Arc<[UserKey]>),
    /// The same, only those who see the message of this sequence ([`Topic::since`]).
    TopicAt(ConversationKey, u64),
}

/// What a session follows: the conversation of a group that its user is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// The conversation.
    pub of: ConversationKey,
    /// The first sequence that the user sees. What changes about messages before is not told.
    pub since: u64,
}

impl Topic {
    /// One of which everything is told.
    #[must_use]
    pub const fn whole(of: ConversationKey) -> Self {
        Self { of, since: 0 }
    }
}

impl Audience {
    /// A single receiver.
    #[must_use]
    pub fn user(user: UserKey) -> Self {
        Self::Users([user].into())
    }

    /// Two users, who may be the same.
    #[must_use]
    pub fn two_users(one: UserKey, other: UserKey) -> Self {
        if one == other { Self::user(one) } else { Self::Users([one, other].into()) }
    }

    /// Whether this user is one of the named users.
    #[must_use]
    pub fn names(&self, user: UserKey) -> bool {
        matches!(self, Self::Users(users) if users.contains(&user))
    }
}

/// The content of a notification.
#[derive(Debug, Clone)]
pub enum NotificationContent {
    /// A push to the client.
    Push(Push),
    /// An ephemeral push: never numbered, never repeated, and dropped first.
    Ephemeral(Push),
    /// Receipts of the receiver's messages: a session collects them, so that many readers are few pushes.
    Receipts(Arc<ReceiptUpdates>),
    /// Subscribes all sessions of the named users to this topic.
    Subscribe(Topic),
    /// Unsubscribes all sessions of the named users from this topic.
    Unsubscribe(ConversationKey),
    /// Who may see the status of the named users has changed.
    Visibility,
    /// The profile of this user changed, who is named as receiver: those who know the user are to be told.
    Profile(Box<Actor>),
    /// Logins have ended.
    Kick(Arc<Kick>),
}

/// The end of logins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kick {
    /// The login instances.
    pub instances: Vec<String>,
}

impl Kick {
    /// Whether this login instance has ended, unless it was made again since.
    #[must_use]
    pub fn ends(&self, instance: &str) -> bool {
        self.instances.iter().any(|ended| ended == instance)
    }
}

/// A notification as delivered to a session.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// A push, encoded once for all receivers: `"ev":…,"p":…` without the envelope's braces and number.
    Push(Arc<str>),
    /// An ephemeral push, encoded in the same way: it is sent without a number, and never repeated.
    Ephemeral(Arc<str>),
    /// Receipts, which the session collects and pushes.
    Receipts(Arc<ReceiptUpdates>),
    /// The status of users, as the session sees them.
    Statuses(Vec<UserStatus>),
    /// Logins have ended.
    Kick(Arc<Kick>),
    /// The session was unsubscribed from the topic of a live room that it had entered.
    Left(ConversationKey),
}
