//! The connection: making it, keeping it alive, and pairing requests with replies.
//!
//! What is asked and what a reply means is others' business ([`super::calls::Purpose`]). A request that waits on a
//! broken connection is not repeated from here: whoever wanted it wants it still and asks again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::value::RawValue;
use tim_protocol::call::{Call, Hello, Reply, Request, Resume, Welcome};
use tim_protocol::frame::{Ask, Fault, FromClient, FromServer, Pong, Push};
use tim_protocol::{Code, VERSIONS, codec, feature, limits};
use uuid::Uuid;

use super::Machine;
use super::calls::Purpose;
use super::io::Output;
use super::pause::{Failures, GOOD_AFTER_MS};
use super::trace::Trace;
use super::unreadable::Unreadable;
use crate::event::{Event, NetState};

/// How long making a connection, or an answer to `hello`, may take, in milliseconds.
const CONNECT_WITHIN_MS: i64 = 20_000;
/// How long any answer may take before the connection counts as dead, in milliseconds.
const ANSWER_WITHIN_MS: i64 = 30_000;
/// How long the answer to a heartbeat may take, in milliseconds.
const PONG_WITHIN_MS: i64 = 10_000;
/// The same after the device's network changed, when a connection may be dead without a word.
const PROBE_WITHIN_MS: i64 = 3_000;
/// Most requests under way, a little below what the server takes.
const MOST_UNDER_WAY: usize = limits::IN_FLIGHT - 4;
/// Room left in a frame for brackets and commas.
const FRAME_MARGIN: usize = 1024;

/// How far the connection has come.
pub(super) enum Link {
    /// None is wanted.
    Off,
    /// The store is being opened.
    Opening,
    /// A pause before the store is opened again.
    StorePause { until: i64 },
    /// A pause before another attempt.
    Pause { until: i64 },
    /// One is being made.
    Connecting { until: i64 },
    /// It stands.
    Up(Box<Wire>),
}

/// A connection that stands.
#[derive(Default)]
pub(super) struct Wire {
    number: u64,
    /// Under way: what for, and when the answer is overdue.
    asked: BTreeMap<u64, (Purpose, i64)>,
    queue: VecDeque<(Purpose, Request)>,
    /// What is under way or queued: nothing is asked twice at once.
    busy: BTreeSet<Purpose>,
    session: Option<Session>,
}

/// A session that stands on a connection.
struct Session {
    id: Uuid,
    /// The last push applied, and the last acknowledged.
    push: u64,
    acked: u64,
    ack_due: Option<i64>,
    batches: bool,
    heartbeat: i64,
    ping: u64,
    ping_due: i64,
    pong_due: Option<i64>,
    /// Since when it stands, on the monotonic clock.
    since: i64,
    /// It goes on with what was there, or a page of a sync has come.
    is_of_use: bool,
}

impl Link {
    pub(super) fn is_live(&self) -> bool {
        matches!(self, Self::Up(wire) if wire.session.is_some())
    }

    fn wire(&mut self) -> Option<&mut Wire> {
        match self {
            Self::Up(wire) => Some(wire),
            _ => None,
        }
    }
}

impl Machine {
    /// Begins an attempt, now.
    pub(super) fn connect(&mut self) {
        self.trace(|| Trace::Connecting);
        self.link = Link::Connecting { until: self.now.monotonic + CONNECT_WITHIN_MS };
        self.net_state(NetState::Connecting);
        self.then(Output::Connect);
    }

    /// Ends the connection from this side and tries again after a pause.
    pub(super) fn drop_connection(&mut self) {
        self.hang_up();
        self.pause(None);
    }

    /// Ends the connection from this side.
    pub(super) fn hang_up(&mut self) {
        self.flush_envelopes();
        if matches!(self.link, Link::Connecting { .. } | Link::Up(_)) {
            self.then(Output::Disconnect);
        }
        self.lost();
    }

    pub(super) fn net_state(&mut self, state: NetState) {
        if std::mem::replace(&mut self.net, state) != state {
            self.emit(Event::NetStateChange(state));
        }
    }

    /// The device's network came or went, as far as the host knows. One that came is tried at once, and a connection
    /// that was made over another has to prove that it lives. Of one that went, the connection itself will tell.
    pub(super) fn network(&mut self, up: bool) {
        let now = self.now.monotonic;
        match &mut self.link {
            Link::Pause { .. } if up => {
                self.failures.attempts = 0;
                self.connect();
            }
            Link::Up(wire) if up => self.turn.envelopes.extend(wire.probe(now)),
            _ => {}
        }
    }

    pub(super) fn connected(&mut self) {
        if !matches!(self.link, Link::Connecting { .. }) {
            return;
        }
        let Some(login) = &self.login else { return };
        let hello = Hello {
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
            self.turned_away(fault);
        }
    }

    pub(super) fn disconnected(&mut self) {
        if matches!(self.link, Link::Connecting { .. } | Link::Up(_)) {
            self.lost();
            self.pause(None);
        }
    }

    /// Forgets a connection, and keeps what a resume needs.
    fn lost(&mut self) {
        let Link::Up(wire) = std::mem::replace(&mut self.link, Link::Off) else { return };
        self.turn.envelopes.clear();
        self.unreadable.connection_begins();
        self.sync_lost();
        let good_since = self.now.monotonic - GOOD_AFTER_MS;
        if wire.session.as_ref().is_some_and(|session| session.is_of_use && session.since <= good_since) {
            self.failures = Failures::default();
        }
        if let (Some(session), Some(login)) = (&wire.session, &mut self.login) {
            login.resume = Some(Resume { session: session.id, push: session.push });
        }
        let sent: Vec<Purpose> = wire.asked.into_values().map(|(purpose, _)| purpose).collect();
        for purpose in sent {
            self.unanswered(purpose);
        }
    }

    /// The server's welcome. Whether the session goes on, and the clocks' difference.
    pub(super) fn live(&mut self, welcome: &Welcome) {
        let [shortest, longest] = welcome.heartbeat;
        let heartbeat = self.config.heartbeat.clamp(shortest, longest.max(shortest));
        let resumed = self.login.as_ref().and_then(|login| login.resume.clone()).filter(|_| welcome.resumed);
        let push = resumed.map_or(0, |resume| resume.push);
        let session = Session {
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
            is_of_use: welcome.resumed,
        };
        if let Some(wire) = self.link.wire() {
            wire.session = Some(session);
        }
        self.net_state(NetState::Connected);
    }

    /// Asks the server, unless the same is being asked already.
    pub(super) fn ask(&mut self, purpose: Purpose, request: impl Into<Request>) {
        if let Some(wire) = self.link.wire()
            && wire.busy.insert(purpose.clone())
        {
            wire.queue.push_back((purpose, request.into()));
        }
    }

    pub(super) fn is_asked(&self, purpose: &Purpose) -> bool {
        matches!(&self.link, Link::Up(wire) if wire.busy.contains(purpose))
    }

    /// Sends what is queued, as far as the server takes it.
    pub(super) fn pump_requests(&mut self) {
        let due = self.now.monotonic + ANSWER_WITHIN_MS;
        let Some(wire) = self.link.wire() else { return };
        while wire.asked.len() < MOST_UNDER_WAY
            && let Some((purpose, request)) = wire.queue.pop_front()
        {
            wire.number += 1;
            if self.is_tracing {
                let asked = Trace::Asked { number: wire.number, verb: request.method() };
                self.turn.then.push(Output::Trace(asked));
            }
            let envelope = FromClient { ack: wire.ack(), ask: Some(Ask::Request(wire.number, Ok(request))) };
            wire.asked.insert(wire.number, (purpose, due));
            // Every request that was built can be written.
            self.turn.envelopes.extend(envelope.write());
        }
    }

    /// Puts the envelopes of this turn into frames.
    pub(super) fn flush_envelopes(&mut self) {
        let envelopes = std::mem::take(&mut self.turn.envelopes);
        let batches =
            matches!(&self.link, Link::Up(wire) if wire.session.as_ref().is_some_and(|it| it.batches));
        let (mut frame, mut bytes) = (Vec::new(), 0);
        for envelope in envelopes {
            let fits = batches
                && frame.len() < limits::BATCH
                && bytes + envelope.len() + FRAME_MARGIN < limits::FRAME_BYTES;
            if !fits && !frame.is_empty() {
                self.then(Output::Transmit(codec::join(&std::mem::take(&mut frame))));
                bytes = 0;
            }
            bytes += envelope.len() + 1;
            frame.push(envelope);
        }
        if !frame.is_empty() {
            self.then(Output::Transmit(codec::join(&frame)));
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
                Ok(FromServer::Unknown) => self.pass_over(Unreadable::Envelope, 1),
                Err(_) => self.broken_frame(),
            }
            if !matches!(self.link, Link::Up(_)) {
                return;
            }
        }
    }

    /// Which pushes a frame had that cannot be read at all, nobody knows: a new session begins without them.
    fn broken_frame(&mut self) {
        self.pass_over(Unreadable::Frame, 1);
        self.drop_connection();
        self.forget_session();
    }

    fn reply(&mut self, number: u64, result: Result<Box<RawValue>, Fault>) {
        let Some(wire) = self.link.wire() else { return };
        let Some((purpose, due)) = wire.asked.remove(&number) else { return };
        wire.busy.remove(&purpose);
        let ms = self.now.monotonic - (due - ANSWER_WITHIN_MS);
        let code = result.as_ref().err().map(|fault| fault.code);
        self.trace(|| Trace::Answered { number, ms, code });
        self.answered(purpose, result);
    }

    /// Applies a push once: a repeat is ignored, and one left out means that the numbering is broken.
    fn numbered(&mut self, number: Option<u64>, push: Push) {
        let ack_due = self.now.monotonic + limits::ACK_AFTER_MS;
        if let Some(number) = number {
            let Some(session) = self.link.wire().and_then(|wire| wire.session.as_mut()) else { return };
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

    /// The connection has brought what a client needs.
    pub(super) fn of_use(&mut self) {
        if let Some(session) = self.link.wire().and_then(|wire| wire.session.as_mut()) {
            session.is_of_use = true;
        }
    }

    /// The next connection begins a new session.
    pub(super) fn forget_session(&mut self) {
        if let Some(login) = &mut self.login {
            login.resume = None;
        }
    }

    fn pong(&mut self, pong: Pong) {
        let session = self.link.wire().and_then(|wire| wire.session.as_mut());
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
            Link::Up(wire) => match wire.timers(now) {
                Ok(envelopes) => self.turn.envelopes.extend(envelopes),
                Err(Dead) => self.drop_connection(),
            },
            _ => {}
        }
    }

    pub(super) fn link_due(&self) -> Option<i64> {
        match &self.link {
            Link::Off | Link::Opening => None,
            Link::StorePause { until } | Link::Pause { until } | Link::Connecting { until } => Some(*until),
            Link::Up(wire) => wire.due(),
        }
    }
}

impl Session {
    /// A heartbeat, to be answered within so many milliseconds.
    fn ping(&mut self, now: i64, within: i64) -> Ask {
        self.ping += 1;
        self.ping_due = now + self.heartbeat;
        self.pong_due = Some(now + within);
        Ask::Ping(self.ping)
    }
}

/// The other side no longer answers.
struct Dead;

impl Wire {
    /// The acknowledgement to send along, if one is due at all.
    fn ack(&mut self) -> Option<u64> {
        let session = self.session.as_mut()?;
        session.ack_due = None;
        let behind = session.acked < session.push;
        session.acked = session.push;
        behind.then_some(session.push)
    }

    fn timers(&mut self, now: i64) -> Result<Vec<String>, Dead> {
        if self.asked.values().any(|(_, due)| *due <= now) {
            return Err(Dead);
        }
        let Some(session) = &mut self.session else { return Ok(Vec::new()) };
        if session.pong_due.is_some_and(|due| due <= now) {
            return Err(Dead);
        }
        let ack_due = session.ack_due.is_some_and(|due| due <= now)
            || session.push.saturating_sub(session.acked) >= limits::ACK_EVERY;
        let ping = (session.ping_due <= now).then(|| session.ping(now, PONG_WITHIN_MS));
        if ping.is_none() && !ack_due {
            return Ok(Vec::new());
        }
        let envelope = FromClient { ack: self.ack(), ask: ping };
        Ok(envelope.write().into_iter().collect())
    }

    /// A heartbeat that has to be answered soon, unless one has to be anyway.
    fn probe(&mut self, now: i64) -> Option<String> {
        let session = self.session.as_mut()?;
        if session.pong_due.is_some_and(|due| due <= now + PROBE_WITHIN_MS) {
            return None;
        }
        let ping = session.ping(now, PROBE_WITHIN_MS);
        FromClient { ack: self.ack(), ask: Some(ping) }.write().ok()
    }

    fn due(&self) -> Option<i64> {
        let answers = self.asked.values().map(|(_, due)| *due).min();
        let session = self.session.as_ref();
        let session =
            session.and_then(|it| [Some(it.ping_due), it.pong_due, it.ack_due].into_iter().flatten().min());
        [answers, session].into_iter().flatten().min()
    }
}

/// Reads a reply; one that does not fit its form is its request's failure.
pub(super) fn read<C: Call>(result: Result<Box<RawValue>, Fault>) -> Result<C::Reply, Fault> {
    serde_json::from_str(result?.get()).map_err(|_| unreadable(C::METHOD))
}

/// As [`read`], of any request.
pub(super) fn read_reply(request: &Request, result: Result<Box<RawValue>, Fault>) -> Result<Reply, Fault> {
    request.read_reply(&result?).map_err(|_| unreadable(request.method()))
}

fn unreadable(method: &str) -> Fault {
    Fault::with_text(Code::UNREADABLE, format!("the reply to {method} does not fit its form"))
}
