//! The members of groups.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{
    self as ids, AddedMembers, CustomField, Group, GroupMember, GroupMemberList, Role, unsigned_small,
};

#[uniffi::export]
impl Tim {
    /// A page of up to `count` (1 to 100) members of a group that this user is in, those of one role or all. `next` is what the page before
    /// gave, and absent for the first. Who is a member the whole time is listed once, whoever comes or goes meanwhile.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 2002 for `next` that is none, 20001 for a count that does not fit,
    /// 10007 for who is not in it, 10010 for no such group. `Unreachable`: 2800 or 2801.
    #[uniffi::method(default(count = 15, role = None, next = None))]
    pub async fn get_group_member_list(
        &self,
        group_id: String,
        count: i32,
        role: Option<Role>,
        next: Option<String>,
    ) -> Result<GroupMemberList, TimError> {
        let group = ids::group_id(&group_id)?;
        let next = next.map(|user| ids::user_id(&user)).transpose()?;
        let role = role.map(Into::into);
        Ok(offload(self.tim.get_group_member_list(&group, role, next, unsigned_small(count)?)).await?.into())
    }

    /// Adds 1 to 100 users to a group, and tells what became of each. If its invite option is `NeedPermission`, those whom an
    /// ordinary member names wait for the owner or an admin.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 2002 for a user's, 20001 for none or more than 100 users, 10007 for
    /// who is not in it or if nobody may be added, 10010 for no such group. `Unreachable`: 2800 or 2801.
    pub async fn add_group_member(
        &self,
        group_id: String,
        user_id_list: Vec<String>,
    ) -> Result<AddedMembers, TimError> {
        let (group, users) = (ids::group_id(&group_id)?, ids::user_ids(&user_id_list)?);
        Ok(offload(self.tim.add_group_member(&group, &users)).await?.into())
    }

    /// Removes 1 to 100 members of lower roles from a group, and says why, in up to 256 bytes. For `duration` seconds they may not come
    /// back. Who is no member is passed over.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 2002 for a user's, 20001 for none or more than 100 users, 10004 for a
    /// reason that is too long, 10007 for who may not, 10010 for no such group. `Unreachable`: 2800 or 2801.
    #[uniffi::method(default(reason = "", duration = 0))]
    pub async fn delete_group_member(
        &self,
        group_id: String,
        user_id_list: Vec<String>,
        reason: String,
        duration: i32,
    ) -> Result<(), TimError> {
        let (group, users) = (ids::group_id(&group_id)?, ids::user_ids(&user_id_list)?);
        let duration = unsigned_small(duration)?;
        Ok(offload(self.tim.delete_group_member(&group, &users, &reason, duration)).await?)
    }

    /// Makes a member an admin, or an admin an ordinary member again. Only the owner may. A group has at most 100 admins.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 2002 for a user's, 2623 for who is no member, 2682 in a group of a type
    /// without admins, 2683 for another role, 2684 for the own role, 10004 for a 101st admin, 10007 for who may not, 10010 for no
    /// such group, 10019 for no such user. `Unreachable`: 2800 or 2801.
    pub async fn set_group_member_role(
        &self,
        group_id: String,
        user_id: String,
        role: Role,
    ) -> Result<GroupMember, TimError> {
        let (group, user) = (ids::group_id(&group_id)?, ids::user_id(&user_id)?);
        Ok(offload(self.tim.set_group_member_role(&group, &user, role.into())).await?.into())
    }

    /// Makes another member the owner, and this user, who is the owner, an ordinary member. Gives the group.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 2002 for a user's, 2621 for this user, 2623 for who is no member, 10007 for
    /// who is not the owner, 10010 for no such group, 10019 for no such user. `Unreachable`: 2800 or 2801; if the connection
    /// broke before the answer, the group tells who owns it.
    pub async fn change_group_owner(
        &self,
        group_id: String,
        new_owner_id: String,
    ) -> Result<Group, TimError> {
        let (group, owner) = (ids::group_id(&group_id)?, ids::user_id(&new_owner_id)?);
        Ok(offload(self.tim.change_group_owner(&group, &owner)).await?.into())
    }

    /// Mutes a member of a lower role for so many seconds from now on, by the server's clock; 0 lets the member write again. What a
    /// muted member sends is refused with 10017. Nobody is muted in a group of the type Work.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 2002 for a user's, 2623 for who is no member, 2685 for this user, 10007 for
    /// who may not, 10010 for no such group, 10019 for no such user, 20001 for a negative time. `Unreachable`: 2800 or 2801.
    pub async fn set_group_member_mute_time(
        &self,
        group_id: String,
        user_id: String,
        mute_time: i32,
    ) -> Result<GroupMember, TimError> {
        let (group, user) = (ids::group_id(&group_id)?, ids::user_id(&user_id)?);
        let seconds = unsigned_small(mute_time)?;
        Ok(offload(self.tim.set_group_member_mute_time(&group, &user, seconds)).await?.into())
    }

    /// Sets what a member is called in a group, in up to 50 bytes; empty: as elsewhere. No user is this user; the owner and the
    /// admins name members of a lower role. Members hear of it by a tip.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 2002 for a user's, 2623 for who is no member, 10004 for a name that is too
    /// long, 10007 for who may not, 10010 for no such group, 10019 for no such user. `Unreachable`: 2800 or 2801.
    #[uniffi::method(default(user_id = None))]
    pub async fn set_group_member_name_card(
        &self,
        group_id: String,
        name_card: String,
        user_id: Option<String>,
    ) -> Result<GroupMember, TimError> {
        let group = ids::group_id(&group_id)?;
        let user = user_id.map(|user| ids::user_id(&user)).transpose()?;
        Ok(offload(self.tim.set_group_member_name_card(&group, &name_card, user)).await?.into())
    }

    /// Sets fields that the app keeps with a member, beside which the others stay; an empty value removes a field. A member has up to 5,
    /// of keys of 1 to 16 bytes and values of up to 512. No user is this user; the owner and the admins set those of members
    /// of a lower role. Members hear of it by a tip.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 2002 for a user's, 2623 for who is no member, 10004 for none, too many or
    /// a field that does not fit, 10007 for who may not, 10010 for no such group, 10019 for no such user. `Unreachable`: 2800 or 2801.
    #[uniffi::method(default(user_id = None))]
    pub async fn set_group_member_custom_field(
        &self,
        group_id: String,
        member_custom_field: Vec<CustomField>,
        user_id: Option<String>,
    ) -> Result<GroupMember, TimError> {
        let group = ids::group_id(&group_id)?;
        let user = user_id.map(|user| ids::user_id(&user)).transpose()?;
        let fields = ids::fields(member_custom_field);
        Ok(offload(self.tim.set_group_member_custom_field(&group, fields, user)).await?.into())
    }
}
