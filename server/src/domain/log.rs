//! The log of a conversation: appends messages, and reads them.

use std::borrow::Cow;
use std::ops::{ControlFlow, RangeInclusive};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tim_protocol::attributes::Attributes;
use tim_protocol::body::Body;
use tim_protocol::bounds::PageRoom;
use tim_protocol::code::Code;
use tim_protocol::frame::Push;
use tim_protocol::message::{Message, MessageRef, Priority};
use tim_protocol::{ConversationId, List, MessageId, UserId, bounds};

use super::DomainResult;
use super::conversations::audience;
use super::media_names::{self, Said};
use super::place::{self, Place};
use super::removed::Removed;
use super::rows::{Conversation, MessageRow, Parties, Rows, SenderProfile};
use crate::core::ops::{Actor, Notification, NotificationContent, UserKey};

/// The sender of tips and notices has no row of its own.
const SYSTEM: UserKey = UserKey(0);

/// A message to be appended.
pub(super) struct Draft<'a> {
    pub(super) id: MessageId,
    pub(super) from: UserId,
    pub(super) sender: UserKey,
    pub(super) to: ConversationId,
    pub(super) client_time: i64,
    pub(super) priority: Priority,
    pub(super) is_uncounted: bool,
    /// Does not become the conversation's last message.
    pub(super) is_excluded_from_last: bool,
    pub(super) attributes: Option<&'a RawValue>,
    pub(super) body: &'a RawValue,
    pub(super) now: i64,
    /// How many messages that count as unread the sender wrote before.
    pub(super) by_sender: u64,
    pub(super) sender_profile: SenderProfile,
}

/// Appends a message to the log; `None` if the log has it already.
pub(super) fn append(
    rows: &mut impl Rows,
    conversation: &mut Conversation,
    draft: Draft<'_>,
) -> DomainResult<Option<Message>> {
    let counts = u64::from(!draft.is_uncounted);
    conversation.head += 1;
    conversation.unread_index += counts;
    if !draft.is_excluded_from_last {
        conversation.last_shown_seq = conversation.head;
    }
    conversation.last_time = conversation.last_time.max(draft.now);
    if matches!(conversation.parties, Parties::C2c(first, _) if first == draft.sender) {
        conversation.by_first_party += counts;
    }
    let message = Message {
        sequence: conversation.head,
        unread_index: conversation.unread_index,
        by_sender: draft.by_sender + counts,
        client_time: draft.client_time,
        priority: draft.priority,
        excluded_from_unread_count: draft.is_uncounted,
        nick: draft.sender_profile.nick.unwrap_or_default(),
        avatar: draft.sender_profile.avatar.unwrap_or_default(),
        name_card: draft.sender_profile.name_card.unwrap_or_default(),
        attributes: draft.attributes.map(ToOwned::to_owned),
        ..Message::bare(draft.id, draft.from, draft.to, conversation.last_time, draft.body.to_owned())
    };
    if !rows.append(conversation, draft.sender, &message)? {
        return Ok(None);
    }
    let said = Said { body: draft.body, attributes: draft.attributes };
    media_names::add(rows, conversation.key, message.sequence, said)?;
    Ok(Some(message))
}

/// Appends a message that the server writes: a tip to a group's log, which never counts as unread, or a notice to a user's.
pub(super) fn append_system_message(
    rows: &mut impl Rows,
    conversation: &mut Conversation,
    to: ConversationId,
    body: &Body,
    now: i64,
) -> DomainResult<Notification> {
    let body = body.write().map_err(|_| Code::INTERNAL)?;
    let is_tip = matches!(conversation.parties, Parties::Group(_));
    let place = Place { sequence: conversation.head + 1, time: now, unread_index: 0 };
    let draft = Draft {
        id: place.id(conversation.key),
        from: UserId::system(),
        sender: SYSTEM,
        to,
        client_time: now,
        priority: if is_tip { Priority::Lowest } else { Priority::High },
        is_uncounted: is_tip,
        is_excluded_from_last: false,
        attributes: None,
        body: &body,
        now,
        by_sender: if is_tip { 0 } else { conversation.unread_index },
        sender_profile: SenderProfile::default(),
    };
    let message = append(rows, conversation, draft)?.ok_or(Code::INTERNAL)?;
    let to = audience(conversation);
    Ok(Notification { to, except: None, content: NotificationContent::Push(Push::Message(message)) })
}

/// Messages without gaps, as JSON texts.
#[derive(Default)]
pub(super) struct Run {
    /// Oldest first.
    pub(super) messages: List<Box<RawValue>>,
    /// The sequence of the first; `None` without messages.
    pub(super) low: Option<u64>,
}

/// Who reads messages, and of what.
pub(super) struct Reader<'a> {
    pub(super) actor: &'a Actor,
    pub(super) conversation: &'a Conversation,
    /// The conversation as the actor names it.
    pub(super) name: &'a ConversationId,
    /// The messages that the actor removed: nothing of what they say is read.
    pub(super) removed: &'a Removed,
}

/// The newest messages of a range, up to `max` messages and `max_bytes` bytes, but at least one.
pub(super) fn messages(
    rows: &mut impl Rows,
    reader: &Reader<'_>,
    sequences: RangeInclusive<u64>,
    max: u32,
    max_bytes: usize,
) -> DomainResult<Run> {
    let Reader { actor, conversation, name, removed } = reader;
    let (mut run, mut room) = (Run::default(), PageRoom::new(max_bytes));
    rows.messages(conversation.key, actor.key, sequences, max, |row| {
        let to = named_by(row.sender, actor, conversation, name);
        let sequence = row.sequence;
        let message = if place::hide(conversation, row.attributes, &row.from, &actor.user) {
            let place = Place { sequence, time: row.time, unread_index: row.unread_index };
            bounds::written(&place.empty(conversation.key, to))
        } else if removed.has(sequence) {
            bounds::written(&emptied(message(row, to)))
        } else {
            bounds::written(&message(row, to))
        };
        if !room.take_bytes(message.get().len()) {
            return ControlFlow::Break(());
        }
        run.messages.push(message);
        run.low = Some(sequence);
        ControlFlow::Continue(())
    })?;
    run.messages.reverse();
    Ok(run)
}

/// The conversation as the sender of a message names it: `name` is what the actor calls it.
pub(super) fn named_by(
    sender: UserKey,
    actor: &Actor,
    conversation: &Conversation,
    name: &ConversationId,
) -> ConversationId {
    match conversation.parties {
        Parties::C2c(..) if sender != actor.key => ConversationId::C2c(actor.user.clone()),
        Parties::C2c(..) | Parties::Group(_) | Parties::System(_) => name.clone(),
    }
}

fn message(row: MessageRow<'_>, to: ConversationId) -> MessageRef<'_> {
    Message {
        id: row.id,
        from: row.from,
        to,
        sequence: row.sequence,
        unread_index: row.unread_index,
        by_sender: row.by_sender,
        time: row.time,
        client_time: row.client_time,
        priority: row.priority,
        excluded_from_unread_count: row.is_uncounted,
        nick: row.nick,
        avatar: row.avatar,
        name_card: row.name_card,
        revoked: row.revoked,
        removed: false,
        mutation_seq: row.mutation_seq,
        version: row.version,
        pin: row.pin,
        reactions: row.reactions,
        receipts: row.receipts,
        attributes: row.attributes.map(Cow::Borrowed),
        body: bounds::within_frames(row.body),
    }
}

/// A message that the reader removed: its place in the log is left.
fn emptied(message: MessageRef<'_>) -> MessageRef<'_> {
    Message {
        nick: "",
        avatar: "",
        name_card: "",
        revoked: None,
        removed: true,
        pin: None,
        reactions: List::default(),
        receipts: None,
        mutation_seq: 0,
        version: 0,
        attributes: Attributes::of_revoked(message.attributes.as_deref()).map(Cow::Owned),
        body: Cow::Owned(type_only_body(&message.body)),
        ..message
    }
}

/// The body of a message of which nothing is said any more: only its type.
pub(super) fn type_only_body(body: &RawValue) -> Box<RawValue> {
    #[derive(Default, Deserialize, Serialize)]
    #[serde(default)]
    struct Tag {
        #[serde(rename = "type")]
        kind: serde_json::Value,
    }
    let tag: Tag = serde_json::from_str(body.get()).unwrap_or_default();
    bounds::written(&tag)
}
