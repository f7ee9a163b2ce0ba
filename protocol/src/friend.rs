//! Friends of a user, applications to become one, and groups of friends: records of the user's own, and their bounds.
//!
//! Each comes as a change with the user version at which it was made: of two with one key the greater version is newer.

use serde::{Deserialize, Serialize};

use crate::fields::{FieldLimits, Fields};
use crate::profile::Profile;
use crate::word::words;
use crate::{Code, Fault, UnixMillis, UserId, limits};

/// What every key of a field of the app's in a friend begins with; 1 to 8 letters follow.
pub const FIELD_PREFIX: &str = "Tag_SNS_Custom_";

/// What every source begins with; 1 to 8 letters follow.
pub const SOURCE_PREFIX: &str = "AddSource_Type_";

const FIELDS: FieldLimits = FieldLimits {
    fields: limits::FRIEND_FIELDS,
    key_bytes: FIELD_PREFIX.len() + 8,
    value_bytes: limits::PROFILE_TEXT_BYTES,
};

words! {
    /// In whose list somebody becomes a friend.
    #[derive(Default)]
    AddType {
        /// In the list of the one who adds.
        Single = "Add_Type_Single",
        /// In both lists.
        #[default]
        Both = "Add_Type_Both",
    }
}

words! {
    /// From whose list a friend is deleted.
    #[derive(Default)]
    DeleteType {
        /// From the list of the one who deletes.
        Single = "Delete_Type_Single",
        /// From both lists.
        #[default]
        Both = "Delete_Type_Both",
    }
}

words! {
    /// Whose lists a check looks into.
    #[derive(Default)]
    CheckType {
        /// Into the list of the one who asks.
        Single = "CheckResult_Type_Single",
        /// Into both.
        #[default]
        Both = "CheckResult_Type_Both",
    }
}

words! {
    /// Which of two users, A who asks and B, has the other as a friend.
    #[derive(Default)]
    Relation {
        /// Neither.
        #[default]
        NoRelation = "CheckResult_Type_NoRelation",
        /// A has B.
        AWithB = "CheckResult_Type_AWithB",
        /// B has A.
        BWithA = "CheckResult_Type_BWithA",
        /// Each has the other.
        BothWay = "CheckResult_Type_BothWay",
    }
}

words! {
    /// Who applied.
    #[derive(Default)]
    ApplicationType {
        /// The other one, to this user.
        #[default]
        ComeIn = "Pendency_Type_ComeIn",
        /// This user, to the other one.
        SendOut = "Pendency_Type_SendOut",
    }
}

words! {
    /// How an application is accepted.
    #[derive(Default)]
    ResponseAction {
        /// The applicant has this user as a friend.
        Agree = "Response_Action_Agree",
        /// Each has the other.
        #[default]
        AgreeAndAdd = "Response_Action_AgreeAndAdd",
    }
}

/// What a user's list says of a friend.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FriendRecord {
    /// What the user calls the friend.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// The numbers of the friend groups that the friend is in. Those that there are no more are passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<u64>,
    /// How the friendship came about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What was said with it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wording: String,
    /// Since when.
    #[serde(default)]
    pub time: UnixMillis,
    /// Fields of the app's.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub friend_custom_field: Fields,
}

/// A friend was added, changed, or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FriendChange {
    /// The other user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// The user version of the change.
    pub version: u64,
    /// The friend; absent when there is no friend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friend: Option<FriendRecord>,
    /// The friend's profile as the server had it when it wrote this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Box<Profile>>,
}

/// An application to become a friend.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationRecord {
    /// How it came about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What the applicant says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wording: String,
    /// When it was made.
    #[serde(default)]
    pub time: UnixMillis,
    /// What the applicant calls the other one. In a sent one only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// The friend groups of the applicant's that the other one shall be in. In a sent one only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<u64>,
}

/// An application was made, or has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationChange {
    /// The other user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// Who applied.
    #[serde(rename = "type")]
    pub application_type: ApplicationType,
    /// The user version of the change. A received one is unread if it is above that of [`ApplicationsRead`].
    pub version: u64,
    /// The application; absent when it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationRecord>,
    /// The other user's nick.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// The other user's avatar.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
}

/// All applications are read that were there at this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationsRead {
    /// The user version.
    pub version: u64,
}

/// A friend group was created, renamed, or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FriendGroupChange {
    /// The group's number, which no other group of the user ever has.
    pub number: u64,
    /// The user version of the change.
    pub version: u64,
    /// The name; absent when it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Checks a remark.
pub(crate) fn check_remark(remark: &str) -> Result<(), Fault> {
    within("remark", remark, limits::FRIEND_REMARK_BYTES)
}

/// Checks what is said with an application.
pub(crate) fn check_wording(wording: &str) -> Result<(), Fault> {
    within("wording", wording, limits::FRIEND_WORDING_BYTES)
}

/// Checks the name of a friend group.
pub(crate) fn check_group_name(name: &str) -> Result<(), Fault> {
    if name.is_empty() {
        return Err(Fault::with_text(Code::FRIEND_BAD_PARAMETER, "a friend group has a name"));
    }
    within("the name of a friend group", name, limits::FRIEND_GROUP_NAME_BYTES)
}

/// Checks a source.
pub(crate) fn check_source(source: &str) -> Result<(), Fault> {
    let letters = source.strip_prefix(SOURCE_PREFIX).unwrap_or_default();
    if (1..=8).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(());
    }
    let text = format!("source is {SOURCE_PREFIX} with 1 to 8 letters after it");
    Err(Fault::with_text(Code::FRIEND_BAD_PARAMETER, text))
}

/// Checks fields to set.
pub(crate) fn check_fields(fields: &Fields) -> Result<(), Fault> {
    if fields.fit(FIELDS) && fields.have_prefix(FIELD_PREFIX) {
        return Ok(());
    }
    let text = format!(
        "friendCustomField has up to 5 keys of {FIELD_PREFIX} and 1 to 8 letters, values to 500 bytes"
    );
    Err(Fault::with_text(Code::FRIEND_BAD_PARAMETER, text))
}

impl FriendRecord {
    /// Whether there are no more fields of the app's than may be.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.friend_custom_field.fit(FIELDS)
    }
}

fn within(name: &str, text: &str, bytes: usize) -> Result<(), Fault> {
    if text.len() <= bytes {
        return Ok(());
    }
    Err(Fault::with_text(Code::FRIEND_BAD_PARAMETER, format!("{name} has at most {bytes} bytes")))
}
