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
//! A broken connection does not make the engine "not ready": calls wait, and the engine reconnects by itself. An app that
//! pauses it closes the connection and the store, until it resumes it.
//!
//! # The map
//!
//! * [`io`] has the inputs and outputs. This file composes the parts, runs them in order, and orders their outputs;
//!   `arrivals` hands what arrives to the part that it concerns, `session` has the steps that concern several parts.
//! * Each part owns its state, and is given a `context`: the time, the user, chance, and the effects to write into.
//!   A part never calls another one that knows it; where a decision concerns two, it returns what the other has to do.
//! * `login` decides who is logged in and which calls pass, `guests` which of them pass without a userSig, `refusal` what being turned away means for that; `link` makes
//!   connections; a `connection` matches replies to the `purpose` of their requests.
//! * `sync` follows the user's changes; `conversations` puts messages in order and keeps positions; `outbox` sends;
//!   `account` is profile, blacklist, receive option, groups and friends; `rooms` is live rooms; `statuses` is who is online;
//!   `profiles` is what is heard of others; `signaling` is live invitations, `signals` the calls about them; `calls` and `history` are what waits for an answer.
//! * `unreadable` counts what a later version says; `trace` is what all of them tell a log.

mod account;
mod arrivals;
mod calls;
mod connection;
mod context;
mod conversations;
mod guests;
mod history;
pub mod io;
mod link;
mod login;
mod outbox;
mod pending;
mod profiles;
mod purpose;
mod refusal;
mod reply;
mod rooms;
mod session;
mod signaling;
mod signals;
mod statuses;
mod sync;
pub mod trace;
pub mod unreadable;
mod waiting;

use std::collections::VecDeque;
use std::path::PathBuf;

use tim_protocol::{Code, ConversationId, UserId};

use crate::event::Event;
use crate::message::ReadMarks;
use crate::sorted::SortedMap;
use account::Account;
use calls::Calls;
use connection::Connection;
use context::Context;
pub use context::longest_pause_ms;
use conversations::{Conversations, Shown, Surroundings};
use history::{Pages, Sources};
use io::{Config, Input, Now, Output};
use link::Link;
use login::Login;
use outbox::Outbox;
pub use outbox::file::is_on_own_server;
use rooms::Rooms;
use signaling::Signaling;
use statuses::Statuses;
use sync::Sync;
use unreadable::Unreadable;

/// The engine's decisions for one instance.
pub struct Machine {
    cx: Context,
    outputs: VecDeque<Output>,
    login: Login,
    link: Link,
    connection: Option<Connection>,
    sync: Sync,
    account: Account,
    statuses: Statuses,
    rooms: Rooms,
    signaling: Signaling,
    conversations: Conversations,
    outbox: Outbox,
    calls: Calls,
    pages: Pages,
}

impl Machine {
    /// A machine that nobody is logged in to.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            cx: Context::new(config),
            outputs: VecDeque::new(),
            login: Login::default(),
            link: Link::default(),
            connection: None,
            sync: Sync::default(),
            account: Account::default(),
            statuses: Statuses::default(),
            rooms: Rooms::default(),
            signaling: Signaling::default(),
            conversations: Conversations::default(),
            outbox: Outbox::default(),
            calls: Calls::default(),
            pages: Pages::default(),
        }
    }

    /// Handles one input. Its outputs are taken with [`Machine::poll`].
    pub fn handle(&mut self, input: Input, now: Now) {
        self.cx.set_now(now);
        match input {
            Input::Call(id, call) => self.call(id, call),
            Input::StoreOpened(Ok(snapshot)) => self.store_opened(*snapshot),
            Input::StoreOpened(Err(fault)) => self.store_open_failed(fault),
            Input::StoreFailed(fault) => self.store_failed(fault),
            Input::Connected => self.connected(),
            Input::Frames(frames) => frames.iter().for_each(|text| self.frame(text)),
            Input::ConnectFailed(fault) => self.connect_failed(fault),
            Input::Disconnected => self.disconnected(),
            Input::Network { up } => self.network(up),
            Input::Delivered(heard) => self.conversations.delivered(&self.cx, heard),
            Input::LastRead(id, messages) => self.conversations.last_came(&id, messages),
            Input::Shown(id, messages) => self.conversations.shown(&self.cx, &id, messages),
            Input::UploadEnded(id, result) => self.upload_ended(id, result),
            Input::Deadline => {}
        }
        self.timers();
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
        let now = self.cx.now();
        let always = [
            self.login.due(),
            self.link.due(),
            self.connection.as_ref().and_then(Connection::due),
            self.calls.due(),
            self.pages.due(),
            self.conversations.delivery_due(),
            self.list_due(),
        ];
        let while_live = || {
            [
                self.sync.due(now),
                self.conversations.due(now),
                self.account.due(now),
                self.statuses.due(now),
                self.rooms.due(now),
                self.signaling.due(&self.cx),
                self.pages.retry_due(&self.conversations, now),
                self.outbox.due(now),
            ]
        };
        let while_live = self.is_live().then(while_live).into_iter().flatten();
        always.into_iter().chain(while_live).flatten().min()
    }

    /// Who is logged in, and the code with which calls are refused (`None` if they are admitted). Valid from the last
    /// input on, before its outputs are carried out.
    #[must_use]
    pub fn status(&self) -> (Option<UserId>, Option<Code>) {
        (self.login.user(), self.refusal())
    }

    /// How many messages are unread in all; see [`crate::event::Event::TotalUnreadMessageCountUpdated`].
    #[must_use]
    pub fn total_unread_message_count(&self) -> u64 {
        self.conversations.total_unread()
    }

    /// How far both sides have read in a conversation, for messages read from the store.
    #[must_use]
    pub fn read_marks(&self, conversation: &ConversationId) -> ReadMarks {
        self.conversations.marks(conversation)
    }

    /// The copies of images that have to be uploaded.
    pub fn waiting_copies(&self) -> impl Iterator<Item = PathBuf> {
        self.outbox.copies()
    }

    /// How much content of each kind this version could not read since the machine was created.
    #[must_use]
    pub fn unreadable(&self) -> &SortedMap<Unreadable, u64> {
        self.cx.unreadable()
    }

    /// Enables or disables [`Output::Trace`]. Disabled by default.
    pub fn set_tracing(&mut self, on: bool) {
        self.cx.set_tracing(on);
    }

    /// The code with which calls are refused now; `None` if they are admitted.
    fn refusal(&self) -> Option<Code> {
        self.login.refusal(self.link.lacks_store())
    }

    /// Whether the server has accepted the login on this connection.
    fn is_live(&self) -> bool {
        self.connection.as_ref().is_some_and(Connection::is_live)
    }

    /// An upload gets its ticket through a call, which has to pass the gate.
    fn may_upload(&self) -> bool {
        self.is_live() && self.refusal().is_none()
    }

    /// The conversations, with what received messages concern besides them.
    fn inbox(&mut self) -> (&mut Conversations, Surroundings<'_>) {
        let Self { cx, account, outbox, signaling, sync, conversations, login, .. } = self;
        let awaited_since = sync.awaits_initial_sync().then(|| login.welcomed_at());
        let initial_sync_at = sync.initial_sync_at();
        (conversations, Surroundings { cx, account, outbox, signaling, initial_sync_at, awaited_since })
    }

    /// The calls for pages, with what pages are made of.
    fn pages(&mut self) -> (&mut Context, &mut Pages, Sources<'_>) {
        let is_live = self.is_live();
        let is_complete = !self.sync.is_initial_sync_incomplete();
        let Self { cx, pages, conversations, outbox, .. } = self;
        (cx, pages, Sources { conversations, outbox, is_live, is_complete })
    }

    /// Sends the requests that are needed and not in flight.
    fn pump(&mut self) {
        if !self.is_live() {
            return;
        }
        self.sync.pump(&mut self.cx);
        // Before the conversations: a page that waits for a gap makes its request due.
        let (cx, pages, mut sources) = self.pages();
        pages.pump(cx, &mut sources);
        // None before the initial sync, which sets the positions.
        if !self.sync.awaits_initial_sync() && self.conversations.pump(&mut self.cx, &self.account) {
            self.sync.request();
            self.sync.pump(&mut self.cx);
        }
        self.account.pump(&mut self.cx);
        self.statuses.pump(&mut self.cx);
        self.rooms.pump(&mut self.cx);
        if self.may_upload() {
            self.outbox.pump_uploads(&mut self.cx);
        }
        self.outbox.pump(&mut self.cx);
        self.calls.pump(&mut self.cx);
    }

    /// Queues the outputs of this input in the order of the contract.
    fn finish(&mut self) {
        for id in self.conversations.take_emptied() {
            self.outbox.discard_inserted(&mut self.cx, &id);
        }
        self.show_outbox();
        self.conversations.store_touched(&mut self.cx);
        self.conversations.seek_last(&mut self.cx);
        if let Some(connection) = &mut self.connection {
            connection.send(&mut self.cx);
        }
        let (groups, blacklist) = (self.account.changed_groups(), self.account.changed_blacklist());
        self.outputs.extend(self.cx.take_outputs(groups, blacklist));
        self.outputs.extend(self.account.changed_friends().into_iter().map(Output::Emit));
        if self.list_due().is_some_and(|due| due <= self.cx.now()) {
            let events = self.take_list();
            self.outputs.extend(events.map(Output::Emit));
        }
    }

    /// The events of the list of conversations, which counts as emitted.
    fn take_list(&mut self) -> impl Iterator<Item = Event> + use<> {
        let Self { cx, account, outbox, conversations, .. } = self;
        let shown = cx.me().map(|me| Shown { me, outbox, account });
        conversations.take_list(cx.now(), shown.as_ref())
    }

    /// When the list is to be emitted. Until its store is open, and holds what the server has, the list is not known.
    fn list_due(&self) -> Option<i64> {
        let is_known =
            self.login.is_ready() && self.link.lacks_store().is_none() && !self.sync.awaits_initial_sync();
        self.conversations.list_due(self.cx.now()).filter(|_| is_known)
    }

    /// The list shows messages of the outbox: applies what changed there.
    fn show_outbox(&mut self) {
        for id in self.outbox.take_changed() {
            self.conversations.outbox_changed(&self.account, &id, &self.outbox);
        }
    }
}
