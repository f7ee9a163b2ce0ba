//! Finding members of groups by words.

use tim_core::search::KeywordMatch;
use tim_protocol::call::{MemberField, Remark, SearchMembersRequest};
use tim_protocol::{Code, Fault, GroupId, limits};

use super::Tim;
use crate::error::TimError;
use crate::search::{GroupMemberSearchParam, GroupMemberSearchResultItem};

/// Most requests of a search, each of which looks at [`limits::MEMBERS_SEARCHED`] members.
const REQUESTS: u32 = 100;

impl Tim {
    /// The members of groups in whose userIDs, nicks, name cards or remarks keywords stand, up to 100 of each group. The server looks at
    /// up to 100,000 members in all; where it did not look at all of a group, the result says so. Groups in which nobody was found are
    /// left out, unless that is so of them.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::BAD_REQUEST`] for no keyword or more than 5, one without a letter or
    /// digit, or over 256 bytes, and if no field is to be looked at. For a group that is named [`Code::GROUP_NOT_FOUND`],
    /// [`Code::GROUP_PERMISSION_DENIED`].
    pub async fn search_group_members(
        &self,
        param: GroupMemberSearchParam,
    ) -> Result<Vec<GroupMemberSearchResultItem>, TimError> {
        let (remarks, fields) = (self.remarks(&param).await?, fields(&param)?);
        let all_groups = param.group_id_list.is_empty();
        let groups = if all_groups { self.own_groups().await? } else { param.group_id_list };
        let mut request = SearchMembersRequest {
            group_id: GroupId::generated(0),
            keyword_list: param.keyword_list,
            all: param.keyword_list_match_type == KeywordMatch::And,
            fields,
            remarks,
            after: None,
            limit: limits::GROUP_MEMBER_PAGE,
        };
        let (mut results, mut left) = (Vec::new(), REQUESTS);
        for group_id in groups {
            request.group_id = group_id;
            match self.search_in_group(&mut request, &mut left).await {
                Ok(found) if found.is_complete && found.member_list.is_empty() => {}
                Ok(found) => results.push(found),
                // This user left it a moment ago.
                Err(why) if all_groups && is_gone(why.code) => {}
                Err(why) => return Err(why),
            }
        }
        Ok(results)
    }

    async fn search_in_group(
        &self,
        request: &mut SearchMembersRequest,
        left: &mut u32,
    ) -> Result<GroupMemberSearchResultItem, TimError> {
        let (group_id, most) = (request.group_id.clone(), limits::GROUP_MEMBER_PAGE as usize);
        let mut found = GroupMemberSearchResultItem { group_id, member_list: Vec::new(), is_complete: false };
        request.after = None;
        while *left > 0 && found.member_list.len() < most {
            *left -= 1;
            let page = self.ask(request.clone()).await?;
            let room = most - found.member_list.len();
            found.is_complete = page.next.is_none() && page.member_list.len() <= room;
            found.member_list.extend(page.member_list.into_iter().take(room));
            request.after = page.next;
            if request.after.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// Those that have lists of members.
    async fn own_groups(&self) -> Result<Vec<GroupId>, TimError> {
        let groups = self.get_group_list().await?.into_iter();
        Ok(groups.filter(|it| it.group_type.rules().keeps_members).map(|it| it.group_id).collect())
    }

    /// What this user calls friends that may be found by it.
    async fn remarks(&self, param: &GroupMemberSearchParam) -> Result<Vec<Remark>, TimError> {
        let phrases = SearchMembersRequest::phrases(&param.keyword_list)?;
        if !param.is_search_member_remark {
            return Ok(Vec::new());
        }
        let friends = self.get_friend_list().await?.into_iter();
        let named = friends.filter(|friend| phrases.iter().any(|phrase| phrase.is_in(&friend.remark)));
        let remarks = named.map(|friend| Remark { user_id: friend.user_id, remark: friend.remark });
        Ok(remarks.take(limits::USERS_PER_CALL).collect())
    }
}

/// The fields to look at; none for all of them.
fn fields(param: &GroupMemberSearchParam) -> Result<Vec<MemberField>, Fault> {
    let wanted = [
        (param.is_search_member_user_id, MemberField::UserId),
        (param.is_search_member_nick_name, MemberField::Nick),
        (param.is_search_member_remark, MemberField::Remark),
        (param.is_search_member_name_card, MemberField::NameCard),
    ];
    let fields: Vec<MemberField> =
        wanted.iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, field)| *field).collect();
    match fields.len() {
        0 => Err(Fault::with_text(Code::BAD_REQUEST, "a search of members looks at a field at least")),
        4 => Ok(Vec::new()),
        _ => Ok(fields),
    }
}

fn is_gone(code: Code) -> bool {
    [Code::GROUP_NOT_FOUND, Code::GROUP_PERMISSION_DENIED].contains(&code)
}
