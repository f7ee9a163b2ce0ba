//! Sends messages. Checks everything before it changes anything, so that a refused send needs no undoing.

use tim_protocol::call::{self, Call as _, Sent};
use tim_protocol::code::Code;
use tim_protocol::frame::Push;
use tim_protocol::{ConversationId, GroupId, MessageId, UserId};

use super::DomainResult;
use super::conversations::audience;
use super::log::{Draft, append};
use super::outcome::{with_notifications, without_notifications};
use super::rows::{ChangeKind, Conversation, Parties, Rows};
use super::rules::{self, Action};
use crate::core::ops::{Actor, Committed, Notification, NotificationContent};

/// The result of the checks of a send.
enum Admission {
    /// A new message, to be appended to this conversation.
    New {
        conversation: Conversation,
        /// The conversation counts unread messages.
        counts: bool,
    },
    /// The message was appended before; its earlier result.
    Repeat(Sent),
}

pub(super) fn send(
    rows: &mut impl Rows,
    actor: &Actor,
    send: &call::SendRequest,
    now: i64,
) -> DomainResult<Committed> {
    let admission = match &send.to {
        ConversationId::C2c(peer) => to_user(rows, actor, peer, send.id)?,
        ConversationId::Group(group) => to_group(rows, actor, group, send.id)?,
        ConversationId::System => return Err(Code::MESSAGE_BODY_INVALID.into()),
    };
    let (mut conversation, counts) = match admission {
        Admission::New { conversation, counts } => (conversation, counts),
        Admission::Repeat(sent) => return Ok(without_notifications(call::SendRequest::answer(sent))),
    };
    let draft = Draft {
        id: send.id,
        from: actor.user.clone(),
        sender: actor.key,
        to: send.to.clone(),
        client_time: send.client_time,
        priority: send.priority,
        is_uncounted: send.excluded_from_unread_count || !counts,
        body: &send.body,
        now,
    };
    let message = append(rows, &mut conversation, draft)?;
    let sent = Sent {
        sequence: message.sequence,
        unread_index: message.unread_index,
        by_sender: message.by_sender,
        time: message.time,
        nick: message.nick.clone(),
        avatar: message.avatar.clone(),
    };
    let to = audience(&conversation);
    let notification = Notification {
        to,
        except: actor.session,
        content: NotificationContent::Push(Push::Message(message)),
    };
    Ok(with_notifications(call::SendRequest::answer(sent), vec![notification]))
}

/// The conversation with `peer` is made if this is its first message.
fn to_user(rows: &mut impl Rows, actor: &Actor, peer: &UserId, id: MessageId) -> DomainResult<Admission> {
    let peer = rows.user(actor.app, peer)?.ok_or(Code::UNKNOWN_USER)?;
    let parties = Parties::C2c(actor.key, peer);
    let conversation = rows.conversation(actor.app, &parties)?;
    if let Some(conversation) = &conversation {
        // A retry is answered as before, whatever has changed since.
        if let Some(sent) = rows.sent(conversation.key, actor.key, id)? {
            return Ok(Admission::Repeat(sent));
        }
    }
    if rows.has(peer, ChangeKind::Blacklist, actor.user.as_str())? {
        return Err(Code::BLACKLISTED.into());
    }
    let conversation = match conversation {
        Some(conversation) => conversation,
        None => rows.add_conversation(actor.app, parties)?,
    };
    Ok(Admission::New { conversation, counts: true })
}

fn to_group(rows: &mut impl Rows, actor: &Actor, group: &GroupId, id: MessageId) -> DomainResult<Admission> {
    let conversation = rows.conversation(actor.app, &Parties::Group(group.clone()))?;
    let conversation = conversation.ok_or(Code::GROUP_NOT_FOUND)?;
    if let Some(sent) = rows.sent(conversation.key, actor.key, id)? {
        return Ok(Admission::Repeat(sent));
    }
    let standing = rows.standing(conversation.key, actor.key)?;
    if standing.role.is_none() && standing.is_dismissed {
        // A dismissed group has no members; its former members are refused because the group does not exist.
        return Err(Code::GROUP_NOT_FOUND.into());
    }
    let counts = standing.group_type.counts_unread();
    rules::may(Action::Send, standing.group_type, standing.role)?;
    Ok(Admission::New { conversation, counts })
}
