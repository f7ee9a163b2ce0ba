//! Who is online.

use tim_protocol::UserId;
use tim_protocol::call::{
    GetStatusesRequest, SetStatusRequest, StatusFailure, SubscribeStatusesRequest, UnsubscribeStatusesRequest,
};
use tim_protocol::status::{StatusType, UserStatus};

use super::Tim;
use crate::error::TimError;

/// The status of users, and of whom it cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserStatusResult {
    /// Those who exist, in the order asked for.
    pub success_user_list: Vec<UserStatus>,
    /// The others, with the reason.
    pub failure_user_list: Vec<StatusFailure>,
}

impl Tim {
    /// Says something of this user, up to 100 bytes, to everybody who is told that the user is online; an empty text takes it back. It
    /// is one for all devices of the user, and forgotten when the last of them is not connected any more.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::CUSTOM_STATUS_TOO_LONG`].
    pub async fn set_self_status(&self, custom_status: &str) -> Result<UserStatus, TimError> {
        let (user_id, custom_status) = (self.admitted()?, custom_status.to_owned());
        self.ask(SetStatusRequest { custom_status: custom_status.clone() }).await?;
        Ok(UserStatus { user_id, status_type: StatusType::Online, custom_status })
    }

    /// The status of 1 to 500 users, as it is now. Whoever is on a user's blacklist sees the user offline.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::BAD_REQUEST`] for none or too many.
    pub async fn get_user_status(&self, users: &[UserId]) -> Result<UserStatusResult, TimError> {
        let found = self.ask(GetStatusesRequest { user_id_list: users.to_vec() }).await?;
        Ok(UserStatusResult {
            success_user_list: found.statuses.into_iter().collect(),
            failure_user_list: found.failures.into_iter().collect(),
        })
    }

    /// Has the app told the status of 1 to 100 users by [`crate::event::Event::UserStatusUpdated`], as it is now and as it changes, until
    /// the login or the process ends. Of more than 200 users in all those who were named first give way. Returns those for whom it
    /// failed.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::BAD_REQUEST`] for none or too many,
    /// [`tim_protocol::Code::STATUS_OF_SELF`].
    pub async fn subscribe_user_status(&self, users: &[UserId]) -> Result<Vec<StatusFailure>, TimError> {
        let done = self.ask(SubscribeStatusesRequest { user_id_list: users.to_vec() }).await?;
        Ok(done.failures.into_iter().collect())
    }

    /// Ends subscriptions to up to 100 users, with an empty list to all.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::BAD_REQUEST`] for too many.
    pub async fn unsubscribe_user_status(&self, users: &[UserId]) -> Result<(), TimError> {
        let user_id_list = (!users.is_empty()).then(|| users.to_vec());
        self.ask(UnsubscribeStatusesRequest { user_id_list }).await.map(drop)
    }
}
