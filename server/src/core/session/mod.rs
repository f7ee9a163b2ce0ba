//! The rules of one connection, from the first frame to the last.
//!
//! * [`state`] is what a connection knows; [`answer`] has the envelopes of answers.
//! * [`hello`] logs the client in and resumes sessions; [`guests`] lets those in who have no token.
//! * [`statuses`] tells who is online.
//! * [`request`] translates the other requests to writes and queries.
//! * [`reply`] turns the store's results into replies; [`receipts`] pushes receipts; [`rooms`] has the live rooms that it is in.
//!
//! Pure: see the contract in [`super`]. A session never waits: it asks for external data with an effect, and continues
//! when the result arrives as an input.

mod answer;
mod guests;
mod hello;
mod receipts;
mod reply;
mod request;
mod rooms;
mod state;
mod statuses;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tim_protocol::frame::{Ask, FromClient, KickReason};
use tim_protocol::{Code, Fault, codec, frame, limits};
use uuid::Uuid;

use super::Now;
use super::ops::{Delivery, Query};
use super::rooms::Rooms;
use super::shares::{Network, Shares};
use answer::{fault_to, pong};
use state::{Asked, Phase, Purpose};
pub use state::{ClientInfo, Effect, Input, Parked, Session, Settings, StatusEffect, Token};

impl Session {
    /// A session for a new connection from `network`. `seed` seeds its random numbers.
    #[must_use]
    pub fn new(
        settings: Arc<Settings>,
        shares: Arc<Shares>,
        rooms: Arc<Rooms>,
        network: Network,
        id: Uuid,
        seed: u64,
        now: Now,
    ) -> Self {
        Self {
            settings,
            shares,
            rooms,
            network,
            id,
            phase: Phase::Silent,
            number: 0,
            asked: Asked::default(),
            next_token: 0,
            rng: fastrand::Rng::with_seed(seed),
            began: now.monotonic,
            heard: now.monotonic,
            batches: false,
            deflates: false,
            stopping: false,
            who: None,
        }
    }

    /// Handles one input and returns its effects, in order.
    pub fn handle(&mut self, input: Input<'_>, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        if matches!(self.phase, Phase::Over) {
            return effects;
        }
        match input {
            Input::Frame(text) => self.frame(text, now, &mut effects),
            Input::WriteResult(token, result) => self.wrote(token, result, now, &mut effects),
            Input::QueryResult(token, result) => self.found(token, result, now, &mut effects),
            Input::Online(token, online) => self.online(token, online, &mut effects),
            Input::Counted(token, users) => self.counted(token, users, &mut effects),
            Input::Unparked(parked) => self.unparked(parked, now, &mut effects),
            Input::Attached => self.attached(now, &mut effects),
            Input::Delivery(delivery) => self.deliver(delivery, now, &mut effects),
            Input::Overflow => self.overflow(&mut effects),
            Input::Deadline => self.timed_out(now, &mut effects),
            Input::Shutdown => self.stopping = true,
        }
        if self.stopping && self.asked.is_empty() && !matches!(self.phase, Phase::Over) {
            self.close(Code::SHUTTING_DOWN, &mut effects);
        }
        effects
    }

    /// When [`Input::Deadline`] is due at the latest, on the monotonic clock; `None` when the session is over.
    #[must_use]
    pub fn deadline(&self) -> Option<i64> {
        match &self.phase {
            Phase::Silent | Phase::Greeting(_) => Some(self.began + limits::HELLO_WITHIN_MS),
            Phase::Live(live) => {
                let ends = self.silence_ends().min(live.expires);
                Some(live.receipts.due().map_or(ends, |due| due.min(ends)))
            }
            Phase::Over => None,
        }
    }

    /// How many requests are pending. At [`limits::IN_FLIGHT`] the driver must stop reading.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.asked.len()
    }

    /// The client that sent the `hello`, accepted or not.
    #[must_use]
    pub fn who(&self) -> Option<&ClientInfo> {
        self.who.as_ref()
    }

    /// Whether the client takes several envelopes in one frame.
    #[must_use]
    pub fn batches(&self) -> bool {
        self.batches
    }

    /// Whether the client takes compressed frames.
    #[must_use]
    pub fn deflates(&self) -> bool {
        self.deflates
    }

    /// Parks the session after the connection is lost; `None` if it cannot be resumed. One that is logging out is not told
    /// of the end of its login.
    #[must_use]
    pub fn park(&mut self) -> Option<Parked> {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Live(mut live) if !self.stopping && !self.asked.has_logout() => {
                // They are in the window now, and are sent when the session is resumed.
                live.push_receipts();
                Some(Parked {
                    id: self.id,
                    user: live.actor.key,
                    instance: live.instance,
                    window: live.window,
                    rooms: live.rooms,
                    guest: live.guest,
                })
            }
            _ => None,
        }
    }

    fn frame(&mut self, text: &str, now: Now, effects: &mut Vec<Effect>) {
        self.heard = now.monotonic;
        // Incoming frames must not delay timeouts.
        self.timed_out(now, effects);
        if matches!(self.phase, Phase::Over) {
            return;
        }
        let envelopes = match codec::split(text, limits::FRAME_BYTES) {
            Ok(envelopes) => envelopes,
            Err(fault) => return self.close(fault.code, effects),
        };
        for envelope in envelopes {
            match FromClient::read(envelope) {
                Ok(envelope) => self.envelope(envelope, now, effects),
                Err(fault) => self.close(fault.code, effects),
            }
            if matches!(self.phase, Phase::Over) {
                return;
            }
        }
    }

    fn envelope(&mut self, envelope: FromClient, now: Now, effects: &mut Vec<Effect>) {
        if let (Some(ack), Phase::Live(live)) = (envelope.ack, &mut self.phase) {
            live.window.acknowledge(ack);
        }
        match envelope.ask {
            None => {}
            Some(Ask::Ping(number)) => self.ping(number, now, effects),
            Some(Ask::Request(number, _)) if number <= self.number => self.close(Code::OUT_OF_ORDER, effects),
            Some(Ask::Request(number, request)) => {
                self.number = number;
                match self.admit(now).and(request) {
                    Ok(request) => self.request(number, request, now, effects),
                    Err(fault) => effects.push(fault_to(number, fault)),
                }
            }
        }
    }

    /// Whether another request is admitted.
    fn admit(&mut self, now: Now) -> Result<(), Fault> {
        if self.stopping {
            return Err(Fault::new(Code::SHUTTING_DOWN));
        }
        if self.asked.len() >= limits::IN_FLIGHT {
            return Err(Fault::new(Code::TOO_MANY_IN_FLIGHT));
        }
        match &self.phase {
            Phase::Live(live) => self.shares.request(live.actor.key, now.monotonic),
            Phase::Silent | Phase::Greeting(_) | Phase::Over => Ok(()),
        }
    }

    fn ping(&mut self, number: u64, now: Now, effects: &mut Vec<Effect>) {
        let Phase::Live(live) = &self.phase else { return self.close(Code::HELLO_EXPECTED, effects) };
        let key = live.actor.key;
        let has_changes = live.guest.is_none();
        match self.admit(now) {
            Ok(()) if has_changes => self.query(Query::Version { key }, Purpose::Pong(number), effects),
            // A heartbeat is always answered; only its cursor costs something.
            _ => effects.push(pong(number, None, now)),
        }
    }

    fn deliver(&mut self, delivery: Delivery, now: Now, effects: &mut Vec<Effect>) {
        let live = match &mut self.phase {
            Phase::Live(live) => live,
            Phase::Greeting(_) => return self.deliver_early(delivery),
            Phase::Silent | Phase::Over => return,
        };
        match delivery {
            Delivery::Push(encoded) => {
                effects.extend(live.window.push(&encoded).map(Effect::Send));
                live.forget_watermark_if_lagging();
            }
            Delivery::Ephemeral(encoded) => {
                effects.push(Effect::Send(frame::envelope_push(None, &encoded)));
            }
            Delivery::Statuses(statuses) => effects.extend(statuses::push(statuses)),
            Delivery::Receipts(updates) => self.receipts(&updates, now.monotonic, effects),
            Delivery::Left(room) => live.rooms.retain(|other| *other != room),
            Delivery::Kick(kick) => {
                // It may be older than the login, if that was made again: the store tells.
                if kick.ends(&live.instance) {
                    self.ask_still_logged_in(effects);
                }
            }
        }
    }

    /// A delivery was dropped: makes the client sync, and checks whether it was a kick.
    fn overflow(&mut self, effects: &mut Vec<Effect>) {
        let Phase::Live(live) = &mut self.phase else { return self.overflow_early() };
        effects.extend(live.window.lag().map(Effect::Send));
        live.forget_watermark_if_lagging();
        self.ask_still_logged_in(effects);
    }

    pub(super) fn ask_still_logged_in(&mut self, effects: &mut Vec<Effect>) {
        let Phase::Live(live) = &self.phase else { return };
        let query = Query::Devices { app: live.actor.app, user: live.actor.user.clone() };
        self.query(query, Purpose::StillLoggedIn, effects);
    }

    fn timed_out(&mut self, now: Now, effects: &mut Vec<Effect>) {
        self.push_due_receipts(now.monotonic, effects);
        match &self.phase {
            Phase::Live(live) if live.expires <= now.monotonic => {
                self.end(KickReason::UserSigExpired.code(), effects)
            }
            Phase::Live(_) if self.silence_ends() <= now.monotonic => {
                self.close(Code::IDLE_TOO_LONG, effects)
            }
            Phase::Silent | Phase::Greeting(_) if self.began + limits::HELLO_WITHIN_MS <= now.monotonic => {
                self.close(Code::HELLO_EXPECTED, effects);
            }
            _ => {}
        }
    }

    /// A connection counts as dead after 2.5 times the longest pause between heartbeats.
    fn silence_ends(&self) -> i64 {
        let [_, longest] = self.settings.heartbeat;
        self.heard + longest.saturating_mul(5) / 2
    }
}
