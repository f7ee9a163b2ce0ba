//! Rows of applications and users.

use tim_protocol::UserId;
use tim_protocol::profile::ProfileFields;

use crate::core::ops::UserKey;
use crate::domain::Outcome;

/// What a user shows beside their messages.
#[derive(Debug, Clone, Default)]
pub struct Face {
    /// The nick, if one is set.
    pub nick: Option<String>,
    /// The address of the avatar, if one is set.
    pub avatar: Option<String>,
}

/// Applications and their users.
pub trait UserRows {
    /// How many applications there are.
    fn count_apps(&mut self) -> Outcome<u32>;

    /// An application's keys, newest first; empty if the application is unknown.
    fn app_keys(&mut self, app: u32) -> Outcome<Vec<String>>;

    /// Makes an application, or changes its key: the one before it stays valid beside it.
    fn put_app(&mut self, app: u32, key: &str) -> Outcome<()>;

    /// The number of a user; `None` if the user has never logged in.
    fn user(&mut self, app: u32, name: &UserId) -> Outcome<Option<UserKey>>;

    /// The number of a user, who is made if there is none of that name.
    fn add_user(&mut self, app: u32, name: &UserId) -> Outcome<UserKey>;

    /// The name of a user.
    fn user_name(&mut self, user: UserKey) -> Outcome<UserId>;

    /// The user's face; an empty one if there is no such user.
    fn face(&mut self, user: UserKey) -> Outcome<Face>;

    /// The user's profile, and when it was last changed, in milliseconds since 1970 (0: never).
    fn profile(&mut self, user: UserKey) -> Outcome<(ProfileFields, i64)>;

    /// Replaces the user's profile, and with it the face.
    fn set_profile(&mut self, user: UserKey, fields: &ProfileFields, time: i64) -> Outcome<()>;
}
