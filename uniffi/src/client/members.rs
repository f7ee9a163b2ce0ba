//! The members of groups.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{self as ids, GroupMemberList, Role, unsigned_small};

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
}
