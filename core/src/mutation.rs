//! What mutations make of a message. The machine and its store apply them alike, in any order and as often as they come.

use std::borrow::Cow;

use serde::Deserialize;
use tim_protocol::attributes::Attributes;
use tim_protocol::message::{Message, MessageChange, Mutation, Reactions, ReceiptCounts, Revocation};
use tim_protocol::{List, UserId, json};

/// The body of the placeholder for a message that this version cannot read.
pub(crate) const UNREADABLE: &str = r#"{"type":"unreadable"}"#;

/// Applies a mutation to its message, unless the message contains it or a later one. Returns whether the message changed.
pub fn mutate(message: &mut Message, mutation: &Mutation) -> bool {
    if message.revoked.is_some() {
        return false;
    }
    match &mutation.change {
        MessageChange::Revoked(revocation) => redact(message, revocation),
        // A placeholder shows nothing of what its message says.
        MessageChange::Modified(_) if message.body.get() == UNREADABLE => return false,
        MessageChange::Modified(it) if mutation.mutation_seq > message.mutation_seq => {
            message.version = it.version;
            message.attributes.clone_from(&it.attributes);
            message.body.clone_from(&it.body);
        }
        MessageChange::Reactions(_) if message.body.get() == UNREADABLE => return false,
        MessageChange::Reactions(it) if mutation.mutation_seq > message.mutation_seq => react(message, it),
        MessageChange::Pinned(_) if message.body.get() == UNREADABLE => return false,
        MessageChange::Pinned(it) if mutation.mutation_seq > message.mutation_seq => {
            message.pin = Some(it.clone());
        }
        _ => return false,
    }
    message.mutation_seq = message.mutation_seq.max(mutation.mutation_seq);
    true
}

/// So many users read a message. Numbers that are older, or that it has, change nothing. Returns whether the message changed.
pub fn confirm(message: &mut Message, counts: ReceiptCounts) -> bool {
    let is_known = message.receipts.is_some_and(|known| known.read >= counts.read);
    if is_known || message.revoked.is_some() || message.body.get() == UNREADABLE {
        return false;
    }
    message.receipts = Some(counts);
    true
}

/// Whether nothing of an earlier mutation of the same message is left after this one.
#[must_use]
pub fn supersedes(mutation: &Mutation, earlier: &Mutation) -> bool {
    match &mutation.change {
        MessageChange::Revoked(_) => true,
        MessageChange::Modified(_) => matches!(earlier.change, MessageChange::Modified(_)),
        // Which reactions are the user's, only one tells that has them.
        MessageChange::Reactions(Reactions { own, .. }) => match &earlier.change {
            MessageChange::Reactions(earlier) => own.is_some() || earlier.own.is_none(),
            _ => false,
        },
        MessageChange::Pinned(_) => matches!(earlier.change, MessageChange::Pinned(_)),
        MessageChange::Other(_) => false,
    }
}

/// Leaves out of a mutation what it says of the reactions of another user than `me`.
#[must_use]
pub fn seen_by(me: &UserId, mut mutation: Mutation) -> Mutation {
    if let MessageChange::Reactions(reactions) = &mut mutation.change {
        reactions.own.take_if(|own| own.user_id != *me);
    }
    mutation
}

/// Gives a message the reactions that it has now. Which of them are the user's stays as it was, unless it is told.
fn react(message: &mut Message, now: &Reactions) {
    let before = std::mem::replace(&mut message.reactions, now.with_own());
    if now.own.is_none() {
        let is_own = |id: &String| before.iter().any(|it| it.mine && it.reaction_id == *id);
        message.reactions.iter_mut().for_each(|reaction| reaction.mine = is_own(&reaction.reaction_id));
    }
}

/// Removes what the sender of a revoked message said, and keeps the type of its payload.
pub fn redact(message: &mut Message, revocation: &Revocation) {
    message.revoked = Some(revocation.clone());
    message.pin = None;
    message.reactions = List::default();
    message.receipts = None;
    message.attributes = Attributes::of_revoked(message.attributes.as_deref());
    #[derive(Deserialize)]
    struct Tag<'a> {
        #[serde(rename = "type", borrow)]
        kind: Cow<'a, str>,
    }
    let kind = json::read::<Tag<'_>>(message.body.get()).map(|tag| tag.kind.into_owned()).unwrap_or_default();
    if let Ok(body) = serde_json::value::to_raw_value(&serde_json::json!({ "type": kind, "payload": null })) {
        message.body = body;
    }
}
