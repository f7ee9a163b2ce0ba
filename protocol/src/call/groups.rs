//! Groups: make, join, leave, end, decide who comes in.

use serde::{Deserialize, Serialize};

use super::{Check, Done};
use crate::bounds::user_count;
use crate::group::{Group, JoinStatus, NewGroup, Role};
use crate::{Code, Fault, GroupId, List, UserId, limits};

/// Makes a group. The caller becomes its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateGroup {
    /// What to make.
    pub group: NewGroup,
}

/// A group as it is after a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupIs {
    /// The group, as the caller sees it.
    pub group: Group,
}

/// Joins a group, or applies to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinGroup {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// Words for the owner; up to 256 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub apply_message: String,
}

/// What came of joining.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// In, in before, or waiting.
    pub status: JoinStatus,
    /// The group, if the caller is a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
}

/// Leaves a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuitGroup {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
}

/// Ends a group for all its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DismissGroup {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
}

/// Asks for a group's profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetGroup {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
}

/// Decides on an application to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandleApplication {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// Who applied.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// Accept or refuse.
    pub accept: bool,
    /// Words for the applicant; up to 256 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub handle_message: String,
}

/// Asks what users are in a group. Members may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetGroupMembers {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// The users; at most [`crate::limits::USERS_PER_CALL`]. Those who are no members are left out of the answer.
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
}

/// Members of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMembers {
    /// In the order asked for.
    pub member_list: List<GroupMember>,
    /// How many of the users asked for were looked at, if not all of them fit one page: ask again for the others. At least
    /// one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMember {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// The user's nick; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// The address of the user's avatar; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// Standing.
    pub role: Role,
    /// Since when, in milliseconds since 1970.
    pub join_time: i64,
}

impl Check for GetGroupMembers {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        user_count(&self.user_id_list)
    }
}

impl Check for CreateGroup {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        Ok(self.group.check()?)
    }
}

impl Check for JoinGroup {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        check_words(&self.apply_message)
    }
}

impl Check for HandleApplication {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        check_words(&self.handle_message)
    }
}

impl Check for QuitGroup {}
impl Check for DismissGroup {}
impl Check for GetGroup {}

fn check_words(words: &str) -> Result<(), Fault> {
    if words.len() > limits::APPLICATION_BYTES { Err(Fault::new(Code::GROUP_BAD_PARAMETER)) } else { Ok(()) }
}

verbs! {
    /// What is asked about groups.
    GroupsRequest -> GroupsReply {
        Once CreateGroup = "group.create" -> GroupIs,
        Command JoinGroup = "group.join" -> Joined,
        Once QuitGroup = "group.quit" -> Done,
        Once DismissGroup = "group.dismiss" -> Done,
        Query GetGroup = "group.get" -> GroupIs,
        Query GetGroupMembers = "group.members" -> GroupMembers,
        Once HandleApplication = "group.handle" -> Done,
    }
}
