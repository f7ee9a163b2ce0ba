//! Profiles, the blacklist, and do not disturb.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{AllReceiveMessageOpt, Profile, ProfileFields, user_ids};

#[uniffi::export]
impl Tim {
    /// This user's profile.
    ///
    /// # Errors
    /// `NotReady`. `Unreachable`: 2800 or 2801.
    pub async fn get_my_profile(&self) -> Result<Profile, TimError> {
        Ok(offload(self.tim.get_my_profile()).await?.into())
    }

    /// The profiles of 1 to 100 users; users who do not exist are left out. Without a connection those that this device knows: of friends, and
    /// the last that were asked for or that changed. If it knows none, the call waits for the connection.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 20001 for none or more than 100, 2002 for an id that is none. `Unreachable`: 2800 or 2801.
    pub async fn get_user_profile(&self, user_id_list: Vec<String>) -> Result<Vec<Profile>, TimError> {
        let profiles = offload(self.tim.get_user_profile(&user_ids(&user_id_list)?)).await?;
        Ok(profiles.into_iter().map(Into::into).collect())
    }

    /// Changes this user's profile; what is absent stays.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2722 for nothing to change, 40601 for a value that is too long, 2721 for fields of the app's that
    /// are too many or have another key, 130116 for `Other`. `Unreachable`: 2800 or 2801.
    pub async fn update_my_profile(&self, fields: ProfileFields) -> Result<Profile, TimError> {
        Ok(offload(self.tim.update_my_profile(fields.try_into()?)).await?.into())
    }

    /// Whom this user does not want to hear from.
    ///
    /// # Errors
    /// `NotReady`.
    pub async fn get_blacklist(&self) -> Result<Vec<String>, TimError> {
        Ok(offload(self.tim.get_blacklist()).await?.iter().map(ToString::to_string).collect())
    }

    /// Puts users on the blacklist.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 20001 for none or more than 100, 2742 for oneself, 20003 for a user who
    /// does not exist, 30013 if it is full. `Unreachable`: 2800 or 2801.
    pub async fn add_to_blacklist(&self, user_id_list: Vec<String>) -> Result<(), TimError> {
        Ok(offload(self.tim.add_to_blacklist(&user_ids(&user_id_list)?)).await?)
    }

    /// Takes users off the blacklist.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 20001 for none or more than 100, 2742 for oneself, 20003 for a user who
    /// does not exist. `Unreachable`: 2800 or 2801.
    pub async fn remove_from_blacklist(&self, user_id_list: Vec<String>) -> Result<(), TimError> {
        Ok(offload(self.tim.remove_from_blacklist(&user_ids(&user_id_list)?)).await?)
    }

    /// Sets how this user wants to be told of messages of all conversations, on all devices of the user, in the place of what was set
    /// before: without notifications at night, for instance. `AcceptAndNotify` without a time ends it. What is shown is the app's
    /// business.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 20001 for a time that is missing, told twice or impossible, a duration of 0, an option that only a
    /// conversation can have; 130116 for `Other`. `Unreachable`: 2800 or 2801.
    pub async fn set_all_receive_message_opt(&self, opt: AllReceiveMessageOpt) -> Result<(), TimError> {
        Ok(offload(self.tim.set_all_receive_message_opt(opt.try_into()?)).await?)
    }

    /// How this user wants to be told of messages of all conversations, as this device knows it, also without a connection.
    ///
    /// # Errors
    /// `NotReady`.
    pub async fn get_all_receive_message_opt(&self) -> Result<AllReceiveMessageOpt, TimError> {
        Ok(offload(self.tim.get_all_receive_message_opt()).await?.into())
    }
}
