//! An established connection: the requests in flight, its session, heartbeats, acknowledgements, and the envelopes that
//! are not transmitted yet.
//!
//! Requests on a lost connection are not repeated from here: their purposes are returned, and the parts that need them
//! ask again. Decides nothing about logins or conversations, and knows no other part of the machine.

use std::collections::VecDeque;

use crate::sorted::SortedMap;
use crate::sorted_set::SortedSet;
use serde_json::value::RawValue;
use tim_protocol::call::{Request, Resume, Welcome};
use tim_protocol::frame::{Ask, FromClient};
use tim_protocol::{Fault, codec, feature, limits};
use uuid::Uuid;

use super::context::Context;
use super::io::Output;
use super::purpose::Purpose;
use super::trace::Trace;

/// Timeout for any reply, after which the connection counts as dead, in milliseconds.
const ANSWER_WITHIN_MS: i64 = 30_000;
/// Maximum number of requests in flight, slightly below the server's limit.
const MAX_UNDER_WAY: usize = limits::IN_FLIGHT - 4;
/// Room left in a frame for brackets and commas.
const FRAME_MARGIN: usize = 1024;
/// Timeout for a pong, in milliseconds.
const PONG_WITHIN_MS: i64 = 10_000;
/// Timeout for a pong after the device's network changed, in milliseconds.
const PROBE_WITHIN_MS: i64 = 3_000;

/// An established connection.
#[derive(Default)]
pub(super) struct Connection {
    number: u64,
    /// Requests in flight: their purpose and the deadline of the reply.
    asked: SortedMap<u64, (Purpose, i64)>,
    queue: VecDeque<(Purpose, Request)>,
    /// The purposes of requests in flight or queued, to avoid duplicates.
    busy: SortedSet<Purpose>,
    session: Option<Session>,
    envelopes: Vec<String>,
}

/// The session of a connection.
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
    /// When it began, on the monotonic clock.
    since: i64,
    /// The session was resumed, or the first page of a sync was received.
    is_useful: bool,
}

impl Session {
    /// A heartbeat that must be answered within `within` milliseconds.
    fn ping(&mut self, now: i64, within: i64) -> Ask {
        self.ping += 1;
        self.ping_due = now + self.heartbeat;
        self.pong_due = Some(now + within);
        Ask::Ping(self.ping)
    }
}

/// The place of a push in its session.
pub(super) enum Numbered {
    /// It is the next one, or has no number.
    Next,
    /// It was applied before.
    Repeated,
    /// One before it is missing.
    Gap,
}

impl Connection {
    pub(super) fn is_live(&self) -> bool {
        self.session.is_some()
    }

    /// Begins the session that the server's welcome describes, with the last push applied.
    pub(super) fn begin_session(&mut self, welcome: &Welcome, push: u64, heartbeat: i64, now: i64) {
        let [shortest, longest] = welcome.heartbeat;
        let heartbeat = heartbeat.clamp(shortest, longest.max(shortest));
        self.session = Some(Session {
            id: welcome.session,
            push,
            acked: push,
            ack_due: None,
            batches: welcome.features.iter().any(|named| named == feature::BATCH),
            heartbeat,
            ping: 0,
            ping_due: now + heartbeat,
            pong_due: None,
            since: now,
            is_useful: welcome.resumed,
        });
    }

    pub(super) fn mark_useful(&mut self) {
        if let Some(session) = &mut self.session {
            session.is_useful = true;
        }
    }

    /// Whether it was useful, since this time at the latest.
    pub(super) fn was_good(&self, since: i64) -> bool {
        self.session.as_ref().is_some_and(|session| session.is_useful && session.since <= since)
    }

    /// What resumes its session.
    pub(super) fn resume(&self) -> Option<Resume> {
        self.session.as_ref().map(|session| Resume { session: session.id, push: session.push })
    }

    /// The purposes of the requests in flight.
    pub(super) fn unanswered(self) -> Vec<Purpose> {
        self.asked.into_values().map(|(purpose, _)| purpose).collect()
    }

    /// Queues the requests that were asked for, except those with the same purpose as one in flight or queued. Sends
    /// queued ones up to the limit of requests in flight.
    pub(super) fn send(&mut self, cx: &mut Context) {
        for (purpose, request) in cx.take_requests() {
            if self.busy.insert(purpose.clone()) {
                self.queue.push_back((purpose, request));
            }
        }
        while self.asked.len() < MAX_UNDER_WAY
            && let Some((purpose, request)) = self.queue.pop_front()
        {
            self.number += 1;
            let number = self.number;
            cx.trace(|| Trace::Asked { number, verb: request.method() });
            let envelope = FromClient { ack: self.ack(), ask: Some(Ask::Request(number, Ok(request))) };
            self.asked.insert(number, (purpose, cx.now() + ANSWER_WITHIN_MS));
            // Every request can be serialized.
            self.envelopes.extend(envelope.write());
        }
        self.flush(cx);
    }

    /// Transmits the envelopes in frames.
    pub(super) fn flush(&mut self, cx: &mut Context) {
        let batches = self.session.as_ref().is_some_and(|session| session.batches);
        let (mut frame, mut bytes) = (Vec::new(), 0);
        for envelope in std::mem::take(&mut self.envelopes) {
            let fits = batches
                && frame.len() < limits::BATCH
                && bytes + envelope.len() + FRAME_MARGIN < limits::FRAME_BYTES;
            if !fits && !frame.is_empty() {
                cx.output(Output::Transmit(codec::join(&std::mem::take(&mut frame))));
                bytes = 0;
            }
            bytes += envelope.len() + 1;
            frame.push(envelope);
        }
        if !frame.is_empty() {
            cx.output(Output::Transmit(codec::join(&frame)));
        }
    }

    /// The purpose of the request with this number, which was answered.
    pub(super) fn replied(
        &mut self,
        cx: &mut Context,
        number: u64,
        result: &Result<Box<RawValue>, Fault>,
    ) -> Option<Purpose> {
        let (purpose, due) = self.asked.remove(&number)?;
        self.busy.remove(&purpose);
        let ms = cx.now() - (due - ANSWER_WITHIN_MS);
        let code = result.as_ref().err().map(|fault| fault.code);
        cx.trace(|| Trace::Answered { number, ms, code });
        Some(purpose)
    }

    /// Notes a push.
    pub(super) fn numbered(&mut self, now: i64, number: Option<u64>) -> Numbered {
        let Some(number) = number else { return Numbered::Next };
        let Some(session) = &mut self.session else { return Numbered::Repeated };
        if number <= session.push {
            return Numbered::Repeated;
        }
        if number != session.push + 1 {
            return Numbered::Gap;
        }
        session.push = number;
        session.ack_due.get_or_insert(now + limits::ACK_AFTER_MS);
        Numbered::Next
    }

    pub(super) fn ponged(&mut self, number: u64) {
        if let Some(session) = self.session.as_mut().filter(|session| session.ping == number) {
            session.pong_due = None;
        }
    }

    /// The acknowledgement to include in an envelope, if there are unacknowledged pushes.
    fn ack(&mut self) -> Option<u64> {
        let session = self.session.as_mut()?;
        session.ack_due = None;
        let behind = session.acked < session.push;
        session.acked = session.push;
        behind.then_some(session.push)
    }

    /// Adds the envelopes that are due: heartbeats and acknowledgements. False if the other side no longer answers.
    pub(super) fn timers(&mut self, now: i64) -> bool {
        if self.asked.values().any(|(_, due)| *due <= now) {
            return false;
        }
        let Some(session) = &mut self.session else { return true };
        if session.pong_due.is_some_and(|due| due <= now) {
            return false;
        }
        let ack_due = session.ack_due.is_some_and(|due| due <= now)
            || session.push.saturating_sub(session.acked) >= limits::ACK_EVERY;
        let ping = (session.ping_due <= now).then(|| session.ping(now, PONG_WITHIN_MS));
        if ping.is_some() || ack_due {
            let envelope = FromClient { ack: self.ack(), ask: ping };
            self.envelopes.extend(envelope.write());
        }
        true
    }

    /// Adds a heartbeat that must be answered soon, unless one is already due to be.
    pub(super) fn probe(&mut self, now: i64) {
        let Some(session) = &mut self.session else { return };
        if session.pong_due.is_some_and(|due| due <= now + PROBE_WITHIN_MS) {
            return;
        }
        let ping = session.ping(now, PROBE_WITHIN_MS);
        let envelope = FromClient { ack: self.ack(), ask: Some(ping) };
        self.envelopes.extend(envelope.write());
    }

    /// When [`Connection::timers`] has something to do next.
    pub(super) fn due(&self) -> Option<i64> {
        let answers = self.asked.values().map(|(_, due)| *due).min();
        let session = self.session.as_ref();
        let session =
            session.and_then(|it| [Some(it.ping_due), it.pong_due, it.ack_due].into_iter().flatten().min());
        [answers, session].into_iter().flatten().min()
    }
}
