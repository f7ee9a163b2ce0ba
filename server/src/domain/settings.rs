//! The settings that a user has for conversations, on all devices; and the list of the verbs about conversations.
//!
//! A change is the same for all conversations of a request; each conversation accepts or refuses it by itself.

use tim_protocol::Code;
use tim_protocol::call::{
    Call as _, ConversationFailure, ConversationsRequest, ConversationsSet, SetConversationsRequest,
};
use tim_protocol::conversation::{Change, SettingsChanges};
use tim_protocol::settings::{SettingsChange, SettingsOf};
use tim_protocol::{ConversationId, List};

use super::conversations::readable;
use super::outcome::{with_notifications, without_notifications};
use super::rows::Rows;
use super::{DomainError, DomainResult, marks, notices, removals};
use crate::core::ops::{Actor, Committed, UserRequest};

pub(super) fn request(
    rows: &mut impl Rows,
    asked: &UserRequest,
    request: &ConversationsRequest,
) -> DomainResult<Committed> {
    match request {
        ConversationsRequest::Set(set) => set_all(rows, &asked.actor, set),
        ConversationsRequest::Remove(remove) => removals::remove_all(rows, &asked.actor, remove),
    }
}

/// Changes the settings of each conversation. The user's other sessions get those that changed, in one push.
fn set_all(rows: &mut impl Rows, actor: &Actor, set: &SetConversationsRequest) -> DomainResult<Committed> {
    let (mut reply, mut changed) = (ConversationsSet::default(), List::default());
    for id in &set.conversation_id_list {
        match set_one(rows, actor, id, &set.change) {
            Ok((settings, is_changed)) => {
                if is_changed {
                    changed.push(settings.clone());
                }
                reply.conversations.push(settings);
            }
            Err(DomainError::Refused(fault)) => {
                reply.failures.push(ConversationFailure::new(id.clone(), fault));
            }
            Err(failed) => return Err(failed),
        }
    }
    let answer = SetConversationsRequest::answer(reply);
    if changed.is_empty() {
        return Ok(without_notifications(answer));
    }
    let change = Change::Settings(SettingsChanges { conversations: changed });
    let notification = notices::own_change(actor, change);
    Ok(with_notifications(answer, vec![notification]))
}

/// Changes the settings of a conversation, and marks it for the user. A refusal changes no row. Returns the settings, and
/// whether they changed.
fn set_one(
    rows: &mut impl Rows,
    actor: &Actor,
    id: &ConversationId,
    change: &SettingsChange,
) -> DomainResult<(SettingsOf, bool)> {
    let conversation = readable(rows, actor, id)?.ok_or(Code::CONVERSATION_NOT_FOUND)?;
    let mut settings = rows.settings(actor.key, conversation.key)?;
    let is_changed = settings.apply(change);
    if is_changed {
        settings.version += 1;
        rows.set_settings(actor.key, conversation.key, &settings)?;
        marks::mark(rows, actor.key, conversation.key)?;
    }
    Ok((SettingsOf { conversation_id: id.clone(), settings }, is_changed))
}
