//! Revokes messages.

use tim_protocol::List;
use tim_protocol::attributes::Attributes;
use tim_protocol::call::{self, Call as _};
use tim_protocol::code::Code;
use tim_protocol::message::{Message, MessageChange, Mutation, Revocation};

use super::DomainResult;
use super::conversations::{audience, named};
use super::dismissal::AT_ONCE;
use super::log::type_only_body;
use super::mutations::{self, Changed};
use super::outcome::{with_notifications, without_notifications};
use super::rows::{Chore, Conversation, MutationKind, Parties, Rows};
use super::rules::{self, Action};
use super::{mentions, targets};
use crate::core::ops::{Actor, Committed};

/// Revokes a message; `within` is the maximum age of a message that its sender may revoke, in milliseconds.
pub(super) fn revoke(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &call::RevokeRequest,
    now: i64,
    within: i64,
) -> DomainResult<Committed> {
    let name = &asked.conversation_id;
    let mut conversation = named(rows, actor, name)?.ok_or(Code::REVOKE_NOT_FOUND)?;
    let message = mutations::visible(rows, actor, &conversation, name, asked.sequence)?
        .ok_or(Code::REVOKE_NOT_FOUND)?;
    if message.revoked.is_some() {
        let kind = MutationKind::Revoked;
        let before = rows.newest_mutation(conversation.key, actor, message.sequence, kind)?;
        if let Some(before) = before {
            let done = mutations::seen(before, actor, &conversation, name);
            return Ok(without_notifications(call::RevokeRequest::answer(done)));
        }
    }
    check(rows, actor, &conversation, &message, now, within)?;
    let revocation = Revocation { by: actor.user.clone(), time: now, reason: asked.reason.clone() };
    let mutation = append(rows, actor, &mut conversation, &message, revocation)?;
    let receivers = targets::audience(rows, actor, &conversation, &message)?;
    let to = receivers.unwrap_or_else(|| audience(&conversation));
    let notification = mutations::notification(actor, to, mutation.clone());
    Ok(with_notifications(call::RevokeRequest::answer(mutation), vec![notification]))
}

fn check(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    message: &Message,
    now: i64,
    within: i64,
) -> DomainResult<()> {
    if message.from.is_system() {
        return Err(Code::REVOKE_NOT_ALLOWED.into());
    }
    let (is_own, is_late) = (message.from == actor.user, now - message.time > within);
    match &conversation.parties {
        Parties::Group(_) if !is_own => {
            // Owner and admins may remove what others wrote at any time.
            let standing = rows.standing(conversation.key, actor.key)?;
            Ok(rules::may(Action::RevokeOthers, standing.group_type, standing.role)?)
        }
        Parties::Group(_) if is_late => Err(Code::REVOKE_TOO_LATE_GROUP.into()),
        Parties::Group(_) => Ok(()),
        _ if !is_own => Err(Code::REVOKE_NOT_ALLOWED.into()),
        _ if is_late => Err(Code::REVOKE_TOO_LATE.into()),
        _ => Ok(()),
    }
}

fn append(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &mut Conversation,
    message: &Message,
    revocation: Revocation,
) -> DomainResult<Mutation> {
    let attributes = Attributes::of_revoked(message.attributes.as_deref());
    let body = type_only_body(&message.body);
    let changed = Changed {
        change: MessageChange::Revoked(revocation),
        unread_index: if message.excluded_from_unread_count { 0 } else { message.unread_index },
        attributes: attributes.as_deref(),
        body: &body,
        pin: None,
        reactions: &List::default(),
    };
    let mutation = mutations::append(rows, actor, conversation, message, changed)?;
    mentions::remove(rows, conversation, message)?;
    if !message.reactions.is_empty() {
        rows.remove_reactions(conversation.key, message.sequence)?;
    }
    if Attributes::of(message.attributes.as_deref()).need_read_receipt {
        let (of, sequence) = (conversation.key, message.sequence);
        rows.remove_receipts(of, sequence)?;
        if rows.forget_receipts(of, sequence, AT_ONCE)? == AT_ONCE {
            rows.add_chore(&Chore::ForgetReceipts { of, sequence })?;
        }
    }
    if message.pin.as_ref().is_some_and(|pin| pin.is_pinned) {
        rows.remove_pin(conversation.key, message.sequence)?;
    }
    Ok(mutation)
}
