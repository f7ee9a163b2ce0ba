//! Profiles, as both faces have them.

use serde::{Deserialize, Serialize};
use tim::protocol::profile as engine;

use super::{CustomField, custom_fields, fields as app_fields, mirror_words, seconds, small, unsigned_small};
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

mirror_words! {
    /// Who becomes a user's friend on asking.
    AllowType = engine::AllowType {
        /// Everybody, at once.
        AllowAny = "AllowType_Type_AllowAny",
        /// Whom the user agrees to.
        NeedConfirm = "AllowType_Type_NeedConfirm",
        /// Nobody.
        DenyAny = "AllowType_Type_DenyAny",
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
    /// Who becomes this user's friend on asking.
    pub allow_type: AllowType,
    /// A language, by a number of the app's; 0 if none.
    pub language: i32,
    /// A level, by a number of the app's; 0 if none.
    pub level: i32,
    /// A role, by a number of the app's; 0 if none.
    pub role: i32,
    /// Fields of the app's.
    pub profile_custom_field: Vec<CustomField>,
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
    /// Who becomes this user's friend on asking.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub allow_type: Option<AllowType>,
    /// A language, by a number of the app's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub language: Option<i32>,
    /// A level, by a number of the app's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub level: Option<i32>,
    /// A role, by a number of the app's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub role: Option<i32>,
    /// Fields of the app's to set, up to 20 in all, beside which the others stay; an empty value removes a field. A key is
    /// `Tag_Profile_Custom_` and 1 to 8 letters, a value up to 500 bytes.
    #[uniffi(default = [])]
    pub profile_custom_field: Vec<CustomField>,
}

impl From<engine::Profile> for Profile {
    fn from(profile: engine::Profile) -> Self {
        let engine::Profile { user_id, fields, last_updated_time } = profile;
        let engine::ProfileFields {
            nick,
            avatar,
            gender,
            self_signature,
            birthday,
            location,
            allow_type,
            language,
            level,
            role,
            profile_custom_field,
        } = fields;
        Self {
            user_id: user_id.to_string(),
            nick: nick.unwrap_or_default(),
            avatar: avatar.unwrap_or_default(),
            gender: gender.unwrap_or_default().into(),
            self_signature: self_signature.unwrap_or_default(),
            birthday: birthday.map_or(0, small),
            location: location.unwrap_or_default(),
            allow_type: allow_type.unwrap_or_default().into(),
            language: language.map_or(0, small),
            level: level.map_or(0, small),
            role: role.map_or(0, small),
            profile_custom_field: custom_fields(profile_custom_field),
            last_updated_time: seconds(last_updated_time),
        }
    }
}

impl TryFrom<ProfileFields> for engine::ProfileFields {
    type Error = TimError;
    fn try_from(fields: ProfileFields) -> Result<Self, TimError> {
        let ProfileFields {
            nick,
            avatar,
            gender,
            self_signature,
            birthday,
            location,
            allow_type,
            language,
            level,
            role,
            profile_custom_field,
        } = fields;
        let number = |number: Option<i32>| number.map(unsigned_small).transpose();
        Ok(Self {
            nick,
            avatar,
            gender: gender.map(Into::into),
            self_signature,
            birthday: number(birthday)?,
            location,
            allow_type: allow_type.map(Into::into),
            language: number(language)?,
            level: number(level)?,
            role: number(role)?,
            profile_custom_field: app_fields(profile_custom_field),
        })
    }
}
