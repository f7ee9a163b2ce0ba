//! Friends, applications to become one, and groups of friends.
//!
//! What a request changes of the caller's own records is in its reply, so that the device need not wait for a push.

use serde::{Deserialize, Serialize};

use super::Check;
use crate::bounds::user_count;
use crate::conversation::Change;
use crate::fields::Fields;
use crate::friend::{
    AddType, ApplicationType, CheckType, DeleteType, Relation, ResponseAction, check_fields,
    check_group_name, check_remark, check_source, check_wording,
};
use crate::{Code, Fault, List, UserId};

/// Adds a friend, or applies to become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddFriendRequest {
    /// The other user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// How it came about: `AddSource_Type_` and 1 to 8 letters.
    pub source: String,
    /// What is said with an application, at most 256 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wording: String,
    /// In whose list, if the other user lets everybody.
    #[serde(rename = "type", default)]
    pub add_type: AddType,
    /// What the caller calls the friend, at most 96 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// A friend group of the caller's that the friend is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_name: Option<String>,
}

/// Deletes friends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteFriendsRequest {
    /// The users, at most [`crate::limits::USERS_PER_CALL`].
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
    /// From whose list.
    #[serde(rename = "type", default)]
    pub delete_type: DeleteType,
}

/// Asks who has whom as a friend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckFriendsRequest {
    /// The users, at most [`crate::limits::USERS_PER_CALL`].
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
    /// Whose lists.
    #[serde(rename = "type", default)]
    pub check_type: CheckType,
}

/// Changes what the caller's list says of a friend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateFriendRequest {
    /// The friend.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// The new remark; absent keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Fields to set, beside which the others stay; an empty value removes a field.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub friend_custom_field: Fields,
}

/// Accepts an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptApplicationRequest {
    /// The applicant.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// How.
    #[serde(rename = "type", default)]
    pub action: ResponseAction,
    /// What the caller calls the friend, with [`ResponseAction::AgreeAndAdd`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
}

/// Refuses an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefuseApplicationRequest {
    /// The applicant.
    #[serde(rename = "userID")]
    pub user_id: UserId,
}

/// Deletes an application from the caller's list alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteApplicationRequest {
    /// The other user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// Who applied.
    #[serde(rename = "type")]
    pub application_type: ApplicationType,
}

/// Reads all received applications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadApplicationsRequest {}

/// Creates a friend group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateFriendGroupRequest {
    /// The name, at most 30 bytes.
    pub name: String,
    /// Friends to put into it, at most [`crate::limits::USERS_PER_CALL`].
    #[serde(rename = "userIDList", default, skip_serializing_if = "Vec::is_empty")]
    pub user_id_list: Vec<UserId>,
}

/// Deletes a friend group. The friends stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteFriendGroupRequest {
    /// The name.
    pub name: String,
}

/// Renames a friend group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenameFriendGroupRequest {
    /// The name it has.
    pub old_name: String,
    /// The name it gets.
    pub new_name: String,
}

/// Puts friends into a friend group, or takes them out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillFriendGroupRequest {
    /// The name.
    pub name: String,
    /// The friends, at most [`crate::limits::USERS_PER_CALL`].
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
    /// Into it (`true`) or out of it.
    pub listed: bool,
}

/// What became of one user of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FriendResult {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// Why nothing was done; absent when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FriendsDone {
    /// What became of each user.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub results: List<FriendResult>,
    /// What changed of the caller's own records, as many as fit a page. Others are pushed.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub changes: List<Change>,
}

/// Who has whom as a friend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The relation to each user.
    pub results: List<CheckedFriend>,
}

/// The relation to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedFriend {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// Who has whom.
    pub relation: Relation,
    /// Why it is not known; absent when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
}

fn not_oneself(user: &UserId, asker: &UserId) -> Result<(), Fault> {
    if user == asker { Err(Fault::new(Code::FRIEND_BAD_PARAMETER)) } else { Ok(()) }
}

fn known(is_unknown: bool) -> Result<(), Fault> {
    if is_unknown { Err(Fault::new(Code::VALUE_UNKNOWN)) } else { Ok(()) }
}

impl Check for AddFriendRequest {
    fn check(&self, asker: &UserId) -> Result<(), Fault> {
        not_oneself(&self.user_id, asker)?;
        known(matches!(self.add_type, AddType::Other(_)))?;
        check_source(&self.source)?;
        check_wording(&self.wording)?;
        check_remark(&self.remark)
    }
}

impl Check for DeleteFriendsRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        known(matches!(self.delete_type, DeleteType::Other(_)))?;
        user_count(&self.user_id_list)
    }
}

impl Check for CheckFriendsRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        known(matches!(self.check_type, CheckType::Other(_)))?;
        user_count(&self.user_id_list)
    }
}

impl Check for UpdateFriendRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        if self.remark.is_none() && self.friend_custom_field.is_empty() {
            return Err(Fault::new(Code::PROFILE_NOTHING_TO_SET));
        }
        check_remark(self.remark.as_deref().unwrap_or_default())?;
        check_fields(&self.friend_custom_field)
    }
}

impl Check for AcceptApplicationRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        known(matches!(self.action, ResponseAction::Other(_)))?;
        check_remark(&self.remark)
    }
}

impl Check for RefuseApplicationRequest {}

impl Check for DeleteApplicationRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        known(matches!(self.application_type, ApplicationType::Other(_)))
    }
}

impl Check for ReadApplicationsRequest {}

impl Check for CreateFriendGroupRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        check_group_name(&self.name)?;
        if self.user_id_list.is_empty() { Ok(()) } else { user_count(&self.user_id_list) }
    }
}

impl Check for DeleteFriendGroupRequest {}

impl Check for RenameFriendGroupRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        check_group_name(&self.new_name)
    }
}

impl Check for FillFriendGroupRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        user_count(&self.user_id_list)
    }
}

verbs! {
    /// The requests about friends.
    FriendsRequest -> FriendsReply {
        Once by User: Add(AddFriendRequest) = "friend.add" -> FriendsDone,
        Once by User: Delete(DeleteFriendsRequest) = "friend.delete" -> FriendsDone,
        Query by User: Check(CheckFriendsRequest) = "friend.check" -> Checked,
        Command by User: Update(UpdateFriendRequest) = "friend.update" -> FriendsDone,
        Once by User: Accept(AcceptApplicationRequest) = "friendApplication.accept" -> FriendsDone,
        Once by User: Refuse(RefuseApplicationRequest) = "friendApplication.refuse" -> FriendsDone,
        Once by User: DeleteApplication(DeleteApplicationRequest) = "friendApplication.delete" -> FriendsDone,
        Command by User: ReadApplications(ReadApplicationsRequest) = "friendApplication.read" -> FriendsDone,
        Once by User: CreateGroup(CreateFriendGroupRequest) = "friendGroup.create" -> FriendsDone,
        Once by User: DeleteGroup(DeleteFriendGroupRequest) = "friendGroup.delete" -> FriendsDone,
        Once by User: RenameGroup(RenameFriendGroupRequest) = "friendGroup.rename" -> FriendsDone,
        Command by User: FillGroup(FillFriendGroupRequest) = "friendGroup.fill" -> FriendsDone,
    }
}

impl FriendsReply {
    /// What changed of the caller's own records.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        match self {
            Self::Check(_) => &[],
            Self::Add(done)
            | Self::Delete(done)
            | Self::Update(done)
            | Self::Accept(done)
            | Self::Refuse(done)
            | Self::DeleteApplication(done)
            | Self::ReadApplications(done)
            | Self::CreateGroup(done)
            | Self::DeleteGroup(done)
            | Self::RenameGroup(done)
            | Self::FillGroup(done) => &done.changes,
        }
    }
}
