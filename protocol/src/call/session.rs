//! The session: hello, logout, and the sync of what changed.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Check;
use crate::bounds::{at_least_one, number, out_of};
use crate::conversation::{Change, ConversationState, Cursor};
use crate::word::{Word, words};
use crate::{Code, Fault, List, UnixMillis, UserId, VERSIONS, limits};

/// An empty reply: the request succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Done {}

words! {
    /// The platform a client runs on. The login policy counts login instances per platform.
    Platform {
        /// Android.
        Android = "android",
        /// iOS and iPadOS.
        Ios = "ios",
        /// macOS.
        Macos = "macos",
        /// Windows.
        Windows = "windows",
        /// Linux.
        Linux = "linux",
        /// A browser.
        Web = "web",
    }
}

impl Platform {
    /// The platform as the login policy counts it: all platforms unknown to this version count as one.
    #[must_use]
    pub fn counted_as(self) -> Self {
        if matches!(self, Self::Other(_)) { Self::Other(Word::OTHER) } else { self }
    }
}

/// The first request of every connection: identifies the user, the device and the login, and names a session to resume.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HelloRequest {
    /// Lowest and highest protocol version the client speaks.
    pub versions: [u32; 2],
    /// Features the client implements; at most [`crate::limits::FEATURES`].
    #[serde(default)]
    pub features: Vec<String>,
    /// The application.
    #[serde(rename = "SDKAppID")]
    pub sdk_app_id: u32,
    /// The user; [`UserId::guest`] for who has no UserSig.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// The UserSig that proves the user's identity; empty for a guest.
    pub user_sig: String,
    /// The device's name: drawn once by the client and kept until it is uninstalled. 1 to 64 bytes.
    pub device: String,
    /// The login instance: drawn for each login and kept for its reconnects. 1 to 64 bytes.
    pub instance: String,
    /// The platform.
    pub platform: Platform,
    /// Name and version of the client program, for logs; at most [`crate::limits::CLIENT_BYTES`].
    #[serde(default)]
    pub client: String,
    /// Whether the user logs in now, which may replace other login instances by the login policy. False if a connection
    /// of an existing login is restored.
    #[serde(default)]
    pub login: bool,
    /// The session to resume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
}

/// A session to resume, and how far the client has applied its pushes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The session.
    pub session: Uuid,
    /// The last push applied.
    pub push: u64,
}

/// The server's welcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Welcome {
    /// The protocol version of this connection.
    pub version: u32,
    /// Features both sides know.
    pub features: Vec<String>,
    /// This session, for a later resume.
    pub session: Uuid,
    /// Whether the session was resumed: the pushes after [`Resume::push`] follow, and no sync is needed.
    pub resumed: bool,
    /// The server's clock.
    pub now: UnixMillis,
    /// Shortest and longest pause between two heartbeats the server accepts, in milliseconds. The server closes a
    /// connection that was silent for 2.5 times the longest pause.
    pub heartbeat: [i64; 2],
    /// When the token expires; for a guest, who has none, [`crate::limits::NUMBER`].
    pub expires: UnixMillis,
    /// The epoch of the server's data; see [`Cursor::epoch`].
    pub epoch: u32,
}

/// Asks for the user's changes between two cursors, newest first.
///
/// `from` is the client's cursor (exclusive). `before` is where the previous page ended (exclusive); absent for the
/// first page, which reaches to the newest change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncRequest {
    /// Changes after this cursor are wanted. The zero cursor asks for everything.
    pub from: Cursor,
    /// Changes before this version are wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// Most changes to answer with; at most [`crate::limits::SYNC_PAGE`].
    pub limit: u32,
    /// How many of the newest messages to include for each conversation; at most [`crate::limits::SYNC_LATEST`].
    pub latest: u32,
}

/// One page of changes, newest first. `C` and `X` are its rows, or their JSON texts in a server that has written them
/// already.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "C: DeserializeOwned, X: DeserializeOwned"))]
pub struct SyncPage<C = ConversationState, X = Change> {
    /// The server cannot compute the changes since the client's cursor. This page begins a full sync: conversations
    /// that the client has and the sync does not contain no longer exist.
    #[serde(default)]
    pub reset: bool,
    /// The page's upper end, inclusive. On the first page of a sync the client sets its cursor to this and remembers
    /// the range below `next` as unfinished.
    pub cursor: Cursor,
    /// The value of `before` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Changed conversations.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub conversations: List<C>,
    /// Other changes.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub changes: List<X>,
}

/// Logs out: ends the login instance and its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LogoutRequest {}

impl HelloRequest {
    /// The highest version that both sides speak, if there is one.
    #[must_use]
    pub fn highest_common_version(&self) -> Option<u32> {
        let ([low, high], [own_low, own_high]) = (self.versions, VERSIONS);
        let highest = high.min(own_high);
        (highest >= low.max(own_low)).then_some(highest)
    }
}

impl Check for HelloRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        if self.highest_common_version().is_none() {
            return Err(Fault::new(Code::VERSION_UNSUPPORTED));
        }
        if self.user_id.is_system() || (self.user_id.is_guest() && !self.user_sig.is_empty()) {
            return Err(Fault::new(Code::USER_ID_INVALID));
        }
        for (field, name) in [("device", &self.device), ("instance", &self.instance)] {
            if !(1..=limits::DEVICE_BYTES).contains(&name.len()) {
                return Err(out_of(field, &format!("has 1 to {} bytes", limits::DEVICE_BYTES)));
            }
        }
        if self.client.len() > limits::CLIENT_BYTES {
            return Err(out_of("client", &format!("has at most {} bytes", limits::CLIENT_BYTES)));
        }
        if self.features.len() > limits::FEATURES {
            return Err(out_of("features", &format!("has at most {} names", limits::FEATURES)));
        }
        self.resume.as_ref().map_or(Ok(()), |resume| number("push", resume.push))
    }
}

impl Check for LogoutRequest {}

impl Check for SyncRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        number("from", self.from.version)?;
        number("before", self.before.unwrap_or(0))?;
        at_least_one("limit", self.limit.into())
    }
}

verbs! {
    /// The requests about the session itself.
    SessionRequest -> SessionReply {
        Session by Guest: Hello(HelloRequest) = "hello" -> Welcome,
        Session by Guest: Logout(LogoutRequest) = "logout" -> Done,
        Session by Guest: Sync(SyncRequest) = "sync" -> SyncPage,
    }
}
