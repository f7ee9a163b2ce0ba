//! Profiles, as both faces have them.

use serde::{Deserialize, Serialize};
use tim::protocol::profile as engine;

use super::{mirror_words, seconds, small, unsigned_small};
use crate::error::TimError;

mirror_words! {
    /// Gender, as a profile tells it.
    Gender = engine::Gender {
        /// Unknown or not given.
        Unknown = "Gender_Type_Unknown",
        /// Female.
        Female = "Gender_Type_Female",
        /// Male.
        Male = "Gender_Type_Male",
    }
}

/// A user's profile.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// Display name; empty if none.
    pub nick: String,
    /// Address of a picture; empty if none.
    pub avatar: String,
    /// Gender.
    pub gender: Gender,
    /// A line about oneself; empty if none.
    pub self_signature: String,
    /// Day of birth as a number, year first: 20000419; 0 if it is not told.
    pub birthday: i32,
    /// A place; empty if none.
    pub location: String,
    /// When it last changed; 0 if never.
    pub last_updated_time: i64,
}

/// The changeable part of a profile; in an update, what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ProfileFields {
    /// Display name, at most 500 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub nick: Option<String>,
    /// Address of a picture, up to 500 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub avatar: Option<String>,
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub gender: Option<Gender>,
    /// A line about oneself, up to 500 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub self_signature: Option<String>,
    /// Day of birth as a number, year first: 20000419.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub birthday: Option<i32>,
    /// A place, up to 16 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub location: Option<String>,
}

impl From<engine::Profile> for Profile {
    fn from(profile: engine::Profile) -> Self {
        let engine::Profile { user_id, fields, last_updated_time } = profile;
        let engine::ProfileFields { nick, avatar, gender, self_signature, birthday, location } = fields;
        Self {
            user_id: user_id.to_string(),
            nick: nick.unwrap_or_default(),
            avatar: avatar.unwrap_or_default(),
            gender: gender.unwrap_or_default().into(),
            self_signature: self_signature.unwrap_or_default(),
            birthday: birthday.map_or(0, small),
            location: location.unwrap_or_default(),
            last_updated_time: seconds(last_updated_time),
        }
    }
}

impl TryFrom<ProfileFields> for engine::ProfileFields {
    type Error = TimError;
    fn try_from(fields: ProfileFields) -> Result<Self, TimError> {
        let ProfileFields { nick, avatar, gender, self_signature, birthday, location } = fields;
        let birthday = birthday.map(unsigned_small).transpose()?;
        Ok(Self { nick, avatar, gender: gender.map(Into::into), self_signature, birthday, location })
    }
}
