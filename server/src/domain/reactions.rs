//! Reactions of messages: gives them, takes them back, and tells who gave them.
//!
//! What a message shows of its reactions is a part of the message; a request that asks for what holds already changes nothing.

use tim_protocol::bounds::PageRoom;
use tim_protocol::call::{self, Call as _, MessageReactions, Newest, ReactionUsers, ReactionsPage};
use tim_protocol::code::Code;
use tim_protocol::message::{Message, MessageChange, Mutation, Reaction, Reactions};
use tim_protocol::{Fault, List, limits};

use super::DomainResult;
use super::conversations::{check_may_write, named, readable, readers};
use super::mutations::{self, Changed};
use super::outcome::{with_notifications, without_notifications};
use super::removed::Removed;
use super::rows::{Conversation, MutationKind, Rows};
use crate::core::ops::{Actor, Committed};

pub(super) fn react(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &call::ReactRequest,
    now: i64,
) -> DomainResult<Committed> {
    let name = &asked.conversation_id;
    let mut conversation = named(rows, actor, name)?.ok_or(Code::MESSAGE_NOT_FOUND)?;
    let message = mutations::visible(rows, actor, &conversation, name, asked.sequence)?
        .filter(|message| message.revoked.is_none())
        .ok_or(Code::MESSAGE_NOT_FOUND)?;
    let Some(reactions) = changed(&message.reactions, asked)? else {
        let kind = MutationKind::Reactions;
        let newest = rows.newest_mutation(conversation.key, actor, message.sequence, kind)?;
        let mutation = newest.map(|newest| mutations::seen(newest, actor, &conversation, name));
        return Ok(without_notifications(answer(mutation)));
    };
    if message.from.is_system() {
        return Err(Fault::with_text(Code::BAD_REQUEST, "nobody reacts to what the server says").into());
    }
    check_may_write(rows, actor, &conversation, name, now)?;
    let mutation = append(rows, actor, &mut conversation, &message, reactions)?;
    let (of, sequence, id) = (conversation.key, message.sequence, &asked.reaction_id);
    if asked.is_set {
        rows.add_reaction(of, sequence, actor.key, id, mutation.mutation_seq)?;
    } else {
        rows.remove_reaction(of, sequence, actor.key, id)?;
    }
    let to = readers(rows, actor, &conversation, &message)?;
    let notification = mutations::notification(actor, to, mutation.clone());
    Ok(with_notifications(answer(Some(mutation)), vec![notification]))
}

/// The reactions of a message with what is asked for; `None` if that holds already.
fn changed(reactions: &List<Reaction>, asked: &call::ReactRequest) -> DomainResult<Option<List<Reaction>>> {
    let mut changed = reactions.clone();
    let id = &asked.reaction_id;
    let (count, known) = (changed.len(), changed.iter_mut().find(|reaction| reaction.reaction_id == *id));
    match (known, asked.is_set) {
        (Some(known), true) if known.mine => return Ok(None),
        (Some(known), true) if known.total >= limits::REACTION_USERS => {
            return Err(Code::TOO_MANY_REACTION_USERS.into());
        }
        (Some(known), true) => (known.total, known.mine) = (known.total + 1, true),
        (None, true) if count >= limits::REACTIONS => return Err(Code::TOO_MANY_REACTIONS.into()),
        (None, true) => changed.push(Reaction::first(id)),
        (Some(known), false) if known.mine => {
            (known.total, known.mine) = (known.total.saturating_sub(1), false);
        }
        (_, false) => return Ok(None),
    }
    changed.items.retain(|reaction| reaction.total > 0);
    Ok(Some(changed))
}

fn append(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &mut Conversation,
    message: &Message,
    reactions: List<Reaction>,
) -> DomainResult<Mutation> {
    let change = MessageChange::Reactions(Reactions::seen_by(&actor.user, reactions.clone()));
    let changed = Changed { reactions: &reactions, ..Changed::of(message, change) };
    mutations::append(rows, actor, conversation, message, changed)
}

fn answer(mutation: Option<Mutation>) -> call::Reply {
    call::ReactRequest::answer(Newest { mutation })
}

/// The reactions of messages, with as many users as were asked for and fit the page.
pub(super) fn page(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &call::ReactionsRequest,
) -> DomainResult<ReactionsPage> {
    let mut page = ReactionsPage { messages: List::default() };
    let Some(conversation) = readable(rows, actor, &asked.conversation_id)? else { return Ok(page) };
    let own = rows.user_conversation(actor.key, conversation.key)?;
    let mut room = PageRoom::new(limits::PAGE_BYTES);
    for sequence in asked.sequences.iter().filter(|sequence| **sequence >= own.first_visible_seq) {
        if Removed::among(rows, actor.key, &conversation, own, *sequence..=*sequence)?.has(*sequence) {
            continue;
        }
        let name = &asked.conversation_id;
        let Some(message) = mutations::stored(rows, actor, &conversation, name, *sequence)? else {
            continue;
        };
        let mut reactions = message.reactions;
        if let Some(of) = &asked.of {
            reactions.items.retain(|reaction| reaction.reaction_id == of.reaction_id);
        }
        for reaction in reactions.iter_mut() {
            add_users(rows, &conversation, (*sequence, reaction), asked, &mut room)?;
        }
        page.messages.push(MessageReactions { sequence: *sequence, reactions });
    }
    Ok(page)
}

fn add_users(
    rows: &mut impl Rows,
    conversation: &Conversation,
    (sequence, reaction): (u64, &mut Reaction),
    asked: &call::ReactionsRequest,
    room: &mut PageRoom,
) -> DomainResult<()> {
    let mut last = asked.of.as_ref().map_or(0, |ReactionUsers { after, .. }| *after);
    let (limit, id) = (asked.limit as usize, &reaction.reaction_id);
    if limit == 0 {
        return Ok(());
    }
    // One more tells whether more follow.
    for (number, user) in rows.reactors(conversation.key, sequence, id, last, asked.limit + 1)? {
        if reaction.users.len() >= limit || !room.take(&user) {
            reaction.next = last;
            break;
        }
        last = number;
        reaction.users.push(user);
    }
    Ok(())
}
