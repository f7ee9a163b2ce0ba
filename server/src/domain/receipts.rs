//! Receipts of single messages: who confirmed to have read a message whose sender wants to know.
//!
//! A message that asks for them was sent to those who were there then: whoever comes later does not count.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tim_protocol::call::{self, Call as _, Confirmed, ReadersPage, ReceiptsPage};
use tim_protocol::code::Code;
use tim_protocol::message::{MessageReceipts, ReceiptUpdates};
use tim_protocol::{ConversationId, Fault, List};

use super::DomainResult;
use super::conversations::{check_may_write_to, may_read, readable};
use super::outcome::{with_notifications, without_notifications};
use super::removed::Removed;
use super::rows::{Conversation, Rows, UserConversation};
use crate::core::ops::{Actor, Audience, Committed, Notification, NotificationContent, UserKey};

/// Confirms messages: those that ask for it, and that the actor was sent and may see.
pub(super) fn confirm(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &call::ReceiptRequest,
) -> DomainResult<Committed> {
    let name = &asked.conversation_id;
    let Some(conversation) = readable(rows, actor, name)? else {
        return Ok(without_notifications(answer(Vec::new())));
    };
    // In a group who is muted reads still.
    if let ConversationId::C2c(peer) = name {
        check_may_write_to(rows, actor, peer)?;
    }
    let mut confirmed = Vec::new();
    let mut news: BTreeMap<UserKey, Vec<MessageReceipts>> = BTreeMap::new();
    let own = rows.user_conversation(actor.key, conversation.key)?;
    for sequence in sent_to(rows, actor, &conversation, own, &asked.sequences)? {
        let asking = rows.receipts(conversation.key, sequence)?;
        let Some(asking) = asking.filter(|it| it.sender != actor.key) else { continue };
        if Removed::among(rows, actor.key, &conversation, own, sequence..=sequence)?.has(sequence) {
            continue;
        }
        confirmed.push(sequence);
        if let Some(counts) = rows.add_receipt(conversation.key, sequence, actor.key)? {
            news.entry(asking.sender).or_default().push(MessageReceipts::of(sequence, counts));
        }
    }
    let mut notifications = Vec::new();
    for (sender, receipts) in news {
        // Who left the group is told nothing more of it.
        if may_read(rows, &conversation, sender)? {
            notifications.push(notification(actor, name, sender, receipts));
        }
    }
    Ok(with_notifications(answer(confirmed), notifications))
}

fn answer(sequences: Vec<u64>) -> call::Reply {
    call::ReceiptRequest::answer(Confirmed { sequences })
}

/// Those of the messages that exist and were sent to the actor, each once.
fn sent_to(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    own: UserConversation,
    sequences: &[u64],
) -> DomainResult<BTreeSet<u64>> {
    let joined_at = rows.member(conversation.key, actor.key)?.map_or(0, |member| member.joined_at);
    let range = own.first_visible_seq.max(joined_at + 1)..=conversation.head;
    Ok(sequences.iter().copied().filter(|sequence| range.contains(sequence)).collect())
}

/// Tells a sender, and nobody else.
fn notification(
    reader: &Actor,
    name: &ConversationId,
    sender: UserKey,
    receipts: Vec<MessageReceipts>,
) -> Notification {
    let conversation_id = match name {
        ConversationId::C2c(_) => ConversationId::C2c(reader.user.clone()),
        ConversationId::Group(_) | ConversationId::System => name.clone(),
    };
    let updates = ReceiptUpdates { conversation_id, receipts: receipts.into() };
    let content = NotificationContent::Receipts(Arc::new(updates));
    Notification { to: Audience::user(sender), except: None, content }
}

/// How many read messages of the actor.
pub(super) fn page(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &call::ReceiptsRequest,
) -> DomainResult<ReceiptsPage> {
    let mut page = ReceiptsPage { receipts: List::default() };
    let Some(conversation) = readable(rows, actor, &asked.conversation_id)? else { return Ok(page) };
    for sequence in &asked.sequences {
        let asking = rows.receipts(conversation.key, *sequence)?;
        if let Some(asking) = asking.filter(|it| it.sender == actor.key) {
            page.receipts.push(MessageReceipts::of(*sequence, asking.counts));
        }
    }
    Ok(page)
}

/// Who read a message of the actor, or which of those to whom it was sent did not. Who has left the group since is only among
/// those who read it.
pub(super) fn readers(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &call::ReadersRequest,
) -> DomainResult<ReadersPage> {
    let conversation = readable(rows, actor, &asked.conversation_id)?.ok_or(Code::MESSAGE_NOT_FOUND)?;
    let asking = rows.receipts(conversation.key, asked.sequence)?.ok_or(Code::NO_RECEIPT_NEEDED)?;
    if asking.sender != actor.key {
        let text = "only the sender of a message is told who read it";
        return Err(Fault::with_text(Code::GROUP_PERMISSION_DENIED, text).into());
    }
    let after = match &asked.after {
        Some(user) => rows.user(actor.app, user)?.ok_or(Code::UNKNOWN_USER)?,
        None => UserKey(0),
    };
    if !asked.is_read && asking.counts.unread == 0 {
        return Ok(ReadersPage { user_id_list: List::default(), more: false });
    }
    // One more tells whether more follow.
    let (of, limit) = (conversation.key, asked.limit as usize);
    let mut users = if asked.is_read {
        rows.readers(of, asked.sequence, after, asked.limit + 1)?
    } else {
        rows.others(of, asked.sequence, after, asked.limit + 1)?
    };
    let more = users.len() > limit;
    users.truncate(limit);
    Ok(ReadersPage { user_id_list: users.into(), more })
}
