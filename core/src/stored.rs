//! The values that survive a restart: what the machine asks to be stored, and what it loads at the next start.
//!
//! A store ([`crate::store`]) applies a list of changes in one transaction. It makes no decisions.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tim_protocol::conversation::{self, Cursor, Mention};
use tim_protocol::group::{Group, GroupType};
use tim_protocol::message::{Message, MessageReceipts, Mutation};
use tim_protocol::profile::Profile;
use tim_protocol::receive::ReceiveOpt;
use tim_protocol::settings::{ConversationSettings, SettingsChange};
use tim_protocol::{Code, ConversationId, GroupId, MessageId, UnixMillis, UserId};

use crate::signaling::Invitation;

/// How far the device has followed the user's changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SyncState {
    /// The next sync asks for changes after this cursor.
    pub cursor: Cursor,
    /// The range of user versions, after `.0` and before `.1`, that an unfinished sync has not fetched yet.
    pub unfinished: Option<(u64, u64)>,
    /// When the initial sync was requested, by the server's clock. Messages up to then are history on this device. 0
    /// before the initial sync.
    pub initial_sync_at: UnixMillis,
}

/// A conversation's positions; see [`tim_protocol::conversation::ConversationState`] for their meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationRow {
    /// The conversation, as the own user names it.
    pub id: ConversationId,
    /// The group's type, for groups.
    pub group_type: Option<GroupType>,
    /// Newest message known to exist.
    pub head: u64,
    /// Newest mutation applied.
    pub mutation_seq: u64,
    /// Newest mutation known to exist.
    pub mutation_head: u64,
    /// The unread index of the head.
    pub unread_index: u64,
    /// How far this user has read.
    pub read: u64,
    /// A read sequence set on this device that the server has not confirmed; 0 if there is none.
    pub read_pending: u64,
    /// How many of the messages that `unread_index` counts this user wrote.
    pub own: u64,
    /// The unread base: how many messages of others that count as unread stand up to `read`.
    pub unread_base: u64,
    /// How many counted messages of others above `read` were revoked.
    pub revoked_above_read: u64,
    /// The newest mutation counted in it.
    pub revoked_up_to: u64,
    /// How far the other side has read.
    pub peer_read: u64,
    /// The first message this user may see.
    pub first_visible_seq: u64,
    /// The first visible sequence that was set on this device and that the server has not confirmed; 0 if there is none.
    pub floor_pending: u64,
    /// The list has the conversation once its head has reached this sequence.
    pub hidden_below: u64,
    /// The same, set on this device and not confirmed; 0 if there is none.
    pub hidden_pending: u64,
    /// The number of the newest removal of messages up to which all are known here.
    pub removal_seq: u64,
    /// The number of the newest one known to exist.
    pub removal_head: u64,
    /// Messages that were removed on this device and that the server has not confirmed.
    pub unsent_removed: Ranges,
    /// Those of them that count as unread for the server.
    pub removed_unread: Ranges,
    /// Every message up to here was emitted, or is history.
    pub emitted_seq: u64,
    /// The head when this device first learned of the conversation, or when the user rejoined it. Messages above it are
    /// new. `None` until then. An own message does not set it, because a message that is sent again keeps its old
    /// sequence.
    pub baseline_seq: Option<u64>,
    /// Messages that were emitted as received and that the listeners have not returned from yet.
    pub undelivered: Ranges,
    /// The newest message known that is not excluded from being the last one; 0 if there is none.
    pub last_shown_seq: u64,
    /// The newest messages above `read` that mention this user, oldest first.
    pub mentions: Vec<Mention>,
    /// The time of the last activity; orders the list.
    pub last_active: UnixMillis,
    /// Whether the user no longer takes part in the conversation.
    pub gone: bool,
    /// The settings that came from the server; `None` if there never were any.
    pub settings: Option<Box<ConversationSettings>>,
    /// Changes of settings on this device that the server has not confirmed.
    pub unsent_settings: Option<Box<SettingsChange>>,
    /// How the other side of a C2C conversation is called; `None` if that is not known.
    pub peer: Option<Box<Peer>>,
}

impl ConversationRow {
    /// A conversation of which nothing is known.
    #[must_use]
    pub fn new(id: ConversationId) -> Self {
        Self {
            id,
            group_type: None,
            head: 0,
            mutation_seq: 0,
            mutation_head: 0,
            unread_index: 0,
            read: 0,
            read_pending: 0,
            own: 0,
            unread_base: 0,
            revoked_above_read: 0,
            revoked_up_to: 0,
            peer_read: 0,
            first_visible_seq: 1,
            floor_pending: 0,
            hidden_below: 0,
            hidden_pending: 0,
            removal_seq: 0,
            removal_head: 0,
            unsent_removed: Vec::new(),
            removed_unread: Vec::new(),
            emitted_seq: 0,
            baseline_seq: None,
            undelivered: Vec::new(),
            last_shown_seq: 0,
            mentions: Vec::new(),
            last_active: 0,
            gone: false,
            settings: None,
            unsent_settings: None,
            peer: None,
        }
    }
}

/// How the other side of a C2C conversation is called.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Peer {
    /// The nick; empty if none.
    pub nick: String,
    /// The address of the avatar; empty if none.
    pub avatar: String,
    /// The newest message that says so, or the head when the server was asked.
    pub sequence: u64,
}

/// A message that the server does not have: it waits to be sent, was refused, or is only for this device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Orders the outbox.
    pub position: u64,
    /// The message; its sequence is 0.
    pub message: Message,
    /// Why the server does not have it.
    pub state: OutboxState,
    /// The copy of its first file, if it has files that have to be uploaded first.
    pub upload: Option<PathBuf>,
}

/// Why the server does not have a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutboxState {
    /// It waits to be sent.
    Waiting,
    /// It was refused with this code.
    Refused(Code),
    /// The app inserted it on this device, for which it is.
    Inserted,
}

/// What the app keeps beside a message on this device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LocalData {
    /// A text; empty if none.
    pub custom_data: String,
    /// A number; 0 if none.
    pub custom_int: i64,
}

/// A change of what the app keeps beside a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalChange {
    /// Another text; an empty one removes it.
    Data(String),
    /// Another number.
    Int(i64),
}

/// A range of messages to be read from the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The conversation.
    pub conversation: ConversationId,
    /// The oldest wanted.
    pub low: u64,
    /// The newest wanted.
    pub high: u64,
    /// Only messages sent by this user.
    pub own_only: bool,
}

/// A change to be stored.
#[derive(Debug, Clone)]
pub enum Change {
    /// Delete everything that came from the server and keep the outbox and the drafts, after an epoch change. The recently
    /// sent messages go back to the outbox, to be sent again with the same IDs.
    Reset,
    /// The sync state.
    Sync(SyncState),
    /// A conversation's positions, whole.
    Conversation(Box<ConversationRow>),
    /// Messages of a conversation; messages that are already stored stay unchanged.
    Messages(ConversationId, Vec<Message>),
    /// Every message from `.1` to `.2` is stored. Adjacent ranges are merged.
    Complete(ConversationId, u64, u64),
    /// The messages before a sequence are not visible any more: they are deleted, with their complete ranges, and never stored
    /// again.
    Cleared(ConversationId, u64),
    /// The user removed the messages from `.1` to `.2`: they are deleted, are in no place missing, and never stored again.
    Removed(ConversationId, u64, u64),
    /// A message changed: [`crate::mutation::mutate`].
    Mutated(ConversationId, Box<Mutation>),
    /// Users read messages of this user: [`crate::mutation::confirm`].
    Receipts(ConversationId, Vec<MessageReceipts>),
    /// A message waits to be sent, or its state there changed.
    Outbox(OutboxRow),
    /// A message left the outbox.
    OutboxDone(MessageId),
    /// A message was discarded: forget what the app keeps beside it.
    ForgetLocal(MessageId, UserId),
    /// The server accepted a message of the outbox: it moves to its conversation, and is kept for a while in case of an
    /// epoch change.
    Acknowledged(Message),
    /// The own profile.
    Profile(Profile),
    /// How the user wants to be told of messages of all conversations.
    ReceiveOpt(ReceiveOpt),
    /// A friend, an application to become one, how far those are read, or a friend group; or that one is no more.
    Relation(Box<conversation::Change>),
    /// The profile of another user is kept; `None` if not any more.
    Person(UserId, Option<Box<Profile>>),
    /// What changed of profiles up to this time of the server's is known.
    ProfilesAsOf(UnixMillis),
    /// Adds a user to the blacklist, or removes one.
    Blacklist(UserId, bool),
    /// A group of the user; `None` if no longer a member.
    Group(GroupId, Option<Box<Group>>),
    /// Notes that the profile of a group changed unheard, up to this number; `None` if it is known again.
    OutdatedGroup(GroupId, Option<u64>),
    /// An invitation lives, by its ID; `None` if not any more.
    Invitation(String, Option<Box<Invitation>>),
    /// What the user has begun to write in a conversation; `None` if nothing.
    Draft(ConversationId, Option<String>),
}

/// Complete ranges of a conversation's messages, ascending and not adjacent.
pub type Ranges = Vec<(u64, u64)>;

/// A conversation, and what is stored of its messages.
#[derive(Debug, Clone)]
pub struct StoredConversation {
    /// Its positions.
    pub row: Box<ConversationRow>,
    /// The complete ranges.
    pub ranges: Ranges,
    /// The messages that the user removed.
    pub removed: Ranges,
    /// The newest message that is stored, up to [`ConversationRow::last_shown_seq`].
    pub newest: Option<Box<Message>>,
}

impl StoredConversation {
    /// A conversation of which nothing is known.
    #[must_use]
    pub fn new(id: ConversationId) -> Self {
        Self {
            row: Box::new(ConversationRow::new(id)),
            ranges: Ranges::new(),
            removed: Ranges::new(),
            newest: None,
        }
    }
}

/// Everything the machine needs to go on after a restart.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The sync state.
    pub sync: SyncState,
    /// The conversations. There may be ten thousand: they stay where the store put them.
    pub conversations: Vec<StoredConversation>,
    /// The outbox in order.
    pub outbox: Vec<OutboxRow>,
    /// The own profile.
    pub profile: Option<Profile>,
    /// How the user wants to be told of messages of all conversations; the default if nothing is known.
    pub receive_opt: ReceiveOpt,
    /// Friends, applications to become one, how far those are read, and friend groups.
    pub relations: Vec<conversation::Change>,
    /// The blacklist.
    pub blacklist: Vec<UserId>,
    /// The groups the user is in.
    pub groups: Vec<Group>,
    /// Those whose profile changed unheard, up to which number.
    pub outdated_groups: Vec<(GroupId, u64)>,
    /// The live invitations.
    pub invitations: Vec<Invitation>,
    /// What the user has begun to write, by conversation.
    pub drafts: Vec<(ConversationId, String)>,
    /// Profiles of others that are kept.
    pub profiles: Vec<Profile>,
    /// What changed of profiles up to this time of the server's is known; 0 if that is not known.
    pub profiles_as_of: UnixMillis,
}

/// What a relation is stored under, and whether there is one; `None` for other changes.
#[must_use]
pub fn relation_key(change: &conversation::Change) -> Option<(String, bool)> {
    match change {
        conversation::Change::Friend(it) => Some((format!("friend {}", it.user_id), it.friend.is_some())),
        conversation::Change::FriendApplication(it) => {
            let (kind, user) = (it.application_type.as_str(), &it.user_id);
            Some((format!("application {kind} {user}"), it.application.is_some()))
        }
        conversation::Change::FriendApplicationsRead(_) => Some(("read".to_owned(), true)),
        conversation::Change::FriendGroup(it) => Some((format!("group {}", it.number), it.name.is_some())),
        _ => None,
    }
}
