//! Online-only messages: checked as a send, passed on to those who are connected, and stored nowhere.

use tim_protocol::attributes::SentAttributes;
use tim_protocol::call::{Call as _, SendOnlineRequest, SentOnline};
use tim_protocol::code::Code;
use tim_protocol::frame::Push;
use tim_protocol::message::Message;
use tim_protocol::{ConversationId, GroupId, UserId};

use super::DomainResult;
use super::conversations::audience;
use super::outcome::{with_notifications, without_notifications};
use super::rows::{Rows, SenderProfile};
use super::{rooms, rules};
use crate::core::ops::{
    Actor, Audience, Committed, ConversationKey, Notification, NotificationContent, RoomStep, WriteReply,
};

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
    let bare = Message::bare(send.id, actor.user.clone(), send.to.clone(), now, send.body.clone());
    let message = Message {
        client_time: send.client_time,
        priority: send.priority,
        excluded_from_unread_count: send.excluded_from_unread_count,
        nick: profile.nick.unwrap_or_default(),
        avatar: profile.avatar.unwrap_or_default(),
        name_card: profile.name_card.unwrap_or_default(),
        attributes: send.attributes.as_ref().map(SentAttributes::text).map(ToOwned::to_owned),
        ..bare
    };
    let (nick, avatar, name_card) = (message.nick.clone(), message.avatar.clone(), message.name_card.clone());
    let sent = SentOnline { time: now, nick, avatar, name_card };
    let answer = SendOnlineRequest::answer(sent);
    match to {
        To::Connected(to) => {
            let content = NotificationContent::Ephemeral(Push::Online(message));
            Ok(with_notifications(answer, vec![Notification { to, except: actor.session, content }]))
        }
        To::Room { room, leads } => {
            let step = RoomStep::Say { room, message: Box::new(message), leads };
            Ok(without_notifications(WriteReply::Room(answer, Box::new(step))))
        }
    }
}

/// Whom a message is for.
enum To {
    /// Those who are connected.
    Connected(Audience),
    /// Those in a live room; whether the sender leads it.
    Room { room: ConversationKey, leads: bool },
}

/// The two users, who need no conversation for it.
fn to_user(rows: &mut impl Rows, actor: &Actor, peer: &UserId) -> DomainResult<(To, SenderProfile)> {
    let found = rows.send_to_user(actor.app, (actor.key, &actor.user), peer)?.ok_or(Code::UNKNOWN_USER)?;
    if found.is_blacklisted {
        return Err(Code::BLACKLISTED.into());
    }
    Ok((To::Connected(Audience::two_users(actor.key, found.peer)), found.sender_profile))
}

fn to_group(
    rows: &mut impl Rows,
    actor: &Actor,
    group: &GroupId,
    now: i64,
) -> DomainResult<(To, SenderProfile)> {
    let found = rows.send_to_group(actor.app, actor.key, group)?.ok_or(Code::GROUP_NOT_FOUND)?;
    let (conversation, standing) = (&found.conversation, &found.standing);
    if standing.role.is_none() && standing.is_dismissed {
        return Err(Code::GROUP_NOT_FOUND.into());
    }
    let to = if standing.group_type.rules().keeps_members {
        rules::may_write(standing, now)?;
        To::Connected(audience(conversation))
    } else {
        To::Room { room: conversation.key, leads: rooms::may_say(rows, actor, conversation, standing, now)? }
    };
    Ok((to, found.sender_profile))
}
