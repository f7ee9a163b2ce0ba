//! Live rooms: who enters, leaves, is kept out, and what is said. The group and its owner are stored; who is in the room is known to
//! the bus alone, and what is said there to those who hear it.

use tim_protocol::body::NoticeType;
use tim_protocol::call::{Call as _, DismissGroupRequest, Done, JoinGroupRequest, Joined, QuitGroupRequest};
use tim_protocol::code::Code;
use tim_protocol::group::{JoinStatus, Role};
use tim_protocol::{ConversationId, GroupId};

use super::DomainResult;
use super::group_view::{CallersGroup, group_for, is_banned};
use super::notices::{notice, notice_body, tell_room};
use super::outcome::{with_notifications, without_notifications};
use super::rows::{Chore, Conversation, Dismissal, Parties, Rows, Standing};
use super::rules::{self, Action};
use crate::core::ops::{
    Actor, Audience, Committed, Notification, NotificationContent, RoomStep, UserKey, WriteReply,
};

/// Lets the caller's session in.
pub(super) fn enter(
    rows: &mut impl Rows,
    actor: &Actor,
    CallersGroup { conversation, .. }: &CallersGroup,
    now: i64,
) -> DomainResult<Committed> {
    if is_banned(rows, conversation, actor.key, now)? {
        return Err(Code::GROUP_BANNED.into());
    }
    let group = Some(Box::new(group_for(rows, conversation, actor.key)?));
    let joined = JoinGroupRequest::answer(Joined { status: JoinStatus::JoinedSuccess, group });
    let step = RoomStep::Enter { room: conversation.key, group: named(conversation)?.clone() };
    Ok(without_notifications(WriteReply::Room(joined, Box::new(step))))
}

/// Lets the caller's session out; the owner ends the room instead.
pub(super) fn leave(actor: &CallersGroup) -> DomainResult<Committed> {
    let CallersGroup { conversation, group_type, role } = actor;
    if role.is_some() {
        rules::may(Action::Quit, *group_type, *role)?;
    }
    let step = RoomStep::Leave { room: conversation.key };
    Ok(without_notifications(WriteReply::Room(QuitGroupRequest::answer(Done {}), Box::new(step))))
}

/// Ends a room: everybody in it is told, and hears nothing more of it.
pub(super) fn dismiss(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    now: i64,
) -> DomainResult<Committed> {
    let body = notice_body(rows, actor, conversation, (NoticeType::GroupDismissed, "", &[]))?;
    rows.remove_member(conversation.key, actor.key)?;
    rows.dismiss_group(conversation.key)?;
    let by = Actor { session: None, ..actor.clone() };
    rows.add_chore(&Chore::EndGroup(Dismissal { group: conversation.key, by, time: now }))?;
    rows.remove_attributes(conversation.key)?;
    let others = Audience::TopicBut(conversation.key, [actor.key].into());
    let notifications = vec![
        notice(rows, actor, actor.key, conversation, NoticeType::GroupDismissed, "", now)?,
        tell_room((others, conversation.key), ConversationId::System, &body, now)?,
        Notification {
            to: Audience::Topic(conversation.key),
            except: None,
            content: NotificationContent::Unsubscribe(conversation.key),
        },
    ];
    Ok(with_notifications(DismissGroupRequest::answer(Done {}), notifications))
}

/// Keeps a user out of a room until a time, whether they are in it or not, and tells those of their sessions that are connected.
pub(super) fn keep_out(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    (user, until): (UserKey, i64),
    (reason, now): (&str, i64),
) -> DomainResult<[Notification; 2]> {
    rows.set_ban(conversation.key, user, until)?;
    let body = notice_body(rows, actor, conversation, (NoticeType::Removed, reason, &[]))?;
    let to = (Audience::user(user), conversation.key);
    let told = tell_room(to, ConversationId::System, &body, now)?;
    let content = NotificationContent::Unsubscribe(conversation.key);
    Ok([told, Notification { to: Audience::user(user), except: None, content }])
}

/// Whether a user may say something in a room, and whether they say it as one who leads it.
pub(super) fn may_say(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    standing: &Standing,
    now: i64,
) -> DomainResult<bool> {
    if matches!(standing.role, Some(Role::Owner | Role::Admin)) {
        return Ok(true);
    }
    if is_banned(rows, conversation, actor.key, now)? {
        return Err(Code::GROUP_BANNED.into());
    }
    if standing.mutes_all {
        return Err(Code::GROUP_MUTED.into());
    }
    Ok(false)
}

fn named(conversation: &Conversation) -> DomainResult<&GroupId> {
    match &conversation.parties {
        Parties::Group(group) => Ok(group),
        Parties::C2c(..) | Parties::System(_) => Err(Code::INTERNAL.into()),
    }
}
