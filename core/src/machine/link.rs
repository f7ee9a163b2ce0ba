//! The connection: establishing it, keeping it alive, and matching replies to requests.
//!
//! Other modules build requests and interpret replies ([`super::calls::Purpose`]). Requests on a broken connection are
//! not repeated from here; the modules that need them ask again. `connection` is the part that an established connection owns.

mod connection;

use serde_json::value::RawValue;
use tim_protocol::call::{Call, HelloRequest, Reply, Request, Resume, Welcome};
use tim_protocol::frame::{Ask, FromClient, FromServer, Pong, Push};
use tim_protocol::{Code, Fault, VERSIONS, codec, feature, limits};

use super::Machine;
use super::calls::Purpose;
use super::io::Output;
use super::pause::{Failures, GOOD_AFTER_MS};
use super::trace::Trace;
use super::unreadable::Unreadable;
use crate::event::{Event, NetState};
use connection::{Connection, Dead, LiveSession};

/// Timeout for connecting and for the reply to `hello`, in milliseconds.
const CONNECT_WITHIN_MS: i64 = 20_000;
/// Timeout for any reply, after which the connection counts as dead, in milliseconds.
const ANSWER_WITHIN_MS: i64 = 30_000;
/// Maximum number of requests in flight, slightly below the server's limit.
const MAX_UNDER_WAY: usize = limits::IN_FLIGHT - 4;
/// Room left in a frame for brackets and commas.
const FRAME_MARGIN: usize = 1024;

/// The state of the connection.
pub(super) enum Link {
    /// No connection is wanted.
    Off,
    /// The store is being opened.
    Opening,
    /// Waiting before the store is opened again.
    StorePause { until: i64 },
    /// Waiting before the next attempt.
    Pause { until: i64 },
    /// Connecting.
    Connecting { until: i64 },
    /// Connected.
    Up(Box<Connection>),
}

impl Link {
    pub(super) fn is_live(&self) -> bool {
        matches!(self, Self::Up(connection) if connection.session.is_some())
    }

    fn connection(&mut self) -> Option<&mut Connection> {
        match self {
            Self::Up(connection) => Some(connection),
            _ => None,
        }
    }
}

impl Machine {
    /// Starts a connection attempt.
    pub(super) fn connect(&mut self) {
        self.trace(|| Trace::Connecting);
        self.link = Link::Connecting { until: self.now.monotonic + CONNECT_WITHIN_MS };
        self.net_state(NetState::Connecting);
        self.push_output(Output::Connect);
    }

    /// Closes the connection and retries after a delay.
    pub(super) fn drop_connection(&mut self) {
        self.hang_up();
        self.pause(None);
    }

    /// Closes the connection.
    pub(super) fn hang_up(&mut self) {
        self.flush_envelopes();
        if matches!(self.link, Link::Connecting { .. } | Link::Up(_)) {
            self.push_output(Output::Disconnect);
        }
        self.lost();
    }

    pub(super) fn net_state(&mut self, state: NetState) {
        if std::mem::replace(&mut self.net, state) != state {
            self.emit(Event::NetStateChange(state));
        }
    }

    /// The host reports a change of the device's network. When a network is available, a waiting attempt starts at
    /// once, and an existing connection is probed with a heartbeat. When it is unavailable, the connection itself will
    /// fail.
    pub(super) fn network(&mut self, up: bool) {
        let now = self.now.monotonic;
        match &mut self.link {
            Link::Pause { .. } if up => {
                self.failures.attempts = 0;
                self.connect();
            }
            Link::Up(connection) if up => self.batch.envelopes.extend(connection.probe(now)),
            _ => {}
        }
    }

    pub(super) fn connected(&mut self) {
        if !matches!(self.link, Link::Connecting { .. }) {
            return;
        }
        let Some(login) = &self.login else { return };
        let hello = HelloRequest {
            versions: VERSIONS,
            features: feature::ALL.map(str::to_owned).into(),
            sdk_app_id: self.config.sdk_app_id,
            user_id: login.user.clone(),
            user_sig: login.user_sig.clone(),
            device: self.config.device.clone(),
            instance: login.instance.clone(),
            platform: self.config.platform,
            client: self.config.client.clone(),
            login: !login.welcomed,
            resume: login.resume.clone(),
        };
        self.link = Link::Up(Box::default());
        self.ask(Purpose::Hello, hello);
        self.pump_requests();
    }

    pub(super) fn connect_failed(&mut self, fault: Fault) {
        if matches!(self.link, Link::Connecting { .. }) {
            self.lost();
            self.connection_refused(fault);
        }
    }

    pub(super) fn disconnected(&mut self) {
        if matches!(self.link, Link::Connecting { .. } | Link::Up(_)) {
            self.lost();
            self.pause(None);
        }
    }

    /// Discards the connection and keeps what a resume needs.
    fn lost(&mut self) {
        let Link::Up(connection) = std::mem::replace(&mut self.link, Link::Off) else { return };
        self.batch.envelopes.clear();
        self.unreadable.connection_begins();
        self.sync_lost();
        let good_since = self.now.monotonic - GOOD_AFTER_MS;
        if connection.session.as_ref().is_some_and(|session| session.is_useful && session.since <= good_since)
        {
            self.failures = Failures::default();
        }
        if let (Some(session), Some(login)) = (&connection.session, &mut self.login) {
            login.resume = Some(Resume { session: session.id, push: session.push });
        }
        let sent: Vec<Purpose> = connection.asked.into_values().map(|(purpose, _)| purpose).collect();
        for purpose in sent {
            self.unanswered(purpose);
        }
    }

    /// Starts the session that the server's welcome describes.
    pub(super) fn live(&mut self, welcome: &Welcome) {
        let [shortest, longest] = welcome.heartbeat;
        let heartbeat = self.config.heartbeat.clamp(shortest, longest.max(shortest));
        let resumed = self.login.as_ref().and_then(|login| login.resume.clone()).filter(|_| welcome.resumed);
        let push = resumed.map_or(0, |resume| resume.push);
        let session = LiveSession {
            id: welcome.session,
            push,
            acked: push,
            ack_due: None,
            batches: welcome.features.iter().any(|named| named == feature::BATCH),
            heartbeat,
            ping: 0,
            ping_due: self.now.monotonic + heartbeat,
            pong_due: None,
            since: self.now.monotonic,
            is_useful: welcome.resumed,
        };
        if let Some(connection) = self.link.connection() {
            connection.session = Some(session);
        }
        self.net_state(NetState::Connected);
    }

    /// Queues a request, unless one with the same purpose is in flight or queued.
    pub(super) fn ask(&mut self, purpose: Purpose, request: impl Into<Request>) {
        if let Some(connection) = self.link.connection()
            && connection.busy.insert(purpose.clone())
        {
            connection.queue.push_back((purpose, request.into()));
        }
    }

    pub(super) fn is_asked(&self, purpose: &Purpose) -> bool {
        matches!(&self.link, Link::Up(connection) if connection.busy.contains(purpose))
    }

    /// Sends queued requests up to the limit of requests in flight.
    pub(super) fn pump_requests(&mut self) {
        let due = self.now.monotonic + ANSWER_WITHIN_MS;
        let Some(connection) = self.link.connection() else { return };
        while connection.asked.len() < MAX_UNDER_WAY
            && let Some((purpose, request)) = connection.queue.pop_front()
        {
            connection.number += 1;
            if self.is_tracing {
                let asked = Trace::Asked { number: connection.number, verb: request.method() };
                self.batch.outputs.push(Output::Trace(asked));
            }
            let envelope =
                FromClient { ack: connection.ack(), ask: Some(Ask::Request(connection.number, Ok(request))) };
            connection.asked.insert(connection.number, (purpose, due));
            // Every request can be serialized.
            self.batch.envelopes.extend(envelope.write());
        }
    }

    /// Transmits the envelopes of this batch in frames.
    pub(super) fn flush_envelopes(&mut self) {
        let envelopes = std::mem::take(&mut self.batch.envelopes);
        let batches = matches!(&self.link, Link::Up(connection) if connection.session.as_ref().is_some_and(|it| it.batches));
        let (mut frame, mut bytes) = (Vec::new(), 0);
        for envelope in envelopes {
            let fits = batches
                && frame.len() < limits::BATCH
                && bytes + envelope.len() + FRAME_MARGIN < limits::FRAME_BYTES;
            if !fits && !frame.is_empty() {
                self.push_output(Output::Transmit(codec::join(&std::mem::take(&mut frame))));
                bytes = 0;
            }
            bytes += envelope.len() + 1;
            frame.push(envelope);
        }
        if !frame.is_empty() {
            self.push_output(Output::Transmit(codec::join(&frame)));
        }
    }

    pub(super) fn frame(&mut self, text: &str) {
        if !matches!(self.link, Link::Up(_)) {
            return;
        }
        let Ok(envelopes) = codec::split(text, limits::SERVER_FRAME_BYTES) else {
            return self.broken_frame();
        };
        for envelope in envelopes {
            match FromServer::read(envelope) {
                Ok(FromServer::Reply(number, result)) => self.reply(number, result),
                Ok(FromServer::Push(number, push)) => self.numbered(number, push),
                Ok(FromServer::Pong(pong)) => self.pong(pong),
                Ok(FromServer::Unknown) => self.count_unreadable(Unreadable::Envelope, 1),
                Err(_) => self.broken_frame(),
            }
            if !matches!(self.link, Link::Up(_)) {
                return;
            }
        }
    }

    /// An unreadable frame may have contained pushes, so the session cannot be resumed.
    fn broken_frame(&mut self) {
        self.count_unreadable(Unreadable::Frame, 1);
        self.drop_connection();
        self.forget_session();
    }

    fn reply(&mut self, number: u64, result: Result<Box<RawValue>, Fault>) {
        let Some(connection) = self.link.connection() else { return };
        let Some((purpose, due)) = connection.asked.remove(&number) else { return };
        connection.busy.remove(&purpose);
        let ms = self.now.monotonic - (due - ANSWER_WITHIN_MS);
        let code = result.as_ref().err().map(|fault| fault.code);
        self.trace(|| Trace::Answered { number, ms, code });
        self.answered(purpose, result);
    }

    /// Applies a push once: a repetition is ignored, and a missing number breaks the session.
    fn numbered(&mut self, number: Option<u64>, push: Push) {
        let ack_due = self.now.monotonic + limits::ACK_AFTER_MS;
        if let Some(number) = number {
            let Some(session) = self.link.connection().and_then(|connection| connection.session.as_mut())
            else {
                return;
            };
            if number <= session.push {
                return;
            }
            if number != session.push + 1 {
                self.drop_connection();
                self.forget_session();
                return;
            }
            session.push = number;
            session.ack_due.get_or_insert(ack_due);
        }
        self.pushed(push);
    }

    /// The connection proved useful: a sync's first page was received.
    pub(super) fn mark_useful(&mut self) {
        if let Some(session) = self.link.connection().and_then(|connection| connection.session.as_mut()) {
            session.is_useful = true;
        }
    }

    /// Prevents a resume: the next connection begins a new session.
    pub(super) fn forget_session(&mut self) {
        if let Some(login) = &mut self.login {
            login.resume = None;
        }
    }

    fn pong(&mut self, pong: Pong) {
        let session = self.link.connection().and_then(|connection| connection.session.as_mut());
        if let Some(session) = session.filter(|session| session.ping == pong.number) {
            session.pong_due = None;
        }
        self.server_time(pong.now);
        if let Some(cursor) = pong.cursor {
            self.newest_cursor(cursor);
        }
    }

    pub(super) fn link_timers(&mut self) {
        let now = self.now.monotonic;
        match &mut self.link {
            Link::StorePause { until } if *until <= now => self.open_store(),
            Link::Pause { until } if *until <= now => self.connect(),
            Link::Connecting { until } if *until <= now => self.drop_connection(),
            Link::Up(connection) => match connection.timers(now) {
                Ok(envelopes) => self.batch.envelopes.extend(envelopes),
                Err(Dead) => self.drop_connection(),
            },
            _ => {}
        }
    }

    pub(super) fn link_due(&self) -> Option<i64> {
        match &self.link {
            Link::Off | Link::Opening => None,
            Link::StorePause { until } | Link::Pause { until } | Link::Connecting { until } => Some(*until),
            Link::Up(connection) => connection.due(),
        }
    }
}

/// Parses a reply; an unreadable reply is a failure of the request.
pub(super) fn read<C: Call>(result: Result<Box<RawValue>, Fault>) -> Result<C::Reply, Fault> {
    serde_json::from_str(result?.get()).map_err(|_| unreadable(C::METHOD))
}

/// Like [`read`], for any request.
pub(super) fn read_reply(request: &Request, result: Result<Box<RawValue>, Fault>) -> Result<Reply, Fault> {
    request.read_reply(&result?).map_err(|_| unreadable(request.method()))
}

fn unreadable(method: &str) -> Fault {
    Fault::with_text(Code::UNREADABLE, format!("the reply to {method} does not fit its form"))
}
