//! The verbs about groups: the list of them, and those by which a group is made and looked at. Who comes and goes is
//! `membership.rs`'s, the end `dismissal.rs`'s. Who may call each is declared with the verb, and checked before it is carried out.

use tim_protocol::body::{GroupTipType, NoticeType};
use tim_protocol::bounds::PageRoom;
use tim_protocol::call::{
    self, Call as _, Check as _, GetGroupMembersRequest, GetGroupRequest, GetPinnedRequest, GroupIs,
    GroupMembers, GroupsRequest,
};
use tim_protocol::code::Code;
use tim_protocol::group::{GroupType, Role};
use tim_protocol::{GroupId, List, UserId, limits};

use super::DomainResult;
use super::dismissal;
use super::group_profile;
use super::group_view::{CallersGroup, callers_group, group_for};
use super::member_view::shown;
use super::membership::{self, admit};
use super::notices::{memberships, notice, subscribe, tip};
use super::outcome::{with_notifications, without_notifications};
use super::pins;
use super::rows::{ListedMember, NewGroupRow, Parties, Rows};
use crate::core::ops::{Actor, Committed, UserKey, UserRequest, WriteReply};

pub(super) fn request(
    rows: &mut impl Rows,
    asked: &UserRequest,
    request: &GroupsRequest,
) -> DomainResult<Committed> {
    let UserRequest { actor, now, random, .. } = asked;
    let caller = asked.request.caller();
    let group = request.group().map(|group| callers_group(rows, actor, group, caller)).transpose()?;
    match (request, group) {
        (GroupsRequest::CreateGroup(asked), _) => create(rows, actor, asked, *random, *now),
        (_, None) => Err(Code::INTERNAL.into()),
        (GroupsRequest::JoinGroup(join), Some(group)) => membership::join(rows, actor, &group, join, *now),
        (GroupsRequest::QuitGroup(_), Some(group)) => membership::quit(rows, actor, &group, *now),
        (GroupsRequest::DismissGroup(_), Some(group)) => dismissal::dismiss(rows, actor, &group, *now),
        (GroupsRequest::GetGroupMembers(asked), Some(group)) => get_members(rows, actor, &group, asked)
            .map(GetGroupMembersRequest::answer)
            .map(without_notifications),
        (GroupsRequest::GetGroup(_), Some(group)) => {
            get(rows, actor, &group).map(GetGroupRequest::answer).map(without_notifications)
        }
        (GroupsRequest::UpdateGroup(update), Some(group)) => {
            group_profile::update(rows, actor, &group, update, *now)
        }
        (GroupsRequest::PinMessage(asked), Some(group)) => pins::pin(rows, actor, &group, asked, *now),
        (GroupsRequest::GetPinned(_), Some(group)) => {
            pins::pinned(rows, actor, &group).map(GetPinnedRequest::answer).map(without_notifications)
        }
        (GroupsRequest::CountOnline(_), Some(group)) => count_online(&group),
        (GroupsRequest::HandleApplication(handle), Some(group)) => {
            membership::handle_application(rows, actor, &group, handle, *now)
        }
    }
}

/// Who is connected only the bus knows. Who is in a live room is no member of it.
fn count_online(group: &CallersGroup) -> DomainResult<Committed> {
    if group.role.is_none() && group.group_type.rules().keeps_members {
        return Err(Code::GROUP_PERMISSION_DENIED.into());
    }
    Ok(without_notifications(WriteReply::Topic(group.conversation.key)))
}

/// Creates a group; `random` yields the group ID if the actor chose none.
fn create(
    rows: &mut impl Rows,
    actor: &Actor,
    create: &call::CreateGroupRequest,
    random: u64,
    now: i64,
) -> DomainResult<Committed> {
    let new = &create.group;
    let generated = || match new.group_type {
        GroupType::Community => GroupId::generated_community(random),
        _ => GroupId::generated(random),
    };
    let parties = Parties::Group(new.group_id.clone().unwrap_or_else(generated));
    if let Some(taken) = rows.conversation(actor.app, &parties)? {
        let role = rows.member(taken.key, actor.key)?.map(|member| member.role);
        let is_mine = role == Some(Role::Owner);
        return Err(if is_mine { Code::GROUP_ID_IS_YOURS } else { Code::GROUP_ID_IN_USE }.into());
    }
    let others = invited(rows, actor, &new.member_list)?;
    let conversation = rows.add_conversation(actor.app, parties)?;
    let rules = new.group_type.rules();
    let join_option = new.join_option.unwrap_or(rules.join_option);
    let invite_option = new.invite_option.unwrap_or(rules.invite_option);
    let fields = new.group_custom_field.set_alone();
    let row = NewGroupRow { new, owner: actor.key, created: now, join_option, invite_option, fields };
    rows.add_group(conversation.key, &row)?;
    admit(rows, &conversation, new.group_type, actor.key, Role::Owner, now)?;
    for (_, member) in &others {
        admit(rows, &conversation, new.group_type, *member, Role::Member, now)?;
    }
    let mut notifications = Vec::new();
    if rules.keeps_members {
        let everybody = std::iter::once(actor.key).chain(others.iter().map(|other| other.1));
        notifications.push(subscribe(&conversation, new.group_type, everybody.clone()));
        notifications.extend(memberships(rows, &conversation, everybody)?);
    }
    notifications.push(notice(rows, actor, actor.key, &conversation, NoticeType::GroupCreated, "", now)?);
    for (_, member) in &others {
        notifications.push(notice(rows, actor, *member, &conversation, NoticeType::Invited, "", now)?);
    }
    if !others.is_empty() {
        let names = others.into_iter().map(|(name, _)| name).collect();
        notifications.push(tip(rows, actor, &conversation, GroupTipType::Join, names, now)?);
    }
    let group = Box::new(group_for(rows, &conversation, actor.key)?);
    Ok(with_notifications(call::CreateGroupRequest::answer(GroupIs { group }), notifications))
}

/// The first members beside the owner, each once.
fn invited(rows: &mut impl Rows, actor: &Actor, names: &[UserId]) -> DomainResult<Vec<(UserId, UserKey)>> {
    let mut others = Vec::new();
    for user in names {
        let member = rows.user(actor.app, user)?.ok_or(Code::GROUP_ACCOUNT_NOT_FOUND)?;
        if member != actor.key && !others.contains(&(user.clone(), member)) {
            others.push((user.clone(), member));
        }
    }
    Ok(others)
}

fn get(rows: &mut impl Rows, actor: &Actor, group: &CallersGroup) -> DomainResult<GroupIs> {
    let group = Box::new(group_for(rows, &group.conversation, actor.key)?);
    Ok(GroupIs { group })
}

/// Those of the users who are members, as many as fit a page.
fn get_members(
    rows: &mut impl Rows,
    actor: &Actor,
    group: &CallersGroup,
    asked: &GetGroupMembersRequest,
) -> DomainResult<GroupMembers> {
    let mut page = GroupMembers { member_list: List::default(), next: None };
    let mut room = PageRoom::new(limits::PAGE_BYTES);
    for (user, place) in asked.user_id_list.iter().zip(0..) {
        let Some(key) = rows.user(actor.app, user)? else { continue };
        let Some(member) = rows.member(group.conversation.key, key)? else { continue };
        let profile = rows.sender_profile(key)?;
        let member = shown(ListedMember { user: user.clone(), profile, member });
        if !room.take(&member) {
            page.next = Some(place);
            break;
        }
        page.member_list.push(member);
    }
    Ok(page)
}
