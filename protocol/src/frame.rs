//! Envelopes: the wire format of requests, replies and pushes.
//!
//! One text frame is one envelope or an array of them. This module reads and writes envelopes; sizes, depth and
//! compression are `codec`'s.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::call::{AttributesChange, Request};
use crate::conversation::{Change, Cursor, ProfileChange};
use crate::message::{Message, Mutation, Receipt, ReceiptUpdates, RoomMessages};
use crate::status::StatusUpdates;
use crate::word::words;
use crate::{Code, UnixMillis, codec, json, limits};

use crate::fault::Fault;

/// One envelope from a client: an optional acknowledgement, and at most one of a request and a heartbeat.
#[derive(Debug, Clone, Default)]
pub struct FromClient {
    /// Every push up to this number has been applied.
    pub ack: Option<u64>,
    /// The request or heartbeat, if any.
    pub ask: Option<Ask>,
}

/// The request or heartbeat in a client's envelope.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "most envelopes are requests")]
pub enum Ask {
    /// A request and its number, which increases within a connection and is repeated in the reply. If only the request
    /// is malformed, the fault is the reply to its number.
    Request(u64, Result<Request, Fault>),
    /// A heartbeat; the pong repeats its number.
    Ping(u64),
}

/// One envelope from a server.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "most envelopes are pushes")]
pub enum FromServer {
    /// The reply to a request.
    Reply(u64, Result<Box<RawValue>, Fault>),
    /// A push. Numbered pushes are dense within a session and are sent again on resume.
    Push(Option<u64>, Push),
    /// The answer to a heartbeat.
    Pong(Pong),
    /// An envelope of a later version.
    Unknown,
}

/// The answer to a heartbeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pong {
    /// The heartbeat's number.
    #[serde(rename = "po")]
    pub number: u64,
    /// The newest cursor of the user's changes. If it is newer than the client's cursor, the client must sync. A lost
    /// push is detected this way even if no other push follows.
    #[serde(rename = "cur", default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// The server's clock.
    pub now: UnixMillis,
}

/// The content of a push.
#[derive(Debug, Clone)]
pub enum Push {
    /// A new message in one of the user's conversations.
    Message(Message),
    /// An online-only message: its sequence is 0, and no later request finds it.
    Online(Message),
    /// What was said in a live room lately. No later request finds it, as with [`Push::Online`].
    Room(RoomMessages),
    /// A change to an older message.
    Mutation(Mutation),
    /// A receipt: this user read on another device, or the other side of a C2C conversation read.
    Receipt(Receipt),
    /// Users confirmed that they read messages of this user.
    Receipts(ReceiptUpdates),
    /// The status of users whom the session is subscribed to, or of its own.
    Statuses(StatusUpdates),
    /// A change of the user's own data.
    Change(Change),
    /// The profile of a user who has this one as a friend, or a C2C conversation with them, changed.
    Profile(ProfileChange),
    /// Attributes of a group changed.
    Attributes(AttributesChange),
    /// The window was full and pushes were omitted: the client must acknowledge this push and sync.
    Lag,
    /// The session is over; the connection closes after it.
    Kicked(Kicked),
    /// A push that this version does not know or cannot read. Acknowledged and counted as unreadable, otherwise
    /// ignored.
    Unknown,
}

/// Why a session was ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kicked {
    /// The reason.
    #[serde(rename = "type")]
    pub reason: KickReason,
}

words! {
    /// Why a session was ended.
    KickReason {
        /// The same device logged in as a new instance.
        MultipleAccount = "multipleAccount",
        /// Another device replaced this one by the login policy.
        MultipleDevice = "multipleDevice",
        /// The token expired.
        UserSigExpired = "userSigExpired",
        /// The server's operator ended it.
        RestApi = "REST_API_Kick",
    }
}

impl KickReason {
    /// The code with which later calls and a `hello` of the ended login instance are refused.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::MultipleAccount => Code::KICKED_MULTIPLE_ACCOUNT,
            Self::MultipleDevice => Code::KICKED_MULTIPLE_DEVICE,
            Self::UserSigExpired => Code::USERSIG_EXPIRED_OFFLINE,
            Self::RestApi | Self::Other(_) => Code::KICKED_BY_SERVER,
        }
    }

    /// The kick reason of a code, if the code is that of a kick.
    #[must_use]
    pub fn of_code(code: Code) -> Option<Self> {
        [Self::MultipleAccount, Self::MultipleDevice, Self::UserSigExpired, Self::RestApi]
            .into_iter()
            .find(|reason| reason.code() == code)
    }
}

#[derive(Serialize, Deserialize)]
struct ClientEnvelope<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    i: Option<u64>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    m: Option<std::borrow::Cow<'a, str>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    p: Option<&'a RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    a: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pi: Option<u64>,
}

impl FromClient {
    /// Reads one envelope.
    ///
    /// # Errors
    /// [`Code::MALFORMED_FRAME`]: the text is not an envelope. The connection cannot go on.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let envelope: ClientEnvelope<'_> = json::read(text).map_err(|_| malformed(text))?;
        let numbers = [envelope.i, envelope.a, envelope.pi];
        if numbers.into_iter().flatten().any(|number| number > limits::NUMBER) {
            return Err(Fault::with_text(Code::MALFORMED_FRAME, "the numbers of an envelope are below 2^53"));
        }
        let ask = match (envelope.i, envelope.m, envelope.pi) {
            (Some(number), Some(method), None) => {
                Some(Ask::Request(number, Request::read(&method, envelope.p)))
            }
            (None, None, Some(number)) => Some(Ask::Ping(number)),
            (None, None, None) if envelope.a.is_some() => None,
            _ => {
                return Err(Fault::with_text(
                    Code::MALFORMED_FRAME,
                    "an envelope is a request (i, m, p), a heartbeat (pi) or an acknowledgement (a)",
                ));
            }
        };
        Ok(Self { ack: envelope.a, ask })
    }

    /// Writes one envelope.
    ///
    /// # Errors
    /// None in practice. A malformed request cannot be written: its fault comes back.
    pub fn write(&self) -> Result<String, Fault> {
        let mut envelope = ClientEnvelope { i: None, m: None, p: None, a: self.ack, pi: None };
        let parameters;
        match &self.ask {
            Some(Ask::Request(number, request)) => {
                let request = request.as_ref().map_err(Clone::clone)?;
                parameters = request.parameters().map_err(|_| Fault::new(Code::INTERNAL))?;
                envelope.i = Some(*number);
                envelope.m = Some(request.method().into());
                envelope.p = Some(&parameters);
            }
            Some(Ask::Ping(number)) => envelope.pi = Some(*number),
            None => {}
        }
        serde_json::to_string(&envelope).map_err(|_| Fault::new(Code::INTERNAL))
    }
}

/// The unparsed fields of an envelope. Each is parsed separately, so that one that cannot be read does not affect the
/// others.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ServerEnvelope<'a> {
    #[serde(borrow)]
    i: Option<&'a RawValue>,
    #[serde(borrow)]
    r: Option<&'a RawValue>,
    #[serde(borrow)]
    e: Option<&'a RawValue>,
    #[serde(borrow)]
    n: Option<&'a RawValue>,
    #[serde(borrow)]
    ev: Option<&'a RawValue>,
    #[serde(borrow)]
    p: Option<&'a RawValue>,
    #[serde(borrow)]
    po: Option<&'a RawValue>,
}

/// Parses a field of an envelope; `None` if it is absent or cannot be read.
fn part<T: DeserializeOwned>(raw: Option<&RawValue>) -> Option<T> {
    json::read(raw?.get()).ok()
}

impl FromServer {
    /// Parses one envelope. Content that this version does not know or cannot read becomes [`FromServer::Unknown`],
    /// [`Push::Unknown`] or the failure of its request ([`Code::UNREADABLE`]).
    ///
    /// # Errors
    /// [`Code::MALFORMED_FRAME`]: the text is not JSON. The connection cannot go on.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let Ok(envelope) = json::read::<ServerEnvelope<'_>>(text) else {
            return if codec::is_json(text) { Ok(Self::Unknown) } else { Err(malformed(text)) };
        };
        let ServerEnvelope { i, r, e, n, ev, p, po } = envelope;
        if let Some(number) = part(i) {
            let failure = || part(e).unwrap_or_else(|| Fault::new(Code::UNREADABLE));
            let result = r.filter(|_| e.is_none()).map(ToOwned::to_owned);
            return Ok(Self::Reply(number, result.ok_or_else(failure)));
        }
        if n.is_some() || ev.is_some() {
            let push = part::<String>(ev).and_then(|event| Push::read(&event, p)).unwrap_or(Push::Unknown);
            // A numbered push whose number cannot be read cannot be ordered.
            return Ok(match (n, part(n)) {
                (Some(_), None) => Self::Unknown,
                (_, number) => Self::Push(number, push),
            });
        }
        Ok(po.and_then(|_| json::read(text).ok()).map_or(Self::Unknown, Self::Pong))
    }

    /// Writes one envelope.
    ///
    /// # Errors
    /// None in practice: every part can be written.
    pub fn write(&self) -> serde_json::Result<String> {
        match self {
            Self::Reply(number, Ok(result)) => Ok(format!(r#"{{"i":{number},"r":{result}}}"#)),
            Self::Reply(number, Err(fault)) => {
                Ok(format!(r#"{{"i":{number},"e":{}}}"#, serde_json::to_string(fault)?))
            }
            Self::Push(number, push) => Ok(envelope_push(*number, &push.write()?)),
            Self::Pong(pong) => serde_json::to_string(pong),
            Self::Unknown => Ok("{}".to_owned()),
        }
    }
}

/// Adds a session's push number to a push that was encoded once for all receivers.
#[must_use]
pub fn envelope_push(number: Option<u64>, encoded: &str) -> String {
    match number {
        Some(number) => format!(r#"{{"n":{number},{encoded}}}"#),
        None => format!("{{{encoded}}}"),
    }
}

impl Push {
    /// The part of the envelope that is the same for every receiver: `"ev":…,"p":…`, without braces.
    ///
    /// # Errors
    /// None in practice: every part can be written.
    pub fn write(&self) -> serde_json::Result<String> {
        let (event, parameters) = match self {
            Self::Message(message) => ("msg", serde_json::to_string(message)?),
            Self::Online(message) => ("online", serde_json::to_string(message)?),
            Self::Room(said) => ("room", serde_json::to_string(said)?),
            Self::Mutation(mutation) => ("mut", serde_json::to_string(mutation)?),
            Self::Receipt(receipt) => ("read", serde_json::to_string(receipt)?),
            Self::Receipts(receipts) => ("receipts", serde_json::to_string(receipts)?),
            Self::Statuses(statuses) => ("status", serde_json::to_string(statuses)?),
            Self::Change(change) => ("change", serde_json::to_string(change)?),
            Self::Profile(change) => ("profile", serde_json::to_string(change)?),
            Self::Attributes(change) => ("groupAttributes", serde_json::to_string(change)?),
            Self::Lag => return Ok(r#""ev":"lag""#.to_owned()),
            Self::Kicked(kicked) => ("kick", serde_json::to_string(kicked)?),
            Self::Unknown => return Ok(r#""ev":"unknown""#.to_owned()),
        };
        Ok(format!(r#""ev":"{event}","p":{parameters}"#))
    }

    /// Parses a push; `None` if this version does not know it or cannot read it.
    fn read(event: &str, parameters: Option<&RawValue>) -> Option<Self> {
        match event {
            "msg" => part(parameters).map(Self::Message),
            "online" => part(parameters).map(Self::Online),
            "room" => part(parameters).map(Self::Room),
            "mut" => part(parameters).map(Self::Mutation),
            "read" => part(parameters).map(Self::Receipt),
            "receipts" => part(parameters).map(Self::Receipts),
            "status" => part(parameters).map(Self::Statuses),
            "change" => part(parameters).map(Self::Change),
            "profile" => part(parameters).map(Self::Profile),
            "groupAttributes" => part(parameters).map(Self::Attributes),
            "lag" => Some(Self::Lag),
            "kick" => part(parameters).map(Self::Kicked),
            _ => None,
        }
    }
}

fn malformed(text: &str) -> Fault {
    let why =
        if codec::is_json(text) { "the frame is JSON but not an envelope" } else { "the frame is not JSON" };
    Fault::with_text(Code::MALFORMED_FRAME, why)
}
