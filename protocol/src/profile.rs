//! Profiles of users.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::kinds::part_of;
use crate::word::words;
use crate::{Code, UnixMillis, UserId, limits};

/// A user's profile. Fields never set are empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// Everything the user may change.
    #[serde(flatten)]
    pub fields: ProfileFields,
    /// When it last changed; 0 if never.
    pub last_updated_time: UnixMillis,
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct OfProfile {
            #[serde(rename = "userID")]
            user_id: UserId,
            #[serde(default)]
            last_updated_time: UnixMillis,
        }
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let OfProfile { user_id, last_updated_time } = part_of(&text)?;
        Ok(Self { user_id, fields: part_of(&text)?, last_updated_time })
    }
}

/// The fields of a profile that the user can change. In an update, fields that are `None` keep their values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileFields {
    /// Display name, at most 500 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick: Option<String>,
    /// Address of a picture, up to 500 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Gender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// A line about oneself, up to 500 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_signature: Option<String>,
    /// Day of birth as a number, year first: 20000419.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<u32>,
    /// A place, up to 16 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

words! {
    /// The gender, with TIM's values.
    #[derive(Default)]
    Gender {
        /// Unknown or not given.
        #[default]
        Unknown = "Gender_Type_Unknown",
        /// Female.
        Female = "Gender_Type_Female",
        /// Male.
        Male = "Gender_Type_Male",
    }
}

impl ProfileFields {
    /// Checks an update.
    ///
    /// # Errors
    /// [`Code::PROFILE_NOTHING_TO_SET`] if every field is `None`; [`Code::PROFILE_VALUE_TOO_LONG`] if a text is
    /// over its limit.
    pub fn check(&self) -> Result<(), Code> {
        if *self == Self::default() {
            return Err(Code::PROFILE_NOTHING_TO_SET);
        }
        let over = |text: &Option<String>, max: usize| text.as_ref().is_some_and(|text| text.len() > max);
        let too_long = over(&self.nick, limits::PROFILE_TEXT_BYTES)
            || over(&self.avatar, limits::PROFILE_TEXT_BYTES)
            || over(&self.self_signature, limits::PROFILE_TEXT_BYTES)
            || over(&self.location, limits::PROFILE_LOCATION_BYTES);
        if too_long { Err(Code::PROFILE_VALUE_TOO_LONG) } else { Ok(()) }
    }

    /// Copies the fields set in `update` into `self`.
    pub fn merge(&mut self, update: Self) {
        let Self { nick, avatar, gender, self_signature, birthday, location } = update;
        let keep = |old: &mut Option<String>, new: Option<String>| {
            if new.is_some() {
                *old = new;
            }
        };
        keep(&mut self.nick, nick);
        keep(&mut self.avatar, avatar);
        keep(&mut self.self_signature, self_signature);
        keep(&mut self.location, location);
        self.gender = gender.or(self.gender);
        self.birthday = birthday.or(self.birthday);
    }
}
