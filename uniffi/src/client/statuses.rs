//! Who is online.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{UserStatus, UserStatusFailure, UserStatusResult, user_ids};

#[uniffi::export]
impl Tim {
    /// Says something of this user, up to 100 bytes, to everybody who is told that the user is online; an empty text takes it back. It
    /// is one for all devices of the user, and forgotten when the last of them is not connected any more.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 130190 for more than 100 bytes. `Unreachable`: 2800 or 2801.
    pub async fn set_self_status(&self, custom_status: String) -> Result<UserStatus, TimError> {
        Ok(offload(self.tim.set_self_status(&custom_status)).await?.into())
    }

    /// The status of 1 to 500 users, as it is now. Whoever is on a user's blacklist sees the user offline.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 20001 for none or more than 500, 2002 for an id that is none. `Unreachable`: 2800 or 2801.
    pub async fn get_user_status(&self, user_id_list: Vec<String>) -> Result<UserStatusResult, TimError> {
        Ok(offload(self.tim.get_user_status(&user_ids(&user_id_list)?)).await?.into())
    }

    /// Has the status of 1 to 100 users told by `UserStatusUpdated`, as it is now and as it changes, until the login or the process
    /// ends. Of more than 200 users in all those who were named first give way. Returns those for whom it failed.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 20001 for none or more than 100, 2002 for an id that is none, 130191 for oneself. `Unreachable`: 2800 or
    /// 2801.
    pub async fn subscribe_user_status(
        &self,
        user_id_list: Vec<String>,
    ) -> Result<Vec<UserStatusFailure>, TimError> {
        let failures = offload(self.tim.subscribe_user_status(&user_ids(&user_id_list)?)).await?;
        Ok(failures.into_iter().map(Into::into).collect())
    }

    /// Ends subscriptions to up to 100 users, with an empty list to all.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 20001 for more than 100, 2002 for an id that is none. `Unreachable`: 2800 or 2801.
    pub async fn unsubscribe_user_status(&self, user_id_list: Vec<String>) -> Result<(), TimError> {
        Ok(offload(self.tim.unsubscribe_user_status(&user_ids(&user_id_list)?)).await?)
    }
}
