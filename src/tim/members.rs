//! The members of groups.

use tim_protocol::call::{ListMembersRequest, MemberPage};
use tim_protocol::group::Role;
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
}
