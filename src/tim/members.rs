//! The members of groups.

use tim_protocol::call::{
    AddMembersRequest, AddedMembers, ChangeOwnerRequest, DeleteMembersRequest, GroupMember,
    ListMembersRequest, MemberPage, MuteMemberRequest, SetMemberRoleRequest, UpdateMemberRequest,
};
use tim_protocol::fields::Fields;
use tim_protocol::group::{Group, Role};
use tim_protocol::{GroupId, UserId};

use super::Tim;
use crate::error::TimError;

impl Tim {
    /// A page of up to `count` (1 to 100) members of a group that this user is in, those of one role or all. `next` is what the page before
    /// gave, and `None` for the first. Who is a member the whole time is listed once, whoever comes or goes meanwhile.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::BAD_REQUEST`] for a count that does not fit,
    /// [`tim_protocol::Code::GROUP_NOT_FOUND`], [`tim_protocol::Code::GROUP_PERMISSION_DENIED`].
    pub async fn get_group_member_list(
        &self,
        group: &GroupId,
        role: Option<Role>,
        next: Option<UserId>,
        count: u32,
    ) -> Result<MemberPage, TimError> {
        self.ask(ListMembersRequest { group_id: group.clone(), role, after: next, limit: count }).await
    }

    /// Adds 1 to 100 users to a group, and tells what became of each. If its invite option is `NeedPermission`, those whom an
    /// ordinary member names wait for the owner or an admin.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::BAD_REQUEST`] for none or too many,
    /// [`tim_protocol::Code::GROUP_NOT_FOUND`], [`tim_protocol::Code::GROUP_PERMISSION_DENIED`] if nobody may be added.
    pub async fn add_group_member(
        &self,
        group: &GroupId,
        users: &[UserId],
    ) -> Result<AddedMembers, TimError> {
        self.ask(AddMembersRequest { group_id: group.clone(), user_id_list: users.to_vec() }).await
    }

    /// Removes 1 to 100 members of lower roles from a group, and says why. For `duration` seconds they may not come back. Who is no
    /// member is passed over.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::BAD_REQUEST`] for none or too many,
    /// [`tim_protocol::Code::GROUP_BAD_PARAMETER`] for a reason that is too long, [`tim_protocol::Code::GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_PERMISSION_DENIED`].
    pub async fn delete_group_member(
        &self,
        group: &GroupId,
        users: &[UserId],
        reason: &str,
        duration: u32,
    ) -> Result<(), TimError> {
        let (group_id, user_id_list, reason) = (group.clone(), users.to_vec(), reason.to_owned());
        self.ask(DeleteMembersRequest { group_id, user_id_list, reason, duration }).await.map(drop)
    }

    /// Makes a member an admin, or an admin an ordinary member again. Only the owner may.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_TYPE_WITHOUT_ROLES`],
    /// [`tim_protocol::Code::GROUP_ROLE_INVALID`], [`tim_protocol::Code::GROUP_ROLE_OF_SELF`],
    /// [`tim_protocol::Code::GROUP_NOT_A_MEMBER`], [`tim_protocol::Code::GROUP_ACCOUNT_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_BAD_PARAMETER`] for a 101st admin, [`tim_protocol::Code::GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_PERMISSION_DENIED`].
    pub async fn set_group_member_role(
        &self,
        group: &GroupId,
        user: &UserId,
        role: Role,
    ) -> Result<GroupMember, TimError> {
        let asked = SetMemberRoleRequest { group_id: group.clone(), user_id: user.clone(), role };
        Ok(*self.ask(asked).await?.member)
    }

    /// Makes another member the owner, and this user, who is the owner, an ordinary member. Gives the group.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_OWNER_ALREADY`],
    /// [`tim_protocol::Code::GROUP_NOT_A_MEMBER`], [`tim_protocol::Code::GROUP_ACCOUNT_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_NOT_FOUND`], [`tim_protocol::Code::GROUP_PERMISSION_DENIED`];
    /// [`tim_protocol::Code::NETWORK_ERROR`] if the connection broke before the answer.
    pub async fn change_group_owner(&self, group: &GroupId, new_owner: &UserId) -> Result<Group, TimError> {
        let asked = ChangeOwnerRequest { group_id: group.clone(), new_owner_id: new_owner.clone() };
        Ok(*self.ask(asked).await?.group)
    }

    /// Mutes a member of a lower role for so many seconds from now on, by the server's clock; 0 lets the member write again.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_MUTE_OF_SELF`],
    /// [`tim_protocol::Code::GROUP_NOT_A_MEMBER`], [`tim_protocol::Code::GROUP_ACCOUNT_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_NOT_FOUND`], [`tim_protocol::Code::GROUP_PERMISSION_DENIED`], also for a group of a type where
    /// nobody is muted; [`tim_protocol::Code::NETWORK_ERROR`] if the connection broke before the answer.
    pub async fn set_group_member_mute_time(
        &self,
        group: &GroupId,
        user: &UserId,
        mute_time: u32,
    ) -> Result<GroupMember, TimError> {
        let asked = MuteMemberRequest { group_id: group.clone(), user_id: user.clone(), mute_time };
        Ok(*self.ask(asked).await?.member)
    }

    /// Sets what a member, this user if `None`, is called in a group, in up to 50 bytes; empty: as elsewhere. That of others may be set by
    /// who may edit members of a lower role.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_BAD_PARAMETER`],
    /// [`tim_protocol::Code::GROUP_NOT_A_MEMBER`], [`tim_protocol::Code::GROUP_ACCOUNT_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_NOT_FOUND`], [`tim_protocol::Code::GROUP_PERMISSION_DENIED`].
    pub async fn set_group_member_name_card(
        &self,
        group: &GroupId,
        name_card: &str,
        user: Option<UserId>,
    ) -> Result<GroupMember, TimError> {
        self.update_member(group, user, Some(name_card.to_owned()), Fields::default()).await
    }

    /// Sets fields that the app keeps with a member, this user if `None`, beside which the others stay. An empty value removes a field; a
    /// member has up to 5. Those of others may be set by who may edit members of a lower role.
    ///
    /// # Errors
    /// As [`Tim::set_group_member_name_card`].
    pub async fn set_group_member_custom_field(
        &self,
        group: &GroupId,
        fields: Fields,
        user: Option<UserId>,
    ) -> Result<GroupMember, TimError> {
        self.update_member(group, user, None, fields).await
    }

    async fn update_member(
        &self,
        group: &GroupId,
        user_id: Option<UserId>,
        name_card: Option<String>,
        member_custom_field: Fields,
    ) -> Result<GroupMember, TimError> {
        let group_id = group.clone();
        let asked = UpdateMemberRequest { group_id, user_id, name_card, member_custom_field };
        Ok(*self.ask(asked).await?.member)
    }
}
