//! Everything the rules ask of a store, as values: writes and reads, their results, and what a commit has to tell.
//!
//! Values only. A store turns them into SQL; the simulation and the conformance suite use them as they are.

use std::sync::Arc;

use tim_protocol::call::{self, MessagesRequest, Platform, Reply, Request};
use tim_protocol::conversation::Cursor;
use tim_protocol::frame::{Fault, KickReason, Push};
use tim_protocol::{UserId, limits};
use uuid::Uuid;

pub use super::policy::Device;

/// A user of an application as the store numbers them; also the user's address on the bus.
///
/// Never given out to clients. Two users of different applications never share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserKey(pub i64);

/// A conversation as the store numbers it; also its topic on the bus. Never given out to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationKey(pub i64);

/// Who asks: a user that has proved to be who they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The application. Every name a client mentions is looked up under it.
    pub app: u32,
    /// The user.
    pub user: UserId,
    /// The same user as the store numbers them.
    pub key: UserKey,
    /// The session that asks, so that its own sends do not come back to it as pushes. `None` for the server itself.
    pub session: Option<Uuid>,
}

/// A request of a user's that has been checked, with what the store cannot know by itself.
#[derive(Debug, Clone)]
pub struct UserRequest {
    /// Who asks.
    pub actor: Actor,
    /// For what.
    pub request: Request,
    /// The server's clock, in milliseconds since 1970.
    pub now: i64,
    /// How old a message may be that is taken back, in milliseconds.
    pub revoke_within: i64,
    /// A random number, for a name that the store makes up.
    pub random: u64,
}

/// A change to be made durable. Each is one atomic step; many share one commit.
#[derive(Debug, Clone)]
pub enum Write {
    /// Changes a row that means nothing, to see that changes reach the disk. Answers [`Answer::Done`].
    Probe,
    /// A user logs in on a device: the user exists from now on, and the device takes its place by the policy.
    /// Answers [`Answer::LoggedIn`] and tells the replaced instances.
    Login(Login),
    /// This login of a device ends. Answers [`Answer::Done`].
    Logout {
        /// Who.
        actor: Actor,
        /// The login ([`call::Hello::instance`]).
        instance: String,
    },
    /// The operator ends all logins of a user; tells the sessions. Answers [`Answer::Done`], or
    /// [`tim_protocol::Code::UNKNOWN_USER`].
    Kick {
        /// The application.
        app: u32,
        /// The user.
        user: UserId,
    },
    /// A sync is about to be answered up to the user's newest version: from here on, a change to anything that was
    /// marked before has to mark it again. Answers [`Answer::Given`].
    Give {
        /// Whose changes.
        actor: Actor,
    },
    /// Carries out a request of a user's. Answers [`Answer::Reply`], or the refusal the request earned.
    Request(Box<UserRequest>),
    /// Makes an application, or changes the key of one that exists (the old key stays valid beside the new one).
    /// Answers [`Answer::Done`].
    PutApp {
        /// The application.
        app: u32,
        /// The secret UserSigs are signed with.
        key: String,
    },
    /// Records an uploaded file, so that it can be named and downloaded. Answers [`Answer::Done`].
    PutMedia(Media),
}

/// What [`Write::Login`] needs.
#[derive(Debug, Clone)]
pub struct Login {
    /// The application.
    pub app: u32,
    /// The user; the token has been verified.
    pub user: UserId,
    /// The device.
    pub device: String,
    /// This login.
    pub instance: String,
    /// The kind of machine.
    pub platform: Platform,
    /// Which other logins this one replaces.
    pub policy: super::policy::LoginPolicy,
    /// The server's clock, in milliseconds since 1970.
    pub now: i64,
}

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// The application.
    pub app: u32,
    /// Its name in messages.
    pub id: Uuid,
    /// Who uploaded it.
    pub owner: UserKey,
    /// SHA-256 of the original's bytes, in hexadecimal: the name of its file.
    pub sha256: String,
    /// Bytes of the original.
    pub size: u64,
    /// The upload ticket it came with, by its nonce: a ticket works once.
    pub ticket: Uuid,
    /// The server's clock, in milliseconds since 1970.
    pub now: i64,
}

/// What a committed write answers.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "nearly everything asked is a request")]
pub enum Answer {
    /// The user's number, and the life of the data.
    LoggedIn {
        /// The user.
        key: UserKey,
        /// See [`Cursor::epoch`].
        epoch: u32,
    },
    /// The reply to a request.
    Reply(Reply),
    /// Up to which version the user's changes may be given out.
    Given(Cursor),
    /// Nothing but success.
    Done,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

/// A committed write.
#[derive(Debug, Clone)]
pub struct Written {
    /// For who asked.
    pub answer: Answer,
    /// For everybody else, in order.
    pub tells: Vec<Tell>,
}

/// Something a commit has to tell to sessions that are connected now. Best effort: whoever misses it syncs.
#[derive(Debug, Clone)]
pub struct Tell {
    /// Whom.
    pub to: Audience,
    /// The one session that knows already.
    pub except: Option<Uuid>,
    /// What.
    pub what: What,
}

/// Who is told something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// All sessions of these users.
    Users(Arc<[UserKey]>),
    /// The sessions that are subscribed to the topic of this conversation.
    Topic(ConversationKey),
}

impl Audience {
    /// One user.
    #[must_use]
    pub fn user(user: UserKey) -> Self {
        Self::Users([user].into())
    }

    /// Whether this user is one of those who are named.
    #[must_use]
    pub fn names(&self, user: UserKey) -> bool {
        matches!(self, Self::Users(users) if users.contains(&user))
    }
}

/// What a session is told.
#[derive(Debug, Clone)]
pub enum What {
    /// Something for the client.
    Push(Push),
    /// Something for the client that matters only now: never numbered, never repeated, and the first to be left out.
    Ephemeral(Push),
    /// All sessions of the users that are named hear this topic from here on.
    Subscribe(ConversationKey),
    /// All sessions of the users that are named do not hear this topic from here on.
    Unsubscribe(ConversationKey),
    /// These logins are over (`None`: all of the user's).
    Kick {
        /// The logins.
        instances: Option<Vec<String>>,
        /// Why.
        reason: KickReason,
    },
}

/// What arrives at a session.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// A push, encoded once for all receivers: `"ev":…,"p":…` without the envelope's braces and number.
    Push(Arc<str>),
    /// A push of the moment, encoded in the same way: it is sent without a number, and never again.
    Ephemeral(Arc<str>),
    /// These logins are over (`None`: all of the user's).
    Kick {
        /// The logins.
        instances: Option<Arc<[String]>>,
        /// Why.
        reason: KickReason,
    },
}

/// A question to the store, answered from committed data.
#[derive(Debug, Clone)]
pub enum Find {
    /// How many applications there are. Answers [`Found::Apps`].
    Apps,
    /// An application's keys. Answers [`Found::App`].
    App {
        /// The application.
        app: u32,
    },
    /// A user and their logins, for restoring a connection. Answers [`Found::Devices`].
    Devices {
        /// The application.
        app: u32,
        /// The user.
        user: UserId,
    },
    /// The topics that a user's sessions are to hear. Answers [`Found::Topics`].
    Topics {
        /// The user.
        key: UserKey,
    },
    /// The user's newest version. Answers [`Found::Version`].
    Version {
        /// The user.
        key: UserKey,
    },
    /// One page of changes, newest first; `upto` is where [`Write::Give`] put the upper end. Answers
    /// [`Found::Reply`].
    Sync {
        /// Whose.
        actor: Actor,
        /// What was asked.
        sync: call::Sync,
        /// The upper end, inclusive.
        upto: Cursor,
    },
    /// Answers a request of a user's that changes nothing. Answers [`Found::Reply`].
    Request(Box<UserRequest>),
    /// An uploaded file. Answers [`Found::Media`].
    Media {
        /// The application.
        app: u32,
        /// Its name.
        id: Uuid,
    },
}

/// What the store found.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "nearly everything asked is a request")]
pub enum Found {
    /// The number of applications.
    Apps(u32),
    /// The keys, newest first; empty if the application is unknown.
    App(Vec<String>),
    /// The user's number and logins, and why a login that is not among them ended; `None` if the user is unknown.
    Devices(Option<Devices>),
    /// The conversations of the groups that the user is in.
    Topics(Vec<ConversationKey>),
    /// The newest cursor.
    Version(Cursor),
    /// The reply to a request.
    Reply(Reply),
    /// A file; `None` if there is none of that name.
    Media(Option<Media>),
}

/// A user's logins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Devices {
    /// The user.
    pub key: UserKey,
    /// The life of the data.
    pub epoch: u32,
    /// The logins that hold.
    pub live: Vec<Device>,
    /// Logins that ended, newest first, with the code with which each is refused; the last few are kept.
    pub ended: Vec<(String, tim_protocol::Code)>,
}

/// Why a store did not do or find something.
///
/// Nothing was changed. [`tim_protocol::Code::BUSY`], [`tim_protocol::Code::READ_ONLY`] and [`tim_protocol::Code::INTERNAL`] may succeed later unchanged.
pub type Refusal = Fault;

impl Find {
    /// A question of a user's: see [`UserRequest::new`].
    #[must_use]
    pub fn request(actor: &Actor, request: impl Into<Request>) -> Self {
        Self::Request(Box::new(UserRequest::new(actor, request, 0)))
    }

    /// Whose question it is; `None` for what is asked before a user is known, and for what costs next to nothing.
    #[must_use]
    pub fn asker(&self) -> Option<UserKey> {
        match self {
            Self::Sync { actor, .. } => Some(actor.key),
            Self::Request(asked) => Some(asked.actor.key),
            Self::Version { key } | Self::Topics { key } => Some(*key),
            Self::Apps | Self::App { .. } | Self::Devices { .. } | Self::Media { .. } => None,
        }
    }
}

impl UserRequest {
    /// A request at this time, on a server that is not set otherwise.
    #[must_use]
    pub fn new(actor: &Actor, request: impl Into<Request>, now: i64) -> Self {
        let revoke_within = limits::REVOKE_WITHIN_MS;
        Self { actor: actor.clone(), request: request.into(), now, revoke_within, random: 1 }
    }

    /// The message, if it sends one.
    #[must_use]
    pub fn sends(&self) -> Option<&call::Send> {
        if let Request::Messages(MessagesRequest::Send(send)) = &self.request { Some(send) } else { None }
    }
}

impl Write {
    /// A request of a user's: see [`UserRequest::new`].
    #[must_use]
    pub fn request(actor: &Actor, request: impl Into<Request>, now: i64) -> Self {
        Self::Request(Box::new(UserRequest::new(actor, request, now)))
    }

    /// A short name for metrics and logs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Login(_) => "login",
            Self::Logout { .. } => "logout",
            Self::Kick { .. } => "kick",
            Self::Give { .. } => "give",
            Self::Request(asked) => asked.request.method(),
            Self::PutApp { .. } => "app",
            Self::PutMedia(_) => "media",
        }
    }
}
