//! Rows of login instances: the valid ones, and the last ones that ended.

use tim_protocol::Code;
use tim_protocol::frame::KickReason;

use crate::core::ops::{Device, UserKey};
use crate::domain::DomainResult;

/// Why a login ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginEnd {
    /// The user logged out.
    LoggedOut,
    /// The server ended it.
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
    /// The valid logins, at most one per device.
    fn logins(&mut self, user: UserKey) -> DomainResult<Vec<Device>>;

    /// Stores a login; it replaces the one of the same device.
    fn put_login(&mut self, user: UserKey, login: &Device) -> DomainResult<()>;

    /// Ends a login, given its instance, and stores the reason.
    fn end_login(&mut self, user: UserKey, instance: &str, end: &LoginEnd) -> DomainResult<()>;

    /// Forgets all but the newest `keep` ended logins of a user.
    fn forget_ended_logins(&mut self, user: UserKey, keep: u32) -> DomainResult<()>;

    /// The stored ended logins by instance, newest first.
    fn ended_logins(&mut self, user: UserKey) -> DomainResult<Vec<(String, LoginEnd)>>;
}
