//! Removes members from a group, for a while if the actor says so.

use tim_protocol::body::{GroupTip, GroupTipType, NoticeType};
use tim_protocol::call::{Call as _, DeleteMembersRequest, Done};
use tim_protocol::code::Code;

use super::DomainResult;
use super::group_view::CallersGroup;
use super::membership::expel;
use super::notices::{memberships, new_tip, notice, unsubscribe, write_tip};
use super::outcome::{with_notifications, without_notifications};
use super::rooms;
use super::rows::{Conversation, Rows};
use super::rules::{self, Action};
use crate::core::ops::{Actor, Committed};

pub(super) fn delete(
    rows: &mut impl Rows,
    actor: &Actor,
    CallersGroup { conversation, group_type, role }: &CallersGroup,
    asked: &DeleteMembersRequest,
    now: i64,
) -> DomainResult<Committed> {
    rules::may(Action::RemoveMembers, *group_type, *role)?;
    if !group_type.rules().keeps_members {
        return from_room(rows, actor, conversation, asked, now);
    }
    let (mut users, mut keys) = (Vec::new(), Vec::new());
    for user in &asked.user_id_list {
        let Some(key) = rows.user(actor.app, user)?.filter(|key| !keys.contains(key)) else { continue };
        let Some(member) = rows.member(conversation.key, key)? else { continue };
        if !rules::outranks(*role, member.role) {
            return Err(Code::GROUP_PERMISSION_DENIED.into());
        }
        users.push(user.clone());
        keys.push(key);
        rows.change_member_count(conversation.key, -1)?;
    }
    let answer = DeleteMembersRequest::answer(Done {});
    if keys.is_empty() {
        return Ok(without_notifications(answer));
    }
    // Written while they are still members, because the tip is the last message that they may see.
    let tip = new_tip(rows, actor, conversation, GroupTipType::Removed, users)?;
    let tip = GroupTip { reason: asked.reason.clone(), ..tip };
    let mut notifications = vec![write_tip(rows, conversation, tip, now)?];
    for key in &keys {
        expel(rows, conversation, *key)?;
        if asked.duration > 0 {
            rows.set_ban(conversation.key, *key, now + i64::from(asked.duration) * 1_000)?;
        }
    }
    notifications.push(unsubscribe(conversation, keys.iter().copied()));
    notifications.extend(memberships(rows, conversation, keys.iter().copied())?);
    for key in keys {
        let reason = &asked.reason;
        notifications.push(notice(rows, actor, key, conversation, NoticeType::Removed, reason, now)?);
    }
    Ok(with_notifications(answer, notifications))
}

/// Keeps users out of a live room for a while, whether they are in it or not. The owner stays.
fn from_room(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    asked: &DeleteMembersRequest,
    now: i64,
) -> DomainResult<Committed> {
    if asked.duration == 0 {
        return Err(Code::ROOM_BAN_MISSING.into());
    }
    let until = now + i64::from(asked.duration) * 1_000;
    let mut notifications = Vec::new();
    let mut keys = Vec::new();
    for user in &asked.user_id_list {
        let Some(key) = rows.user(actor.app, user)?.filter(|key| !keys.contains(key)) else { continue };
        keys.push(key);
        if rows.member(conversation.key, key)?.is_some() {
            return Err(Code::GROUP_PERMISSION_DENIED.into());
        }
        let told = rooms::keep_out(rows, actor, conversation, (key, until), (&asked.reason, now))?;
        notifications.extend(told);
    }
    Ok(with_notifications(DeleteMembersRequest::answer(Done {}), notifications))
}
