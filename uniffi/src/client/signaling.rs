//! Invitations: to a call, a game, whatever the app makes of it.

use tim::Code;

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{Message, SignalingInfo, group_id, unsigned_small, user_id, user_ids};

#[uniffi::export]
impl Tim {
    /// Invites a user, for `timeout` seconds, or with 0 for ever, and returns the invitation's ID. `data` is the app's. With
    /// the last parameter only those hear of it who are connected now, and nothing is stored.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 20001 for oneself or a negative time, 8001 for data that is too long, and
    /// what a message is refused with. `Unreachable`: 2800 or 2801, if only those who are connected hear of it.
    pub async fn invite(
        &self,
        user_id: String,
        data: String,
        timeout: i32,
        online_user_only: bool,
    ) -> Result<String, TimError> {
        let (user, timeout) = (self::user_id(&user_id)?, unsigned_small(timeout)?);
        Ok(offload(self.tim.invite(user, &data, timeout, online_user_only)).await?)
    }

    /// Invites 1 to 100 members of a group, as `invite` does one user.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 or 2002 for an id that is none, 20001 for nobody, more than 100, oneself or a negative time, 8001 for
    /// data that is too long, and what a message is refused with. `Unreachable`: 2800 or 2801, if only those who are connected hear of it.
    pub async fn invite_in_group(
        &self,
        group_id: String,
        invitee_list: Vec<String>,
        data: String,
        timeout: i32,
        online_user_only: bool,
    ) -> Result<String, TimError> {
        let (group, users) = (self::group_id(&group_id)?, user_ids(&invitee_list)?);
        let timeout = unsigned_small(timeout)?;
        Ok(offload(self.tim.invite_in_group(group, &users, &data, timeout, online_user_only)).await?)
    }

    /// Takes an invitation of this user's back, for those who have not answered.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 8010 for an invitation that is unknown or over, 8011 for one of another user's, 8012 while a signal
    /// about it is on its way; 8001, and what a message is refused with. `Unreachable`: 2800 or 2801, if only those who are
    /// connected hear of it.
    pub async fn cancel(&self, invite_id: String, data: String) -> Result<(), TimError> {
        Ok(offload(self.tim.cancel(&invite_id, &data)).await?)
    }

    /// Changes what an invitation of this user's says, as long as it waits, for all who are invited. Whoever was away sees what it says
    /// now.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 8010 for an invitation that is unknown or over, or was made for those who were connected alone, 8011 for one
    /// of another user's, 2480 if another device of this user changed it meanwhile, 8001, and what a message is refused with.
    /// `Unreachable`: 2800 or 2801.
    pub async fn modify_invitation(&self, invite_id: String, data: String) -> Result<(), TimError> {
        Ok(offload(self.tim.modify_invitation(&invite_id, &data)).await?)
    }

    /// Accepts an invitation, on all devices of this user.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 8010 for an invitation that is unknown, answered or over, 8011 for one of others, 8012 while an answer
    /// is on its way; 8001, and what a message is refused with. `Unreachable`: 2800 or 2801, if only those who are connected
    /// hear of it.
    pub async fn accept(&self, invite_id: String, data: String) -> Result<(), TimError> {
        Ok(offload(self.tim.accept(&invite_id, &data)).await?)
    }

    /// Rejects an invitation, on all devices of this user.
    ///
    /// # Errors
    /// As `accept`.
    pub async fn reject(&self, invite_id: String, data: String) -> Result<(), TimError> {
        Ok(offload(self.tim.reject(&invite_id, &data)).await?)
    }

    /// The signal that a message is.
    ///
    /// # Errors
    /// `Refused`: 2105 for a message that is none.
    pub async fn get_signaling_info(&self, message: Message) -> Result<SignalingInfo, TimError> {
        let message = message.try_into()?;
        let info = tim::Tim::get_signaling_info(&message).ok_or(Code::MESSAGE_INVALID);
        Ok(info.map_err(tim::error::TimError::from)?.into())
    }
}
