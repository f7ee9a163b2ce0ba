//! Friends, applications and friend groups, as both faces have them.

use serde::{Deserialize, Serialize};
use tim::friend as engine;
use tim::protocol::call;
use tim::protocol::friend as wire;

use super::{CustomField, Profile, custom_fields, mirror_words, seconds, small, user_id};
use crate::error::TimError;

mirror_words! {
    /// In whose list somebody becomes a friend.
    AddType = wire::AddType {
        /// In the list of the one who adds.
        Single = "Add_Type_Single",
        /// In both lists.
        Both = "Add_Type_Both",
    }
}

mirror_words! {
    /// From whose list a friend is deleted.
    DeleteType = wire::DeleteType {
        /// From the list of the one who deletes.
        Single = "Delete_Type_Single",
        /// From both lists.
        Both = "Delete_Type_Both",
    }
}

mirror_words! {
    /// Whose lists a check looks into.
    CheckType = wire::CheckType {
        /// Into the list of the one who asks.
        Single = "CheckResult_Type_Single",
        /// Into both.
        Both = "CheckResult_Type_Both",
    }
}

mirror_words! {
    /// Which of two users, A who asks and B, has the other as a friend.
    Relation = wire::Relation {
        /// Neither.
        NoRelation = "CheckResult_Type_NoRelation",
        /// A has B.
        AWithB = "CheckResult_Type_AWithB",
        /// B has A.
        BWithA = "CheckResult_Type_BWithA",
        /// Each has the other.
        BothWay = "CheckResult_Type_BothWay",
    }
}

mirror_words! {
    /// Who applied.
    ApplicationType = wire::ApplicationType {
        /// The other one, to this user.
        ComeIn = "Pendency_Type_ComeIn",
        /// This user, to the other one.
        SendOut = "Pendency_Type_SendOut",
    }
}

mirror_words! {
    /// How an application is accepted.
    ResponseAction = wire::ResponseAction {
        /// The applicant has this user as a friend.
        Agree = "Response_Action_Agree",
        /// Each has the other.
        AgreeAndAdd = "Response_Action_AgreeAndAdd",
    }
}

/// A friend.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Friend {
    /// The friend.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// What this user calls the friend; empty if nothing.
    pub remark: String,
    /// The names of the friend groups that the friend is in.
    pub group_list: Vec<String>,
    /// How the friendship came about: `AddSource_Type_` and up to 8 letters.
    pub source: String,
    /// What was said with it.
    pub wording: String,
    /// Since when.
    pub time_stamp: i64,
    /// The friend's profile, as this device was last told.
    pub profile: Profile,
    /// Fields of the app's.
    pub friend_custom_field: Vec<CustomField>,
}

/// A friend to add.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewFriend {
    /// The user.
    pub to: String,
    /// How it came about: `AddSource_Type_` and 1 to 8 letters.
    pub source: String,
    /// What is said with it, up to 256 bytes.
    #[serde(default)]
    #[uniffi(default = "")]
    pub wording: String,
    /// In whose list; in both if absent.
    #[serde(default)]
    #[uniffi(default = None)]
    pub r#type: Option<AddType>,
    /// What this user calls the friend, up to 96 bytes.
    #[serde(default)]
    #[uniffi(default = "")]
    pub remark: String,
    /// A friend group that the friend is in.
    #[serde(default)]
    #[uniffi(default = None)]
    pub group_name: Option<String>,
}

/// What became of one user.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
pub struct FriendResult {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// 0 if it was done. 30539 if the user was asked, and 31704 if the user is no friend.
    pub code: i32,
}

/// Who of this user and another one has whom as a friend.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
pub struct CheckedFriend {
    /// The other user.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// Who has whom.
    pub relation: Relation,
    /// 0, or 30003 if there is no such user.
    pub code: i32,
}

/// An application to become a friend.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FriendApplication {
    /// The other user.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// The other user's nick when this was told.
    pub nick: String,
    /// The other user's avatar when this was told.
    pub avatar: String,
    /// Who applied.
    pub r#type: ApplicationType,
    /// How it came about.
    pub source: String,
    /// What the applicant says.
    pub wording: String,
    /// When it was made.
    pub time: i64,
}

/// The applications that wait.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FriendApplications {
    /// Received and sent ones, the newest first.
    pub friend_application_list: Vec<FriendApplication>,
    /// How many received ones are unread.
    pub unread_count: i32,
}

/// A group of friends.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
pub struct FriendGroup {
    /// The name.
    pub name: String,
    /// How many friends are in it.
    pub count: i32,
    /// The friends in it.
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<String>,
}

impl From<engine::Friend> for Friend {
    fn from(friend: engine::Friend) -> Self {
        let engine::Friend {
            user_id,
            remark,
            group_list,
            source,
            wording,
            time,
            friend_custom_field,
            profile,
        } = friend;
        Self {
            user_id: user_id.to_string(),
            remark,
            group_list,
            source,
            wording,
            time_stamp: seconds(time),
            profile: profile.into(),
            friend_custom_field: custom_fields(friend_custom_field),
        }
    }
}

impl TryFrom<NewFriend> for call::AddFriendRequest {
    type Error = TimError;
    fn try_from(friend: NewFriend) -> Result<Self, TimError> {
        let NewFriend { to, source, wording, r#type, remark, group_name } = friend;
        let (user_id, add_type) = (user_id(&to)?, r#type.map(Into::into).unwrap_or_default());
        Ok(Self { user_id, source, wording, add_type, remark, group_name })
    }
}

impl From<call::FriendResult> for FriendResult {
    fn from(result: call::FriendResult) -> Self {
        let call::FriendResult { user_id, code } = result;
        Self { user_id: user_id.to_string(), code: code.map_or(0, |code| code.0.cast_signed()) }
    }
}

impl From<call::CheckedFriend> for CheckedFriend {
    fn from(checked: call::CheckedFriend) -> Self {
        let call::CheckedFriend { user_id, relation, code } = checked;
        let code = code.map_or(0, |code| code.0.cast_signed());
        Self { user_id: user_id.to_string(), relation: relation.into(), code }
    }
}

impl From<engine::FriendApplication> for FriendApplication {
    fn from(application: engine::FriendApplication) -> Self {
        let engine::FriendApplication { user_id, nick, avatar, application_type, source, wording, time } =
            application;
        Self {
            user_id: user_id.to_string(),
            nick,
            avatar,
            r#type: application_type.into(),
            source,
            wording,
            time: seconds(time),
        }
    }
}

impl From<engine::FriendApplications> for FriendApplications {
    fn from(applications: engine::FriendApplications) -> Self {
        let engine::FriendApplications { friend_application_list, unread_count } = applications;
        let friend_application_list = friend_application_list.into_iter().map(Into::into).collect();
        Self { friend_application_list, unread_count: small(unread_count) }
    }
}

impl From<engine::FriendGroup> for FriendGroup {
    fn from(group: engine::FriendGroup) -> Self {
        let engine::FriendGroup { name, user_id_list } = group;
        let count = small(u32::try_from(user_id_list.len()).unwrap_or(u32::MAX));
        Self { name, count, user_id_list: user_id_list.iter().map(ToString::to_string).collect() }
    }
}
