//! Sends messages. Checks everything before it changes anything, so that a refused send needs no undoing.

use tim_protocol::attributes::SentAttributes;
use tim_protocol::call::{self, Call as _, Sent};
use tim_protocol::code::Code;
use tim_protocol::frame::Push;
use tim_protocol::{ConversationId, GroupId, MessageId, UserId};

use super::conversations::audience;
use super::log::{Draft, append};
use super::outcome::{with_notifications, without_notifications};
use super::rows::{Conversation, Parties, Rows, SendToGroup, SendToUser, SenderProfile};
use super::rules;
use super::{DomainError, DomainResult, mentions, targets, unread};
use crate::core::ops::{Actor, Committed, Notification, NotificationContent};

/// The result of the checks of a send.
enum Admission {
    /// A message to be appended, unless the conversation has it already.
    Admitted {
        conversation: Conversation,
        /// The conversation counts unread messages.
        counts: bool,
        /// How many of those the sender wrote before.
        by_sender: u64,
        sender_profile: SenderProfile,
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
        ConversationId::Group(group) => to_group(rows, actor, group, send.id, now)?,
        ConversationId::System => return Err(Code::MESSAGE_BODY_INVALID.into()),
    };
    let (mut conversation, counts, by_sender, sender_profile) = match admission {
        Admission::Admitted { conversation, counts, by_sender, sender_profile } => {
            (conversation, counts, by_sender, sender_profile)
        }
        Admission::Repeat(sent) => return Ok(repeated(sent)),
    };
    let attributes = send.attributes.as_ref().map(SentAttributes::read).transpose();
    let attributes = attributes.map_err(|refused| refused.code)?;
    let receivers = match attributes.and_then(|it| it.receiver_list.as_ref()) {
        Some(names) => match targets::receivers(rows, actor, &conversation, names) {
            Ok(receivers) => Some(receivers),
            Err(why) => return before_or(rows, actor, &conversation, send.id, why).map(repeated),
        },
        None => None,
    };
    let draft = Draft {
        id: send.id,
        from: actor.user.clone(),
        sender: actor.key,
        to: send.to.clone(),
        client_time: send.client_time,
        priority: send.priority,
        is_uncounted: send.excluded_from_unread_count || !counts || receivers.is_some(),
        is_excluded_from_last: receivers.is_some()
            || attributes.is_some_and(|it| it.excluded_from_last_message),
        attributes: send.attributes.as_ref().map(SentAttributes::text),
        body: &send.body,
        now,
        by_sender,
        sender_profile,
    };
    let Some(message) = append(rows, &mut conversation, draft)? else {
        let sent = rows.sent(conversation.key, actor.key, send.id)?;
        return Ok(repeated(sent.ok_or(Code::INTERNAL)?));
    };
    if let Some(attributes) = attributes {
        mentions::add(rows, &conversation, actor.key, attributes)?;
    }
    let asks = attributes.is_some_and(|it| it.need_read_receipt);
    let of = (conversation.key, message.sequence, actor.key);
    let receipts = asks.then(|| rows.ask_for_receipts(of.0, of.1, of.2)).transpose()?;
    let sent = Sent {
        sequence: message.sequence,
        unread_index: message.unread_index,
        by_sender: message.by_sender,
        time: message.time,
        nick: message.nick.clone(),
        avatar: message.avatar.clone(),
        name_card: message.name_card.clone(),
        receipts,
        mutation_seq: 0,
    };
    let notifications = match receivers {
        Some(receivers) => targets::notifications(actor, &conversation, receivers, message),
        None => vec![Notification {
            to: audience(&conversation),
            except: actor.session,
            content: NotificationContent::Push(Push::Message(message)),
        }],
    };
    Ok(with_notifications(call::SendRequest::answer(sent), notifications))
}

/// The answer to the send of a message that was appended before.
fn repeated(sent: Sent) -> Committed {
    without_notifications(call::SendRequest::answer(sent))
}

/// The conversation with `peer` is made if this is its first message.
fn to_user(rows: &mut impl Rows, actor: &Actor, peer: &UserId, id: MessageId) -> DomainResult<Admission> {
    let found = rows.send_to_user(actor.app, (actor.key, &actor.user), peer)?;
    let SendToUser { peer, conversation, is_blacklisted, sender_profile } =
        found.ok_or(Code::UNKNOWN_USER)?;
    let conversation = match conversation {
        Some(conversation) if is_blacklisted => {
            return refuse(rows, actor, &conversation, id, Code::BLACKLISTED.into());
        }
        Some(conversation) => conversation,
        None if is_blacklisted => return Err(Code::BLACKLISTED.into()),
        None => rows.add_conversation(actor.app, Parties::C2c(actor.key, peer))?,
    };
    let by_sender = unread::own(rows, &conversation, actor.key)?;
    Ok(Admission::Admitted { conversation, counts: true, by_sender, sender_profile })
}

fn to_group(
    rows: &mut impl Rows,
    actor: &Actor,
    group: &GroupId,
    id: MessageId,
    now: i64,
) -> DomainResult<Admission> {
    let found = rows.send_to_group(actor.app, actor.key, group)?;
    let SendToGroup { conversation, standing, by_sender, sender_profile } =
        found.ok_or(Code::GROUP_NOT_FOUND)?;
    if standing.role.is_none() && standing.is_dismissed {
        // A dismissed group has no members; its former members are refused because the group does not exist.
        return refuse(rows, actor, &conversation, id, Code::GROUP_NOT_FOUND.into());
    }
    let rules = standing.group_type.rules();
    if !rules.keeps_members {
        return Err(Code::ROOM_NOT_JOINED.into());
    }
    if let Err(why) = rules::may_write(&standing, now) {
        return refuse(rows, actor, &conversation, id, why.into());
    }
    Ok(Admission::Admitted { conversation, counts: rules.counts_unread, by_sender, sender_profile })
}

/// Refuses a message, unless it was appended before: a retry is answered as before, whatever has changed since.
fn refuse(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    id: MessageId,
    why: DomainError,
) -> DomainResult<Admission> {
    before_or(rows, actor, conversation, id, why).map(Admission::Repeat)
}

/// The result of the earlier send of a message; without one the refusal.
fn before_or(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    id: MessageId,
    why: DomainError,
) -> DomainResult<Sent> {
    rows.sent(conversation.key, actor.key, id)?.ok_or(why)
}
