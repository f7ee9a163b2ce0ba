//! What survives a restart, as values: what the machine asks to be stored, and what it gets back at the next start.
//!
//! A store makes a list of changes true in one transaction. It never decides.

use std::path::PathBuf;

use tim_protocol::conversation::Cursor;
use tim_protocol::group::{Group, GroupType};
use tim_protocol::message::{Message, Revocation};
use tim_protocol::profile::Profile;
use tim_protocol::{Code, ConversationId, GroupId, MessageId, UserId};

/// How far the user's changes have been followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncState {
    /// The next sync asks for what came after this.
    pub cursor: Cursor,
    /// A sync that did not get to its end: everything after `.0` and before `.1` is still to be asked for.
    pub unfinished: Option<(u64, u64)>,
    /// When this device's first picture was asked for, in milliseconds since 1970 by the server's clock: what was said
    /// before is history here, not news. 0 before there is one.
    pub since: i64,
}

/// A conversation's positions; see [`tim_protocol::conversation::ConversationState`] for their meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationRow {
    /// The conversation, as the own user names it.
    pub id: ConversationId,
    /// The group's type, for groups.
    pub group_type: Option<GroupType>,
    /// Newest message known to exist.
    pub head: u64,
    /// Newest mutation applied.
    pub mutation: u64,
    /// Newest mutation known to exist.
    pub mutation_head: u64,
    /// The head's countable number.
    pub countable: u64,
    /// How far this user has read.
    pub read: u64,
    /// A read mark set here that the server has not confirmed; 0 if there is none.
    pub read_pending: u64,
    /// How many of the messages that `countable` counts this user wrote.
    pub own: u64,
    /// How many messages of others, counted as unread, stand up to `read`.
    pub base: u64,
    /// How many of others' after `read` were taken back.
    pub revoked_above_base: u64,
    /// The newest mutation that is counted in it.
    pub revoked_up_to: u64,
    /// How far the other side has read.
    pub peer_read: u64,
    /// The first message this user may see.
    pub floor: u64,
    /// Every message up to here has been told, or never will be as news.
    pub told: u64,
    /// The newest message when this device first heard of the conversation, or since the user came back to it: what comes
    /// after is news. Nothing before that. The place of an own message tells nothing, because one that is sent again has
    /// its old one.
    pub met: Option<u64>,
    /// Messages that were told as received and that no listener has heard yet.
    pub undelivered: Ranges,
    /// When something last happened in it, in milliseconds since 1970; orders the list.
    pub active: i64,
    /// The user is no longer part of it.
    pub gone: bool,
}

/// A message that waits to be sent, or was refused.
#[derive(Debug, Clone)]
pub struct OutboxRow {
    /// Orders the outbox.
    pub position: u64,
    /// The message; its sequence is 0.
    pub message: Message,
    /// Why it was refused; `None` while it waits to be sent.
    pub refusal: Option<Code>,
    /// The picture still to be uploaded before it can be sent.
    pub upload: Option<PathBuf>,
}

/// One thing to store.
#[derive(Debug, Clone)]
pub enum Change {
    /// Forget everything that came from the server and keep the outbox: the server's data began a new life.
    /// The messages last sent go back to the outbox, to be sent again under their ids.
    Reset,
    /// How far changes were followed.
    Sync(SyncState),
    /// A conversation's positions, whole.
    Conversation(ConversationRow),
    /// Messages of a conversation; those that are known already are left as they are.
    Messages(ConversationId, Vec<Message>),
    /// Every message from `.1` to `.2` is stored: the range is complete. Ranges that touch become one.
    Complete(ConversationId, u64, u64),
    /// A message was taken back.
    Revoked(ConversationId, u64, Revocation),
    /// A message waits to be sent, or its state there changed.
    Outbox(OutboxRow),
    /// A message left the outbox: it has its place, or was given up.
    OutboxDone(MessageId),
    /// A sent message, kept for a while in case the server's data begins a new life.
    SentRing(Message),
    /// The own profile.
    Profile(Profile),
    /// Whether a user is on the blacklist.
    Blacklist(UserId, bool),
    /// A group the user is in, or (`None`) no longer.
    Group(GroupId, Option<Box<Group>>),
}

/// Complete ranges of a conversation's messages, ascending and apart.
pub type Ranges = Vec<(u64, u64)>;

/// Everything the machine needs to go on after a restart.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// How far changes were followed.
    pub sync: SyncState,
    /// Conversations with their complete ranges and the newest message that is stored.
    pub conversations: Vec<(ConversationRow, Ranges, Option<Message>)>,
    /// The outbox in order.
    pub outbox: Vec<OutboxRow>,
    /// The own profile.
    pub profile: Option<Profile>,
    /// The blacklist.
    pub blacklist: Vec<UserId>,
    /// The groups the user is in.
    pub groups: Vec<Group>,
}
