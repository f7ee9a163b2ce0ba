//! The side effects of a change: tips in a group's log, notices in a user's system conversation, and notifications.

use tim_protocol::body::{Body, GroupTip, GroupTipType, NoticeGroup, NoticeType, SystemNotice};
use tim_protocol::code::Code;
use tim_protocol::conversation::{Change, GroupChange};
use tim_protocol::frame::Push;
use tim_protocol::group::{GroupChanges, GroupType};
use tim_protocol::{ConversationId, UserId};

use super::DomainResult;
use super::group_view::{first_visible_seq, group_for, group_row};
use super::log::append_system_message;
use super::rows::{Conversation, Parties, Rows};
use crate::core::ops::{Actor, Audience, ConversationKey, Notification, NotificationContent, Topic, UserKey};
use crate::core::rooms::system_message;

/// Notifies the actor's other sessions of a change.
pub(super) fn own_change(actor: &Actor, change: Change) -> Notification {
    Notification {
        to: Audience::user(actor.key),
        except: actor.session,
        content: NotificationContent::Push(Push::Change(change)),
    }
}

/// Subscribes users to the topic of a group that they come into.
pub(super) fn subscribe(
    conversation: &Conversation,
    group_type: GroupType,
    users: impl Iterator<Item = UserKey>,
) -> Notification {
    let since = first_visible_seq(conversation, group_type);
    let content = NotificationContent::Subscribe(Topic { of: conversation.key, since });
    Notification { to: Audience::Users(users.collect()), except: None, content }
}

/// Unsubscribes users from the topic of a conversation.
pub(super) fn unsubscribe(conversation: &Conversation, users: impl Iterator<Item = UserKey>) -> Notification {
    let content = NotificationContent::Unsubscribe(conversation.key);
    Notification { to: Audience::Users(users.collect()), except: None, content }
}

/// Notifies users of their membership. Precedes notices, so that the group list is current when a notice arrives.
pub(super) fn memberships(
    rows: &mut impl Rows,
    conversation: &Conversation,
    users: impl Iterator<Item = UserKey>,
) -> DomainResult<Vec<Notification>> {
    users.map(|user| membership(rows, conversation, user)).collect()
}

fn membership(
    rows: &mut impl Rows,
    conversation: &Conversation,
    user: UserKey,
) -> DomainResult<Notification> {
    let Parties::Group(group_id) = &conversation.parties else { return Err(Code::INTERNAL.into()) };
    let group = group_for(rows, conversation, user)?;
    let group = group.self_info.is_some().then_some(group);
    let change = Change::Group(GroupChange { group_id: group_id.clone(), group });
    Ok(Notification {
        to: Audience::user(user),
        except: None,
        content: NotificationContent::Push(Push::Change(change)),
    })
}

/// Writes a tip of what `actor` did with `users` into a group's log.
pub(super) fn tip(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    kind: GroupTipType,
    users: Vec<UserId>,
    now: i64,
) -> DomainResult<Notification> {
    let tip = new_tip(rows, actor, conversation, kind, users)?;
    write_tip(rows, conversation, tip, now)
}

/// A tip of what `actor` did with `users`, about which more may be said.
pub(super) fn new_tip(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    kind: GroupTipType,
    users: Vec<UserId>,
) -> DomainResult<GroupTip> {
    Ok(GroupTip {
        operator_id: actor.user.clone(),
        operation_type: kind,
        user_id_list: users,
        member_count: rows.group_summary(conversation.key)?.members,
        new_group_profile: None,
        info_sequence: 0,
        owner_id: None,
        reason: String::new(),
        member_list: Vec::new(),
    })
}

/// Writes a tip of what `actor` changed of a group's profile into its log.
pub(super) fn profile_tip(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    changes: GroupChanges,
    info_sequence: u64,
    now: i64,
) -> DomainResult<Notification> {
    let users = vec![actor.user.clone()];
    let tip = new_tip(rows, actor, conversation, GroupTipType::ProfileUpdated, users)?;
    let tip = GroupTip { new_group_profile: Some(Box::new(changes)), info_sequence, ..tip };
    write_tip(rows, conversation, tip, now)
}

/// Writes a tip into a group's log; a live room, which has none, is told it.
pub(super) fn write_tip(
    rows: &mut impl Rows,
    conversation: &Conversation,
    tip: GroupTip,
    now: i64,
) -> DomainResult<Notification> {
    let Parties::Group(group) = &conversation.parties else { return Err(Code::INTERNAL.into()) };
    let number = conversation.key.0.unsigned_abs() << 20 ^ tip.info_sequence;
    let (to, body) = (ConversationId::Group(group.clone()), Body::GroupTip(tip));
    if !rows.group_summary(conversation.key)?.group_type.rules().keeps_members {
        // Left out before a session that is behind, as all that is said there.
        let message = system_message(to, &body, now, number).ok_or(Code::INTERNAL)?;
        let content = NotificationContent::Ephemeral(Push::Online(message));
        return Ok(Notification { to: Audience::Topic(conversation.key), except: None, content });
    }
    // Reloads the conversation, because an earlier step may have appended messages.
    let mut newest = rows.conversation_by_key(conversation.key)?;
    append_system_message(rows, &mut newest, to, &body, now)
}

/// Tells something that the server says about a live room, which nothing stores.
pub(super) fn tell_room(
    (to, room): (Audience, ConversationKey),
    conversation: ConversationId,
    body: &Body,
    now: i64,
) -> DomainResult<Notification> {
    let message = system_message(conversation, body, now, room.0.unsigned_abs()).ok_or(Code::INTERNAL)?;
    Ok(Notification { to, except: None, content: NotificationContent::Push(Push::Online(message)) })
}

/// Writes a notice of what `actor` did in a group into a user's own log.
pub(super) fn notice(
    rows: &mut impl Rows,
    actor: &Actor,
    to: UserKey,
    conversation: &Conversation,
    kind: NoticeType,
    text: &str,
    now: i64,
) -> DomainResult<Notification> {
    notice_of_others(rows, actor, to, conversation, (kind, text, &[]), now)
}

/// The same, of users whom somebody invited.
pub(super) fn notice_of_others(
    rows: &mut impl Rows,
    actor: &Actor,
    to: UserKey,
    conversation: &Conversation,
    about: (NoticeType, &str, &[UserId]),
    now: i64,
) -> DomainResult<Notification> {
    let body = notice_body(rows, actor, conversation, about)?;
    let mut log = match rows.conversation(actor.app, &Parties::System(to))? {
        Some(log) => log,
        None => rows.add_conversation(actor.app, Parties::System(to))?,
    };
    append_system_message(rows, &mut log, ConversationId::System, &body, now)
}

/// What a notice of what `actor` did in a group says.
pub(super) fn notice_body(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    (kind, text, users): (NoticeType, &str, &[UserId]),
) -> DomainResult<Body> {
    let Parties::Group(group_id) = &conversation.parties else { return Err(Code::INTERNAL.into()) };
    let group = group_row(rows, conversation)?;
    Ok(Body::GroupSystemNotice(SystemNotice {
        operator_id: actor.user.clone(),
        operation_type: kind,
        group_profile: NoticeGroup {
            group_id: group_id.clone(),
            name: group.name,
            group_type: group.group_type,
        },
        handle_message: text.to_owned(),
        user_id_list: users.to_vec(),
    }))
}
