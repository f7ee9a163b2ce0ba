//! Profiles of users.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::fields::{FieldLimits, Fields};
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

/// What every key of a field of the app's in a profile begins with; 1 to 8 letters follow.
pub const FIELD_PREFIX: &str = "Tag_Profile_Custom_";

const FIELDS: FieldLimits = FieldLimits {
    fields: limits::PROFILE_FIELDS,
    key_bytes: FIELD_PREFIX.len() + 8,
    value_bytes: limits::PROFILE_TEXT_BYTES,
};

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
    /// Who becomes this user's friend on asking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_type: Option<AllowType>,
    /// A language, by a number of the app's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<u32>,
    /// A level, by a number of the app's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u32>,
    /// A role, by a number of the app's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<u32>,
    /// Fields of the app's, up to 20. In an update the others stay, and an empty value removes a field.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub profile_custom_field: Fields,
}

words! {
    /// Who becomes a user's friend on asking.
    #[derive(Default)]
    AllowType {
        /// Everybody, at once.
        #[default]
        AllowAny = "AllowType_Type_AllowAny",
        /// Whom the user agrees to.
        NeedConfirm = "AllowType_Type_NeedConfirm",
        /// Nobody.
        DenyAny = "AllowType_Type_DenyAny",
    }
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
    /// over its limit; [`Code::PROFILE_INVALID`] for fields of the app's that are too many or have another key;
    /// [`Code::VALUE_UNKNOWN`] for an allow type of a later version.
    pub fn check(&self) -> Result<(), Code> {
        if *self == Self::default() {
            return Err(Code::PROFILE_NOTHING_TO_SET);
        }
        let over = |text: &Option<String>, max: usize| text.as_ref().is_some_and(|text| text.len() > max);
        let too_long = over(&self.nick, limits::PROFILE_TEXT_BYTES)
            || over(&self.avatar, limits::PROFILE_TEXT_BYTES)
            || over(&self.self_signature, limits::PROFILE_TEXT_BYTES)
            || over(&self.location, limits::PROFILE_LOCATION_BYTES);
        if too_long
            || self.profile_custom_field.0.values().any(|value| value.len() > limits::PROFILE_TEXT_BYTES)
        {
            return Err(Code::PROFILE_VALUE_TOO_LONG);
        }
        if matches!(self.allow_type, Some(AllowType::Other(_))) {
            return Err(Code::VALUE_UNKNOWN);
        }
        if self.profile_custom_field.fit(FIELDS) && self.profile_custom_field.have_prefix(FIELD_PREFIX) {
            Ok(())
        } else {
            Err(Code::PROFILE_INVALID)
        }
    }

    /// Copies the fields set in `update` into `self`.
    ///
    /// # Errors
    /// [`Code::PROFILE_INVALID`] if there are more fields of the app's then than a profile may have.
    pub fn merge(&mut self, update: Self) -> Result<(), Code> {
        let Self {
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
        } = update;
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
        self.allow_type = allow_type.or(self.allow_type);
        self.language = language.or(self.language);
        self.level = level.or(self.level);
        self.role = role.or(self.role);
        self.profile_custom_field.set(profile_custom_field);
        if self.profile_custom_field.fit(FIELDS) { Ok(()) } else { Err(Code::PROFILE_INVALID) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> ProfileFields {
        serde_json::from_str(text).unwrap()
    }

    fn custom(key: &str, value: &str) -> ProfileFields {
        fields(&format!(r#"{{"profileCustomField":[{{"key":"{key}","value":"{value}"}}]}}"#))
    }

    #[test]
    fn fields_of_the_apps_have_keys_of_letters_after_the_prefix() {
        assert_eq!(custom("Tag_Profile_Custom_Team", "red").check(), Ok(()));
        assert_eq!(custom("Tag_Profile_Custom_Team", "").check(), Ok(()), "removes it");
        for key in ["Team", "Tag_Profile_Custom_", "Tag_Profile_Custom_Te am", "Tag_Profile_Custom_Teamworks"]
        {
            assert_eq!(custom(key, "red").check(), Err(Code::PROFILE_INVALID), "{key}");
        }
        let long = "x".repeat(limits::PROFILE_TEXT_BYTES + 1);
        assert_eq!(custom("Tag_Profile_Custom_Team", &long).check(), Err(Code::PROFILE_VALUE_TOO_LONG));
        assert_eq!(fields(r#"{"allowType":"AllowType_Type_Ask"}"#).check(), Err(Code::VALUE_UNKNOWN));
    }

    #[test]
    fn an_update_adds_to_what_is_there_up_to_the_limit() {
        let mut profile = ProfileFields::default();
        for letter in ('a'..).take(limits::PROFILE_FIELDS) {
            profile.merge(custom(&format!("{FIELD_PREFIX}{letter}"), "1")).unwrap();
        }
        profile.merge(custom("Tag_Profile_Custom_a", "2")).unwrap();
        let over = profile.clone().merge(custom("Tag_Profile_Custom_z", "1"));
        assert_eq!(over, Err(Code::PROFILE_INVALID));
        profile.merge(custom("Tag_Profile_Custom_b", "")).unwrap();
        profile.merge(custom("Tag_Profile_Custom_z", "1")).unwrap();
        profile.merge(fields(r#"{"level":3,"allowType":"AllowType_Type_DenyAny"}"#)).unwrap();
        profile.merge(fields(r#"{"level":4}"#)).unwrap();
        assert_eq!((profile.level, profile.allow_type), (Some(4), Some(AllowType::DenyAny)));
        assert_eq!(profile.profile_custom_field.0.len(), limits::PROFILE_FIELDS);
    }
}
