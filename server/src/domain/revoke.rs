//! Revokes messages.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use tim_protocol::ConversationId;
use tim_protocol::attributes::Attributes;
use tim_protocol::call::{self, Call as _};
use tim_protocol::code::Code;
use tim_protocol::frame::Push;
use tim_protocol::message::{Message, MessageChange, Mutation, Revocation};

use super::DomainResult;
use super::conversations::{audience, may_read, named};
use super::outcome::{with_notifications, without_notifications};
use super::rows::{Conversation, Parties, RevocationRow, Rows};
use super::rules::{self, Action};
use super::{log, mentions};
use crate::core::ops::{Actor, Committed, Notification, NotificationContent};

/// Revokes a message; `within` is the maximum age of a message that its sender may revoke, in milliseconds.
pub(super) fn revoke(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &call::RevokeRequest,
    now: i64,
    within: i64,
) -> DomainResult<Committed> {
    let mut conversation = named(rows, actor, &asked.conversation_id)?.ok_or(Code::REVOKE_NOT_FOUND)?;
    let message = visible(rows, actor, &conversation, &asked.conversation_id, asked.sequence)?
        .ok_or(Code::REVOKE_NOT_FOUND)?;
    if let Some(revocation) = message.revoked.clone() {
        let before = rows.mutation_of(conversation.key, message.sequence)?;
        if let Some((number, unread_index)) = before {
            let done = mutation(&message, number, unread_index, revocation);
            return Ok(without_notifications(call::RevokeRequest::answer(done)));
        }
    }
    check(rows, actor, &conversation, &message, now, within)?;
    let mutation = append_mutation(rows, actor, &mut conversation, &message, now)?;
    let to = audience(&conversation);
    let notification = Notification {
        to,
        except: actor.session,
        content: NotificationContent::Push(Push::Mutation(mutation.clone())),
    };
    Ok(with_notifications(call::RevokeRequest::answer(mutation), vec![notification]))
}

/// The message with this sequence, if the actor may see it.
fn visible(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    name: &ConversationId,
    sequence: u64,
) -> DomainResult<Option<Message>> {
    if !may_read(rows, conversation, actor.key)?
        || sequence < rows.user_conversation(actor.key, conversation.key)?.first_visible_seq
    {
        return Ok(None);
    }
    let run = log::messages(rows, actor, conversation, name, sequence..=sequence, 1, usize::MAX)?;
    let message = run.messages.first().map(|text| serde_json::from_str(text.get())).transpose();
    Ok(message.map_err(|_| Code::INTERNAL)?)
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

fn append_mutation(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &mut Conversation,
    message: &Message,
    now: i64,
) -> DomainResult<Mutation> {
    conversation.mutation_head += 1;
    let unread_index = if message.excluded_from_unread_count { 0 } else { message.unread_index };
    let body = type_only_body(&message.body)?;
    let attributes = Attributes::of_revoked(message.attributes.as_deref());
    let row = RevocationRow {
        sequence: message.sequence,
        unread_index,
        by: actor.key,
        time: now,
        attributes: attributes.as_deref(),
        body: &body,
    };
    rows.revoke(conversation, &row)?;
    mentions::remove(rows, conversation, message)?;
    let revocation = Revocation { by: actor.user.clone(), time: now };
    Ok(mutation(message, conversation.mutation_head, unread_index, revocation))
}

/// The body of a revoked message: only its type.
fn type_only_body(body: &RawValue) -> DomainResult<Box<RawValue>> {
    #[derive(Default, Deserialize, Serialize)]
    #[serde(default)]
    struct Tag {
        #[serde(rename = "type")]
        kind: serde_json::Value,
    }
    let tag: Tag = serde_json::from_str(body.get()).unwrap_or_default();
    Ok(to_raw_value(&tag).map_err(|_| Code::INTERNAL)?)
}

fn mutation(message: &Message, number: u64, unread_index: u64, revocation: Revocation) -> Mutation {
    Mutation {
        from: message.from.clone(),
        to: message.to.clone(),
        mutation_seq: number,
        sequence: message.sequence,
        unread_index,
        change: MessageChange::Revoked(revocation),
    }
}
