//! What a user removes of conversations: what was said, and the conversation from the list.
//!
//! Both are numbers that only grow, so requests may be repeated and come in any order. Nobody else learns of them: what was
//! removed counts as read for the user, and the other side is not told that it was read.

use tim_protocol::call::{
    Call as _, ConversationFailure, ConversationRemoval, ConversationsRemoved, RemoveConversationsRequest,
};
use tim_protocol::conversation::{Change, Removals, Removed};
use tim_protocol::{Code, List};

use super::conversations::readable;
use super::outcome::{with_notifications, without_notifications};
use super::rows::{Rows, UserConversation};
use super::{DomainError, DomainResult, marks, notices, unread};
use crate::core::ops::{Actor, Committed};

/// Removes what each conversation names. The user's other sessions get those that changed, in one push.
pub(super) fn remove_all(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &RemoveConversationsRequest,
) -> DomainResult<Committed> {
    let (mut reply, mut changed) = (ConversationsRemoved::default(), List::default());
    for removal in &asked.conversations {
        match remove(rows, actor, removal) {
            Ok((removed, is_changed)) => {
                if is_changed {
                    changed.push(removed.clone());
                }
                reply.conversations.push(removed);
            }
            Err(DomainError::Refused(fault)) => {
                reply.failures.push(ConversationFailure::new(removal.conversation_id.clone(), fault));
            }
            Err(failed) => return Err(failed),
        }
    }
    let answer = RemoveConversationsRequest::answer(reply);
    if changed.is_empty() {
        return Ok(without_notifications(answer));
    }
    let notification = notices::own_change(actor, Change::Removed(Removals { conversations: changed }));
    Ok(with_notifications(answer, vec![notification]))
}

/// Removes what is there of a conversation, and marks it for the user. A refusal changes no row. Returns the user's state, and
/// whether it changed.
fn remove(
    rows: &mut impl Rows,
    actor: &Actor,
    removal: &ConversationRemoval,
) -> DomainResult<(Removed, bool)> {
    let name = &removal.conversation_id;
    let conversation = readable(rows, actor, name)?.ok_or(Code::CONVERSATION_NOT_FOUND)?;
    let before = rows.user_conversation(actor.key, conversation.key)?;
    let end = conversation.head + 1;
    let own = UserConversation {
        first_visible_seq: before.first_visible_seq.max(removal.first_visible_seq.min(end)),
        hidden_below: before.hidden_below.max(removal.hidden_below.min(end)),
        ..before
    };
    if own.removals > 0 && own.first_visible_seq > before.first_visible_seq {
        rows.forget_removed(actor.key, conversation.key, own.first_visible_seq)?;
    }
    if own != before {
        rows.set_removed(actor.key, conversation.key, own)?;
        marks::mark(rows, actor.key, conversation.key)?;
    }
    let removed = Removed {
        conversation_id: name.clone(),
        first_visible_seq: own.first_visible_seq,
        hidden_below: own.hidden_below,
        read: unread::read_state(rows, &conversation, actor.key, own)?,
    };
    Ok((removed, own != before))
}
