//! Members of groups, as both faces have them.

use serde::{Deserialize, Serialize};
use tim::UserId;
use tim::protocol::call as engine;
use tim::protocol::group;

use super::group::{CustomField, Role, custom_fields};
use super::seconds;

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMember {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// The user's nick; empty if none.
    pub nick: String,
    /// The address of the user's avatar; empty if none.
    pub avatar: String,
    /// The member's role.
    pub role: Role,
    /// When the member joined.
    pub join_time: i64,
    /// What the member is called in this group; empty if not otherwise.
    pub name_card: String,
    /// Until when the member may not send messages, in seconds since 1970, which may be past; 0 if not muted.
    pub mute_until: i64,
    /// What the app keeps with the member.
    pub member_custom_field: Vec<CustomField>,
}

impl From<engine::GroupMember> for GroupMember {
    fn from(member: engine::GroupMember) -> Self {
        let engine::GroupMember { user_id, nick, avatar, role, .. } = member;
        Self {
            user_id: user_id.to_string(),
            nick,
            avatar,
            role: role.into(),
            join_time: seconds(member.join_time),
            name_card: member.name_card,
            mute_until: seconds(member.mute_until),
            member_custom_field: custom_fields(member.member_custom_field),
        }
    }
}

/// What changed of what a group has about a member. What is absent stayed as it was.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberChange {
    /// The member.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// What the member is called now; empty if not otherwise than elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub name_card: Option<String>,
    /// Until when the member may not send messages, in seconds since 1970; 0 if the member may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub mute_until: Option<i64>,
    /// The app's fields that have other values now. One with an empty value was removed.
    #[serde(default)]
    #[uniffi(default = [])]
    pub member_custom_field: Vec<CustomField>,
}

impl From<group::MemberChange> for MemberChange {
    fn from(changed: group::MemberChange) -> Self {
        Self {
            user_id: changed.user_id.to_string(),
            name_card: changed.name_card,
            mute_until: changed.mute_until.map(seconds),
            member_custom_field: custom_fields(changed.member_custom_field),
        }
    }
}

/// A page of the members of a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMemberList {
    /// The members, in an order that stays.
    pub member_list: Vec<GroupMember>,
    /// What to ask the next page with; absent if this was the last one.
    pub next: Option<String>,
}

impl From<engine::MemberPage> for GroupMemberList {
    fn from(page: engine::MemberPage) -> Self {
        let next = page.next.map(|user| user.to_string());
        Self { member_list: page.member_list.into_iter().map(Into::into).collect(), next }
    }
}

/// What became of each user who was to be added to a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
pub struct AddedMembers {
    /// Members now.
    #[serde(rename = "successUserIDList")]
    pub success_user_id_list: Vec<String>,
    /// Members before.
    #[serde(rename = "existedUserIDList")]
    pub existed_user_id_list: Vec<String>,
    /// Waiting for the owner or an admin to decide.
    #[serde(rename = "pendingUserIDList")]
    pub pending_user_id_list: Vec<String>,
    /// Not added, because the group is full.
    #[serde(rename = "overLimitUserIDList")]
    pub over_limit_user_id_list: Vec<String>,
    /// Not added, because there is no such user, or the user was removed and may not come back yet.
    #[serde(rename = "failureUserIDList")]
    pub failure_user_id_list: Vec<String>,
}

impl From<engine::AddedMembers> for AddedMembers {
    fn from(added: engine::AddedMembers) -> Self {
        let names = |users: Vec<UserId>| users.iter().map(ToString::to_string).collect();
        Self {
            success_user_id_list: names(added.success),
            existed_user_id_list: names(added.existed),
            pending_user_id_list: names(added.pending),
            over_limit_user_id_list: names(added.over_limit),
            failure_user_id_list: names(added.failure),
        }
    }
}
