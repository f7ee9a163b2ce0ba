//! When the store is opened and a connection is made, and when to try again. What an established connection owns is in
//! `connection`.
//!
//! The backoff is reset by a connection that was useful and lasted for a while. Every shorter connection increases it,
//! so nothing that a server sends can make the engine reconnect in a tight loop.

use tim_protocol::call::Resume;
use tim_protocol::{Code, Fault};

use super::connection::Connection;
use super::context::{BACKOFF_MS, Context};
use super::io::{CallId, Output, Return};
use super::trace::Trace;
use crate::event::{Event, NetState};

/// Timeout for connecting and for the reply to `hello`, in milliseconds.
const CONNECT_WITHIN_MS: i64 = 20_000;
/// How long a useful connection has to last to reset the backoff, in milliseconds.
const GOOD_AFTER_MS: i64 = 5_000;

/// The way to a connection.
pub(super) struct Link {
    state: State,
    /// The connection state last emitted.
    net: NetState,
    failures: Failures,
    /// The session to resume.
    resume: Option<Resume>,
    /// The call that resumes the paused instance, until its store is open, and its result then.
    resuming: Option<(CallId, Return)>,
}

#[derive(Default)]
enum State {
    /// No connection is wanted.
    #[default]
    Off,
    /// The store is being opened.
    Opening,
    /// Waiting before the store is opened again.
    StorePause { until: i64 },
    /// The app paused the instance: the store stays closed until it resumes it.
    Paused,
    /// Waiting before the next attempt.
    Pause { until: i64 },
    /// Connecting.
    Connecting { until: i64 },
    /// Connected.
    Up,
}

/// Failures in a row.
#[derive(Default)]
struct Failures {
    /// Attempts since the last reset; the backoff depends on it.
    attempts: u32,
    /// Epoch changes since the last reset.
    epoch_changes: u32,
}

impl Default for Link {
    fn default() -> Self {
        let (state, failures) = (State::default(), Failures::default());
        Self { state, net: NetState::Disconnected, failures, resume: None, resuming: None }
    }
}

impl Link {
    /// A login begins: nothing is resumed, and no failure counts.
    pub(super) fn begin_login(&mut self, cx: &mut Context) {
        self.failures = Failures::default();
        self.resume = None;
        self.open_store(cx);
    }

    /// Whether the store is being opened.
    pub(super) fn is_opening(&self) -> bool {
        matches!(self.state, State::Opening)
    }

    /// Why the store is not open; `None` if it is.
    pub(super) fn lacks_store(&self) -> Option<Code> {
        match self.state {
            // It is being opened anew after a failure.
            State::Opening | State::StorePause { .. } => Some(Code::DATABASE_FAILED),
            State::Paused => Some(Code::PAUSED),
            _ => None,
        }
    }

    /// The app pauses the instance, whose connection and store are closed.
    pub(super) fn hold(&mut self, cx: &mut Context) {
        self.resumed(cx, Err(Fault::new(Code::PAUSED)));
        self.state = State::Paused;
        self.net_state(cx, NetState::Disconnected);
    }

    /// The app resumes the instance: opens its store and connects, at once. The call is completed when the store is open.
    pub(super) fn resume(&mut self, cx: &mut Context, call: CallId, result: Return) {
        if !self.is_paused() {
            return cx.complete(call, Ok(result));
        }
        self.resuming = Some((call, result));
        self.failures = Failures::default();
        self.open_store(cx);
    }

    /// The store of the instance is open again, or is not: completes the call that resumes it.
    pub(super) fn resumed(&mut self, cx: &mut Context, result: Result<(), Fault>) {
        if let Some((call, resumed)) = self.resuming.take() {
            cx.complete(call, result.map(|()| resumed));
        }
    }

    pub(super) fn is_paused(&self) -> bool {
        matches!(self.state, State::Paused)
    }

    pub(super) fn is_connecting(&self) -> bool {
        matches!(self.state, State::Connecting { .. })
    }

    pub(super) fn is_up(&self) -> bool {
        matches!(self.state, State::Up)
    }

    pub(super) fn is_disconnected(&self) -> bool {
        self.net == NetState::Disconnected
    }

    pub(super) fn open_store(&mut self, cx: &mut Context) {
        let Some(user) = cx.me() else { return };
        self.state = State::Opening;
        cx.output(Output::OpenStore { user });
    }

    /// Opens the store again after an epoch change.
    pub(super) fn reopen_for_new_epoch(&mut self, cx: &mut Context) {
        self.failures.epoch_changes = self.failures.epoch_changes.saturating_add(1);
        self.open_store(cx);
    }

    /// Opens a store again that the driver has replaced. If damage is found again at once, the next attempt waits.
    pub(super) fn reopen_rebuilt(&mut self, cx: &mut Context) {
        if self.failures.attempts == 0 {
            self.failures.attempts = 1;
            self.open_store(cx);
        } else {
            self.pause_store(cx);
        }
    }

    /// Waits before the store is opened again.
    pub(super) fn pause_store(&mut self, cx: &mut Context) {
        let until = cx.now() + cx.backoff(self.failures.attempts).max(BACKOFF_MS[0]);
        self.failures.attempts = self.failures.attempts.saturating_add(1);
        self.state = State::StorePause { until };
        self.net_state(cx, NetState::Disconnected);
    }

    /// The store is open: connects, at once after the first epoch change, with backoff after further ones.
    pub(super) fn store_opened(&mut self, cx: &mut Context) {
        if self.failures.epoch_changes > 1 { self.pause(cx, None) } else { self.connect(cx) }
    }

    /// Starts a connection attempt.
    fn connect(&mut self, cx: &mut Context) {
        cx.trace(|| Trace::Connecting);
        self.state = State::Connecting { until: cx.now() + CONNECT_WITHIN_MS };
        self.net_state(cx, NetState::Connecting);
        cx.output(Output::Connect);
    }

    /// Waits before the next attempt, at least as long as the server asked for.
    pub(super) fn pause(&mut self, cx: &mut Context, retry_after: Option<u32>) {
        let ms = cx.backoff(self.failures.attempts).max(retry_after.map_or(0, i64::from));
        self.failures.attempts = self.failures.attempts.saturating_add(1);
        cx.trace(|| Trace::Pausing { ms });
        self.state = State::Pause { until: cx.now() + ms };
        self.net_state(cx, NetState::Disconnected);
    }

    fn net_state(&mut self, cx: &mut Context, state: NetState) {
        if std::mem::replace(&mut self.net, state) != state {
            cx.emit(Event::NetStateChange(state));
        }
    }

    /// A network is available: a waiting attempt starts at once.
    pub(super) fn network_is_up(&mut self, cx: &mut Context) {
        if let State::Pause { .. } = self.state {
            self.failures.attempts = 0;
            self.connect(cx);
        }
    }

    /// The connection is established; returns the session to resume.
    pub(super) fn connected(&mut self) -> Option<Resume> {
        self.state = State::Up;
        self.resume.clone()
    }

    /// The server accepted the login; returns the last push of the session, if it was resumed.
    pub(super) fn welcomed(&mut self, cx: &mut Context, is_resumed: bool) -> u64 {
        self.net_state(cx, NetState::Connected);
        self.resume.as_ref().filter(|_| is_resumed).map_or(0, |resume| resume.push)
    }

    /// Prevents a resume: the next connection begins a new session.
    pub(super) fn forget_session(&mut self) {
        self.resume = None;
    }

    /// Closes the connection.
    pub(super) fn hang_up(&mut self, cx: &mut Context) {
        if self.is_connecting() || self.is_up() {
            cx.output(Output::Disconnect);
        }
        self.ended();
    }

    /// The connection, or the attempt, ended.
    pub(super) fn ended(&mut self) {
        if self.is_connecting() || self.is_up() {
            self.state = State::Off;
        }
    }

    /// Keeps what a resume needs of a lost connection.
    pub(super) fn lost(&mut self, cx: &Context, connection: &Connection) {
        if connection.was_good(cx.now() - GOOD_AFTER_MS) {
            self.failures = Failures::default();
        }
        self.resume = connection.resume().or(self.resume.take());
    }

    /// The login ends.
    pub(super) fn end_login(&mut self, cx: &mut Context) {
        self.resumed(cx, Err(Fault::new(Code::CANCELLED)));
        self.state = State::Off;
        self.net_state(cx, NetState::Disconnected);
    }

    /// Runs the timers that are due; false if an attempt to connect took too long.
    pub(super) fn timers(&mut self, cx: &mut Context) -> bool {
        let now = cx.now();
        match self.state {
            State::StorePause { until } if until <= now => self.open_store(cx),
            State::Pause { until } if until <= now => self.connect(cx),
            State::Connecting { until } if until <= now => return false,
            _ => {}
        }
        true
    }

    pub(super) fn due(&self) -> Option<i64> {
        match self.state {
            State::Off | State::Opening | State::Paused | State::Up => None,
            State::StorePause { until } | State::Pause { until } | State::Connecting { until } => Some(until),
        }
    }
}
