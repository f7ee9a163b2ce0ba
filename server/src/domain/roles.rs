//! The roles of members: makes admins of them and the reverse, and another member the owner.

use tim_protocol::body::{GroupTip, GroupTipType, NoticeType};
use tim_protocol::call::{Call as _, ChangeOwnerRequest, GroupIs, SetMemberRoleRequest};
use tim_protocol::code::Code;
use tim_protocol::group::Role;
use tim_protocol::group_rules::Rank;
use tim_protocol::{Fault, limits};

use super::DomainResult;
use super::group_view::{CallersGroup, group_for};
use super::member_view::{member_is, named};
use super::membership::note;
use super::notices::{memberships, new_tip, notice, tip, write_tip};
use super::outcome::{with_notifications, without_notifications};
use super::rows::{Conversation, Rows};
use super::rules::{self, Action};
use crate::core::ops::{Actor, Committed, UserKey};

pub(super) fn set(
    rows: &mut impl Rows,
    actor: &Actor,
    CallersGroup { conversation, group_type, .. }: &CallersGroup,
    asked: &SetMemberRoleRequest,
    now: i64,
) -> DomainResult<Committed> {
    if group_type.rules().sets_roles == Rank::Nobody {
        return Err(Code::GROUP_TYPE_WITHOUT_ROLES.into());
    }
    let (key, mut member) = named(rows, actor, conversation, &asked.user_id)?;
    let is_news = member.role != asked.role;
    member.role = asked.role;
    let answer = SetMemberRoleRequest::answer(member_is(rows, (key, &asked.user_id), member)?);
    if !is_news {
        return Ok(without_notifications(answer));
    }
    let (kind, told) = match asked.role {
        Role::Admin => (GroupTipType::AdminsAdded, NoticeType::AdminAdded),
        _ => (GroupTipType::AdminsRemoved, NoticeType::AdminRemoved),
    };
    if asked.role == Role::Admin
        && rows.members_of_role(conversation.key, &Role::Admin)?.len() >= limits::GROUP_ADMINS
    {
        return Err(Fault::with_text(
            Code::GROUP_BAD_PARAMETER,
            "a group has at most 100 admins: make one of them a member first",
        )
        .into());
    }
    give(rows, conversation, key, asked.role)?;
    let mut notifications = memberships(rows, conversation, std::iter::once(key))?;
    notifications.push(tip(rows, actor, conversation, kind, vec![asked.user_id.clone()], now)?);
    notifications.push(notice(rows, actor, key, conversation, told, "", now)?);
    Ok(with_notifications(answer, notifications))
}

/// The owner is in everybody's copy of the group: the tip says who it is, and so does the state of the conversation.
pub(super) fn change_owner(
    rows: &mut impl Rows,
    actor: &Actor,
    CallersGroup { conversation, group_type, role }: &CallersGroup,
    asked: &ChangeOwnerRequest,
    now: i64,
) -> DomainResult<Committed> {
    rules::may(Action::Transfer, *group_type, *role)?;
    let (key, _) = named(rows, actor, conversation, &asked.new_owner_id)?;
    give(rows, conversation, actor.key, Role::Member)?;
    give(rows, conversation, key, Role::Owner)?;
    rows.set_owner(conversation.key, Some(key))?;
    let group = group_for(rows, conversation, actor.key)?;
    let mut notifications = memberships(rows, conversation, [actor.key, key].into_iter())?;
    let users = vec![asked.new_owner_id.clone()];
    let tip = new_tip(rows, actor, conversation, GroupTipType::ProfileUpdated, users)?;
    let tip = GroupTip { owner_id: group.owner_id.clone(), ..tip };
    notifications.push(write_tip(rows, conversation, tip, now)?);
    Ok(with_notifications(ChangeOwnerRequest::answer(GroupIs { group: Box::new(group) }), notifications))
}

fn give(rows: &mut impl Rows, conversation: &Conversation, user: UserKey, role: Role) -> DomainResult<()> {
    rows.set_member_role(conversation.key, user, role)?;
    note(rows, user, conversation, false)
}
