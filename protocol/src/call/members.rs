//! The members of groups: who they are, and what others do with them. By what rules is in `group_rules`.

use serde::{Deserialize, Serialize};

use super::groups::check_words;
use super::{Check, Done, GroupIs, SearchMembersRequest};
use crate::fields::{FieldLimits, Fields};
use crate::group::{Role, fits_profile};
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
    /// Until when the member may not send messages, which may be past; 0 if not muted.
    #[serde(default, skip_serializing_if = "crate::is_never")]
    pub mute_until: UnixMillis,
    /// What the app keeps with the member, at most [`limits::MEMBER_FIELDS`] fields.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub member_custom_field: Fields,
}

/// Adds users to a group, or asks its owner and admins to, by the group's invite option. Members may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddMembersRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// The users; at most [`limits::USERS_PER_CALL`].
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
}

/// What became of each user that was to be added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddedMembers {
    /// Members now.
    #[serde(rename = "successUserIDList", skip_serializing_if = "Vec::is_empty")]
    pub success: Vec<UserId>,
    /// Members before.
    #[serde(rename = "existedUserIDList", skip_serializing_if = "Vec::is_empty")]
    pub existed: Vec<UserId>,
    /// Waiting for the owner or an admin to decide.
    #[serde(rename = "pendingUserIDList", skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<UserId>,
    /// Not added, because the group is full.
    #[serde(rename = "overLimitUserIDList", skip_serializing_if = "Vec::is_empty")]
    pub over_limit: Vec<UserId>,
    /// Not added, because there is no such user, or the user was removed and may not come back yet.
    #[serde(rename = "failureUserIDList", skip_serializing_if = "Vec::is_empty")]
    pub failure: Vec<UserId>,
}

/// Removes members of lower roles. Who is no member is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteMembersRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// The members; at most [`limits::USERS_PER_CALL`].
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
    /// Why, for all to read; at most 256 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// For how many seconds they may not come back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub duration: u32,
}

/// Makes a member an admin, or an admin an ordinary member again. Only the owner may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetMemberRoleRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// The member.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// The role: Admin or Member.
    pub role: Role,
}

/// A member after the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberIs {
    /// The member.
    pub member: Box<GroupMember>,
}

/// Mutes a member of a lower role for a while, or lets the member write again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MuteMemberRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// The member.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// For how many seconds from now on the member may not send messages; 0: the member may.
    pub mute_time: u32,
}

/// Changes what a group has about a member: the name card, the app's fields. Nothing else happens if it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateMemberRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// The member; the caller if absent.
    #[serde(rename = "userID", default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// What the member is called in this group, at most 50 bytes; empty: as elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_card: Option<String>,
    /// Fields of the app's to set, beside which the others stay. An empty value removes a field.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub member_custom_field: Fields,
}

impl GroupMember {
    /// Whether a group may have this about a member.
    #[must_use]
    pub fn fit(name_card: &str, fields: &Fields) -> bool {
        const FIELDS: FieldLimits = FieldLimits {
            fields: limits::MEMBER_FIELDS,
            key_bytes: limits::GROUP_FIELD_KEY_BYTES,
            value_bytes: limits::GROUP_FIELD_BYTES,
        };
        name_card.len() <= limits::NAME_CARD_BYTES && fields.fit(FIELDS) && fits_profile(&(name_card, fields))
    }
}

/// Makes another member the owner, and the owner an ordinary member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeOwnerRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// The new owner.
    #[serde(rename = "newOwnerID")]
    pub new_owner_id: UserId,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes references
fn is_zero(seconds: &u32) -> bool {
    *seconds == 0
}

impl Check for AddMembersRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        bounds::user_count(&self.user_id_list)
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for DeleteMembersRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        bounds::user_count(&self.user_id_list)?;
        check_words(&self.reason)
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for SetMemberRoleRequest {
    fn check(&self, asker: &UserId) -> Result<(), Fault> {
        match self.role {
            Role::Other(_) => Err(Code::VALUE_UNKNOWN.into()),
            Role::Owner => Err(Code::GROUP_ROLE_INVALID.into()),
            Role::Admin | Role::Member if self.user_id == *asker => Err(Code::GROUP_ROLE_OF_SELF.into()),
            Role::Admin | Role::Member => Ok(()),
        }
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for MuteMemberRequest {
    fn check(&self, asker: &UserId) -> Result<(), Fault> {
        if self.user_id == *asker { Err(Code::GROUP_MUTE_OF_SELF.into()) } else { Ok(()) }
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for UpdateMemberRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        let is_change = self.name_card.is_some() || !self.member_custom_field.is_empty();
        let name_card = self.name_card.as_deref().unwrap_or_default();
        if is_change && GroupMember::fit(name_card, &self.member_custom_field) {
            return Ok(());
        }
        let text = "a name card has up to 50 bytes, a member 5 fields, keys of 1 to 16 bytes and values of up to 512";
        Err(Fault::with_text(Code::GROUP_BAD_PARAMETER, text))
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for ChangeOwnerRequest {
    fn check(&self, asker: &UserId) -> Result<(), Fault> {
        if self.new_owner_id == *asker { Err(Code::GROUP_OWNER_ALREADY.into()) } else { Ok(()) }
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
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
        Command by Member: AddMembers(AddMembersRequest) = "member.add" -> AddedMembers,
        Once by Member: DeleteMembers(DeleteMembersRequest) = "member.delete" -> Done,
        Once by Owner: SetMemberRole(SetMemberRoleRequest) = "member.role" -> MemberIs,
        Once by Owner: ChangeOwner(ChangeOwnerRequest) = "member.owner" -> GroupIs,
        Once by Manager: MuteMember(MuteMemberRequest) = "member.mute" -> MemberIs,
        Command by Member: UpdateMember(UpdateMemberRequest) = "member.update" -> MemberIs,
        Query by Member: SearchMembers(SearchMembersRequest) = "member.search" -> MemberPage,
    }
}
