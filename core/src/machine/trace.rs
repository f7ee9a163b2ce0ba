//! What the machine tells of its own work, for a log: ids, numbers and durations, never a body, a token or a key.

use std::fmt;

use tim_protocol::{Code, ConversationId, MessageId, UserId};
use uuid::Uuid;

use super::Machine;
use super::io::Output;
use crate::message::Message;

/// One thing the machine did. Shown as a line for a log. Durations are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trace {
    /// A user logs in.
    LoginBegan {
        /// Who.
        user: UserId,
        /// This login, as the server knows it.
        instance: String,
    },
    /// The login is over, for this reason.
    LoginEnded(Code),
    /// A connection is being made.
    Connecting,
    /// A pause before the next connection.
    Pausing {
        /// How long.
        ms: i64,
    },
    /// The server has welcomed the connection.
    Welcomed {
        /// The session, as the server's log names it.
        session: Uuid,
        /// A dropped session goes on.
        resumed: bool,
    },
    /// A request was sent.
    Asked {
        /// Its number on this connection.
        number: u64,
        /// What for.
        verb: &'static str,
    },
    /// A request was answered.
    Answered {
        /// Its number.
        number: u64,
        /// Since it was sent.
        ms: i64,
        /// The refusal's number.
        code: Option<Code>,
    },
    /// A page of a sync was taken in.
    Synced {
        /// Conversations that it tells of.
        conversations: usize,
        /// It is the sync's first page.
        first: bool,
    },
    /// A message is in the outbox.
    Queued {
        /// Which.
        message: MessageId,
        /// Where to.
        to: ConversationId,
    },
    /// A message has its place, or was refused.
    Sent {
        /// Which.
        message: MessageId,
        /// Where to.
        to: ConversationId,
        /// Its place, or the refusal's number.
        result: Result<u64, Code>,
    },
    /// A message is told as received.
    Received {
        /// Which.
        message: MessageId,
        /// Where.
        conversation: ConversationId,
        /// Its place.
        sequence: u64,
    },
}

impl Trace {
    pub(super) fn received(message: &Message) -> Self {
        Self::Received {
            message: message.id,
            conversation: message.conversation_id.clone(),
            sequence: message.sequence,
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoginBegan { user, instance } => write!(f, "login of {user} begins, instance {instance}"),
            Self::LoginEnded(code) => write!(f, "login ended: {code} {}", code.name()),
            Self::Connecting => f.write_str("connecting"),
            Self::Pausing { ms } => write!(f, "next connection in {ms} ms"),
            Self::Welcomed { session, resumed } => {
                write!(f, "welcome, session {session}, resumed: {resumed}")
            }
            Self::Asked { number, verb } => write!(f, "request {number}: {verb}"),
            Self::Answered { number, ms, code: None } => write!(f, "request {number} answered after {ms} ms"),
            Self::Answered { number, ms, code: Some(code) } => {
                write!(f, "request {number} refused after {ms} ms: {code} {}", code.name())
            }
            Self::Synced { conversations, first } => {
                write!(f, "synced {conversations} conversations, first page: {first}")
            }
            Self::Queued { message, to } => write!(f, "message {message} to {to} waits in the outbox"),
            Self::Sent { message, to, result: Ok(sequence) } => {
                write!(f, "message {message} to {to} sent, sequence {sequence}")
            }
            Self::Sent { message, to, result: Err(code) } => {
                write!(f, "message {message} to {to} not sent: {code} {}", code.name())
            }
            Self::Received { message, conversation, sequence } => {
                write!(f, "message {message} in {conversation} received, sequence {sequence}")
            }
        }
    }
}

impl Machine {
    /// From now on the machine gives [`Output::Trace`], or not. It does not by default.
    pub fn set_tracing(&mut self, on: bool) {
        self.is_tracing = on;
    }

    /// Made only if somebody wants to know.
    pub(super) fn trace(&mut self, trace: impl FnOnce() -> Trace) {
        if self.is_tracing {
            self.then(Output::Trace(trace()));
        }
    }
}
