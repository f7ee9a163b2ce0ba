//! Changes to messages that have their place: finds the message, appends to the conversation's second log, and reads that.
//!
//! What may be changed, by whom and into what, each change decides in a file of its own.

use std::ops::ControlFlow;

use serde_json::value::RawValue;
use tim_protocol::bounds::PageRoom;
use tim_protocol::call::{self, MutationPage};
use tim_protocol::code::Code;
use tim_protocol::frame::Push;
use tim_protocol::message::{Message, MessageChange, Mutation, Pin, Reaction};
use tim_protocol::{ConversationId, List, limits};

use super::DomainResult;
use super::conversations::{may_read, readable};
use super::log::{Reader, messages, named_by};
use super::media_names::{self, Said};
use super::place;
use super::removed::Removed;
use super::rows::{Conversation, MutationRow, NewMutation, Rows};
use crate::core::ops::{Actor, Audience, Notification, NotificationContent};

/// The message with this sequence, if the actor may see it.
pub(super) fn visible(
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
    stored(rows, actor, conversation, name, sequence)
}

/// The message with this sequence as the actor sees it who may, also if the actor removed it: it is there for others. `None` if it is
/// hidden from the actor.
pub(super) fn stored(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    name: &ConversationId,
    sequence: u64,
) -> DomainResult<Option<Message>> {
    let reader = Reader { actor, conversation, name, removed: &Removed::default() };
    let run = messages(rows, &reader, sequence..=sequence, 1, usize::MAX)?;
    let message = run.messages.first().map(|text| serde_json::from_str(text.get())).transpose();
    let message: Option<Message> = message.map_err(|_| Code::INTERNAL)?;
    Ok(message.filter(|message| !message.removed))
}

/// What a mutation makes of its message.
pub(super) struct Changed<'a> {
    pub(super) change: MessageChange,
    /// The unread index of the message if it does not count as unread any more.
    pub(super) unread_index: u64,
    pub(super) attributes: Option<&'a RawValue>,
    pub(super) body: &'a RawValue,
    pub(super) pin: Option<&'a Pin>,
    pub(super) reactions: &'a List<Reaction>,
}

impl<'a> Changed<'a> {
    /// A change after which the message is as it was.
    pub(super) fn of(message: &'a Message, change: MessageChange) -> Self {
        Self {
            change,
            unread_index: 0,
            attributes: message.attributes.as_deref(),
            body: &message.body,
            pin: message.pin.as_ref(),
            reactions: &message.reactions,
        }
    }
}

/// Appends a mutation by the actor, and changes its message.
pub(super) fn append(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &mut Conversation,
    message: &Message,
    changed: Changed<'_>,
) -> DomainResult<Mutation> {
    let Changed { change, unread_index, attributes, body, pin, reactions } = changed;
    conversation.mutation_head += 1;
    let mutation = Mutation {
        from: message.from.clone(),
        to: message.to.clone(),
        mutation_seq: conversation.mutation_head,
        sequence: message.sequence,
        unread_index,
        change,
    };
    rows.mutate(
        conversation,
        &NewMutation {
            mutation: &mutation,
            by: actor.key,
            supersedes: message.mutation_seq > 0,
            attributes,
            body,
            pin,
            reactions,
        },
    )?;
    let at = match &mutation.change {
        MessageChange::Revoked(revocation) => revocation.time,
        MessageChange::Modified(modification) => modification.time,
        // What the message says stays.
        _ => return Ok(mutation),
    };
    let before = Said { body: &message.body, attributes: message.attributes.as_deref() };
    let place = (conversation.key, message.sequence);
    media_names::change(rows, place, before, Said { body, attributes }, at)?;
    Ok(mutation)
}

/// Notifies others of a mutation.
pub(super) fn notification(actor: &Actor, to: Audience, mutation: Mutation) -> Notification {
    Notification { to, except: actor.session, content: NotificationContent::Push(Push::Mutation(mutation)) }
}

/// A stored mutation as the actor receives it; `name` is what the actor calls the conversation.
pub(super) fn seen(
    row: MutationRow,
    actor: &Actor,
    conversation: &Conversation,
    name: &ConversationId,
) -> Mutation {
    let (sender, from) = row.sender;
    Mutation {
        from,
        to: named_by(sender, actor, conversation, name),
        mutation_seq: row.number,
        sequence: row.sequence,
        unread_index: row.unread_index,
        change: row.change,
    }
}

pub(super) fn page(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &call::MutationsRequest,
) -> DomainResult<MutationPage> {
    let mut page = MutationPage { mutations: List::default(), up_to: asked.after, more: false };
    let Some(conversation) = readable(rows, actor, &asked.conversation_id)? else { return Ok(page) };
    let own = rows.user_conversation(actor.key, conversation.key)?;
    let visible = own.first_visible_seq..=conversation.head;
    let removed = Removed::among(rows, actor.key, &conversation, own, visible)?;
    let mut room = PageRoom::new(limits::PAGE_BYTES);
    rows.mutations(conversation.key, actor, asked.after, limits::MUTATION_PAGE, |row| {
        let number = row.number;
        let is_hidden = row.is_hidden && place::may_hide(&conversation);
        if row.sequence >= own.first_visible_seq && !removed.has(row.sequence) && !is_hidden {
            let mutation = seen(row, actor, &conversation, &asked.conversation_id);
            if !room.take(&mutation) {
                return ControlFlow::Break(());
            }
            page.mutations.push(mutation);
        }
        page.up_to = number;
        ControlFlow::Continue(())
    })?;
    page.more = page.up_to < conversation.mutation_head;
    Ok(page)
}
