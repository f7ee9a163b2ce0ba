//! On whose behalf something is done.

use tim_protocol::call::{Caller, Request};
use tim_protocol::{Code, UserId};
use uuid::Uuid;

use super::keys::UserKey;

/// The authenticated user on whose behalf a request is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The application. IDs in the request are looked up within it.
    pub app: u32,
    /// The user.
    pub user: UserId,
    /// The store's number for the user.
    pub key: UserKey,
    /// The requesting session, which gets no pushes of its own changes. `None` for the server itself.
    pub session: Option<Uuid>,
}

impl Actor {
    /// Checks whether somebody of this kind may make the request at all.
    ///
    /// # Errors
    /// [`Code::LOGIN_NEEDED`] for what guests may not.
    pub fn may(&self, request: &Request) -> Result<(), Code> {
        let is_theirs = !self.key.is_guest() || request.caller() == Caller::Guest;
        if is_theirs { Ok(()) } else { Err(Code::LOGIN_NEEDED) }
    }
}
