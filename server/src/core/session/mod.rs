//! One connection's rules: from the first frame to the last.
//!
//! * [`hello`] is the way in: who is there, and whether a dropped session goes on.
//! * [`request`] says what every other request asks of the store.
//! * [`reply`] turns the store's answers into what the client gets.
//!
//! Pure: see the contract in [`super`]. A session never waits; what it needs from outside it asks for with an
//! effect and goes on when the answer comes back as an input.

mod hello;
mod reply;
mod request;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use tim_protocol::frame::{Ask, Fault, FromClient, KickReason, Kicked, Push};
use tim_protocol::{Code, codec, frame, limits};
use uuid::Uuid;

use super::Now;
use super::ops::{Actor, ConversationKey, Delivery, Find, Found, Refusal, UserKey, Write, Written};
use super::policy::LoginPolicy;
use super::shares::{Network, Shares};
use super::window::Window;
use hello::Greeting;
pub use hello::Who;
use reply::Asked;

/// Pairs a question with its answer. Unique within a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub u64);

/// What happens to a session.
#[derive(Debug)]
pub enum Input<'a> {
    /// A text frame arrived, not yet checked for size or depth.
    Frame(&'a str),
    /// A write came back.
    Wrote(Token, Result<Written, Refusal>),
    /// A question came back.
    Found(Token, Result<Found, Refusal>),
    /// The session asked for with [`Effect::Unpark`], if it was still there.
    Unparked(Option<Box<Parked>>),
    /// What [`Effect::Attach`] or [`Effect::Follow`] asked for is done.
    Attached,
    /// Something arrived from the bus.
    Delivery(Delivery),
    /// The bus left something out because the session's inbox was full.
    Overflow,
    /// The time that [`Session::deadline`] named has come.
    Deadline,
    /// The server is shutting down.
    Shutdown,
}

/// What a session wants done.
#[derive(Debug)]
pub enum Effect {
    /// Send this envelope. Envelopes that are ready together may share a frame if [`Session::batches`].
    Send(String),
    /// Make this change.
    Write(Token, Write),
    /// Answer this question.
    Find(Token, Find),
    /// Look for a dropped session.
    Unpark(Uuid),
    /// Be on the bus as this session, and say so with [`Input::Attached`]. A resumed session has kept its subscription
    /// and its topics, and does not wait.
    Attach(UserKey, Uuid),
    /// Hear these topics too, and say so with [`Input::Attached`]. The welcome comes after it.
    Follow(Vec<ConversationKey>),
    /// Close the connection after everything sent so far. The text is for the close frame.
    Close(Code, &'static str),
}

/// What the operator has set.
#[derive(Clone)]
pub struct Settings {
    /// Which logins give way to a new one.
    pub policy: LoginPolicy,
    /// How old a message may be to be taken back, in milliseconds.
    pub revoke_within: i64,
    /// Shortest and longest accepted pause between heartbeats, in milliseconds.
    pub heartbeat: [i64; 2],
    /// Longest accepted life of a UserSig, in seconds; `None` for any.
    pub max_sig_life: Option<i64>,
    /// What media tickets are signed with; random, the server's own, kept across restarts.
    pub ticket_key: [u8; 32],
}

/// A dropped session that can still be resumed: its numbering and what was not acknowledged.
#[derive(Debug)]
pub struct Parked {
    id: Uuid,
    user: UserKey,
    instance: String,
    window: Window,
}

impl Parked {
    /// What a client names to resume it.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Whose it is.
    #[must_use]
    pub fn user(&self) -> UserKey {
        self.user
    }
}

/// One connection's rules.
pub struct Session {
    settings: Arc<Settings>,
    id: Uuid,
    phase: Phase,
    /// The last request number.
    number: u64,
    /// What was asked of the store and has not come back.
    asked: BTreeMap<Token, Asked>,
    next_token: u64,
    /// The server's own choices: names of groups, numbers of tickets.
    choices: fastrand::Rng,
    shares: Arc<Shares>,
    /// Where the connection comes from.
    network: Network,
    /// When the connection began, and when it last said something; monotonic.
    began: i64,
    heard: i64,
    batches: bool,
    deflates: bool,
    stopping: bool,
    who: Option<Who>,
}

/// How far a connection has come.
enum Phase {
    /// Nobody has said hello.
    Silent,
    /// Somebody has, and is being looked at.
    Greeting(Box<Greeting>),
    /// Logged in.
    Live(Box<Live>),
    /// Over; nothing is answered any more.
    Over,
}

/// A logged-in session.
struct Live {
    actor: Actor,
    instance: String,
    window: Window,
    /// When the token ends, on the monotonic clock.
    expires: i64,
}

impl Session {
    /// A session for a new connection from `network`. `seed` decides its choices.
    #[must_use]
    pub fn new(
        settings: Arc<Settings>,
        shares: Arc<Shares>,
        network: Network,
        id: Uuid,
        seed: u64,
        now: Now,
    ) -> Self {
        Self {
            settings,
            shares,
            network,
            id,
            phase: Phase::Silent,
            number: 0,
            asked: BTreeMap::new(),
            next_token: 0,
            choices: fastrand::Rng::with_seed(seed),
            began: now.monotonic,
            heard: now.monotonic,
            batches: false,
            deflates: false,
            stopping: false,
            who: None,
        }
    }

    /// Takes one input and says what is to be done, in order.
    pub fn handle(&mut self, input: Input<'_>, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        if matches!(self.phase, Phase::Over) {
            return effects;
        }
        match input {
            Input::Frame(text) => self.frame(text, now, &mut effects),
            Input::Wrote(token, result) => self.wrote(token, result, &mut effects),
            Input::Found(token, result) => self.found(token, result, now, &mut effects),
            Input::Unparked(parked) => self.unparked(parked, now, &mut effects),
            Input::Attached => self.attached(now, &mut effects),
            Input::Delivery(delivery) => self.deliver(delivery, &mut effects),
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
            Phase::Live(live) => Some(self.silence_ends().min(live.expires)),
            Phase::Over => None,
        }
    }

    /// How many requests wait for their answer. From [`limits::IN_FLIGHT`] on nothing more is to be read.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.asked.len()
    }

    /// Who said hello, whether they were let in or not.
    #[must_use]
    pub fn who(&self) -> Option<&Who> {
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

    /// What is left when the connection is gone; `None` if there is nothing to resume.
    #[must_use]
    pub fn park(self, _now: Now) -> Option<Parked> {
        match self.phase {
            Phase::Live(live) if !self.stopping => Some(Parked {
                id: self.id,
                user: live.actor.key,
                instance: live.instance,
                window: live.window,
            }),
            _ => None,
        }
    }

    fn frame(&mut self, text: &str, now: Now, effects: &mut Vec<Effect>) {
        self.heard = now.monotonic;
        // Whoever keeps talking does not hold off the end of their time.
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

    /// Whether one more request may be looked at.
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
        match self.admit(now) {
            Ok(()) => self.find(Find::Version { key }, Asked::Pong(number), effects),
            // A heartbeat is always answered; only its cursor costs something.
            Err(_) => effects.push(reply::pong(number, None, now)),
        }
    }

    fn deliver(&mut self, delivery: Delivery, effects: &mut Vec<Effect>) {
        let Phase::Live(live) = &mut self.phase else { return };
        match delivery {
            Delivery::Push(encoded) => effects.extend(live.window.push(&encoded).map(Effect::Send)),
            Delivery::Ephemeral(encoded) => {
                effects.push(Effect::Send(frame::envelope_push(None, &encoded)));
            }
            Delivery::Kick { instances, reason } => {
                if instances.is_none_or(|instances| instances.contains(&live.instance)) {
                    self.kick(reason, effects);
                }
            }
        }
    }

    /// Something was left out: the client has to sync, and if it was a kick, the logins tell.
    fn overflow(&mut self, effects: &mut Vec<Effect>) {
        let Phase::Live(live) = &mut self.phase else { return };
        effects.extend(live.window.lag().map(Effect::Send));
        self.ask_still_logged_in(effects);
    }

    fn ask_still_logged_in(&mut self, effects: &mut Vec<Effect>) {
        let Phase::Live(live) = &self.phase else { return };
        let find = Find::Devices { app: live.actor.app, user: live.actor.user.clone() };
        self.find(find, Asked::StillLoggedIn, effects);
    }

    fn timed_out(&mut self, now: Now, effects: &mut Vec<Effect>) {
        match &self.phase {
            Phase::Live(live) if live.expires <= now.monotonic => {
                self.kick(KickReason::UserSigExpired, effects)
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

    /// A connection silent for two and a half of the longest pauses is taken for dead.
    fn silence_ends(&self) -> i64 {
        let [_, longest] = self.settings.heartbeat;
        self.heard + longest.saturating_mul(5) / 2
    }

    /// Ends the session because its login did. The push has no number: it has to get through a full window too.
    fn kick(&mut self, reason: KickReason, effects: &mut Vec<Effect>) {
        if let Ok(encoded) = Push::Kicked(Kicked { reason }).write() {
            effects.push(Effect::Send(frame::envelope_push(None, &encoded)));
        }
        self.close(reason.code(), effects);
    }

    fn close(&mut self, code: Code, effects: &mut Vec<Effect>) {
        self.phase = Phase::Over;
        self.asked.clear();
        effects.push(Effect::Close(code, code.describe()));
    }

    fn write(&mut self, write: Write, asked: Asked, effects: &mut Vec<Effect>) {
        let token = self.token(asked);
        effects.push(Effect::Write(token, write));
    }

    fn find(&mut self, find: Find, asked: Asked, effects: &mut Vec<Effect>) {
        let token = self.token(asked);
        effects.push(Effect::Find(token, find));
    }

    fn token(&mut self, asked: Asked) -> Token {
        self.next_token += 1;
        let token = Token(self.next_token);
        self.asked.insert(token, asked);
        token
    }
}

fn fault_to(number: u64, fault: Fault) -> Effect {
    reply::envelope(number, Err(fault))
}
