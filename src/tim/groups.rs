//! Groups: create, join, leave, dismiss, and handle applications.

use tim_protocol::call::{
    CountOnlineRequest, CreateGroupRequest, DismissGroupRequest, GetGroupMembersRequest, GetGroupRequest,
    GroupMember, HandleApplicationRequest, JoinGroupRequest, QuitGroupRequest, UpdateGroupRequest,
};
use tim_protocol::group::{Group, GroupChanges, JoinStatus, NewGroup};
use tim_protocol::{GroupId, UserId};

use super::{Tim, unexpected};
use crate::error::TimError;
use crate::machine::io::{Call, Return};

impl Tim {
    /// The groups this user is in.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn get_group_list(&self) -> Result<Vec<Group>, TimError> {
        match self.call(Call::GroupList).await? {
            Return::Groups(groups) => Ok(groups),
            _ => Err(unexpected()),
        }
    }

    /// A group's profile, also of one this user is not in.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_NOT_FOUND`].
    pub async fn get_group_profile(&self, group: &GroupId) -> Result<Group, TimError> {
        Ok(*self.ask(GetGroupRequest { group_id: group.clone() }).await?.group)
    }

    /// Those of 1 to 100 users who are members of a group, with their roles; this user has to be one.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::BAD_REQUEST`] for none or too many,
    /// [`tim_protocol::Code::GROUP_NOT_FOUND`], [`tim_protocol::Code::GROUP_PERMISSION_DENIED`].
    pub async fn get_group_member_profile(
        &self,
        group: &GroupId,
        users: &[UserId],
    ) -> Result<Vec<GroupMember>, TimError> {
        let (mut members, mut left) = (Vec::new(), users);
        loop {
            let asked = GetGroupMembersRequest { group_id: group.clone(), user_id_list: left.to_vec() };
            let page = self.ask(asked).await?;
            members.extend(page.member_list);
            // A page that looked at nobody would be asked for for ever.
            let Some(looked_at) = page.next.filter(|looked_at| *looked_at > 0) else { return Ok(members) };
            left = left.get(looked_at as usize..).unwrap_or_default();
        }
    }

    /// How many members of a group that this user is in are connected, as of a moment in the last minute. Who has several devices counts
    /// once.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_PERMISSION_DENIED`].
    pub async fn get_group_online_member_count(&self, group: &GroupId) -> Result<u32, TimError> {
        Ok(self.ask(CountOnlineRequest { group_id: group.clone() }).await?.member_count)
    }

    /// Makes a group with this user as its owner.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. Those of [`NewGroup::check`],
    /// [`tim_protocol::Code::GROUP_ID_IN_USE`], [`tim_protocol::Code::GROUP_ID_IS_YOURS`],
    /// [`tim_protocol::Code::GROUP_ACCOUNT_NOT_FOUND`]; [`tim_protocol::Code::NETWORK_ERROR`] if the connection broke
    /// before the answer: whether it was made, the group list shows after the next sync.
    pub async fn create_group(&self, group: NewGroup) -> Result<Group, TimError> {
        Ok(*self.ask(CreateGroupRequest { group }).await?.group)
    }

    /// Changes a group's profile, and gives the group. Who may, and what can change, depends on the group's type
    /// ([`GroupType::rules`](tim_protocol::group::GroupType::rules)); to mute or unmute all members takes the right to mute. Members
    /// hear of it by a tip in the group, and [`Event::GroupListUpdated`](crate::event::Event::GroupListUpdated).
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. Those of [`GroupChanges::check`],
    /// [`tim_protocol::Code::GROUP_BAD_PARAMETER`] for an option that the group's type does not have, or more than 10 custom fields,
    /// [`tim_protocol::Code::GROUP_NOT_FOUND`], [`tim_protocol::Code::GROUP_PERMISSION_DENIED`].
    pub async fn update_group_profile(
        &self,
        group: &GroupId,
        changes: GroupChanges,
    ) -> Result<Group, TimError> {
        Ok(*self.ask(UpdateGroupRequest { group_id: group.clone(), changes: Box::new(changes) }).await?.group)
    }

    /// Joins a group, or applies to, with a text for the owner and admins, who decide. The group is there once this
    /// user is in it.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_PERMISSION_DENIED`], [`tim_protocol::Code::GROUP_FULL`],
    /// [`tim_protocol::Code::GROUP_BANNED`], [`tim_protocol::Code::TOO_MANY_ROOMS`].
    pub async fn join_group(
        &self,
        group: &GroupId,
        apply_message: &str,
    ) -> Result<(JoinStatus, Option<Group>), TimError> {
        let join = JoinGroupRequest { group_id: group.clone(), apply_message: apply_message.to_owned() };
        let joined = self.ask(join).await?;
        Ok((joined.status, joined.group.map(|group| *group)))
    }

    /// Leaves a group.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_PERMISSION_DENIED`], [`tim_protocol::Code::GROUP_OWNER_CANNOT_QUIT`].
    pub async fn quit_group(&self, group: &GroupId) -> Result<(), TimError> {
        self.ask(QuitGroupRequest { group_id: group.clone() }).await.map(drop)
    }

    /// Ends a group for all its members.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_PERMISSION_DENIED`].
    pub async fn dismiss_group(&self, group: &GroupId) -> Result<(), TimError> {
        self.ask(DismissGroupRequest { group_id: group.clone() }).await.map(drop)
    }

    /// Accepts or refuses a user's application to join, with a text for the user.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::APPLICATION_HANDLED`],
    /// [`tim_protocol::Code::GROUP_PERMISSION_DENIED`], [`tim_protocol::Code::GROUP_FULL`].
    pub async fn handle_group_application(
        &self,
        group: &GroupId,
        user: &UserId,
        accept: bool,
        handle_message: &str,
    ) -> Result<(), TimError> {
        let (group_id, user_id, handle_message) = (group.clone(), user.clone(), handle_message.to_owned());
        self.ask(HandleApplicationRequest { group_id, user_id, accept, handle_message }).await.map(drop)
    }
}
