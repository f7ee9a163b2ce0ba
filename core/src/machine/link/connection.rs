//! What an established connection owns: the requests in flight, its session, heartbeats and acknowledgements.
//!
//! Decides nothing about logins or conversations, and knows no machine.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use tim_protocol::call::Request;
use tim_protocol::frame::{Ask, FromClient};
use tim_protocol::limits;
use uuid::Uuid;

use crate::machine::calls::Purpose;

/// Timeout for a pong, in milliseconds.
const PONG_WITHIN_MS: i64 = 10_000;
/// Timeout for a pong after the device's network changed, in milliseconds.
const PROBE_WITHIN_MS: i64 = 3_000;

/// An established connection.
#[derive(Default)]
pub(in super::super) struct Connection {
    pub(super) number: u64,
    /// Requests in flight: their purpose and the deadline of the reply.
    pub(super) asked: BTreeMap<u64, (Purpose, i64)>,
    pub(super) queue: VecDeque<(Purpose, Request)>,
    /// The purposes of requests in flight or queued, to avoid duplicates.
    pub(super) busy: BTreeSet<Purpose>,
    pub(super) session: Option<LiveSession>,
}

/// The session of a connection.
pub(super) struct LiveSession {
    pub(super) id: Uuid,
    /// The last push applied, and the last acknowledged.
    pub(super) push: u64,
    pub(super) acked: u64,
    pub(super) ack_due: Option<i64>,
    pub(super) batches: bool,
    pub(super) heartbeat: i64,
    pub(super) ping: u64,
    pub(super) ping_due: i64,
    pub(super) pong_due: Option<i64>,
    /// When it began, on the monotonic clock.
    pub(super) since: i64,
    /// The session was resumed, or the first page of a sync was received.
    pub(super) is_useful: bool,
}

impl LiveSession {
    /// A heartbeat that must be answered within `within` milliseconds.
    fn ping(&mut self, now: i64, within: i64) -> Ask {
        self.ping += 1;
        self.ping_due = now + self.heartbeat;
        self.pong_due = Some(now + within);
        Ask::Ping(self.ping)
    }
}

/// The other side no longer answers.
pub(super) struct Dead;

impl Connection {
    /// The acknowledgement to include in an envelope, if there are unacknowledged pushes.
    pub(super) fn ack(&mut self) -> Option<u64> {
        let session = self.session.as_mut()?;
        session.ack_due = None;
        let behind = session.acked < session.push;
        session.acked = session.push;
        behind.then_some(session.push)
    }

    /// The envelopes that are due: heartbeats and acknowledgements.
    pub(super) fn timers(&mut self, now: i64) -> Result<Vec<String>, Dead> {
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

    /// A heartbeat that must be answered soon, unless one is already due to be.
    pub(super) fn probe(&mut self, now: i64) -> Option<String> {
        let session = self.session.as_mut()?;
        if session.pong_due.is_some_and(|due| due <= now + PROBE_WITHIN_MS) {
            return None;
        }
        let ping = session.ping(now, PROBE_WITHIN_MS);
        FromClient { ack: self.ack(), ask: Some(ping) }.write().ok()
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
