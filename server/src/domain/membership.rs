//! Who comes into a group and who leaves it, and what a change of that writes into whose log.

use tim_protocol::UserId;
use tim_protocol::body::{GroupTipType, NoticeType};
use tim_protocol::call::{self, Call as _, Done, Joined};
use tim_protocol::code::Code;
use tim_protocol::group::{Group, GroupType, JoinOption, JoinStatus, Role};

use super::group_view::{group_for, standing_group};
use super::notices::{memberships, notice, subscribe, tip, unsubscribe};
use super::outcome::{quiet, telling};
use super::rows::{ChangeKind, Conversation, Member, Parties, Rows, UserConversation};
use super::rules::{self, Action};
use super::{Outcome, marks};
use crate::core::ops::{Actor, Tell, UserKey, Written};

pub(super) fn join(
    rows: &mut impl Rows,
    actor: &Actor,
    join: &call::JoinGroup,
    now: i64,
) -> Outcome<Written> {
    let conversation = standing_group(rows, actor.app, &join.group_id)?;
    let group = group_for(rows, &conversation, actor.key)?;
    if group.self_info.is_some() {
        let already = Joined { status: JoinStatus::AlreadyInGroup, group: Some(group) };
        return Ok(quiet(call::JoinGroup::answer(already)));
    }
    match group.join_option {
        JoinOption::DisableApply | JoinOption::Other(_) => Err(Code::GROUP_PERMISSION_DENIED.into()),
        JoinOption::FreeAccess => {
            let tells = let_in(rows, actor, &conversation, &group, (&actor.user, actor.key), now)?;
            let group = Some(group_for(rows, &conversation, actor.key)?);
            Ok(telling(call::JoinGroup::answer(Joined { status: JoinStatus::JoinedSuccess, group }), tells))
        }
        JoinOption::NeedPermission => {
            let tells = apply(rows, actor, &conversation, &join.apply_message, now)?;
            let waiting = Joined { status: JoinStatus::WaitAdminApproval, group: None };
            Ok(telling(call::JoinGroup::answer(waiting), tells))
        }
    }
}

/// Notes an application, and tells those who may decide on it.
fn apply(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    words: &str,
    now: i64,
) -> Outcome<Vec<Tell>> {
    if !rows.add_application(conversation.key, actor.key, now)? {
        return Ok(Vec::new());
    }
    let mut deciders = rows.members_of_role(conversation.key, &Role::Owner)?;
    deciders.extend(rows.members_of_role(conversation.key, &Role::Admin)?);
    let to = deciders.into_iter();
    to.map(|to| notice(rows, actor, to, conversation, NoticeType::JoinApplication, words, now)).collect()
}

pub(super) fn handle_application(
    rows: &mut impl Rows,
    actor: &Actor,
    handle: &call::HandleApplication,
    now: i64,
) -> Outcome<Written> {
    let conversation = standing_group(rows, actor.app, &handle.group_id)?;
    let group = group_for(rows, &conversation, actor.key)?;
    let role = group.self_info.as_ref().map(|info| info.role);
    rules::may(Action::HandleApplications, group.group_type, role)?;
    let applicant = rows.user(actor.app, &handle.user_id)?.ok_or(Code::GROUP_ACCOUNT_NOT_FOUND)?;
    if !rows.remove_application(conversation.key, applicant)? {
        return Err(Code::APPLICATION_HANDLED.into());
    }
    let (answer, words) = match handle.accept {
        true => (NoticeType::ApplicationAccepted, &handle.handle_message),
        false => (NoticeType::ApplicationRefused, &handle.handle_message),
    };
    let mut tells = Vec::new();
    if handle.accept && rows.member(conversation.key, applicant)?.is_none() {
        tells = let_in(rows, actor, &conversation, &group, (&handle.user_id, applicant), now)?;
    }
    tells.push(notice(rows, actor, applicant, &conversation, answer, words, now)?);
    Ok(telling(call::HandleApplication::answer(Done {}), tells))
}

pub(super) fn quit(
    rows: &mut impl Rows,
    actor: &Actor,
    quit: &call::QuitGroup,
    now: i64,
) -> Outcome<Written> {
    let conversation = standing_group(rows, actor.app, &quit.group_id)?;
    let standing = rows.standing(conversation.key, actor.key)?;
    let is_owner = standing.role == Some(Role::Owner);
    rules::may(Action::Quit, standing.group_type, standing.role)?;
    rows.resize_group(conversation.key, -1)?;
    if is_owner {
        rows.disown_group(conversation.key)?;
    }
    // The tip is the last thing the leaver may see, so it is written while they are still a member.
    let leaving = vec![actor.user.clone()];
    let mut tells = vec![tip(rows, actor, &conversation, GroupTipType::Quit, leaving, now)?];
    expel(rows, &conversation, actor.key)?;
    tells.push(unsubscribe(&conversation, std::iter::once(actor.key)));
    tells.extend(memberships(rows, &conversation, std::iter::once(actor.key))?);
    tells.push(notice(rows, actor, actor.key, &conversation, NoticeType::Quit, "", now)?);
    Ok(telling(call::QuitGroup::answer(Done {}), tells))
}

/// Makes a user a member, if there is a place, and tells of it.
fn let_in(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    group: &Group,
    (name, user): (&UserId, UserKey),
    now: i64,
) -> Outcome<Vec<Tell>> {
    if group.member_count >= group.max_member_count {
        return Err(Code::GROUP_FULL.into());
    }
    admit(rows, conversation, group.group_type, user, Role::Member, now)?;
    let mut tells = vec![subscribe(conversation, std::iter::once(user))];
    tells.extend(memberships(rows, conversation, std::iter::once(user))?);
    tells.push(tip(rows, actor, conversation, GroupTipType::Join, vec![name.clone()], now)?);
    Ok(tells)
}

/// Makes a user a member, with what follows on the user's side.
pub(super) fn admit(
    rows: &mut impl Rows,
    conversation: &Conversation,
    group_type: GroupType,
    user: UserKey,
    role: Role,
    now: i64,
) -> Outcome<()> {
    rows.add_member(conversation.key, user, &Member { role, joined: now })?;
    rows.resize_group(conversation.key, 1)?;
    rows.remove_application(conversation.key, user)?;
    let head = conversation.head;
    let first_visible_seq = if group_type.shows_history_before_joining() { 1 } else { head + 1 };
    rows.open_conversation(user, conversation.key, UserConversation { read: head, first_visible_seq })?;
    note(rows, user, conversation, false)
}

/// Ends a membership, with what follows on the user's side. The number of members is not touched.
pub(super) fn expel(rows: &mut impl Rows, conversation: &Conversation, user: UserKey) -> Outcome<()> {
    rows.remove_member(conversation.key, user)?;
    rows.close_conversation(user, conversation.key)?;
    note(rows, user, conversation, true)
}

fn note(rows: &mut impl Rows, user: UserKey, conversation: &Conversation, is_gone: bool) -> Outcome<()> {
    marks::mark(rows, user, conversation.key)?;
    match &conversation.parties {
        Parties::Group(group) => marks::note_change(rows, user, ChangeKind::Group, group.as_str(), is_gone),
        Parties::C2c(..) | Parties::System(_) => Ok(()),
    }
}
