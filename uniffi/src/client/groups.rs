//! Groups: made, joined, left, ended.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{self as ids, Group, GroupChanges, GroupMember, JoinResult, Message, NewGroup, small};

#[uniffi::export]
impl Tim {
    /// The groups this user is in.
    ///
    /// # Errors
    /// `NotReady`.
    pub async fn get_group_list(&self) -> Result<Vec<Group>, TimError> {
        Ok(offload(self.tim.get_group_list()).await?.into_iter().map(Into::into).collect())
    }

    /// A group's profile, also of one this user is not in.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10010 for no such group. `Unreachable`: 2800 or 2801.
    pub async fn get_group_profile(&self, group_id: String) -> Result<Group, TimError> {
        Ok(offload(self.tim.get_group_profile(&ids::group_id(&group_id)?)).await?.into())
    }

    /// Those of 1 to 100 users who are members of a group, with their roles. This user has to be a member.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 2002 for a user's, 20001 for none or more than 100 users, 10007 for
    /// who is not in it, 10010 for no such group. `Unreachable`: 2800 or 2801.
    pub async fn get_group_member_profile(
        &self,
        group_id: String,
        user_id_list: Vec<String>,
    ) -> Result<Vec<GroupMember>, TimError> {
        let (group, users) = (ids::group_id(&group_id)?, ids::user_ids(&user_id_list)?);
        let members = offload(self.tim.get_group_member_profile(&group, &users)).await?;
        Ok(members.into_iter().map(Into::into).collect())
    }

    /// How many members of a group that this user is in are connected, as of a moment in the last minute. Who has several devices counts
    /// once.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10007 for who is not in it, 10010 for no such group. `Unreachable`: 2800 or
    /// 2801.
    pub async fn get_group_online_member_count(&self, group_id: String) -> Result<i32, TimError> {
        let group = ids::group_id(&group_id)?;
        Ok(small(offload(self.tim.get_group_online_member_count(&group)).await?))
    }

    /// Makes a group with this user as its owner.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 10004 or 10005 for values that do not fit, 2602, 10015, 10021 or 10025 for the id, 2002 for a member's id
    /// that is none, 10019 for a member who does not exist. `Unreachable`: 2800 or 2801; if the connection broke before the
    /// answer, the group list shows whether it was made.
    pub async fn create_group(&self, group: NewGroup) -> Result<Group, TimError> {
        Ok(offload(self.tim.create_group(group.try_into()?)).await?.into())
    }

    /// Changes a group's profile, and gives the group. Who may, and what can change, depends on the group's type; muting all members
    /// takes the right to mute. Members hear of it by a tip in the group, and by the group list's event.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10004 for values that do not fit or are not of the group's type, 10007
    /// for who may not, 10010 for no such group. `Unreachable`: 2800 or 2801.
    pub async fn update_group_profile(
        &self,
        group_id: String,
        changes: GroupChanges,
    ) -> Result<Group, TimError> {
        let group = ids::group_id(&group_id)?;
        Ok(offload(self.tim.update_group_profile(&group, changes.into())).await?.into())
    }

    /// Joins a group, or applies to, with a text for the owner and admins, who decide.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10004 for a text that is too long, 10007, 10010 or 10014 if
    /// it may not be joined, does not exist, or is full. `Unreachable`: 2800 or 2801.
    #[uniffi::method(default(apply_message = ""))]
    pub async fn join_group(&self, group_id: String, apply_message: String) -> Result<JoinResult, TimError> {
        let (status, group) =
            offload(self.tim.join_group(&ids::group_id(&group_id)?, &apply_message)).await?;
        Ok(JoinResult { status: status.into(), group: group.map(Into::into) })
    }

    /// Leaves a group.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10007 for who is not in it, 10009 for its owner, 10010 for no such
    /// group. `Unreachable`: 2800 or 2801.
    pub async fn quit_group(&self, group_id: String) -> Result<(), TimError> {
        Ok(offload(self.tim.quit_group(&ids::group_id(&group_id)?)).await?)
    }

    /// Ends a group for all its members.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10007 for who may not, 10010 for no such group. `Unreachable`: 2800 or
    /// 2801.
    pub async fn dismiss_group(&self, group_id: String) -> Result<(), TimError> {
        Ok(offload(self.tim.dismiss_group(&ids::group_id(&group_id)?)).await?)
    }

    /// Pins a message in its group, for all members, or removes the pin: the group's owner and its admins may. A group has at most 10
    /// pinned messages. Answers the message that was passed, with the pin that it has then.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 2105 for a message that was not sent or is not of the group, 130150 if it
    /// does not exist or was taken back, 20001 for a message of the server, 10070 for an eleventh one, 10071 if another user has
    /// pinned it, 10007 for who may not, 10010 for no such group. `Unreachable`: 2800 or 2801.
    pub async fn pin_group_message(
        &self,
        group_id: String,
        message: Message,
        is_pinned: bool,
    ) -> Result<Message, TimError> {
        let (group, message) = (ids::group_id(&group_id)?, message.try_into()?);
        Ok(offload(self.tim.pin_group_message(&group, &message, is_pinned)).await?.into())
    }

    /// The pinned messages of a group that this user can see, the last one that was pinned first. What this device lacks is asked of
    /// the server.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10007 for who is not in it, 10010 for no such group. `Unreachable`: 2800 or
    /// 2801.
    pub async fn get_pinned_group_message_list(&self, group_id: String) -> Result<Vec<Message>, TimError> {
        let pinned = offload(self.tim.get_pinned_group_message_list(&ids::group_id(&group_id)?)).await?;
        Ok(pinned.into_iter().map(Into::into).collect())
    }

    /// Accepts or refuses a user's application to join, with a text for the user.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 or 2602 for ids that are none, 10004 for a text that is too long, 10007 for who may
    /// not decide, 10010 for no such group, 10014 if it is full, 10019 for no such user, 10024 if it was decided
    /// already. `Unreachable`: 2800 or 2801.
    #[uniffi::method(default(handle_message = ""))]
    pub async fn handle_group_application(
        &self,
        group_id: String,
        user_id: String,
        accept: bool,
        handle_message: String,
    ) -> Result<(), TimError> {
        let (group, user) = (ids::group_id(&group_id)?, ids::user_id(&user_id)?);
        Ok(offload(self.tim.handle_group_application(&group, &user, accept, &handle_message)).await?)
    }
}
