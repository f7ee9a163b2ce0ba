//! Conversations: their names, their participants, and who may read them.

use tim_protocol::code::Code;
use tim_protocol::message::Message;
use tim_protocol::{ConversationId, UnixMillis, UserId};

use super::DomainResult;
use super::rows::{Conversation, ConversationView, Parties, Rows};
use super::rules;
use super::targets;
use crate::core::ops::{Actor, Audience, UserKey};

/// Finds a conversation by the ID that `actor` uses; `None` for a C2C or system conversation without messages. A group
/// that does not exist is refused with [`Code::GROUP_NOT_FOUND`].
pub(super) fn named(
    rows: &mut impl Rows,
    actor: &Actor,
    name: &ConversationId,
) -> DomainResult<Option<Conversation>> {
    match name {
        ConversationId::C2c(peer) => match rows.user(actor.app, peer)? {
            Some(peer) => rows.conversation(actor.app, &Parties::C2c(actor.key, peer)),
            None => Ok(None),
        },
        ConversationId::Group(group) => {
            let conversation = rows.conversation(actor.app, &Parties::Group(group.clone()))?;
            conversation.map(Some).ok_or_else(|| Code::GROUP_NOT_FOUND.into())
        }
        ConversationId::System => rows.conversation(actor.app, &Parties::System(actor.key)),
    }
}

/// The ID by which a user calls a conversation.
pub(super) fn named_from(view: &ConversationView) -> DomainResult<ConversationId> {
    Ok(match (&view.conversation.parties, &view.peer) {
        (Parties::C2c(..), peer) => ConversationId::C2c(peer.as_ref().ok_or(Code::INTERNAL)?.0.clone()),
        (Parties::Group(group), _) => ConversationId::Group(group.clone()),
        (Parties::System(_), _) => ConversationId::System,
    })
}

/// As [`named`], but refuses an actor who may not read the conversation with [`Code::GROUP_PERMISSION_DENIED`].
pub(super) fn readable(
    rows: &mut impl Rows,
    actor: &Actor,
    name: &ConversationId,
) -> DomainResult<Option<Conversation>> {
    let Some(conversation) = named(rows, actor, name)? else { return Ok(None) };
    if is_live_room(rows, &conversation)? {
        return Err(Code::GROUP_PERMISSION_DENIED.into());
    }
    if may_read(rows, &conversation, actor.key)? {
        Ok(Some(conversation))
    } else {
        Err(Code::GROUP_PERMISSION_DENIED.into())
    }
}

/// Whether this is the conversation of a live room, which nobody has in their list.
fn is_live_room(rows: &mut impl Rows, conversation: &Conversation) -> DomainResult<bool> {
    let is_group = matches!(conversation.parties, Parties::Group(_));
    Ok(is_group && !rows.group_summary(conversation.key)?.group_type.rules().keeps_members)
}

/// Whether the actor may change something that others receive: as for a send.
///
/// # Errors
/// [`Code::BLACKLISTED`], or what [`rules::may_write`] answers.
pub(super) fn check_may_write(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    name: &ConversationId,
    now: UnixMillis,
) -> DomainResult<()> {
    match name {
        ConversationId::C2c(peer) => check_may_write_to(rows, actor, peer),
        ConversationId::Group(_) => {
            let standing = rows.standing(conversation.key, actor.key)?;
            Ok(rules::may_write(&standing, now)?)
        }
        ConversationId::System => Ok(()),
    }
}

/// The same, of a user.
pub(super) fn check_may_write_to(rows: &mut impl Rows, actor: &Actor, peer: &UserId) -> DomainResult<()> {
    let found = rows.send_to_user(actor.app, (actor.key, &actor.user), peer)?;
    if found.is_some_and(|found| found.is_blacklisted) { Err(Code::BLACKLISTED.into()) } else { Ok(()) }
}

/// The receivers of the notifications of a conversation.
pub(super) fn audience(conversation: &Conversation) -> Audience {
    match conversation.parties {
        Parties::C2c(a, b) => Audience::two_users(a, b),
        Parties::System(user) => Audience::user(user),
        Parties::Group(_) => Audience::Topic(conversation.key),
    }
}

/// The receivers of what a message says: without members for whom it is out of sight.
pub(super) fn readers(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    message: &Message,
) -> DomainResult<Audience> {
    if let Some(receivers) = targets::audience(rows, actor, conversation, message)? {
        return Ok(receivers);
    }
    if let Parties::Group(_) = conversation.parties
        && !rows.standing(conversation.key, actor.key)?.group_type.rules().shows_history_before_joining
    {
        return Ok(Audience::TopicAt(conversation.key, message.sequence));
    }
    Ok(audience(conversation))
}

/// Whether this user may read a conversation: one of its two parties, or a member.
pub(super) fn may_read(
    rows: &mut impl Rows,
    conversation: &Conversation,
    user: UserKey,
) -> DomainResult<bool> {
    match conversation.parties {
        Parties::C2c(a, b) => Ok(user == a || user == b),
        Parties::System(owner) => Ok(user == owner),
        Parties::Group(_) => Ok(rows.standing(conversation.key, user)?.role.is_some()),
    }
}
