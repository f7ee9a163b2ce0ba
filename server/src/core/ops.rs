//! The interface to the store, as values: writes and queries, and their results. `notifications` has those of a commit.
//!
//! Values only. The store turns them into SQL; the simulation and the conformance suite use them directly.

use tim_protocol::call::{self, Call, MessagesRequest, Platform, Reply, Request};
use tim_protocol::conversation::Cursor;
use tim_protocol::message::Message;
use tim_protocol::profile::{Profile, ProfileFields};
use tim_protocol::status::{StatusType, UserStatus};
use tim_protocol::{Code, Fault, GroupId, UnixMillis, UserId, limits};
use uuid::Uuid;

pub use super::actor::Actor;
pub use super::keys::{ConversationKey, UserKey};
pub use super::media_records::{Media, MediaSum, PutMedia, RemoveMedia, RemovedMedia, Room};
pub use super::notifications::{Audience, Delivery, Kick, Notification, NotificationContent, Topic};
pub use super::policy::Device;

/// A checked request of a user, with the inputs that the store cannot determine itself.
#[derive(Debug, Clone)]
pub struct UserRequest {
    /// The user who makes the request.
    pub actor: Actor,
    /// The request.
    pub request: Request,
    /// The server's clock.
    pub now: UnixMillis,
    /// Maximum age of a message that may be revoked, in milliseconds.
    pub revoke_within: i64,
    /// A random number, for generated group IDs.
    pub random: u64,
}

/// A change to be made durable. Each is one atomic step; many share one commit.
#[derive(Debug, Clone)]
pub enum Write {
    /// A health check: changes a dummy row to test that writes reach the disk. Answers [`WriteReply::Done`].
    Probe,
    /// Logs a user in on a device: creates the user if necessary, replaces other login instances by the policy, and
    /// advances the watermark as [`Write::AdvanceWatermark`] does, for the sync that follows. Answers
    /// [`WriteReply::LoggedIn`] and notifies the replaced instances.
    Login(Login),
    /// Ends a login instance, and notifies its other sessions. Answers [`WriteReply::Done`].
    Logout {
        /// The user.
        actor: Actor,
        /// The login ([`call::HelloRequest::instance`]).
        instance: String,
    },
    /// Ends all login instances of a user on behalf of the operator, and notifies their sessions. Answers
    /// [`WriteReply::Done`], or [`tim_protocol::Code::UNKNOWN_USER`].
    Kick {
        /// The application.
        app: u32,
        /// The user.
        user: UserId,
    },
    /// Makes a user on behalf of the operator, or sets what is given of the profile of one. Answers [`WriteReply::Done`], or
    /// [`tim_protocol::Code::APP_UNKNOWN`].
    PutUser(Box<PutUser>),
    /// Advances the user's watermark to the newest user version before a sync is answered up to it: later changes to
    /// marked conversations mark them again. Answers [`WriteReply::Watermark`].
    AdvanceWatermark {
        /// The user.
        actor: Actor,
    },
    /// Carries out a user's request. Answers [`WriteReply::Reply`] or [`WriteReply::Room`], or the refusal.
    Request(Box<UserRequest>),
    /// Creates an application, or changes the key of an existing one (the previous key stays valid). Answers
    /// [`WriteReply::Done`].
    PutApp {
        /// The application.
        app: u32,
        /// The secret UserSigs are signed with.
        key: String,
    },
    /// Records an uploaded file, so that messages can refer to it. Answers [`WriteReply::Done`], or
    /// [`tim_protocol::Code::MEDIA_FULL`].
    PutMedia(PutMedia),
    /// Removes the records of files that no message names any more. Answers [`WriteReply::Removed`].
    RemoveMedia(RemoveMedia),
}

/// The parameters of [`Write::PutUser`].
#[derive(Debug, Clone)]
pub struct PutUser {
    /// The application.
    pub app: u32,
    /// The user.
    pub user: UserId,
    /// What to set, checked; nothing is set to make a user alone.
    pub fields: ProfileFields,
    /// The server's clock.
    pub now: UnixMillis,
}

impl PutUser {
    /// A user with these fields, which may be none.
    ///
    /// # Errors
    /// As [`ProfileFields::check`].
    pub fn checked(app: u32, user: UserId, fields: ProfileFields, now: UnixMillis) -> Result<Self, Fault> {
        if fields != ProfileFields::default() {
            fields.check()?;
        }
        Ok(Self { app, user, fields, now })
    }
}

/// A user as the operator sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The user.
    pub user: UserId,
    /// The nick, if any.
    pub nick: Option<String>,
    /// The avatar, if any.
    pub avatar: Option<String>,
}

/// The parameters of [`Write::Login`].
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
    /// The server's clock.
    pub now: UnixMillis,
}

/// The result of a committed write.
#[derive(Debug, Clone)]
pub enum WriteReply {
    /// The user is logged in.
    LoggedIn {
        /// The user.
        key: UserKey,
        /// The groups that the user is in.
        topics: Vec<Topic>,
        /// The watermark.
        watermark: Cursor,
    },
    /// The reply to a request.
    Reply(Reply),
    /// The reply to a request about a live room, and what it means for the session.
    Room(Reply, Box<RoomStep>),
    /// The reply is how many users are connected of those who follow this topic.
    Topic(ConversationKey),
    /// The watermark: a sync may return changes up to this user version.
    Watermark(Cursor),
    /// Files were removed.
    Removed(RemovedMedia),
    /// Success without a value.
    Done,
}

impl From<Reply> for WriteReply {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

/// What follows from a request about a live room, which nothing stores.
#[derive(Debug, Clone)]
pub enum RoomStep {
    /// The session is in the room from here on, unless it is in too many.
    Enter {
        /// The room.
        room: ConversationKey,
        /// The group it is.
        group: GroupId,
    },
    /// It is no longer.
    Leave {
        /// The room.
        room: ConversationKey,
    },
    /// This is said in the room, if the session is in it and the room's rate permits.
    Say {
        /// The room.
        room: ConversationKey,
        /// The message, which has no sequence.
        message: Box<Message>,
        /// Its sender is the owner or an admin, whose messages have the highest priority.
        leads: bool,
    },
}

/// A committed write.
#[derive(Debug, Clone)]
pub struct Committed {
    /// The result for the requester.
    pub answer: WriteReply,
    /// The notifications for others, in order.
    pub notifications: Vec<Notification>,
}

/// A query of committed data.
#[derive(Debug, Clone)]
pub enum Query {
    /// How many applications there are. Answers [`QueryResult::Apps`].
    Apps,
    /// An application's keys. Answers [`QueryResult::App`].
    App {
        /// The application.
        app: u32,
    },
    /// Users of an application in the order of their IDs. Answers [`QueryResult::Users`].
    Users {
        /// The application.
        app: u32,
        /// Those after this ID; empty to begin.
        after: String,
        /// At most so many.
        max: u32,
    },
    /// What a `hello` is checked with. Answers [`QueryResult::Greet`].
    Greet {
        /// The application.
        app: u32,
        /// The user, whose token is not verified yet.
        user: UserId,
    },
    /// A user's login instances. Answers [`QueryResult::Devices`].
    Devices {
        /// The application.
        app: u32,
        /// The user.
        user: UserId,
    },
    /// What a session needs that has just been attached to the bus. Answers [`QueryResult::SessionStart`].
    SessionStart {
        /// The user.
        key: UserKey,
    },
    /// The user's newest version. Answers [`QueryResult::Version`].
    Version {
        /// The user.
        key: UserKey,
    },
    /// One page of changes, newest first, up to a watermark. Answers [`QueryResult::Reply`].
    Sync {
        /// The user.
        actor: Actor,
        /// What was asked.
        sync: call::SyncRequest,
        /// The upper end, inclusive.
        upto: Cursor,
    },
    /// A user's request that stores nothing. Answers [`QueryResult::Reply`], [`QueryResult::Room`] or [`QueryResult::Topic`].
    Request(Box<UserRequest>),
    /// What is stored that the status of users depends on, as this user sees it. Answers [`QueryResult::Statuses`].
    Statuses {
        /// The user who asks.
        actor: Actor,
        /// The users.
        users: Vec<UserId>,
    },
    /// What is stored that the status of a user depends on, as these users see it. Answers [`QueryResult::StatusSeen`].
    StatusSeen {
        /// The user.
        user: UserKey,
        /// Those who see the status.
        viewers: Vec<UserId>,
    },
    /// A user's profile, and who is to be told that it changed. Answers [`QueryResult::ProfileTold`].
    ProfileTold {
        /// The user.
        actor: Actor,
    },
    /// An uploaded file. Answers [`QueryResult::Media`].
    Media {
        /// The application.
        app: u32,
        /// The file's ID.
        id: Uuid,
    },
    /// How many bytes of files a user has stored. Answers [`QueryResult::Stored`].
    Stored {
        /// The user.
        key: UserKey,
    },
    /// The files that [`Write::RemoveMedia`] would remove. Answers [`QueryResult::Unnamed`].
    Unnamed {
        /// Only files that were uploaded by then.
        until: UnixMillis,
    },
}

/// The result of a query.
#[derive(Debug, Clone)]
pub enum QueryResult {
    /// The number of applications.
    Apps(u32),
    /// The keys, newest first; empty if the application is unknown.
    App(Vec<String>),
    /// Users.
    Users(Vec<Account>),
    /// What a `hello` is checked with.
    Greet(Greet),
    /// The user's login instances; `None` if the user is unknown.
    Devices(Option<Devices>),
    /// What a new session begins with.
    SessionStart(SessionStart),
    /// The newest cursor.
    Version(Cursor),
    /// The reply to a request.
    Reply(Reply),
    /// For each user; `None` if there is none of this ID.
    Statuses(Vec<Option<StoredStatus>>),
    /// The status of one user.
    StatusSeen(StatusSeen),
    /// A user's profile, and those who are to be told.
    ProfileTold(Box<Profile>, Vec<UserKey>),
    /// The reply to what was said in a live room, and the message.
    Room(Reply, Box<RoomStep>),
    /// The reply is how many users are connected of those who follow this topic.
    Topic(ConversationKey),
    /// A file; `None` if there is none with this ID.
    Media(Option<Media>),
    /// The bytes that a user has stored.
    Stored(u64),
    /// The files that no message names.
    Unnamed(MediaSum),
}

/// An answered query.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The result for the requester.
    pub result: QueryResult,
    /// What is passed on to others: [`NotificationContent::Ephemeral`] only.
    pub notifications: Vec<Notification>,
}

impl From<QueryResult> for Answered {
    fn from(result: QueryResult) -> Self {
        Self { result, notifications: Vec::new() }
    }
}

/// What a `hello` is checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greet {
    /// The application's keys, newest first; empty if the application is unknown.
    pub keys: Vec<String>,
    /// The user; `None` if unknown.
    pub user: Option<UserKey>,
    /// The epoch of the data.
    pub epoch: u32,
}

/// What a session begins with, read after it was attached to the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionStart {
    /// The user's logins: one that is not among the active ones begins no session.
    pub devices: Devices,
    /// The groups that the user is in.
    pub topics: Vec<Topic>,
    /// The watermark, if it is the newest version: the first sync may return changes up to it.
    pub watermark: Option<Cursor>,
}

/// What is stored that a user's status depends on, as one user sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredStatus {
    /// The user.
    pub key: UserKey,
    /// A device is logged in.
    pub is_logged_in: bool,
    /// The one who asks is on the user's blacklist.
    pub is_hidden: bool,
}

/// The same, as several users see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusSeen {
    /// A device is logged in.
    pub is_logged_in: bool,
    /// Those of the viewers who are on the user's blacklist.
    pub hidden_from: Vec<UserId>,
}

impl StoredStatus {
    /// What the one who asks sees of a user who says this of themselves, or is not online.
    #[must_use]
    pub fn seen(self, user_id: UserId, online: Option<&str>) -> UserStatus {
        let (status_type, custom_status) = match online {
            _ if self.is_hidden => (StatusType::Offline, ""),
            Some(custom_status) => (StatusType::Online, custom_status),
            None if self.is_logged_in => (StatusType::Offline, ""),
            None => (StatusType::Unlogined, ""),
        };
        UserStatus { user_id, status_type, custom_status: custom_status.to_owned() }
    }
}

/// A user's logins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Devices {
    /// The user.
    pub key: UserKey,
    /// The active login instances.
    pub live: Vec<Device>,
    /// The most recent ended login instances, newest first, with the code with which each is refused.
    pub ended: Vec<(String, Code)>,
}

/// Why a write or a query failed.
///
/// Nothing was changed. After [`tim_protocol::Code::BUSY`], [`tim_protocol::Code::READ_ONLY`] and
/// [`tim_protocol::Code::INTERNAL`] the same may succeed later.
pub type Refusal = Fault;

impl QueryResult {
    /// The reply to this call, if it is one.
    #[must_use]
    pub fn reply<C: Call>(self) -> Option<C::Reply> {
        if let Self::Reply(reply) = self { C::reply(reply) } else { None }
    }
}

impl Query {
    /// A user's query: see [`UserRequest::new`].
    #[must_use]
    pub fn request(actor: &Actor, request: impl Into<Request>) -> Self {
        Self::Request(Box::new(UserRequest::new(actor, request, 0)))
    }

    /// The user who is charged for the query; `None` for queries before the user is known, and for cheap ones.
    #[must_use]
    pub fn asker(&self) -> Option<UserKey> {
        match self {
            Self::Sync { actor, .. } | Self::Statuses { actor, .. } => Some(actor.key),
            Self::Request(asked) => Some(asked.actor.key),
            Self::ProfileTold { actor } => Some(actor.key),
            Self::Version { key } | Self::SessionStart { key } | Self::Stored { key } => Some(*key),
            Self::Apps
            | Self::App { .. }
            | Self::Users { .. }
            | Self::Greet { .. }
            | Self::Devices { .. }
            | Self::StatusSeen { .. }
            | Self::Media { .. }
            | Self::Unnamed { .. } => None,
        }
    }
}

impl UserRequest {
    /// A request at this time, with the default settings.
    #[must_use]
    pub fn new(actor: &Actor, request: impl Into<Request>, now: i64) -> Self {
        let revoke_within = limits::REVOKE_WITHIN_MS;
        Self { actor: actor.clone(), request: request.into(), now, revoke_within, random: 1 }
    }

    /// The message, if it sends one.
    #[must_use]
    pub fn sends(&self) -> Option<&call::SendRequest> {
        match &self.request {
            Request::Messages(
                MessagesRequest::Send(send) | MessagesRequest::SendTargeted(call::SendTargetedRequest(send)),
            ) => Some(send),
            _ => None,
        }
    }
}

impl Write {
    /// A user's request: see [`UserRequest::new`].
    #[must_use]
    pub fn request(actor: &Actor, request: impl Into<Request>, now: i64) -> Self {
        Self::Request(Box::new(UserRequest::new(actor, request, now)))
    }

    /// Whether it raises a watermark. What was committed before it is marked first, so that the sync that follows finds it.
    #[must_use]
    pub fn raises_watermark(&self) -> bool {
        matches!(self, Self::Login(_) | Self::AdvanceWatermark { .. })
    }

    /// A short name for metrics and logs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Login(_) => "login",
            Self::Logout { .. } => "logout",
            Self::Kick { .. } => "kick",
            Self::PutUser(_) => "user",
            Self::AdvanceWatermark { .. } => "watermark",
            Self::Request(asked) => asked.request.method(),
            Self::PutApp { .. } => "app",
            Self::PutMedia(_) => "media",
            Self::RemoveMedia(_) => "media removal",
        }
    }
}
