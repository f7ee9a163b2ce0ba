//! Read sequences, and the receipts that report them.

use tim_protocol::call::{self, Call as _, ReadUpTo};
use tim_protocol::frame::Push;
use tim_protocol::message::Receipt;

use super::conversations::{audience, readable};
use super::outcome::{with_notifications, without_notifications};
use super::rows::{Conversation, Parties, Rows};
use super::unread::{by_others, revoked_or_removed_after};
use super::{DomainResult, marks};
use crate::core::ops::{Actor, Audience, Committed, Notification, NotificationContent, UserKey};

pub(super) fn read(rows: &mut impl Rows, actor: &Actor, read: &call::ReadRequest) -> DomainResult<Committed> {
    let Some(conversation) = readable(rows, actor, &read.conversation_id)? else {
        return Ok(without_notifications(call::ReadRequest::answer(ReadUpTo {
            sequence: 0,
            unread_base: 0,
            revoked_above_read: 0,
            mutation_head: 0,
        })));
    };
    let own = rows.user_conversation(actor.key, conversation.key)?;
    let sequence = read.sequence.min(conversation.head).max(own.read);
    let unread_base = by_others(rows, &conversation, actor.key, sequence)?;
    let revoked_above_read = revoked_or_removed_after(rows, &conversation, actor.key, own, sequence)?;
    let mutation_head = conversation.mutation_head;
    let upto = ReadUpTo { sequence, unread_base, revoked_above_read, mutation_head };
    let reply = call::ReadRequest::answer(upto);
    if sequence == own.read {
        return Ok(without_notifications(reply));
    }
    set_read(rows, &conversation, actor.key, sequence)?;
    let receipt = Receipt {
        from: actor.user.clone(),
        to: read.conversation_id.clone(),
        sequence,
        unread_base,
        revoked_above_read,
        mutation_head,
    };
    // Both sides of a C2C conversation see it; in a group only the reader's own devices do.
    let to = match conversation.parties {
        Parties::C2c(..) => audience(&conversation),
        Parties::Group(_) | Parties::System(_) => Audience::user(actor.key),
    };
    let notification = Notification {
        to,
        except: actor.session,
        content: NotificationContent::Push(Push::Receipt(receipt)),
    };
    Ok(with_notifications(reply, vec![notification]))
}

fn set_read(
    rows: &mut impl Rows,
    conversation: &Conversation,
    user: UserKey,
    sequence: u64,
) -> DomainResult<()> {
    rows.set_read(user, conversation.key, sequence)?;
    match conversation.parties {
        Parties::C2c(a, b) if a != b => {
            marks::mark(rows, a, conversation.key)?;
            marks::mark(rows, b, conversation.key)
        }
        _ => marks::mark(rows, user, conversation.key),
    }
}
