//! One connection's rules: from the first frame to the last.
//!
//! Pure: see the contract in [`super`]. A session never waits; what it needs from outside it asks for with an
//! effect and goes on when the answer comes back as an input.

use std::sync::Arc;

use tim_protocol::Code;
use uuid::Uuid;

use super::ops::{Find, Found, Refusal, UserKey, Write, Written};
use super::policy::LoginPolicy;
use crate::bus::Delivery;

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
    /// Be on the bus as this session from now on. Comes before the welcome.
    Attach(UserKey, Uuid),
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
    /// Requests per second a session may make in the long run, and how many at once.
    pub rate: [u32; 2],
    /// Longest accepted life of a UserSig, in seconds; `None` for any.
    pub max_sig_life: Option<i64>,
    /// What media tickets are signed with; random, the server's own, kept across restarts.
    pub ticket_key: [u8; 32],
}

/// A dropped session that can still be resumed: its numbering and what was not acknowledged.
#[derive(Debug)]
pub struct Parked {
    _private: (),
}

/// One connection's rules.
pub struct Session {
    settings: Arc<Settings>,
}
