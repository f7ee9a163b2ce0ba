//! Profiles, the blacklist, and do not disturb.

use tim_protocol::UserId;
use tim_protocol::call::{SetReceiveOptRequest, UpdateBlacklistRequest, UpdateProfileRequest};
use tim_protocol::profile::{Profile, ProfileFields};
use tim_protocol::receive::AllReceiveMessageOpt;

use super::{Tim, unexpected};
use crate::error::TimError;
use crate::machine::io::{Call, Return};

impl Tim {
    /// This user's profile.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn get_my_profile(&self) -> Result<Profile, TimError> {
        self.profiles(Call::MyProfile).await?.pop().ok_or_else(unexpected)
    }

    /// Users' profiles; users who do not exist are left out. 1 to 100 users. Without a connection those that this device knows: of friends, and
    /// the last that were asked for or that changed. If it knows none, the call waits for the connection.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::BAD_REQUEST`] for none or too many.
    pub async fn get_user_profile(&self, users: &[UserId]) -> Result<Vec<Profile>, TimError> {
        self.profiles(Call::Profiles(users.to_vec())).await
    }

    /// Changes this user's profile; what is not set stays.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::PROFILE_NOTHING_TO_SET`],
    /// [`tim_protocol::Code::PROFILE_VALUE_TOO_LONG`], [`tim_protocol::Code::PROFILE_INVALID`] for fields of the app's that are too
    /// many or have another key.
    pub async fn update_my_profile(&self, fields: ProfileFields) -> Result<Profile, TimError> {
        Ok(*self.ask(UpdateProfileRequest { fields }).await?.profile)
    }

    /// Whom this user does not want to hear from.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn get_blacklist(&self) -> Result<Vec<UserId>, TimError> {
        match self.call(Call::Blacklist).await? {
            Return::Users(users) => Ok(users),
            _ => Err(unexpected()),
        }
    }

    /// Puts users on the blacklist: what they send to this user is refused.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::BLACKLIST_SELF`],
    /// [`tim_protocol::Code::BLACKLIST_FULL`], [`tim_protocol::Code::UNKNOWN_USER`].
    pub async fn add_to_blacklist(&self, users: &[UserId]) -> Result<(), TimError> {
        self.update_blacklist(users, true).await
    }

    /// Takes users off the blacklist.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn remove_from_blacklist(&self, users: &[UserId]) -> Result<(), TimError> {
        self.update_blacklist(users, false).await
    }

    /// Sets how this user wants to be told of messages of all conversations, on all devices of the user: during a time of each day or
    /// once, for instance without notifications. It takes the place of the former option; the default ends it. What is shown is the
    /// app's business: [`AllReceiveMessageOpt::at`] says what holds at a moment.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::BAD_REQUEST`] for a time that is missing, told twice or
    /// impossible, a duration of 0, or an option that only a conversation can have.
    pub async fn set_all_receive_message_opt(&self, opt: AllReceiveMessageOpt) -> Result<(), TimError> {
        self.ask(SetReceiveOptRequest { opt }).await.map(drop)
    }

    /// How this user wants to be told of messages of all conversations, as this device knows it.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn get_all_receive_message_opt(&self) -> Result<AllReceiveMessageOpt, TimError> {
        match self.call(Call::ReceiveOpt).await? {
            Return::ReceiveOpt(opt) => Ok(opt),
            _ => Err(unexpected()),
        }
    }

    async fn update_blacklist(&self, users: &[UserId], listed: bool) -> Result<(), TimError> {
        self.ask(UpdateBlacklistRequest { user_id_list: users.to_vec(), listed }).await.map(drop)
    }

    async fn profiles(&self, call: Call) -> Result<Vec<Profile>, TimError> {
        match self.call(call).await? {
            Return::Profiles(profiles) => Ok(profiles),
            _ => Err(unexpected()),
        }
    }
}
