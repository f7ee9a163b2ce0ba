//! What every part of the machine is given: the time, the user, the configuration and chance, and the effects of the
//! current input to write into.
//!
//! Effects are stored in one commit and carried out after it, in the order of the contract.

use tim_protocol::call::Request;
use tim_protocol::{Fault, UserId};

use super::io::{CallId, Config, Now, Output, Return};
use super::purpose::Purpose;
use super::trace::Trace;
use super::unreadable::{Report, Tally, Unreadable};
use crate::event::Event;
use crate::message::Message;
use crate::sorted::SortedMap;
use crate::stored::Change;

/// First and longest bound of a random pause before another attempt, in milliseconds.
pub(super) const BACKOFF_MS: [i64; 2] = [500, 60_000];

/// Delay before a request that failed, or brought nothing, is repeated, in milliseconds.
pub(super) const ASK_AGAIN_MS: i64 = 2_000;

/// The bound of a random pause before another attempt, in milliseconds: it doubles with each that failed before.
#[must_use]
pub fn longest_pause_ms(attempt: u32) -> u64 {
    let [first, longest] = BACKOFF_MS;
    let bound = first.saturating_mul(1_i64.checked_shl(attempt).unwrap_or(i64::MAX));
    bound.clamp(first, longest).unsigned_abs()
}

/// The surroundings of the machine's parts.
pub(super) struct Context {
    config: Config,
    rng: fastrand::Rng,
    now: Now,
    /// The user who is logged in, or about to be.
    me: Option<UserId>,
    /// The server's clock minus this device's.
    clock_ahead: i64,
    is_tracing: bool,
    unreadable: Tally,
    effects: Effects,
}

/// The effects of one input.
#[derive(Default)]
struct Effects {
    before_commit: Vec<Output>,
    changes: Vec<Change>,
    durable: bool,
    requests: Vec<(Purpose, Request)>,
    /// Carried out after the commit, in order.
    outputs: Vec<Output>,
    received: Vec<Message>,
    /// Messages of the outbox that were accepted or refused and for which no call waits.
    settled: Vec<Message>,
    /// Outputs that follow the received messages.
    after_received: Vec<Output>,
}

impl Context {
    pub(super) fn new(config: Config) -> Self {
        Self {
            rng: fastrand::Rng::with_seed(config.seed),
            config,
            now: Now::default(),
            me: None,
            clock_ahead: 0,
            is_tracing: false,
            unreadable: Tally::default(),
            effects: Effects::default(),
        }
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// An input arrives at this time.
    pub(super) fn set_now(&mut self, now: Now) {
        self.now = now;
    }

    /// The monotonic clock.
    pub(super) fn now(&self) -> i64 {
        self.now.monotonic
    }

    /// The time by the server's clock, as far as it is known.
    pub(super) fn server_now(&self) -> i64 {
        self.now.wall + self.clock_ahead
    }

    /// Updates the offset of the server's clock.
    pub(super) fn server_time(&mut self, server: i64) {
        self.clock_ahead = server - self.now.wall;
    }

    pub(super) fn me(&self) -> Option<UserId> {
        self.me.clone()
    }

    /// A login of this user begins.
    pub(super) fn begin_login(&mut self, user: UserId) {
        self.me = Some(user);
        self.clock_ahead = 0;
        self.unreadable.login_begins();
    }

    pub(super) fn end_login(&mut self) {
        self.me = None;
    }

    /// A random name for a login.
    pub(super) fn instance_name(&mut self) -> String {
        format!("{:016x}", self.rng.u64(..))
    }

    /// Full jitter: a random delay up to a bound that doubles. Prevents all clients from reconnecting at once after a
    /// server restart.
    pub(super) fn backoff(&mut self, attempt: u32) -> i64 {
        self.rng.i64(0..=longest_pause_ms(attempt).cast_signed())
    }

    /// Asks for a change to be stored with the effects of this input.
    pub(super) fn store(&mut self, change: Change) {
        self.effects.changes.push(change);
    }

    /// The changes of this input must survive a power cut.
    pub(super) fn make_durable(&mut self) {
        self.effects.durable = true;
    }

    /// Asks for a request to be sent, unless one with the same purpose is in flight.
    pub(super) fn ask(&mut self, purpose: Purpose, request: impl Into<Request>) {
        self.effects.requests.push((purpose, request.into()));
    }

    pub(super) fn take_requests(&mut self) -> Vec<(Purpose, Request)> {
        std::mem::take(&mut self.effects.requests)
    }

    pub(super) fn output(&mut self, output: Output) {
        self.effects.outputs.push(output);
    }

    pub(super) fn emit(&mut self, event: Event) {
        self.output(Output::Emit(event));
    }

    pub(super) fn emit_fault(&mut self, fault: Fault) {
        self.emit(Event::Error { code: fault.code, message: fault.text });
    }

    /// Completes a call with its result.
    pub(super) fn complete(&mut self, call: CallId, result: Result<Return, Fault>) {
        self.output(Output::Return(call, result));
    }

    /// An output that precedes the changes of this input: it needs messages that they delete.
    pub(super) fn before_commit(&mut self, output: Output) {
        self.effects.before_commit.push(output);
    }

    /// Emits a received message.
    pub(super) fn received(&mut self, message: Message) {
        self.effects.received.push(message);
    }

    /// Emits that a message of the outbox, for which no call waits, was accepted or refused.
    pub(super) fn settled(&mut self, message: Message) {
        self.effects.settled.push(message);
    }

    /// An output that follows the received messages.
    pub(super) fn after_received(&mut self, output: Output) {
        self.effects.after_received.push(output);
    }

    pub(super) fn set_tracing(&mut self, on: bool) {
        self.is_tracing = on;
    }

    /// Emits a trace line if tracing is enabled.
    pub(super) fn trace(&mut self, trace: impl FnOnce() -> Trace) {
        if self.is_tracing {
            self.output(Output::Trace(trace()));
        }
    }

    /// Counts unreadable content; logs it once per connection and informs the app once per login.
    pub(super) fn count_unreadable(&mut self, what: Unreadable, count: usize) {
        let Report { log, inform } = self.unreadable.count(what, count);
        if log {
            self.output(Output::LogUnreadable(what));
        }
        if let Some(fault) = inform {
            self.emit_fault(fault);
        }
    }

    pub(super) fn unreadable(&self) -> &SortedMap<Unreadable, u64> {
        self.unreadable.counts()
    }

    /// A connection ended: unreadable content is logged anew on the next.
    pub(super) fn connection_ended(&mut self) {
        self.unreadable.connection_begins();
        self.effects.requests.clear();
    }

    /// Takes the effects as outputs in the order of the contract, with the events of lists that changed.
    pub(super) fn take_outputs(&mut self, groups: Option<Event>, blacklist: Option<Event>) -> Vec<Output> {
        let requests = self.take_requests();
        let Effects { before_commit, changes, durable, outputs, received, settled, after_received, .. } =
            std::mem::replace(&mut self.effects, Effects { requests, ..Effects::default() });
        let mut all = before_commit;
        if !changes.is_empty() {
            all.push(Output::Commit { changes, durable });
        }
        all.extend(outputs);
        // Before the messages, so that the list matches a notice about a group.
        all.extend(groups.map(Output::Emit));
        if self.is_tracing {
            all.extend(received.iter().map(Trace::received).map(Output::Trace));
        }
        if !received.is_empty() {
            all.push(Output::Emit(Event::MessageReceived(received)));
        }
        if !settled.is_empty() {
            all.push(Output::Emit(Event::MessageStatusChanged(settled)));
        }
        all.extend(after_received);
        all.extend(blacklist.map(Output::Emit));
        all
    }
}
