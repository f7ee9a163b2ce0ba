//! Trace lines of the machine for a log: IDs, numbers and durations, never a body, a token or a key.

use std::fmt;

use tim_protocol::{Code, ConversationId, MessageId, UserId};
use uuid::Uuid;

use crate::message::Message;

/// A trace line. Durations are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trace {
    /// A user logs in.
    LoginBegan {
        /// The user.
        user: UserId,
        /// This login, as the server knows it.
        instance: String,
    },
    /// The login ended with this code.
    LoginEnded(Code),
    /// A connection is being made.
    Connecting,
    /// Waiting before the next connection.
    Pausing {
        /// The delay.
        ms: i64,
    },
    /// The server accepted the `hello`.
    Welcomed {
        /// The session, as the server's log names it.
        session: Uuid,
        /// Whether the session was resumed.
        resumed: bool,
    },
    /// A request was sent.
    Asked {
        /// Its number on this connection.
        number: u64,
        /// The verb.
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
    /// A page of a sync was applied.
    Synced {
        /// Conversations that it tells of.
        conversations: usize,
        /// It is the sync's first page.
        first: bool,
    },
    /// A message is in the outbox.
    Queued {
        /// The message's ID.
        message: MessageId,
        /// The conversation.
        to: ConversationId,
    },
    /// A message has its place, or was refused.
    Sent {
        /// The message's ID.
        message: MessageId,
        /// The conversation.
        to: ConversationId,
        /// Its sequence, or the code of the refusal.
        result: Result<u64, Code>,
    },
    /// A message was emitted as received.
    Received {
        /// The message's ID.
        message: MessageId,
        /// The conversation.
        conversation: ConversationId,
        /// Its sequence.
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
