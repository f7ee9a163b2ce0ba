//! The members of groups: who they are, and what others do with them. By what rules is in `group_rules`.

use serde::{Deserialize, Serialize};

use super::Check;
use crate::fields::Fields;
use crate::group::Role;
use crate::{Code, Fault, GroupId, List, UnixMillis, UserId, bounds, limits};

/// Asks for the members of a group, page by page. Members may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListMembersRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// Only those of this role; all if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The `next` of the page before; the first page if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<UserId>,
    /// Most members of the page: 1 to [`limits::GROUP_MEMBER_PAGE`].
    pub limit: u32,
}

/// A page of the members of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberPage {
    /// In an order that stays, whoever comes or goes.
    pub member_list: List<GroupMember>,
    /// If there may be more: what to ask the next page with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<UserId>,
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
    /// The member's role.
    pub role: Role,
    /// When the member joined.
    pub join_time: UnixMillis,
    /// What the member is called in this group; empty if not otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name_card: String,
    /// Until when the member may not send messages; 0 if the member never was muted.
    #[serde(default, skip_serializing_if = "crate::is_never")]
    pub mute_until: UnixMillis,
    /// What the app keeps with the member, at most [`limits::MEMBER_FIELDS`] fields.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub member_custom_field: Fields,
}

impl Check for ListMembersRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        if matches!(self.role, Some(Role::Other(_))) {
            return Err(Code::VALUE_UNKNOWN.into());
        }
        if (1..=limits::GROUP_MEMBER_PAGE).contains(&self.limit) {
            Ok(())
        } else {
            Err(bounds::out_of("limit", &format!("is a number from 1 to {}", limits::GROUP_MEMBER_PAGE)))
        }
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

verbs! {
    /// The requests about the members of groups.
    MembersRequest -> MembersReply {
        Query by Member: ListMembers(ListMembersRequest) = "member.list" -> MemberPage,
    }
}
