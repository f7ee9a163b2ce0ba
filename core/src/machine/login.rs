//! The login: the gate for calls, and how a login begins and ends.
//!
//! A login ends by a logout, a kick, or a refusal that cannot succeed later. A broken connection does not end it.

use tim_protocol::call::{LogoutRequest, Request, Resume, Welcome};
use tim_protocol::frame::KickReason;
use tim_protocol::{Code, Fault, UserId};

use super::calls::Purpose;
use super::io::{Call, CallId, MessageEvent, Output, Return};
use super::link::Link;
use super::trace::Trace;
use super::{Data, Machine, sync};
use crate::event::{Event, NetState};
use crate::stored::{Change, Snapshot};

/// How long a logout waits for the server, in milliseconds.
const LOGOUT_WITHIN_MS: i64 = 3_000;

/// Whether calls are admitted.
pub(super) enum Gate {
    /// Refused, with this code.
    Closed(Code),
    /// A login is under way.
    LoggingIn,
    /// Admitted.
    Ready,
    /// A logout is under way.
    LoggingOut { call: CallId, until: i64 },
}

impl Default for Gate {
    fn default() -> Self {
        Self::Closed(Code::NOT_LOGGED_IN)
    }
}

/// The user who is logged in, or about to be.
pub(super) struct Login {
    pub(super) user: UserId,
    pub(super) user_sig: String,
    /// This login, as the server knows it.
    pub(super) instance: String,
    /// The server has accepted the login; later connections restore it.
    pub(super) welcomed: bool,
    /// When the server last accepted it, by the server's clock.
    pub(super) welcomed_at: i64,
    /// The session to resume.
    pub(super) resume: Option<Resume>,
    /// The failure of the last attempt, which is being retried.
    pub(super) last_failure: Option<Fault>,
    /// The code that was last reported for a refusing server, until it accepts the login again.
    pub(super) reported: Option<Code>,
    /// The call that waits for the welcome, and its deadline.
    call: Option<(CallId, i64)>,
    /// The server's clock minus this device's.
    clock_ahead: i64,
}

/// Whether the engine itself makes this call, to transfer a file. Internal calls raise no error event.
fn is_for_a_picture(call: &Call) -> bool {
    let Call::Ask(request) = call else { return false };
    matches!(**request, Request::Media(_))
}

impl Machine {
    pub(super) fn call(&mut self, id: CallId, call: Call) {
        match call {
            Call::Login { user, user_sig } => self.log_in(id, user, user_sig),
            Call::Logout => self.log_out(id),
            call => match self.refusal() {
                None => self.admitted(id, call),
                Some(code) => {
                    if !is_for_a_picture(&call) {
                        self.emit_fault(Fault::new(code));
                    }
                    self.complete_call(id, Err(Fault::new(code)));
                }
            },
        }
    }

    /// The code with which calls are refused now; `None` if they are admitted.
    pub(super) fn refusal(&self) -> Option<Code> {
        match self.gate {
            // The store is being opened anew after a failure.
            Gate::Ready if matches!(self.link, Link::Opening | Link::StorePause { .. }) => {
                Some(Code::DATABASE_FAILED)
            }
            Gate::Ready => None,
            Gate::LoggingIn => Some(Code::LOGGING_IN),
            Gate::LoggingOut { .. } => Some(Code::LOGGED_OUT),
            Gate::Closed(code) => Some(code),
        }
    }

    fn log_in(&mut self, id: CallId, user: UserId, user_sig: String) {
        if matches!(self.gate, Gate::LoggingOut { .. }) {
            // The logout request was sent; a new login need not wait for its reply.
            self.logged_out();
        }
        if let Some(login) = &self.login {
            let result = match &login.call {
                Some(_) => Err(Fault::new(Code::LOGIN_IN_PROGRESS)),
                None if login.user != user => Err(Fault::new(Code::LOGGED_IN_AS_ANOTHER)),
                None => Ok(Return::LoggedIn { repeated: true }),
            };
            return self.complete_call(id, result);
        }
        if user_sig.is_empty() {
            self.gate = Gate::Closed(Code::LOGIN_FAILED);
            return self.complete_call(id, Err(Fault::new(Code::USERSIG_MISSING)));
        }
        let until = self.now.monotonic + self.config.login_timeout;
        let login = Login {
            user,
            user_sig,
            instance: format!("{:016x}", self.rng.u64(..)),
            welcomed: false,
            welcomed_at: 0,
            resume: None,
            last_failure: None,
            reported: None,
            call: Some((id, until)),
            clock_ahead: 0,
        };
        self.trace(|| Trace::LoginBegan { user: login.user.clone(), instance: login.instance.clone() });
        self.login = Some(login);
        self.gate = Gate::LoggingIn;
        self.failures = super::pause::Failures::default();
        self.unreadable.login_begins();
        self.open_store();
    }

    pub(super) fn open_store(&mut self) {
        let Some(user) = self.me() else { return };
        self.link = Link::Opening;
        self.push_output(Output::OpenStore { user });
    }

    pub(super) fn store_opened(&mut self, snapshot: Snapshot) {
        let (Some(me), Link::Opening) = (self.me(), &self.link) else { return };
        // After an epoch change the outbox holds the same messages, and their calls still wait.
        let callers = self.data.outbox.callers();
        self.data = Data::load(snapshot, &me);
        self.data.outbox.wait(callers);
        self.sync = sync::Progress::default();
        self.list.changed |= !self.data.conversations.is_empty();
        if matches!(self.gate, Gate::LoggingIn) && self.list.changed {
            // The stored list is shown while the sync is in progress.
            let list = self.conversation_list();
            self.emit(Event::ConversationListUpdated(list));
        }
        self.connect_after_open();
    }

    pub(super) fn store_open_failed(&mut self, fault: Fault) {
        if !matches!(self.link, Link::Opening) {
            return;
        }
        if self.login.as_ref().is_some_and(|login| login.call.is_some()) || !fault.code.is_retryable() {
            self.login_fails(fault);
        } else {
            self.store_pause();
        }
    }

    /// A commit failed. Pending calls fail, events that do not depend on the store are emitted, and everything else is
    /// discarded: the store keeps its former state, and the server has the rest.
    pub(super) fn store_failed(&mut self, fault: Fault) {
        let waiting = std::mem::take(&mut self.outputs);
        for output in waiting {
            match output {
                Output::Return(call, _) | Output::ReturnPage { call, .. } => {
                    self.complete_call(call, Err(fault.clone()))
                }
                Output::CloseStore | Output::Disconnect => self.push_output(output),
                // A damaged store does not have these messages any more.
                Output::EmitMessages { kind: MessageEvent::Received, .. }
                    if fault.code != Code::STORE_DAMAGED =>
                {
                    self.push_output(output);
                }
                Output::Emit(
                    event @ (Event::KickedOut(_)
                    | Event::SdkNotReady
                    | Event::NetStateChange(_)
                    | Event::Error { .. }),
                ) => self.emit(event),
                // It was not emitted; it is emitted with the next first page.
                Output::Emit(Event::SdkReady) => self.gate = Gate::LoggingIn,
                _ => {}
            }
        }
        if self.login.is_none() {
            return;
        }
        let is_damaged = fault.code == Code::STORE_DAMAGED;
        if !is_damaged && self.login.as_ref().is_some_and(|login| login.call.is_some()) {
            return self.login_fails(fault);
        }
        if !is_damaged {
            self.emit_fault(fault.clone());
        }
        self.fail_calls(&fault);
        self.cancel_uploads();
        self.hang_up();
        self.forget_session();
        self.data = Data::default();
        self.push_output(Output::CloseStore);
        if is_damaged && self.failures.attempts == 0 {
            // The driver has replaced the damaged store. If damage is found again at once, the next attempt waits.
            self.failures.attempts = 1;
            self.open_store();
        } else {
            self.store_pause();
        }
    }

    pub(super) fn welcomed(&mut self, result: Result<Welcome, Fault>) {
        let welcome = match result {
            Ok(welcome) => welcome,
            Err(fault) => return self.refused(fault),
        };
        self.trace(|| Trace::Welcomed { session: welcome.session, resumed: welcome.resumed });
        self.live(&welcome);
        self.server_time(welcome.now);
        let call = self.login.as_mut().and_then(|login| {
            login.welcomed = true;
            login.welcomed_at = welcome.now;
            login.last_failure = None;
            login.reported = None;
            login.call.take()
        });
        if let Some((call, _)) = call {
            self.complete_call(call, Ok(Return::LoggedIn { repeated: false }));
        }
        if self.is_other_epoch(welcome.epoch) {
            return self.reset_and_resync();
        }
        self.redeliver();
        if self.data.sync.cursor.epoch == 0 {
            // Everything received from now on belongs to this epoch, also before the first page.
            self.data.sync.cursor.epoch = welcome.epoch;
            self.store(Change::Sync(self.data.sync));
        }
        if !welcome.resumed {
            self.sync = sync::Progress::default();
            self.want_sync(sync::LATEST);
        }
    }

    /// The server refused the `hello`.
    fn refused(&mut self, fault: Fault) {
        self.hang_up();
        self.forget_session();
        self.connection_refused(fault);
    }

    /// The login failed, or can no longer be restored.
    pub(super) fn login_fails(&mut self, fault: Fault) {
        let call = self.login.as_mut().and_then(|login| login.call.take());
        match call {
            Some((call, _)) => self.complete_call(call, Err(fault.clone())),
            None => self.emit_fault(fault.clone()),
        }
        self.end_login(Code::LOGIN_FAILED, &fault);
    }

    pub(super) fn kicked(&mut self, reason: KickReason) {
        self.finish();
        self.emit(Event::KickedOut(reason));
        self.end_login(reason.code(), &Fault::new(reason.code()));
    }

    /// Discards all state of the login; the store is kept.
    fn end_login(&mut self, code: Code, fault: &Fault) {
        self.fail_calls(fault);
        if let Some((call, _)) = self.login.as_mut().and_then(|login| login.call.take()) {
            self.complete_call(call, Err(fault.clone()));
        }
        self.hang_up();
        self.cancel_uploads();
        let was_ready = matches!(self.gate, Gate::Ready | Gate::LoggingOut { .. });
        if let Gate::LoggingOut { call, .. } = std::mem::replace(&mut self.gate, Gate::Closed(code)) {
            self.complete_call(call, Ok(Return::Done));
        }
        self.link = Link::Off;
        self.finish();
        self.deliver_rest();
        self.login = None;
        self.data = Data::default();
        self.list = super::List::default();
        self.finish();
        self.trace(|| Trace::LoginEnded(code));
        self.push_output(Output::CloseStore);
        self.net_state(NetState::Disconnected);
        if was_ready {
            self.emit(Event::SdkNotReady);
        }
    }

    fn log_out(&mut self, id: CallId) {
        if self.login.is_none() || matches!(self.gate, Gate::LoggingOut { .. }) {
            return self.complete_call(id, Ok(Return::Done));
        }
        let was_ready = matches!(self.gate, Gate::Ready);
        if self.link.is_live() && was_ready {
            self.gate = Gate::LoggingOut { call: id, until: self.now.monotonic + LOGOUT_WITHIN_MS };
            self.ask(Purpose::Logout, LogoutRequest {});
            self.pump_requests();
        } else {
            self.end_login(Code::LOGGED_OUT, &Fault::new(Code::CANCELLED));
            self.complete_call(id, Ok(Return::Done));
        }
    }

    pub(super) fn logged_out(&mut self) {
        self.end_login(Code::LOGGED_OUT, &Fault::new(Code::CANCELLED));
    }

    /// The first page was applied: admits calls.
    pub(super) fn ready(&mut self) {
        if matches!(self.gate, Gate::LoggingIn) {
            self.gate = Gate::Ready;
            // The list is emitted before SDK_READY.
            self.store_touched();
            self.list = super::List { changed: false, emitted_at: Some(self.now.monotonic) };
            let list = self.conversation_list();
            self.emit(Event::ConversationListUpdated(list));
            self.emit(Event::SdkReady);
        }
    }

    /// Updates the offset of the server's clock.
    pub(super) fn server_time(&mut self, server: i64) {
        if let Some(login) = &mut self.login {
            login.clock_ahead = server - self.now.wall;
        }
        if server < self.data.sync.initial_sync_at {
            // The clock was set back: messages from now on must not appear older than the initial sync.
            self.data.sync.initial_sync_at = server;
            self.store(Change::Sync(self.data.sync));
        }
    }

    /// The time by the server's clock, as far as it is known.
    pub(super) fn server_now(&self) -> i64 {
        self.now.wall + self.login.as_ref().map_or(0, |login| login.clock_ahead)
    }

    /// Whether the epoch changed since this device last synced.
    pub(super) fn is_other_epoch(&self, epoch: u32) -> bool {
        self.data.sync.cursor.epoch != 0 && self.data.sync.cursor.epoch != epoch
    }

    pub(super) fn login_timers(&mut self) {
        let now = self.now.monotonic;
        if let Gate::LoggingOut { until, .. } = self.gate
            && (until <= now || !self.link.is_live())
        {
            self.logged_out();
        }
        if let Some(login) = &mut self.login
            && login.call.is_some_and(|(_, until)| until <= now)
        {
            let code = if self.net == NetState::Disconnected { Code::NETWORK_ERROR } else { Code::TIMEOUT };
            let fault = login.last_failure.take().unwrap_or_else(|| Fault::new(code));
            self.login_fails(fault);
        }
    }

    pub(super) fn login_due(&self) -> Option<i64> {
        let logout = match self.gate {
            Gate::LoggingOut { until, .. } => Some(until),
            _ => None,
        };
        let login = self.login.as_ref().and_then(|login| login.call).map(|(_, until)| until);
        logout.or(login)
    }
}
