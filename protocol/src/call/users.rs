//! Users: profiles, the blacklist, and do not disturb.

use serde::{Deserialize, Serialize};

use super::{Check, Done};
use crate::bounds::{number, user_count};
use crate::profile::{Profile, ProfileFields};
use crate::receive::{AllReceiveMessageOpt, ReceiveOpt};
use crate::{Code, Fault, List, UnixMillis, UserId};

/// Asks for users' profiles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetProfilesRequest {
    /// The users; at most [`crate::limits::USERS_PER_CALL`]. Unknown ones are left out of the answer.
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
}

/// Profiles of the users that exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profiles {
    /// In the order asked for.
    pub profiles: List<Profile>,
    /// If not all profiles fit one page: how many of the requested users this page covers, at least one. Request the
    /// remaining users again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
}

/// Asks for the profiles that changed lately, of the caller's friends and of the other sides of the caller's C2C conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedProfilesRequest {
    /// Those that changed after this time of the server's.
    pub since: UnixMillis,
    /// [`ChangedProfiles::next`] of the page before; absent to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

/// Profiles that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedProfiles {
    /// The profiles.
    pub profiles: List<Profile>,
    /// Where the next page begins, if not all fit this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Asked from this time on, nothing is missed that changed since this page was read.
    pub time: UnixMillis,
}

/// Changes the caller's profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateProfileRequest {
    /// The fields to change; absent fields keep their values.
    pub fields: ProfileFields,
}

/// The profile after the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileIs {
    /// The profile.
    pub profile: Box<Profile>,
}

/// Adds users to the blacklist, or removes them. A blacklisted user's C2C messages are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateBlacklistRequest {
    /// The users; at most [`crate::limits::USERS_PER_CALL`].
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
    /// On (`true`) or off.
    pub listed: bool,
}

/// Sets how the caller wants to be told of messages of all conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetReceiveOptRequest {
    /// The option, in the place of the former one.
    pub opt: AllReceiveMessageOpt,
}

impl Check for GetProfilesRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        user_count(&self.user_id_list)
    }
}

impl Check for ChangedProfilesRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        number("before", self.before.unwrap_or(0))
    }
}

impl Check for UpdateProfileRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        Ok(self.fields.check()?)
    }
}

impl Check for UpdateBlacklistRequest {
    fn check(&self, asker: &UserId) -> Result<(), Fault> {
        user_count(&self.user_id_list)?;
        if self.user_id_list.contains(asker) { Err(Fault::new(Code::BLACKLIST_SELF)) } else { Ok(()) }
    }
}

impl Check for SetReceiveOptRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        self.opt.check()
    }
}

verbs! {
    /// The requests about users.
    UsersRequest -> UsersReply {
        Query by User: GetProfiles(GetProfilesRequest) = "profile.get" -> Profiles,
        Command by User: UpdateProfile(UpdateProfileRequest) = "profile.update" -> ProfileIs,
        Command by User: UpdateBlacklist(UpdateBlacklistRequest) = "blacklist.update" -> Done,
        Command by User: SetReceiveOpt(SetReceiveOptRequest) = "receive.set" -> ReceiveOpt,
        Query by User: ChangedProfiles(ChangedProfilesRequest) = "profile.changed" -> ChangedProfiles,
    }
}
