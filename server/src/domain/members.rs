//! The verbs about the members of groups: the list of them, and the list of members. The others are decided beside it.

use tim_protocol::bounds::PageRoom;
use tim_protocol::call::{
    Call as _, Check as _, ListMembersRequest, MemberPage, MembersRequest, SearchMembersRequest,
};
use tim_protocol::code::Code;
use tim_protocol::{List, limits};

use super::DomainResult;
use super::add_members;
use super::delete_members;
use super::group_view::{CallersGroup, callers_group};
use super::member_changes;
use super::member_search;
use super::member_view::{shown, user_after};
use super::outcome::without_notifications;
use super::roles;
use super::rows::Rows;
use crate::core::ops::{Actor, Committed, UserRequest};

pub(super) fn request(
    rows: &mut impl Rows,
    asked: &UserRequest,
    request: &MembersRequest,
) -> DomainResult<Committed> {
    let UserRequest { actor, now, .. } = asked;
    let group = request.group().ok_or(Code::INTERNAL)?;
    let group = callers_group(rows, actor, group, asked.request.caller())?;
    match request {
        MembersRequest::ListMembers(asked) => {
            list(rows, actor, &group, asked).map(ListMembersRequest::answer).map(without_notifications)
        }
        MembersRequest::SearchMembers(asked) => member_search::search(rows, actor, &group, asked)
            .map(SearchMembersRequest::answer)
            .map(without_notifications),
        MembersRequest::AddMembers(asked) => add_members::add(rows, actor, &group, asked, *now),
        MembersRequest::DeleteMembers(asked) => delete_members::delete(rows, actor, &group, asked, *now),
        MembersRequest::SetMemberRole(asked) => roles::set(rows, actor, &group, asked, *now),
        MembersRequest::MuteMember(asked) => member_changes::mute(rows, actor, &group, asked, *now),
        MembersRequest::UpdateMember(asked) => member_changes::update(rows, actor, &group, asked, *now),
        MembersRequest::ChangeOwner(asked) => roles::change_owner(rows, actor, &group, asked, *now),
    }
}

/// The members after one.
fn list(
    rows: &mut impl Rows,
    actor: &Actor,
    group: &CallersGroup,
    asked: &ListMembersRequest,
) -> DomainResult<MemberPage> {
    let after = user_after(rows, actor, asked.after.as_ref())?;
    let found = rows.members_after(group.conversation.key, asked.role.as_ref(), after, asked.limit)?;
    let is_full = found.len() >= asked.limit as usize;
    let mut page = MemberPage { member_list: List::default(), next: None };
    let (mut room, mut last) = (PageRoom::new(limits::PAGE_BYTES), None);
    for member in found {
        let member = shown(member);
        if !room.take(&member) {
            page.next = last;
            return Ok(page);
        }
        last = Some(member.user_id.clone());
        page.member_list.push(member);
    }
    page.next = last.filter(|_| is_full);
    Ok(page)
}
