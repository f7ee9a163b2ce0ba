//! The engine's decisions as a pure state machine: sessions, sync, outbox, conversations, groups, relations.
//!
//! Nothing in this folder does I/O, reads a clock, draws a random number or uses threads: equal inputs give equal
//! outputs. So a simulation can run thousands of devices through loss, delay and crashes in seconds, and replay a
//! failure.
//!
//! # The contract between the machine and its driver
//!
//! * One owner calls [`Machine::handle`] with an input and then drains [`Machine::poll`] until it gives `None`,
//!   carrying out each output before the next, before it gives another input. Then it waits until
//!   [`Machine::deadline`] at the latest.
//! * [`Output::Commit`] is carried out before anything after it: what a listener hears or a caller gets has been
//!   stored, and what a frame brings is stored in the same transaction as the cursor it justifies. If a commit
//!   fails, the driver says [`Input::StoreFailed`] before it polls again.
//! * A message is in the outbox on stable storage before the first attempt to send it, and leaves only when the server
//!   has accepted or refused it.
//! * The machine holds what decisions need (heads, marks, ranges, the last message of a conversation, the outbox),
//!   not histories. Pages of messages go from the store to the caller without passing through it.
//!
//! # States
//!
//! ```text
//! LoggedOut ──login──▶ Opening ──store──▶ Connecting ──socket──▶ Greeting ──welcome──▶ Syncing ──page──▶ Ready
//!     ▲                                       ▲  │                                                        │
//!     │                                       └──┴───────────── backoff (full jitter) ◀───── break ───────┘
//!     └── logout, kicked, expired: SDK_NOT_READY, never back by itself
//! ```
//!
//! A broken connection does not make the engine "not ready": calls wait, and the engine reconnects by itself.
//!
//! # The map
//!
//! * [`io`] has the inputs and outputs. This file dispatches inputs and orders outputs.
//! * `login` decides who is logged in and which calls pass, `refusal` what being turned away
//!   means for that; `link` makes connections and keeps requests apart; `pause` says how long until the next one;
//!   `unreadable` passes over what a later version says.
//! * `sync` follows the user's changes; `inbox` puts messages in order; `conversation` keeps one conversation's
//!   positions; `delivery` remembers what no listener has heard; `history` serves pages; `outbox` sends; `account` is profile, blacklist and groups; `calls` is what
//!   waits for an answer. `trace` is what all of them tell a log.

mod account;
mod calls;
mod conversation;
mod delivery;
mod history;
mod inbox;
pub mod io;
mod link;
mod login;
mod outbox;
mod pause;
mod refusal;
mod sync;
pub mod trace;
pub mod unreadable;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

use tim_protocol::group::Group;
use tim_protocol::profile::Profile;
use tim_protocol::{Code, ConversationId, Fault, GroupId, UserId};

use crate::event::{Event, NetState};
use crate::message::{Message, ReadMarks};
use crate::stored::{Change, Snapshot, SyncState};
use calls::Calls;
use conversation::Conv;
pub use conversation::redact;
use delivery::UnstoredDeliveries;
use io::{Config, Input, Now, Output};
use link::Link;
use login::{Gate, Login};
use outbox::Outbox;
pub use outbox::is_on_own_server;
use trace::Trace;

/// The engine's decisions for one instance.
pub struct Machine {
    config: Config,
    is_tracing: bool,
    rng: fastrand::Rng,
    now: Now,
    outputs: VecDeque<Output>,
    batch: Batch,
    gate: Gate,
    login: Option<Login>,
    link: Link,
    failures: pause::Failures,
    unreadable: unreadable::Tally,
    /// The connection state last emitted.
    net: NetState,
    data: Data,
    /// Users for whom this run has already emitted again what an earlier run did not deliver.
    redelivered_to: BTreeSet<UserId>,
    sync: sync::Progress,
    calls: Calls,
    list: List,
}

/// The part of the store's contents that decisions need.
#[derive(Default)]
struct Data {
    sync: SyncState,
    conversations: BTreeMap<ConversationId, Conv>,
    /// Conversations that may need a request to the server: those that changed since [`Machine::pump`] last looked.
    wanting: BTreeSet<ConversationId>,
    outbox: Outbox,
    profile: Option<Profile>,
    blacklist: BTreeSet<UserId>,
    groups: BTreeMap<GroupId, Group>,
    heard: UnstoredDeliveries,
}

/// The effects of one input: stored in one commit, then carried out.
#[derive(Default)]
struct Batch {
    changes: Vec<Change>,
    durable: bool,
    /// Conversations whose positions changed.
    touched: BTreeSet<ConversationId>,
    /// Carried out after the commit, in order.
    outputs: Vec<Output>,
    envelopes: Vec<String>,
    received: Vec<Message>,
    /// Messages of the outbox that were accepted or refused and for which no call waits.
    settled: Vec<Message>,
    /// Outputs that follow the received messages.
    after_received: Vec<Output>,
    groups_changed: bool,
    blacklist_changed: bool,
}

/// Whether and when the conversation list has to be emitted.
#[derive(Default)]
struct List {
    changed: bool,
    emitted_at: Option<i64>,
}

/// Changes of the conversation list within this many milliseconds are emitted together.
const LIST_EVERY_MS: i64 = 1_000;

impl Machine {
    /// A machine that nobody is logged in to.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let rng = fastrand::Rng::with_seed(config.seed);
        Self {
            config,
            is_tracing: false,
            rng,
            now: Now::default(),
            outputs: VecDeque::new(),
            batch: Batch::default(),
            gate: Gate::default(),
            login: None,
            link: Link::Off,
            failures: pause::Failures::default(),
            unreadable: unreadable::Tally::default(),
            net: NetState::Disconnected,
            data: Data::default(),
            redelivered_to: BTreeSet::new(),
            sync: sync::Progress::default(),
            calls: Calls::default(),
            list: List::default(),
        }
    }

    /// Handles one input. Its outputs are taken with [`Machine::poll`].
    pub fn handle(&mut self, input: Input, now: Now) {
        self.now = now;
        match input {
            Input::Call(id, call) => self.call(id, call),
            Input::StoreOpened(Ok(snapshot)) => self.store_opened(*snapshot),
            Input::StoreOpened(Err(fault)) => self.store_open_failed(fault),
            Input::StoreFailed(fault) => self.store_failed(fault),
            Input::Connected => self.connected(),
            Input::Frame(text) => self.frame(&text),
            Input::ConnectFailed(fault) => self.connect_failed(fault),
            Input::Disconnected => self.disconnected(),
            Input::Network { up } => self.network(up),
            Input::Delivered(heard) => self.delivered(heard),
            Input::UploadEnded(id, result) => self.upload_ended(id, result),
            Input::Deadline => {}
        }
        self.due();
        self.pump();
        self.finish();
    }

    /// The next output; `None` if there is none.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Deadline`] is due at the latest, on the monotonic clock.
    #[must_use]
    pub fn deadline(&self) -> Option<i64> {
        let list = self.list.changed.then(|| {
            self.list.emitted_at.map_or(self.now.monotonic, |emitted_at| emitted_at + LIST_EVERY_MS)
        });
        let ready = matches!(self.gate, Gate::Ready);
        [
            self.login_due(),
            self.link_due(),
            self.calls_due(),
            self.sync_due(),
            self.inbox_due(),
            self.pages_due(),
            self.outbox_due(),
            self.delivery_due(),
            list.filter(|_| ready),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Who is logged in, and the code with which calls are refused (`None` if they are admitted). Valid from the last
    /// input on, before its outputs are carried out.
    #[must_use]
    pub fn status(&self) -> (Option<UserId>, Option<Code>) {
        let user = self.login.as_ref().filter(|login| login.welcomed).map(|login| login.user.clone());
        (user, self.refusal())
    }

    /// How far both sides have read in a conversation, for messages read from the store.
    #[must_use]
    pub fn read_marks(&self, conversation: &ConversationId) -> ReadMarks {
        self.data.conversations.get(conversation).map(Conv::marks).unwrap_or_default()
    }

    /// The copies of images that have to be uploaded.
    pub fn waiting_copies(&self) -> impl Iterator<Item = PathBuf> {
        self.data.outbox.copies()
    }

    /// Runs the timers that are due.
    fn due(&mut self) {
        self.login_timers();
        self.link_timers();
        self.calls_timers();
        self.delivery_timers();
    }

    /// Sends the requests that are needed and not in flight.
    fn pump(&mut self) {
        if !self.link.is_live() {
            return;
        }
        self.pump_sync();
        // Before the inbox: a page that waits for a gap makes its request due.
        self.pump_pages();
        self.pump_inbox();
        self.pump_outbox();
        self.pump_calls();
        self.pump_requests();
    }

    /// Queues the outputs of this input in the order of the contract.
    fn finish(&mut self) {
        self.store_touched();
        self.flush_envelopes();
        let batch = std::mem::take(&mut self.batch);
        if !batch.changes.is_empty() {
            self.outputs.push_back(Output::Commit { changes: batch.changes, durable: batch.durable });
        }
        self.outputs.extend(batch.outputs);
        // Before the messages, so that the list matches a notice about a group.
        if batch.groups_changed {
            let groups = self.data.groups.values().cloned().collect();
            self.outputs.push_back(Output::Emit(Event::GroupListUpdated(groups)));
        }
        if self.is_tracing {
            self.outputs.extend(batch.received.iter().map(Trace::received).map(Output::Trace));
        }
        if !batch.received.is_empty() {
            self.outputs.push_back(Output::Emit(Event::MessageReceived(batch.received)));
        }
        if !batch.settled.is_empty() {
            self.outputs.push_back(Output::Emit(Event::MessageStatusChanged(batch.settled)));
        }
        self.outputs.extend(batch.after_received);
        if batch.blacklist_changed {
            let users = self.data.blacklist.iter().cloned().collect();
            self.outputs.push_back(Output::Emit(Event::BlacklistUpdated(users)));
        }
        self.emit_list();
    }

    fn emit_list(&mut self) {
        let now = self.now.monotonic;
        let early = self.list.emitted_at.is_some_and(|emitted_at| now < emitted_at + LIST_EVERY_MS);
        if self.list.changed && !early && matches!(self.gate, Gate::Ready) {
            self.list = List { changed: false, emitted_at: Some(now) };
            let list = self.conversation_list();
            self.outputs.push_back(Output::Emit(Event::ConversationListUpdated(list)));
        }
    }

    fn push_output(&mut self, output: Output) {
        self.batch.outputs.push(output);
    }

    fn emit(&mut self, event: Event) {
        self.push_output(Output::Emit(event));
    }

    fn emit_fault(&mut self, fault: Fault) {
        self.emit(Event::Error { code: fault.code, message: fault.text });
    }

    fn store(&mut self, change: Change) {
        self.batch.changes.push(change);
    }

    fn me(&self) -> Option<UserId> {
        self.login.as_ref().map(|login| login.user.clone())
    }
}

impl Data {
    fn load(snapshot: Snapshot, me: &UserId) -> Self {
        // If the initial sync was never committed, the next one says where conversations stand: what was pushed before it
        // sets no baseline, and is history if the app did not hear of it.
        let has_initial_sync = snapshot.sync.initial_sync_at != 0;
        let conversations: BTreeMap<_, _> = snapshot
            .conversations
            .into_iter()
            .map(|(mut row, ranges, newest)| {
                if !has_initial_sync {
                    row.baseline_seq = None;
                    row.undelivered.clear();
                }
                (row.id.clone(), Conv::load(row, ranges, newest))
            })
            .collect();
        let mut data = Self {
            sync: snapshot.sync,
            wanting: conversations
                .iter()
                .filter(|(_, conv)| conv.wants())
                .map(|(id, _)| id.clone())
                .collect(),
            conversations,
            outbox: Outbox::load(me, snapshot.outbox),
            profile: snapshot.profile,
            blacklist: snapshot.blacklist.into_iter().collect(),
            groups: snapshot.groups.into_iter().map(|group| (group.group_id.clone(), group)).collect(),
            heard: UnstoredDeliveries::default(),
        };
        for id in data.outbox.conversations() {
            data.conversations.entry(id.clone()).or_insert_with(|| Conv::new(id));
        }
        data
    }
}
