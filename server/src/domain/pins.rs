//! Pinned messages of groups. Who may pin is declared with the verb.

use tim_protocol::attributes::Attributes;
use tim_protocol::call::{self, Call as _, Newest, PinnedMessages};
use tim_protocol::code::Code;
use tim_protocol::message::{MessageChange, Mutation, Pin};
use tim_protocol::{ConversationId, Fault, limits};

use super::DomainResult;
use super::conversations::readers;
use super::group_view::CallersGroup;
use super::mutations::{self, Changed};
use super::outcome::{with_notifications, without_notifications};
use super::removed::Removed;
use super::rows::{MutationKind, Rows};
use crate::core::ops::{Actor, Committed};

/// Pins a message, or removes the pin. A repetition is answered as before.
pub(super) fn pin(
    rows: &mut impl Rows,
    actor: &Actor,
    group: &CallersGroup,
    asked: &call::PinMessageRequest,
    now: i64,
) -> DomainResult<Committed> {
    let mut conversation = group.conversation.clone();
    let name = ConversationId::Group(asked.group_id.clone());
    let message = mutations::visible(rows, actor, &conversation, &name, asked.sequence)?
        .filter(|message| message.revoked.is_none())
        .ok_or(Code::MESSAGE_NOT_FOUND)?;
    let before = message.pin.as_ref().filter(|pin| pin.is_pinned);
    if before.is_some() == asked.is_pinned {
        if before.is_some_and(|pin| pin.by != actor.user) {
            return Err(Code::ALREADY_PINNED.into());
        }
        let newest = rows.newest_mutation(conversation.key, actor, message.sequence, MutationKind::Pinned)?;
        let mutation = newest.map(|newest| mutations::seen(newest, actor, &conversation, &name));
        return Ok(without_notifications(answer(mutation)));
    }
    if message.from.is_system() {
        return Err(Fault::with_text(Code::BAD_REQUEST, "what the server says is not pinned").into());
    }
    if Attributes::of(message.attributes.as_deref()).receiver_list.is_some() {
        let text = "a message with a receiverList is not pinned: others of the group do not see it";
        return Err(Fault::with_text(Code::BAD_REQUEST, text).into());
    }
    if asked.is_pinned && rows.pinned(conversation.key)?.len() >= limits::PINNED_MESSAGES {
        return Err(Code::TOO_MANY_PINS.into());
    }
    let pin = Pin { by: actor.user.clone(), time: now, is_pinned: asked.is_pinned };
    let changed = Changed { pin: Some(&pin), ..Changed::of(&message, MessageChange::Pinned(pin.clone())) };
    let mutation = mutations::append(rows, actor, &mut conversation, &message, changed)?;
    if asked.is_pinned {
        rows.add_pin(conversation.key, message.sequence, mutation.mutation_seq)?;
    } else {
        rows.remove_pin(conversation.key, message.sequence)?;
    }
    let to = readers(rows, actor, &conversation, &message)?;
    let notification = mutations::notification(actor, to, mutation.clone());
    Ok(with_notifications(answer(Some(mutation)), vec![notification]))
}

fn answer(mutation: Option<Mutation>) -> call::Reply {
    call::PinMessageRequest::answer(Newest { mutation })
}

/// The pinned messages that the actor can see.
pub(super) fn pinned(
    rows: &mut impl Rows,
    actor: &Actor,
    group: &CallersGroup,
) -> DomainResult<PinnedMessages> {
    let conversation = &group.conversation;
    let own = rows.user_conversation(actor.key, conversation.key)?;
    let visible = own.first_visible_seq..=conversation.head;
    let removed = Removed::among(rows, actor.key, conversation, own, visible)?;
    let mut pinned = rows.pinned(conversation.key)?;
    pinned.retain(|pinned| pinned.sequence >= own.first_visible_seq && !removed.has(pinned.sequence));
    Ok(PinnedMessages { pinned: pinned.into() })
}
