//! Who is mentioned in a group, and what of it a user has not read.
//!
//! The rows are written only for messages that mention users, and leave with a revocation.

use tim_protocol::attributes::{AT_ALL, Attributes};
use tim_protocol::conversation::Mention;
use tim_protocol::message::Message;
use tim_protocol::{UserId, limits};

use super::DomainResult;
use super::rows::{Conversation, MentionRow, Parties, Rows, UserConversation};
use crate::core::ops::{Actor, UserKey};

/// The name under which a mention of everybody is stored: no user has it.
const EVERYBODY: &str = "";

/// Stores whom the newest message mentions.
pub(super) fn add(
    rows: &mut impl Rows,
    conversation: &Conversation,
    sender: UserKey,
    attributes: &Attributes,
) -> DomainResult<()> {
    let names = names(attributes);
    if names.is_empty() { Ok(()) } else { rows.add_mentions(conversation, &names, sender) }
}

/// A message was revoked.
pub(super) fn remove(
    rows: &mut impl Rows,
    conversation: &Conversation,
    message: &Message,
) -> DomainResult<()> {
    let attributes = Attributes::of(message.attributes.as_deref());
    let names = names(&attributes);
    if names.is_empty() { Ok(()) } else { rows.remove_mentions(conversation.key, &names, message.sequence) }
}

/// The newest messages that mention the actor and that the actor has not read, oldest first.
pub(super) fn unread(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    state: UserConversation,
) -> DomainResult<Vec<Mention>> {
    if !matches!(conversation.parties, Parties::Group(_)) || state.seen() >= conversation.head {
        return Ok(Vec::new());
    }
    let names = [actor.user.as_str(), EVERYBODY];
    let found = rows.mentions(conversation.key, actor.key, names, state.seen())?;
    let mut mentions: Vec<Mention> = Vec::new();
    for MentionRow { sequence, name, from } in found {
        let (me, all) = (name != EVERYBODY, name == EVERYBODY);
        match mentions.last_mut().filter(|last| last.sequence == sequence) {
            Some(same) => *same = Mention { me: true, all: true, ..same.clone() },
            None => mentions.push(Mention { sequence, from, me, all }),
        }
    }
    mentions.truncate(limits::UNREAD_MENTIONS);
    mentions.reverse();
    Ok(mentions)
}

/// Whom a message mentions, as it is stored.
fn names(attributes: &Attributes) -> Vec<&str> {
    let names = attributes.at_user_list.iter().map(UserId::as_str);
    names.map(|name| if name == AT_ALL { EVERYBODY } else { name }).collect()
}
