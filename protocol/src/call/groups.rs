//! Groups: create, join, leave, dismiss, and handle applications.

use serde::{Deserialize, Serialize};

use super::{Check, Done, GroupMember, Newest};
use crate::bounds::{at_least_one, user_count};
use crate::group::{Group, GroupChanges, JoinStatus, NewGroup};
use crate::{Code, Fault, GroupId, List, UnixMillis, UserId, limits};

/// Makes a group. The caller becomes its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateGroupRequest {
    /// What to make.
    pub group: NewGroup,
}

/// A group after the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupIs {
    /// The group, as the caller sees it.
    pub group: Box<Group>,
}

/// Joins a group, or applies to join it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinGroupRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// A text for the owner; at most 256 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub apply_message: String,
}

/// The result of joining a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Joined, already a member, or waiting for approval.
    pub status: JoinStatus,
    /// The group, if the caller is a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Box<Group>>,
}

/// Leaves a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuitGroupRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
}

/// Ends a group for all its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DismissGroupRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
}

/// Asks for a group's profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetGroupRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
}

/// Changes a group's profile. Who may depends on the group's type; nothing else happens if it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateGroupRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// What changes.
    pub changes: Box<GroupChanges>,
}

/// Accepts or refuses an application to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandleApplicationRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// The applicant.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// Accept or refuse.
    pub accept: bool,
    /// A text for the applicant; at most 256 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub handle_message: String,
}

/// Asks what users are in a group. Members may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetGroupMembersRequest {
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
    /// If not all members fit one page: how many of the requested users this page covers, at least one. Request the
    /// remaining users again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
}

/// Asks how many members of a group are connected, or how many are in a live room. Members may, and everybody of a live room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountOnlineRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
}

/// How many members of a group are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OnlineCount {
    /// As of a moment in the last minute.
    pub member_count: u32,
}

/// Pins a message in a group, or removes the pin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PinMessageRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// The message.
    pub sequence: u64,
    /// Whether it is to be pinned.
    pub is_pinned: bool,
}

/// Asks which messages are pinned in a group. Members may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetPinnedRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
}

/// The messages that are pinned in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedMessages {
    /// Those that the user can see, the last one that was pinned first.
    pub pinned: List<PinnedMessage>,
}

/// A message that is pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedMessage {
    /// The message.
    pub sequence: u64,
    /// The user who pinned it.
    pub by: UserId,
    /// When it was pinned.
    pub time: UnixMillis,
}

impl Check for GetGroupMembersRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        user_count(&self.user_id_list)
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for CreateGroupRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        Ok(self.group.check()?)
    }
}

impl Check for UpdateGroupRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        Ok(self.changes.check()?)
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for JoinGroupRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        check_words(&self.apply_message)
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for HandleApplicationRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        check_words(&self.handle_message)
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for PinMessageRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        at_least_one("sequence", self.sequence)
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for CountOnlineRequest {
    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for GetPinnedRequest {
    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for QuitGroupRequest {
    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for DismissGroupRequest {
    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for GetGroupRequest {
    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

pub(super) fn check_words(words: &str) -> Result<(), Fault> {
    if words.len() > limits::APPLICATION_BYTES { Err(Fault::new(Code::GROUP_BAD_PARAMETER)) } else { Ok(()) }
}

verbs! {
    /// The requests about groups.
    GroupsRequest -> GroupsReply {
        Once by User: CreateGroup(CreateGroupRequest) = "group.create" -> GroupIs,
        Command by Guest: JoinGroup(JoinGroupRequest) = "group.join" -> Joined,
        Once by Guest: QuitGroup(QuitGroupRequest) = "group.quit" -> Done,
        Once by Owner: DismissGroup(DismissGroupRequest) = "group.dismiss" -> Done,
        Command by Member: UpdateGroup(UpdateGroupRequest) = "group.update" -> GroupIs,
        Query by Guest: GetGroup(GetGroupRequest) = "group.get" -> GroupIs,
        Query by Member: GetGroupMembers(GetGroupMembersRequest) = "group.members" -> GroupMembers,
        Command by Manager: PinMessage(PinMessageRequest) = "group.pin" -> Newest,
        Query by Member: GetPinned(GetPinnedRequest) = "group.pinned" -> PinnedMessages,
        Once by Manager: HandleApplication(HandleApplicationRequest) = "group.handle" -> Done,
        Query by Guest: CountOnline(CountOnlineRequest) = "group.online" -> OnlineCount,
    }
}
