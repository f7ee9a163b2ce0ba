//! Users: profiles and the blacklist.

use serde::{Deserialize, Serialize};

use super::{Check, Done};
use crate::bounds::user_count;
use crate::profile::{Profile, ProfileFields};
use crate::{Code, Fault, List, UserId};

/// Asks for users' profiles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetProfiles {
    /// The users; at most [`crate::limits::USERS_PER_CALL`]. Unknown ones are left out of the answer.
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
}

/// Profiles of the users that exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profiles {
    /// In the order asked for.
    pub profiles: List<Profile>,
    /// How many of the users asked for were looked at, if not all of them fit one page: ask again for the others. At least
    /// one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
}

/// Changes the own profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateProfile {
    /// What to change; fields left out stay.
    pub fields: ProfileFields,
}

/// A profile as it is after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileIs {
    /// The profile.
    pub profile: Profile,
}

/// Puts users on the blacklist, or takes them off. A blacklisted user's C2C messages are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateBlacklist {
    /// The users; at most [`crate::limits::USERS_PER_CALL`].
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
    /// On (`true`) or off.
    pub listed: bool,
}

impl Check for GetProfiles {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        user_count(&self.user_id_list)
    }
}

impl Check for UpdateProfile {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        Ok(self.fields.check()?)
    }
}

impl Check for UpdateBlacklist {
    fn check(&self, asker: &UserId) -> Result<(), Fault> {
        user_count(&self.user_id_list)?;
        if self.user_id_list.contains(asker) { Err(Fault::new(Code::BLACKLIST_SELF)) } else { Ok(()) }
    }
}

verbs! {
    /// What is asked about users.
    UsersRequest -> UsersReply {
        Query GetProfiles = "profile.get" -> Profiles,
        Command UpdateProfile = "profile.update" -> ProfileIs,
        Command UpdateBlacklist = "blacklist.update" -> Done,
    }
}
