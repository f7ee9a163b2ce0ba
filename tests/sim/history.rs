//! The history of a world: recorded while it runs, checked against the promises afterwards.

use std::collections::{BTreeMap, BTreeSet};

use tim::conversation::Conversation;
use tim_protocol::conversation::ConversationState;
use tim_protocol::group::Group;
use tim_protocol::message::{Message, Mutation, Reaction, ReceiptCounts};
use tim_protocol::receive::AllReceiveMessageOpt;
use tim_protocol::{ConversationId, GroupId, MessageId, UserId};

use crate::device::DeviceId;

/// A log on the server, by a name that is the same for everybody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogId {
    C2c(UserId, UserId),
    Group(GroupId),
    System(UserId),
}

impl LogId {
    /// The log behind what `me` calls `id`.
    pub fn of(me: &UserId, id: &ConversationId) -> Self {
        match id {
            ConversationId::C2c(peer) if peer < me => Self::C2c(peer.clone(), me.clone()),
            ConversationId::C2c(peer) => Self::C2c(me.clone(), peer.clone()),
            ConversationId::Group(group) => Self::Group(group.clone()),
            ConversationId::System => Self::System(me.clone()),
        }
    }

    pub fn seen_by(&self, me: &UserId) -> ConversationId {
        match self {
            Self::C2c(a, b) => ConversationId::C2c(if a == me { b } else { a }.clone()),
            Self::Group(group) => ConversationId::Group(group.clone()),
            Self::System(_) => ConversationId::System,
        }
    }
}

/// A message an app wanted sent.
#[derive(Debug, Clone)]
pub struct Sending {
    pub device: DeviceId,
    pub log: LogId,
    pub id: MessageId,
    pub text: String,
    pub called: u64,
    /// When the app learned that it was sent, and with which sequence.
    pub acked: Option<(u64, u64)>,
    pub failed: bool,
    /// Sent anew after a failure: its place among others is open.
    pub resent: bool,
}

/// A message that a device's listener heard of.
#[derive(Debug, Clone)]
pub struct Told {
    pub log: LogId,
    pub sequence: u64,
    pub id: MessageId,
    /// How many commits the device's store had by then.
    pub commits: usize,
    /// [`Record::born`] by then.
    pub born: u64,
}

/// The history of one device.
#[derive(Debug, Clone, Default)]
pub struct Record {
    pub user: Option<UserId>,
    /// It hears a server of a later version.
    pub is_old: bool,
    pub told: Vec<Told>,
    /// Since when the store is what it is: before its first picture everything is history.
    pub born: u64,
    /// When the first picture was stored, and as which commit.
    pub picture: Option<(u64, usize)>,
    /// How far the own user has read, as last shown.
    pub read: BTreeMap<ConversationId, u64>,
    pub last: Option<Last>,
}

/// How a device ended.
#[derive(Debug, Clone, Default)]
pub struct Last {
    pub ready: bool,
    /// Messages that still wait to be sent, and those that failed.
    pub waiting: BTreeSet<MessageId>,
    pub failed: BTreeSet<MessageId>,
    /// Complete ranges, and what is stored in them.
    pub ranges: BTreeMap<LogId, Vec<(u64, u64)>>,
    pub stored: BTreeMap<LogId, Vec<Message>>,
    /// The messages that the user removed, as far as the device knows.
    pub removed: BTreeMap<LogId, BTreeSet<u64>>,
    pub list: Vec<Conversation>,
    /// Conversations with settings that the server has not confirmed.
    pub unsent_settings: BTreeSet<ConversationId>,
    /// Conversations of which something was removed that the server has not confirmed.
    pub unsent_removals: BTreeSet<ConversationId>,
    /// The first sequence that is visible, and how many messages before it are stored all the same.
    pub floors: BTreeMap<LogId, (u64, usize)>,
    pub account: Account,
}

/// What is a user's own beside conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// What each group is called, and how often its profile has changed.
    pub groups: BTreeMap<GroupId, (String, u64)>,
    pub blacklist: BTreeSet<UserId>,
    pub nick: Option<String>,
    pub receive_opt: AllReceiveMessageOpt,
}

/// A group with its name, and how often its profile has changed.
pub fn named(group: Group) -> (GroupId, (String, u64)) {
    (group.group_id, (group.name, group.info_sequence))
}

/// A log as the server has it.
#[derive(Debug, Clone, Default)]
pub struct Log {
    pub messages: Vec<Message>,
    pub mutations: Vec<Mutation>,
}

/// The final state of the server.
#[derive(Debug, Clone, Default)]
pub struct Truth {
    pub logs: BTreeMap<LogId, Log>,
    /// Each user's conversations.
    pub states: BTreeMap<UserId, BTreeMap<LogId, ConversationState>>,
    /// The messages that each user removed.
    pub removed: BTreeMap<UserId, BTreeMap<LogId, BTreeSet<u64>>>,
    pub accounts: BTreeMap<UserId, Account>,
    /// The reactions of messages, as each user sees them; those of messages that have none are left out.
    pub reactions: BTreeMap<UserId, BTreeMap<(LogId, u64), Vec<Reaction>>>,
    /// How many read each user's messages, of those that ask for it.
    pub receipts: BTreeMap<UserId, BTreeMap<(LogId, u64), ReceiptCounts>>,
}

/// A promise that was not kept.
#[derive(Debug, Clone)]
pub struct Violation {
    pub promise: &'static str,
    pub what: String,
}

/// Everything that was written down.
#[derive(Debug, Clone, Default)]
pub struct History {
    clock: u64,
    pub sends: Vec<Sending>,
    pub devices: Vec<Record>,
    /// When each message was committed.
    pub committed: BTreeMap<(LogId, u64), u64>,
    /// The messages that users requested to revoke.
    pub revokes: BTreeSet<(LogId, u64)>,
    /// The server's data began a new life.
    pub is_restored: bool,
    /// Devices whose file was damaged, and who may have lost what they sent last.
    pub rebuilt: BTreeSet<DeviceId>,
    /// Messages that waited in a damaged file and could not be read from it. Nobody sends them again, but one that was
    /// under way may arrive at any time.
    pub lost: BTreeSet<MessageId>,
    /// The server's clock was set back: its times do not tell any more what was before what.
    pub is_time_repeated: bool,
    /// When a device first stored that a message has its place, and that it would send it again to a new life.
    pub placed: BTreeMap<MessageId, u64>,
    /// Read marks in the order in which the server confirmed them.
    pub reads: Vec<(LogId, UserId, u64)>,
    pub truth: Truth,
    /// Seen while it happened.
    pub violations: Vec<Violation>,
}

impl History {
    /// The next moment: later than all before.
    pub fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    pub fn violated(&mut self, promise: &'static str, what: String) {
        self.violations.push(Violation { promise, what });
    }
}
