//! Groups: make, join, leave, end, decide who comes in.

use tim_protocol::group::{Group, JoinStatus, NewGroup};
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
        self.group(Call::GetGroup(group.clone())).await
    }

    /// Makes a group with this user as its owner.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. Those of [`NewGroup::check`],
    /// [`tim_protocol::Code::GROUP_ID_IN_USE`], [`tim_protocol::Code::GROUP_ID_IS_YOURS`],
    /// [`tim_protocol::Code::GROUP_ACCOUNT_NOT_FOUND`]; [`tim_protocol::Code::NETWORK_ERROR`] if the connection broke
    /// before the answer: whether it was made, the group list shows after the next sync.
    pub async fn create_group(&self, group: NewGroup) -> Result<Group, TimError> {
        self.group(Call::CreateGroup(group)).await
    }

    /// Joins a group, or applies to, with words for whoever decides. The group is there once this user is in it.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_PERMISSION_DENIED`], [`tim_protocol::Code::GROUP_FULL`].
    pub async fn join_group(
        &self,
        group: &GroupId,
        apply_message: &str,
    ) -> Result<(JoinStatus, Option<Group>), TimError> {
        let call = Call::JoinGroup { group: group.clone(), message: apply_message.to_owned() };
        match self.call(call).await? {
            Return::Joined(status, group) => Ok((status, group.map(|group| *group))),
            _ => Err(unexpected()),
        }
    }

    /// Leaves a group.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_PERMISSION_DENIED`], [`tim_protocol::Code::GROUP_OWNER_CANNOT_QUIT`].
    pub async fn quit_group(&self, group: &GroupId) -> Result<(), TimError> {
        self.done(Call::QuitGroup(group.clone())).await
    }

    /// Ends a group for all its members.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_PERMISSION_DENIED`].
    pub async fn dismiss_group(&self, group: &GroupId) -> Result<(), TimError> {
        self.done(Call::DismissGroup(group.clone())).await
    }

    /// Accepts or refuses a user's application to join, with words for them.
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
        let (group, user, message) = (group.clone(), user.clone(), handle_message.to_owned());
        self.done(Call::HandleApplication { group, user, accept, message }).await
    }

    async fn group(&self, call: Call) -> Result<Group, TimError> {
        match self.call(call).await? {
            Return::Group(group) => Ok(*group),
            _ => Err(unexpected()),
        }
    }
}
