//! Rows of applications and users.

use tim_protocol::profile::ProfileFields;
use tim_protocol::receive::ReceiveOpt;
use tim_protocol::{UnixMillis, UserId};

use crate::core::ops::{Account, Actor, UserKey};
use crate::domain::DomainResult;

/// What the sender of a message is called, as it is stored with it.
#[derive(Debug, Clone, Default)]
pub struct SenderProfile {
    /// The nick, if one is set.
    pub nick: Option<String>,
    /// The address of the avatar, if one is set.
    pub avatar: Option<String>,
    /// The name card in the group that the message is for, if one is set.
    pub name_card: Option<String>,
}

/// A user whom another one has as a friend, or has a C2C conversation with.
#[derive(Debug, Clone)]
pub struct Acquaintance {
    /// The user version at which the friend or the conversation last changed.
    pub version: u64,
    /// Who it is.
    pub key: UserKey,
    /// Their userID.
    pub user: UserId,
    /// When their profile was last changed.
    pub profile_time: UnixMillis,
}

/// Applications and their users.
pub trait UserRows {
    /// How many applications there are.
    fn count_apps(&mut self) -> DomainResult<u32>;

    /// An application's keys, newest first; empty if the application is unknown.
    fn app_keys(&mut self, app: u32) -> DomainResult<Vec<String>>;

    /// Creates an application, or changes its key; the previous key stays valid.
    fn put_app(&mut self, app: u32, key: &str) -> DomainResult<()>;

    /// The key of a user; `None` if the user has never logged in.
    fn user(&mut self, app: u32, name: &UserId) -> DomainResult<Option<UserKey>>;

    /// The key of a user, who is created if there is none of this ID.
    fn add_user(&mut self, app: u32, name: &UserId) -> DomainResult<UserKey>;

    /// The nick and avatar of a user; both absent if there is no such user. Nothing is said of a group.
    fn sender_profile(&mut self, user: UserKey) -> DomainResult<SenderProfile>;

    /// The user's profile, and when it was last changed, in milliseconds since 1970 (0: never).
    fn profile(&mut self, user: UserKey) -> DomainResult<(ProfileFields, i64)>;

    /// Users of an application after this ID, in the order of their IDs, at most so many.
    fn users(&mut self, app: u32, after: &str, max: u32) -> DomainResult<Vec<Account>>;

    /// The user's friends and the other sides of the user's C2C conversations, below a user version, latest first, at most so many. Who is
    /// both is there twice; who has the user on the blacklist, or is on the user's, is not.
    fn acquaintances(&mut self, of: &Actor, before: u64, max: u32) -> DomainResult<Vec<Acquaintance>>;

    /// Replaces the user's profile, including nick and avatar.
    fn set_profile(&mut self, user: UserKey, fields: &ProfileFields, time: i64) -> DomainResult<()>;

    /// How the user wants to be told of messages of all conversations; the default if the user never said.
    fn receive_opt(&mut self, user: UserKey) -> DomainResult<ReceiveOpt>;

    /// Replaces it.
    fn set_receive_opt(&mut self, user: UserKey, opt: &ReceiveOpt) -> DomainResult<()>;
}
