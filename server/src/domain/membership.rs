//! Membership of groups: joining, leaving, applications, and the tips and notices that they write.

use tim_protocol::UserId;
use tim_protocol::body::{GroupTipType, NoticeType};
use tim_protocol::call::{self, Call as _, Done, Joined};
use tim_protocol::code::Code;
use tim_protocol::fields::Fields;
use tim_protocol::group::{Group, GroupType, JoinOption, JoinStatus, Role};

use super::group_view::{CallersGroup, first_visible_seq, group_for, is_banned};
use super::notices::{memberships, notice, notice_of_others, subscribe, tip, unsubscribe};
use super::outcome::{with_notifications, without_notifications};
use super::rows::{ChangeKind, Conversation, Member, Parties, Rows, UserConversation};
use super::rules::{self, Action};
use super::{DomainResult, marks, rooms};
use crate::core::ops::{Actor, Committed, Notification, UserKey};

pub(super) fn join(
    rows: &mut impl Rows,
    actor: &Actor,
    caller: &CallersGroup,
    join: &call::JoinGroupRequest,
    now: i64,
) -> DomainResult<Committed> {
    let CallersGroup { conversation, group_type, .. } = caller;
    if !group_type.rules().keeps_members {
        return rooms::enter(rows, actor, caller, now);
    }
    let group = group_for(rows, conversation, actor.key)?;
    if group.self_info.is_some() {
        let already = Joined { status: JoinStatus::AlreadyInGroup, group: Some(Box::new(group)) };
        return Ok(without_notifications(call::JoinGroupRequest::answer(already)));
    }
    if is_banned(rows, conversation, actor.key, now)? {
        return Err(Code::GROUP_BANNED.into());
    }
    match group.join_option {
        JoinOption::DisableApply | JoinOption::Other(_) => Err(Code::GROUP_PERMISSION_DENIED.into()),
        JoinOption::FreeAccess => {
            let notifications =
                add_to_group(rows, actor, conversation, &group, (&actor.user, actor.key), now)?;
            let group = Some(Box::new(group_for(rows, conversation, actor.key)?));
            Ok(with_notifications(
                call::JoinGroupRequest::answer(Joined { status: JoinStatus::JoinedSuccess, group }),
                notifications,
            ))
        }
        JoinOption::NeedPermission => {
            let notifications = apply(rows, actor, conversation, &join.apply_message, now)?;
            let waiting = Joined { status: JoinStatus::WaitAdminApproval, group: None };
            Ok(with_notifications(call::JoinGroupRequest::answer(waiting), notifications))
        }
    }
}

/// An application that was repeated so long after it was told is told again: those who decide may have changed.
pub(super) const AGAIN_MS: i64 = 10 * 60 * 1_000;

/// Records an application, and notifies the owner and admins.
fn apply(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    text: &str,
    now: i64,
) -> DomainResult<Vec<Notification>> {
    if !rows.add_application(conversation.key, actor.key, None, (now, now - AGAIN_MS))? {
        return Ok(Vec::new());
    }
    ask_deciders(rows, actor, conversation, (text, &[]), now)
}

/// Notifies the owner and admins of an application, or of users whom the actor invites.
pub(super) fn ask_deciders(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    (text, invited): (&str, &[UserId]),
    now: i64,
) -> DomainResult<Vec<Notification>> {
    let mut deciders = rows.members_of_role(conversation.key, &Role::Owner)?;
    deciders.extend(rows.members_of_role(conversation.key, &Role::Admin)?);
    let about = (NoticeType::JoinApplication, text, invited);
    let to = deciders.into_iter();
    to.map(|to| notice_of_others(rows, actor, to, conversation, about, now)).collect()
}

pub(super) fn handle_application(
    rows: &mut impl Rows,
    actor: &Actor,
    CallersGroup { conversation, .. }: &CallersGroup,
    handle: &call::HandleApplicationRequest,
    now: i64,
) -> DomainResult<Committed> {
    let group = group_for(rows, conversation, actor.key)?;
    let applicant = rows.user(actor.app, &handle.user_id)?.ok_or(Code::GROUP_ACCOUNT_NOT_FOUND)?;
    let application =
        rows.remove_application(conversation.key, applicant)?.ok_or(Code::APPLICATION_HANDLED)?;
    let (answer, text) = match handle.accept {
        true => (NoticeType::ApplicationAccepted, &handle.handle_message),
        false => (NoticeType::ApplicationRefused, &handle.handle_message),
    };
    let mut notifications = Vec::new();
    if handle.accept && rows.member(conversation.key, applicant)?.is_none() {
        notifications = add_to_group(rows, actor, conversation, &group, (&handle.user_id, applicant), now)?;
    }
    let invited = [handle.user_id.clone()];
    let (asker, about) = match application.inviter {
        None => (applicant, (answer, text.as_str(), &[][..])),
        Some(inviter) => {
            if handle.accept {
                notifications.push(notice(
                    rows,
                    actor,
                    applicant,
                    conversation,
                    NoticeType::Invited,
                    "",
                    now,
                )?);
            }
            (inviter, (answer, text.as_str(), &invited[..]))
        }
    };
    notifications.push(notice_of_others(rows, actor, asker, conversation, about, now)?);
    Ok(with_notifications(call::HandleApplicationRequest::answer(Done {}), notifications))
}

pub(super) fn quit(
    rows: &mut impl Rows,
    actor: &Actor,
    caller: &CallersGroup,
    now: i64,
) -> DomainResult<Committed> {
    let CallersGroup { conversation, group_type, role } = caller;
    if !group_type.rules().keeps_members {
        return rooms::leave(caller);
    }
    let is_owner = *role == Some(Role::Owner);
    rules::may(Action::Quit, *group_type, *role)?;
    rows.change_member_count(conversation.key, -1)?;
    if is_owner {
        rows.set_owner(conversation.key, None)?;
    }
    // Written while the leaving user is still a member, because the tip is the last message that user may see.
    let leaving = vec![actor.user.clone()];
    let mut notifications = vec![tip(rows, actor, conversation, GroupTipType::Quit, leaving, now)?];
    expel(rows, conversation, actor.key)?;
    notifications.push(unsubscribe(conversation, std::iter::once(actor.key)));
    notifications.extend(memberships(rows, conversation, std::iter::once(actor.key))?);
    notifications.push(notice(rows, actor, actor.key, conversation, NoticeType::Quit, "", now)?);
    Ok(with_notifications(call::QuitGroupRequest::answer(Done {}), notifications))
}

/// Adds a user to a group that is not full, and returns the notifications.
fn add_to_group(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    group: &Group,
    (name, user): (&UserId, UserKey),
    now: i64,
) -> DomainResult<Vec<Notification>> {
    if group.member_count >= group.max_member_count {
        return Err(Code::GROUP_FULL.into());
    }
    if is_banned(rows, conversation, user, now)? {
        return Err(Code::GROUP_BANNED.into());
    }
    admit(rows, conversation, group.group_type, user, Role::Member, now)?;
    let mut notifications = vec![subscribe(conversation, group.group_type, std::iter::once(user))];
    notifications.extend(memberships(rows, conversation, std::iter::once(user))?);
    notifications.push(tip(rows, actor, conversation, GroupTipType::Join, vec![name.clone()], now)?);
    Ok(notifications)
}

/// Adds a member: group row, first visible sequence, mark and change row. The owner of a live room has only the first.
pub(super) fn admit(
    rows: &mut impl Rows,
    conversation: &Conversation,
    group_type: GroupType,
    user: UserKey,
    role: Role,
    now: i64,
) -> DomainResult<()> {
    let joined_at = conversation.head;
    let member = Member {
        role,
        joined: now,
        joined_at,
        name_card: String::new(),
        mute_until: 0,
        fields: Fields::default(),
    };
    rows.add_member(conversation.key, user, &member)?;
    rows.change_member_count(conversation.key, 1)?;
    if !group_type.rules().keeps_members {
        return Ok(());
    }
    rows.remove_application(conversation.key, user)?;
    rows.remove_ban(conversation.key, user)?;
    let head = conversation.head;
    let first_visible_seq = first_visible_seq(conversation, group_type);
    let as_of = UserConversation { read: head, first_visible_seq, ..UserConversation::default() };
    rows.open_conversation(user, conversation.key, as_of)?;
    if rules::is_large(group_type) {
        rows.set_up_to(user, conversation.key, head + conversation.mutation_head)?;
    }
    note(rows, user, conversation, false)
}

/// Removes a member, and marks the conversation for the user. Does not change the member count.
pub(super) fn expel(rows: &mut impl Rows, conversation: &Conversation, user: UserKey) -> DomainResult<()> {
    rows.remove_member(conversation.key, user)?;
    rows.close_conversation(user, conversation.key)?;
    note(rows, user, conversation, true)
}

/// Notes for a user that the own membership is another: its devices learn it whenever they come.
pub(super) fn note(
    rows: &mut impl Rows,
    user: UserKey,
    conversation: &Conversation,
    is_gone: bool,
) -> DomainResult<()> {
    marks::mark(rows, user, conversation.key)?;
    match &conversation.parties {
        Parties::Group(group) => {
            marks::note_change(rows, user, ChangeKind::Group, group.as_str(), is_gone).map(drop)
        }
        Parties::C2c(..) | Parties::System(_) => Ok(()),
    }
}
