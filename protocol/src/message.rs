//! Messages: the envelope that the server orders, and its later changes. `body` has the contents.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::kinds::kinds;
use crate::word::words;
use crate::{ConversationId, List, MessageId, UnixMillis, UserId};

words! {
    /// The priority of a message in a group that exceeds its message rate. Not used for C2C messages. An unknown
    /// priority counts as `Normal`.
    #[derive(Default)]
    Priority {
        /// Gifts, removals, signalling.
        High = "High",
        /// Text and pictures.
        #[default]
        Normal = "Normal",
        /// Likes.
        Low = "Low",
        /// Tips.
        Lowest = "Lowest",
    }
}

impl Priority {
    fn is_default(&self) -> bool {
        *self == Self::Normal
    }
}

fn is_empty(text: &impl AsRef<str>) -> bool {
    text.as_ref().is_empty()
}

/// One message of a conversation's log, as the server orders it and every member receives it.
///
/// Its texts and its body are owned, or borrowed by a server that writes a stored message to a page ([`MessageRef`]).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", bound(serialize = "S: AsRef<str> + Serialize, B: Serialize"))]
pub struct Message<S = String, B = Box<RawValue>> {
    /// The message ID, chosen by the sender.
    #[serde(rename = "ID")]
    pub id: MessageId,
    /// Who wrote it; set by the server.
    pub from: UserId,
    /// The conversation as the sender names it. See [`ConversationId::seen_by`].
    pub to: ConversationId,
    /// Its sequence in the conversation: 1, 2, 3 … without gaps.
    pub sequence: u64,
    /// The unread index: how many messages up to and including this one count as unread. Unread counts are differences
    /// of unread indexes.
    #[serde(rename = "countable")]
    pub unread_index: u64,
    /// How many of those its sender wrote. A user's own messages are never unread for that user.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub by_sender: u64,
    /// When the server accepted it. Never decreases within a conversation.
    pub time: UnixMillis,
    /// When its sender made it, by the sender's clock.
    pub client_time: UnixMillis,
    /// Its urgency.
    #[serde(default, skip_serializing_if = "Priority::is_default")]
    pub priority: Priority,
    /// Does not count as unread.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub excluded_from_unread_count: bool,
    /// The sender's nick when it was sent; empty if none.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub nick: S,
    /// The sender's avatar address when it was sent; empty if none.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub avatar: S,
    /// The sender's name card in the group when it was sent; empty if none.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub name_card: S,
    /// Set if the message was revoked; the body then has no payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revocation>,
    /// This user removed the message: the body has only its type.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub removed: bool,
    /// The newest mutation that this message contains; 0 if it never changed.
    #[serde(default, rename = "mutation", skip_serializing_if = "crate::is_zero")]
    pub mutation_seq: u64,
    /// How many times its sender modified it.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub version: u64,
    /// Whether it is pinned in its group; absent if it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pin>,
    /// Its reactions, in the order of their first use.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub reactions: List<Reaction>,
    /// Of how many it is known that they read it; only for its sender, and only if it asks for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipts: Option<ReceiptCounts>,
    /// The attributes' JSON text; absent if there are none. [`Attributes::of`](crate::attributes::Attributes::of) parses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<B>,
    /// The body's JSON text. [`Body::read`](crate::body::Body::read) parses it.
    pub body: B,
}

/// A message with borrowed texts and body.
pub type MessageRef<'a> = Message<&'a str, Cow<'a, RawValue>>;

impl Message {
    /// A message of which nothing else is known: it has no sequence and counts as nothing, and nothing was said about it.
    #[must_use]
    pub fn bare(
        id: MessageId,
        from: UserId,
        to: ConversationId,
        time: UnixMillis,
        body: Box<RawValue>,
    ) -> Self {
        Self {
            id,
            from,
            to,
            sequence: 0,
            unread_index: 0,
            by_sender: 0,
            time,
            client_time: time,
            priority: Priority::Normal,
            excluded_from_unread_count: false,
            nick: String::new(),
            avatar: String::new(),
            name_card: String::new(),
            revoked: None,
            removed: false,
            mutation_seq: 0,
            version: 0,
            pin: None,
            reactions: List::default(),
            receipts: None,
            attributes: None,
            body,
        }
    }
}

/// Messages of a live room, which are told together.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoomMessages {
    /// The messages, in the order in which they were said; none has a sequence.
    pub messages: List<Message>,
}

/// Who revoked a message, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// The user who revoked it.
    pub by: UserId,
    /// When it was revoked.
    pub time: UnixMillis,
    /// The reason that this user gave; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What a modified message says now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Modification {
    /// The user who modified it.
    pub by: UserId,
    /// When it was modified.
    pub time: UnixMillis,
    /// How many times it was modified, this one included.
    pub version: u64,
    /// Its attributes now; absent if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Box<RawValue>>,
    /// Its body now.
    pub body: Box<RawValue>,
}

/// Texts of JSON are equal if they are the same texts.
impl PartialEq for Modification {
    fn eq(&self, other: &Self) -> bool {
        let of = |it: &Self| (it.time, it.version, it.attributes.as_ref().map(|text| text.get().to_owned()));
        self.by == other.by && of(self) == of(other) && self.body.get() == other.body.get()
    }
}

impl Eq for Modification {}

/// A message was pinned in its group, or is not any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pin {
    /// The user who pinned it, or removed the pin.
    pub by: UserId,
    /// When.
    pub time: UnixMillis,
    /// Whether it is pinned.
    pub is_pinned: bool,
}

/// A reaction of a message: an ID that users give it, such as an emoji.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// The ID; its meaning is the application's.
    #[serde(rename = "reactionID")]
    pub reaction_id: String,
    /// How many users gave it.
    pub total: u32,
    /// Whether the reader is one of them.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub mine: bool,
    /// Users who gave it, in the order in which they did. Only in a reply to a request for them.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub users: List<Reactor>,
    /// More users follow: the place after which they are asked for. 0 if there are none.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub next: u64,
}

impl Reaction {
    /// A reaction that the reader is the first to give.
    #[must_use]
    pub fn first(id: &str) -> Self {
        Self { reaction_id: id.to_owned(), total: 1, mine: true, users: List::default(), next: 0 }
    }
}

/// A user who reacted to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reactor {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// The user's nick; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// The address of the user's avatar; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
}

/// The reactions that a message has now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reactions {
    /// All of them, in the order of their first use. They do not say which are the reader's.
    pub reactions: List<Reaction>,
    /// Those of one user: of the reader in a reply, in a push of the user who reacted. Nothing is said of other users', which
    /// are as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnReactions>,
}

impl Reactions {
    /// The reactions of a message, as this reader sees them.
    #[must_use]
    pub fn seen_by(reader: &UserId, mut reactions: List<Reaction>) -> Self {
        let mut own = OwnReactions { user_id: reader.clone(), reaction_id_list: Vec::new() };
        for reaction in reactions.iter_mut().filter(|reaction| reaction.mine) {
            reaction.mine = false;
            own.reaction_id_list.push(reaction.reaction_id.clone());
        }
        Self { reactions, own: Some(own) }
    }

    /// The reactions as the user sees them whose own ones are told.
    #[must_use]
    pub fn with_own(&self) -> List<Reaction> {
        let own = self.own.as_ref().map_or(&[][..], |own| &own.reaction_id_list);
        let mut reactions = self.reactions.clone();
        reactions.iter_mut().for_each(|reaction| reaction.mine = own.contains(&reaction.reaction_id));
        reactions
    }
}

/// Which reactions of a message are one user's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnReactions {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// Their IDs.
    #[serde(rename = "reactionIDList")]
    pub reaction_id_list: Vec<String>,
}

/// A change to a message that already has a sequence: an entry of the conversation's second log.
///
/// It says what holds now, not what differs. An entry that a later one of the same message supersedes is left out of pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mutation {
    /// Who sent the changed message.
    pub from: UserId,
    /// The conversation of that message, as its sender names it.
    pub to: ConversationId,
    /// The sequence of this entry in the second log: 1, 2, 3 … without gaps.
    #[serde(rename = "mutation")]
    pub mutation_seq: u64,
    /// The changed message.
    pub sequence: u64,
    /// The unread index of the changed message if it counted as unread, else 0.
    #[serde(rename = "countable")]
    pub unread_index: u64,
    /// The change.
    pub change: MessageChange,
}

kinds! {
    /// A change to a message after it was accepted. One that this version does not know occupies its sequence in the second
    /// log and has no effect.
    MessageChange {
        /// The message was revoked.
        Revoked(Revocation) = "revoked",
        /// Its sender modified it.
        Modified(Modification) = "modified",
        /// Users reacted to it.
        Reactions(Reactions) = "reactions",
        /// It was pinned in its group, or is not any more.
        Pinned(Pin) = "pinned",
    }
}

/// How many of the users to whom a message was sent confirmed that they read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptCounts {
    /// They did.
    pub read: u32,
    /// They did not.
    pub unread: u32,
}

/// The same of one of several messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageReceipts {
    /// The message.
    pub sequence: u64,
    /// So many confirmed it.
    pub read: u32,
    /// So many did not.
    pub unread: u32,
}

impl MessageReceipts {
    /// The counts of a message.
    #[must_use]
    pub fn of(sequence: u64, ReceiptCounts { read, unread }: ReceiptCounts) -> Self {
        Self { sequence, read, unread }
    }

    /// The counts alone.
    #[must_use]
    pub fn counts(self) -> ReceiptCounts {
        ReceiptCounts { read: self.read, unread: self.unread }
    }
}

/// Users confirmed that they read messages of this user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptUpdates {
    /// The conversation, as this user names it.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The messages, with what holds now.
    pub receipts: List<MessageReceipts>,
}

/// How far a user has read: everything up to `sequence`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The reader.
    pub from: UserId,
    /// The conversation, as the reader names it.
    pub to: ConversationId,
    /// The last message read.
    pub sequence: u64,
    /// The unread base: how many messages of others that count as unread stand up to that sequence.
    #[serde(rename = "base")]
    pub unread_base: u64,
    /// How many counted messages of others above it were revoked by the mutations up to `mutation_head`.
    #[serde(rename = "revokedAboveBase", default, skip_serializing_if = "crate::is_zero")]
    pub revoked_above_read: u64,
    /// The conversation's newest mutation at that time; 0 if there is none.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub mutation_head: u64,
}
