//! Finding groups and their members.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{self as ids, Group, GroupMemberSearchParam, GroupMemberSearchResultItem, KeywordMatch};

#[uniffi::export]
impl Tim {
    /// The groups this user is in that have one of 1 to 5 keywords, or all of them, in their names or ids, in the order of the group list;
    /// also offline. A word is found by its beginning.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 20001 for no keyword or more than 5, one without a letter or digit, or over 256 bytes.
    #[uniffi::method(default(keyword_list_match_type = None))]
    pub async fn search_groups(
        &self,
        keyword_list: Vec<String>,
        keyword_list_match_type: Option<KeywordMatch>,
    ) -> Result<Vec<Group>, TimError> {
        let matching = keyword_list_match_type.map_or_else(Default::default, Into::into);
        let groups = offload(self.tim.search_groups(&keyword_list, matching)).await?;
        Ok(groups.into_iter().map(Into::into).collect())
    }

    /// The members of groups in whose user ids, nicks, name cards or remarks keywords stand, up to 100 of each group. The server looks at up
    /// to 100,000 members in all; where it did not look at all of a group, the result says so. Groups in which nobody was found are left
    /// out, unless that is so of them.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 20001 for no keyword or more than 5, one without a letter or digit, or over 256 bytes, and if no field is to
    /// be looked at, 2602 for an id that is none; of a group that is named 10010 for no such group, 10007 for one that this user is not in.
    /// `Unreachable`: 2800 or 2801.
    pub async fn search_group_members(
        &self,
        param: GroupMemberSearchParam,
    ) -> Result<Vec<GroupMemberSearchResultItem>, TimError> {
        let found = offload(self.tim.search_group_members(param.try_into()?)).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// The group of an id, also if this user is not in it, unless it is of the type Work.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10010 for no such group, 10007 for a group of the type Work that this user is
    /// not in. `Unreachable`: 2800 or 2801.
    pub async fn search_group_by_id(&self, group_id: String) -> Result<Group, TimError> {
        Ok(offload(self.tim.search_group_by_id(&ids::group_id(&group_id)?)).await?.into())
    }
}
