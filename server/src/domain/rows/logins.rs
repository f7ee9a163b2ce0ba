//! Rows of logins: the ones that hold, and the last ones that ended.

use tim_protocol::Code;
use tim_protocol::frame::KickReason;

use crate::core::ops::{Device, UserKey};
use crate::domain::Outcome;

/// Why a login ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginEnd {
    /// Its own user ended it.
    LoggedOut,
    /// Something else did.
    Kicked(KickReason),
}

impl LoginEnd {
    /// The code with which the ended login is refused.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::LoggedOut => Code::LOGGED_OUT,
            Self::Kicked(reason) => reason.code(),
        }
    }
}

/// The logins of users.
pub trait LoginRows {
    /// The logins that hold, at most one a device.
    fn logins(&mut self, user: UserKey) -> Outcome<Vec<Device>>;

    /// Makes a login; it replaces the one of the same device.
    fn put_login(&mut self, user: UserKey, login: &Device) -> Outcome<()>;

    /// Ends a login, by its instance, and remembers why.
    fn end_login(&mut self, user: UserKey, instance: &str, end: &LoginEnd) -> Outcome<()>;

    /// Forgets all but the newest `keep` ended logins of a user.
    fn forget_ended_logins(&mut self, user: UserKey, keep: u32) -> Outcome<()>;

    /// The ended logins that are remembered, by instance, newest first.
    fn ended_logins(&mut self, user: UserKey) -> Outcome<Vec<(String, LoginEnd)>>;
}
