//! How logins, connections and the store begin and end: the steps that concern several parts.

use tim_protocol::call::{HelloRequest, LogoutRequest, Welcome};
use tim_protocol::frame::KickReason;
use tim_protocol::{Code, Fault, UnixMillis, UserId};

use super::Machine;
use super::account::Account;
use super::connection::Connection;
use super::io::{CallId, MessageEvent, Output, Return};
use super::login::{Ended, Expired, Refused};
use super::outbox::Outbox;
use super::purpose::Purpose;
use super::statuses::Statuses;
use super::sync::Sync;
use super::trace::Trace;
use crate::event::Event;
use crate::stored::{Change, Snapshot};

impl Machine {
    pub(super) fn log_in(&mut self, id: CallId, user: UserId, user_sig: String) {
        if self.login.is_logging_out() {
            // The logout request was sent; a new login need not wait for its reply.
            self.logged_out();
        }
        let is_own = self.cx.me().is_some_and(|me| me == user);
        if is_own && self.link.is_paused() && !self.login.has_call() {
            return self.link.resume(&mut self.cx, id, Return::LoggedIn { repeated: true });
        }
        if self.login.begin(&mut self.cx, id, user, user_sig) {
            self.link.begin_login(&mut self.cx);
        }
    }

    pub(super) fn store_opened(&mut self, snapshot: Snapshot) {
        let Some(me) = self.cx.me().filter(|_| self.link.is_opening()) else { return };
        let Snapshot {
            sync,
            conversations,
            outbox,
            profile,
            receive_opt,
            blacklist,
            groups,
            outdated_groups,
            drafts,
            relations,
            invitations,
            profiles,
            profiles_as_of,
        } = snapshot;
        self.sync = Sync::load(sync);
        self.account = Account::load(profile, receive_opt, blacklist, groups, outdated_groups, relations);
        self.account.load_profiles(profiles, profiles_as_of);
        self.signaling.load(invitations);
        self.outbox.load(&me, outbox);
        self.conversations.load(conversations, drafts, !self.sync.awaits_initial_sync());
        self.show_outbox();
        if self.login.is_logging_in() && self.conversations.is_list_changed() {
            // The stored list is shown while the sync is in progress.
            let events = self.take_list();
            events.for_each(|event| self.cx.emit(event));
        }
        self.link.store_opened(&mut self.cx);
        self.link.resumed(&mut self.cx, Ok(()));
    }

    pub(super) fn store_open_failed(&mut self, fault: Fault) {
        if !self.link.is_opening() {
            return;
        }
        self.link.resumed(&mut self.cx, Err(fault.clone()));
        if self.login.has_call() || !fault.code.is_retryable() {
            self.login_fails(fault);
        } else {
            self.link.pause_store(&mut self.cx);
        }
    }

    /// A commit failed. Pending calls fail, events that do not depend on the store are emitted, and everything else is
    /// discarded: the store keeps its former state, and the server has the rest.
    pub(super) fn store_failed(&mut self, fault: Fault) {
        if self.link.is_paused() {
            return self.failed_to_pause(fault);
        }
        let waiting = std::mem::take(&mut self.outputs);
        for output in waiting {
            self.rescue_output(output, &fault);
        }
        if !self.login.exists() {
            return;
        }
        let is_damaged = fault.code == Code::STORE_DAMAGED;
        if !is_damaged && self.login.has_call() {
            return self.login_fails(fault);
        }
        if !is_damaged {
            self.cx.emit_fault(fault.clone());
        }
        self.fail_calls(&fault);
        self.outbox.cancel_uploads(&mut self.cx);
        self.hang_up();
        self.link.forget_session();
        self.conversations.doubt_receipts();
        self.forget();
        self.cx.output(Output::CloseStore);
        if is_damaged {
            self.link.reopen_rebuilt(&mut self.cx);
        } else {
            self.link.pause_store(&mut self.cx);
        }
    }

    /// The last commit before a pause failed: the server has what it had, and the store is closed nevertheless.
    fn failed_to_pause(&mut self, fault: Fault) {
        self.outputs.retain(|output| !matches!(output, Output::Commit { .. }));
        if fault.code != Code::STORE_DAMAGED {
            self.cx.emit_fault(fault);
        }
    }

    /// Closes the connection and the store, and keeps the login. Calls that wait fail; messages stay in the outbox.
    pub(super) fn pause(&mut self, id: CallId) {
        if self.login.is_logging_out() {
            self.logged_out();
        }
        if self.login.exists() && !self.link.is_paused() {
            self.fail_calls(&Fault::new(Code::PAUSED));
            self.outbox.cancel_uploads(&mut self.cx);
            self.hang_up();
            self.link.forget_session();
            self.conversations.store_deliveries(&mut self.cx);
            self.finish();
            self.forget();
            self.cx.output(Output::PauseStore);
            self.link.hold(&mut self.cx);
        }
        self.cx.complete(id, Ok(Return::Done));
    }

    /// Keeps an output whose commit failed, if it does not depend on the store.
    fn rescue_output(&mut self, output: Output, fault: &Fault) {
        match output {
            Output::Return(call, _)
            | Output::ReturnPage { call, .. }
            | Output::ReturnFound(call, ..)
            | Output::ReturnMessages { call, .. }
            | Output::KeepLocal(call, ..) => {
                self.cx.complete(call, Err(fault.clone()));
            }
            Output::CloseStore | Output::PauseStore | Output::Disconnect => self.cx.output(output),
            // A damaged store does not have these messages any more.
            Output::EmitMessages { kind: MessageEvent::Received, .. }
                if fault.code != Code::STORE_DAMAGED =>
            {
                self.cx.output(output);
            }
            Output::Emit(
                event @ (Event::KickedOut(_)
                | Event::SdkNotReady
                | Event::NetStateChange(_)
                | Event::Error { .. }),
            ) => self.cx.emit(event),
            Output::Emit(Event::SdkReady) => self.login.is_not_ready_yet(),
            _ => {}
        }
    }

    /// The connection is established: the first request is `hello`.
    pub(super) fn connected(&mut self) {
        if self.link.is_connecting()
            && let Some(hello) = self.login.hello(&self.cx)
        {
            self.connection = Some(Connection::default());
            self.cx.ask(Purpose::Hello, HelloRequest { resume: self.link.connected(), ..hello });
        }
    }

    pub(super) fn connect_failed(&mut self, fault: Fault) {
        if self.link.is_connecting() {
            self.link.ended();
            self.connection_refused(fault);
        }
    }

    pub(super) fn disconnected(&mut self) {
        if self.link.is_connecting() || self.link.is_up() {
            self.link.ended();
            self.connection_lost();
            self.link.pause(&mut self.cx, None);
        }
    }

    /// The host reports a change of the device's network. When a network is available, a waiting attempt starts at
    /// once, and an existing connection is probed. When it is unavailable, the connection itself will fail.
    pub(super) fn network(&mut self, up: bool) {
        if up {
            self.link.network_is_up(&mut self.cx);
            self.probe();
        }
    }

    /// Something suggests that the connection is broken: probes it with a heartbeat.
    pub(super) fn probe(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.probe(self.cx.now());
        }
    }

    /// Closes the connection.
    pub(super) fn hang_up(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.flush(&mut self.cx);
        }
        self.link.hang_up(&mut self.cx);
        self.connection_lost();
    }

    /// Closes the connection and retries after a delay.
    fn drop_connection(&mut self) {
        self.hang_up();
        self.link.pause(&mut self.cx, None);
    }

    /// Closes the connection for good, because pushes may have been lost.
    pub(super) fn break_session(&mut self) {
        self.drop_connection();
        self.link.forget_session();
    }

    /// What was in flight on a lost connection is asked for again on the next one.
    fn connection_lost(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        self.cx.connection_ended();
        self.sync.lost();
        self.outbox.connection_lost();
        self.conversations.connection_lost();
        self.link.lost(&self.cx, &connection);
        self.calls.unanswered(&mut self.cx, connection.unanswered());
    }

    /// Handles a failed connection or a refused `hello`.
    fn connection_refused(&mut self, fault: Fault) {
        match self.login.refused(&mut self.cx, fault) {
            Some(Refused::Pause(retry_after)) => self.link.pause(&mut self.cx, retry_after),
            Some(Refused::Kicked(reason)) => self.kicked(reason),
            Some(Refused::Fails(fault)) => self.login_fails(fault),
            None => {}
        }
    }

    pub(super) fn welcomed(&mut self, result: Result<Welcome, Fault>) {
        let welcome = match result {
            Ok(welcome) => welcome,
            Err(fault) => {
                self.hang_up();
                self.link.forget_session();
                return self.connection_refused(fault);
            }
        };
        self.calls.requeue_all();
        self.cx.trace(|| Trace::Welcomed { session: welcome.session, resumed: welcome.resumed });
        let push = self.link.welcomed(&mut self.cx, welcome.resumed);
        if let Some(connection) = &mut self.connection {
            connection.begin_session(&welcome, push, self.cx.config().heartbeat, self.cx.now());
        }
        self.statuses.welcomed();
        if !welcome.resumed {
            self.rooms.session_began(self.cx.now());
        }
        self.signaling.welcomed(&self.cx);
        self.server_time(welcome.now);
        self.login.welcomed(&mut self.cx, &welcome);
        if self.sync.is_other_epoch(welcome.epoch) {
            return self.reset_and_resync();
        }
        self.conversations.redeliver(&mut self.cx);
        self.sync.begin_epoch(&mut self.cx, welcome.epoch);
        if !welcome.resumed {
            self.sync.restart();
            self.conversations.ask_receipts_again();
            // A new device is told by the sync how everything is.
            let begins = self.sync.awaits_initial_sync().then_some(welcome.now);
            self.account.session_began(&mut self.cx, begins);
        }
    }

    pub(super) fn server_time(&mut self, server: UnixMillis) {
        self.cx.server_time(server);
        self.sync.server_time(&mut self.cx, server);
    }

    /// The first page was applied: admits calls.
    pub(super) fn ready(&mut self) {
        if self.login.become_ready() {
            // The list is emitted before SDK_READY, unless the stored one was and the page changed nothing.
            self.show_outbox();
            self.conversations.store_touched(&mut self.cx);
            if !self.conversations.is_list_emitted() {
                let events = self.take_list();
                events.for_each(|event| self.cx.emit(event));
            }
            self.cx.emit(Event::SdkReady);
        }
    }

    /// The epoch changed: drops everything that came from the server, puts the recently sent messages back into the
    /// outbox, and starts a full sync.
    pub(super) fn reset_and_resync(&mut self) {
        self.outbox.cancel_uploads(&mut self.cx);
        self.hang_up();
        self.link.forget_session();
        self.conversations.forget_receipts();
        self.cx.store(Change::Reset);
        self.cx.make_durable();
        self.finish();
        self.link.reopen_for_new_epoch(&mut self.cx);
    }

    pub(super) fn kicked(&mut self, reason: KickReason) {
        self.finish();
        self.cx.emit(Event::KickedOut(reason));
        self.end_login(reason.code(), &Fault::new(reason.code()));
    }

    pub(super) fn log_out(&mut self, id: CallId) {
        if !self.login.exists() || self.login.is_logging_out() {
            return self.cx.complete(id, Ok(Return::Done));
        }
        if self.is_live() && self.login.is_ready() {
            self.login.begin_logout(&self.cx, id);
            self.cx.ask(Purpose::Logout, LogoutRequest {});
        } else {
            self.end_login(Code::LOGGED_OUT, &Fault::new(Code::CANCELLED));
            self.cx.complete(id, Ok(Return::Done));
        }
    }

    pub(super) fn logged_out(&mut self) {
        self.end_login(Code::LOGGED_OUT, &Fault::new(Code::CANCELLED));
    }

    /// The login failed, or can no longer be restored.
    fn login_fails(&mut self, fault: Fault) {
        self.login.fail(&mut self.cx, fault.clone());
        self.end_login(Code::LOGIN_FAILED, &fault);
    }

    /// Discards all state of the login; the store is kept.
    fn end_login(&mut self, code: Code, fault: &Fault) {
        self.fail_calls(fault);
        self.hang_up();
        self.outbox.cancel_uploads(&mut self.cx);
        let Ended { was_ready } = self.login.close(&mut self.cx, code, fault);
        self.finish();
        self.conversations.end_login(&mut self.cx);
        self.rooms.clear();
        self.login.end(&mut self.cx);
        self.statuses = Statuses::default();
        self.forget();
        self.finish();
        self.cx.trace(|| Trace::LoginEnded(code));
        self.cx.output(Output::CloseStore);
        self.link.end_login(&mut self.cx);
        if was_ready {
            self.cx.emit(Event::SdkNotReady);
        }
    }

    /// Ends every call with a failure.
    fn fail_calls(&mut self, fault: &Fault) {
        self.calls.fail_all(&mut self.cx, fault);
        self.pages.fail_all(&mut self.cx, fault);
        for call in self.outbox.take_callers() {
            self.cx.complete(call, Err(fault.clone()));
        }
    }

    /// Forgets what the store has.
    fn forget(&mut self) {
        self.sync = Sync::default();
        self.account = Account::default();
        self.signaling.forget();
        self.outbox = Outbox::default();
        self.conversations.forget();
    }

    /// Runs the timers that are due.
    pub(super) fn timers(&mut self) {
        let (now, is_live) = (self.cx.now(), self.is_live());
        match self.login.expired(now, is_live, self.link.is_disconnected()) {
            Some(Expired::Logout) => self.logged_out(),
            Some(Expired::Login(fault)) => self.login_fails(fault),
            None => {}
        }
        let is_alive = self.connection.as_mut().is_none_or(|connection| connection.timers(now));
        if !self.link.timers(&mut self.cx) || !is_alive {
            self.drop_connection();
        }
        let code = if self.is_live() { Code::TIMEOUT } else { Code::NETWORK_ERROR };
        self.calls.timers(&mut self.cx, code);
        self.pages.timers(&mut self.cx, code);
        self.conversations.delivery_timers(&mut self.cx);
        if is_live && self.sync.is_complete() {
            let Self { cx, signaling, conversations, outbox, .. } = self;
            signaling.timers(cx, |id| conversations.is_up_to_date(id), |message| outbox.is_waiting(message));
        }
    }
}
