//! Online-only messages: checked as a send, passed on to those who are connected, and stored nowhere.

use tim_protocol::attributes::SentAttributes;
use tim_protocol::call::{Call as _, SendOnlineRequest, SentOnline};
use tim_protocol::code::Code;
use tim_protocol::frame::Push;
use tim_protocol::message::Message;
use tim_protocol::{ConversationId, GroupId, List, UserId};

use super::DomainResult;
use super::conversations::audience;
use super::outcome::with_notifications;
use super::rows::{Rows, SenderProfile};
use super::rules;
use crate::core::ops::{Actor, Audience, Committed, Notification, NotificationContent};

pub(super) fn relay(
    rows: &mut impl Rows,
    actor: &Actor,
    SendOnlineRequest(send): &SendOnlineRequest,
    now: i64,
) -> DomainResult<Committed> {
    let (to, profile) = match &send.to {
        ConversationId::C2c(peer) => to_user(rows, actor, peer)?,
        ConversationId::Group(group) => to_group(rows, actor, group, now)?,
        ConversationId::System => return Err(Code::MESSAGE_BODY_INVALID.into()),
    };
    let message = Message {
        id: send.id,
        from: actor.user.clone(),
        to: send.to.clone(),
        sequence: 0,
        unread_index: 0,
        by_sender: 0,
        time: now,
        client_time: send.client_time,
        priority: send.priority,
        excluded_from_unread_count: send.excluded_from_unread_count,
        nick: profile.nick.unwrap_or_default(),
        avatar: profile.avatar.unwrap_or_default(),
        revoked: None,
        removed: false,
        mutation_seq: 0,
        version: 0,
        pin: None,
        reactions: List::default(),
        receipts: None,
        attributes: send.attributes.as_ref().map(SentAttributes::text).map(ToOwned::to_owned),
        body: send.body.clone(),
    };
    let sent = SentOnline { time: now, nick: message.nick.clone(), avatar: message.avatar.clone() };
    let content = NotificationContent::Ephemeral(Push::Online(message));
    let notification = Notification { to, except: actor.session, content };
    Ok(with_notifications(SendOnlineRequest::answer(sent), vec![notification]))
}

/// The two users, who need no conversation for it.
fn to_user(rows: &mut impl Rows, actor: &Actor, peer: &UserId) -> DomainResult<(Audience, SenderProfile)> {
    let found = rows.send_to_user(actor.app, (actor.key, &actor.user), peer)?.ok_or(Code::UNKNOWN_USER)?;
    if found.is_blacklisted {
        return Err(Code::BLACKLISTED.into());
    }
    Ok((Audience::two_users(actor.key, found.peer), found.sender_profile))
}

fn to_group(
    rows: &mut impl Rows,
    actor: &Actor,
    group: &GroupId,
    now: i64,
) -> DomainResult<(Audience, SenderProfile)> {
    let found = rows.send_to_group(actor.app, actor.key, group)?.ok_or(Code::GROUP_NOT_FOUND)?;
    if found.standing.role.is_none() && found.standing.is_dismissed {
        return Err(Code::GROUP_NOT_FOUND.into());
    }
    rules::may_write(&found.standing, now)?;
    Ok((audience(&found.conversation), found.sender_profile))
}
