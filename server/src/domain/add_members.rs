//! Adds users to a group, or makes applications of those whom a member invites.

use tim_protocol::UserId;
use tim_protocol::body::{GroupTipType, NoticeType};
use tim_protocol::call::{AddMembersRequest, AddedMembers, Call as _};
use tim_protocol::code::Code;
use tim_protocol::group::{Group, InviteOption, Role};
use tim_protocol::group_rules::Rank;

use super::DomainResult;
use super::group_view::{CallersGroup, group_for, is_banned};
use super::membership::{AGAIN_MS, admit, ask_deciders};
use super::notices::{memberships, notice, subscribe, tip};
use super::outcome::{with_notifications, without_notifications};
use super::rows::{Conversation, Rows};
use crate::core::ops::{Actor, Committed, Notification, UserKey};

pub(super) fn add(
    rows: &mut impl Rows,
    actor: &Actor,
    CallersGroup { conversation, role, .. }: &CallersGroup,
    asked: &AddMembersRequest,
    now: i64,
) -> DomainResult<Committed> {
    let group = group_for(rows, conversation, actor.key)?;
    let at_once = match group.invite_option {
        Some(InviteOption::FreeAccess) => true,
        Some(InviteOption::NeedPermission) => Rank::Admin.includes(*role),
        None | Some(InviteOption::DisableInvite | InviteOption::Other(_)) => {
            return Err(Code::GROUP_PERMISSION_DENIED.into());
        }
    };
    let (mut added, comers) = sort(rows, actor, (conversation, *role), (&group, &asked.user_id_list), now)?;
    let names: Vec<UserId> = comers.iter().map(|comer| comer.0.clone()).collect();
    let notifications = if comers.is_empty() {
        Vec::new()
    } else if at_once {
        added.success = names;
        admit_all(rows, actor, conversation, (&group, &comers), now)?
    } else {
        added.pending = names;
        invite(rows, actor, conversation, &comers, now)?
    };
    let answer = AddMembersRequest::answer(added);
    Ok(if notifications.is_empty() {
        without_notifications(answer)
    } else {
        with_notifications(answer, notifications)
    })
}

/// Who of the users can come in; the others with the reason why they cannot. The owner and admins let in again whom they or others
/// removed.
fn sort(
    rows: &mut impl Rows,
    actor: &Actor,
    (conversation, role): (&Conversation, Option<Role>),
    (group, users): (&Group, &[UserId]),
    now: i64,
) -> DomainResult<(AddedMembers, Vec<(UserId, UserKey)>)> {
    let (mut added, mut comers) = (AddedMembers::default(), Vec::new());
    let room = group.max_member_count.saturating_sub(group.member_count) as usize;
    for (place, user) in users.iter().enumerate() {
        if users.iter().take(place).any(|before| before == user) {
            continue;
        }
        let list = match rows.user(actor.app, user)? {
            None => &mut added.failure,
            Some(key) if rows.member(conversation.key, key)?.is_some() => &mut added.existed,
            Some(key) if !Rank::Admin.includes(role) && is_banned(rows, conversation, key, now)? => {
                &mut added.failure
            }
            Some(_) if comers.len() >= room => &mut added.over_limit,
            Some(key) => {
                comers.push((user.clone(), key));
                continue;
            }
        };
        list.push(user.clone());
    }
    Ok((added, comers))
}

fn admit_all(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    (group, comers): (&Group, &[(UserId, UserKey)]),
    now: i64,
) -> DomainResult<Vec<Notification>> {
    for (_, comer) in comers {
        admit(rows, conversation, group.group_type, *comer, Role::Member, now)?;
    }
    let keys = || comers.iter().map(|comer| comer.1);
    let mut notifications = vec![subscribe(conversation, group.group_type, keys())];
    notifications.extend(memberships(rows, conversation, keys())?);
    for comer in keys() {
        notifications.push(notice(rows, actor, comer, conversation, NoticeType::Invited, "", now)?);
    }
    let names = comers.iter().map(|comer| comer.0.clone()).collect();
    notifications.push(tip(rows, actor, conversation, GroupTipType::Join, names, now)?);
    Ok(notifications)
}

/// Records applications that the actor makes for others. Who waits already is told to nobody again.
fn invite(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    comers: &[(UserId, UserKey)],
    now: i64,
) -> DomainResult<Vec<Notification>> {
    let mut invited = Vec::new();
    for (user, key) in comers {
        if rows.add_application(conversation.key, *key, Some(actor.key), (now, now - AGAIN_MS))? {
            invited.push(user.clone());
        }
    }
    if invited.is_empty() {
        return Ok(Vec::new());
    }
    ask_deciders(rows, actor, conversation, ("", &invited), now)
}
