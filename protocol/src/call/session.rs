//! The session: hello, logout, and the sync of what changed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Check;
use crate::bounds::{at_least_one, number, out_of};
use crate::conversation::{Change, ConversationState, Cursor};
use crate::word::{Word, words};
use crate::{Code, Fault, List, UserId, VERSIONS, limits};

/// A reply that says nothing but "done".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Done {}

words! {
    /// The kinds of machine a client runs on. The login policy counts devices per kind.
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
    /// The kind that the login policy counts it as: those that this version does not know are one.
    #[must_use]
    pub fn counted_as(self) -> Self {
        if matches!(self, Self::Other(_)) { Self::Other(Word::OTHER) } else { self }
    }
}

/// The first request of every connection: who is there, and where the client stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hello {
    /// Lowest and highest protocol version the client speaks.
    pub versions: [u32; 2],
    /// Features the client implements; at most [`crate::limits::FEATURES`].
    #[serde(default)]
    pub features: Vec<String>,
    /// The application.
    #[serde(rename = "SDKAppID")]
    pub sdk_app_id: u32,
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// The token that proves it.
    pub user_sig: String,
    /// The device: chosen once by the client and kept for as long as it is installed. 1 to 64 bytes.
    pub device: String,
    /// This login: made anew for every login, kept for every reconnect of it. 1 to 64 bytes.
    pub instance: String,
    /// What kind of machine it is.
    pub platform: Platform,
    /// Name and version of the client program, for logs; at most [`crate::limits::CLIENT_BYTES`].
    #[serde(default)]
    pub client: String,
    /// The user logs in now (and replaces others, by the login policy), rather than a connection being restored.
    #[serde(default)]
    pub login: bool,
    /// A dropped session to go on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
}

/// A dropped session and how far the client followed it.
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
    /// The version to speak from here on.
    pub version: u32,
    /// Features both sides know.
    pub features: Vec<String>,
    /// This session, for a later resume.
    pub session: Uuid,
    /// Whether the session asked for goes on: the pushes after [`Resume::push`] follow, and no sync is needed.
    pub resumed: bool,
    /// The server's clock, in milliseconds since 1970.
    pub now: i64,
    /// Shortest and longest pause between two heartbeats the server accepts, in milliseconds. It closes a
    /// connection that was silent for two and a half times the longest.
    pub heartbeat: [i64; 2],
    /// When the token expires, in milliseconds since 1970.
    pub expires: i64,
    /// The life of the server's data; see [`Cursor::epoch`].
    pub epoch: u32,
}

/// Asks for what changed for this user between two cursors, newest first.
///
/// `from` is where the client stands (exclusive), `before` where the page before ended (exclusive; absent for
/// the first page, which reaches to now).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sync {
    /// Changes after this cursor are wanted. The zero cursor asks for everything.
    pub from: Cursor,
    /// Changes before this version are wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// Most changes to answer with; at most [`crate::limits::SYNC_PAGE`].
    pub limit: u32,
    /// How many of the newest messages to send along with each conversation; at most
    /// [`crate::limits::SYNC_LATEST`].
    pub latest: u32,
}

/// One page of changes, newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncPage {
    /// The client's cursor is too old to tell what changed: this page begins a complete picture, and what the
    /// client knows and the picture lacks is gone.
    #[serde(default)]
    pub reset: bool,
    /// Where the page's upper end lies, inclusive. With the first page of a sync the client moves its own cursor
    /// here, and remembers what `next` leaves as unfinished.
    pub cursor: Cursor,
    /// Ask again with `before` set to this for the rest; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Changed conversations.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub conversations: List<ConversationState>,
    /// Other changes.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub changes: List<Change>,
}

/// Ends the session on purpose: the device is no longer logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Logout {}

impl Hello {
    /// The highest version that both sides speak, if there is one.
    #[must_use]
    pub fn highest_common_version(&self) -> Option<u32> {
        let ([low, high], [own_low, own_high]) = (self.versions, VERSIONS);
        let highest = high.min(own_high);
        (highest >= low.max(own_low)).then_some(highest)
    }
}

impl Check for Hello {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        if self.highest_common_version().is_none() {
            return Err(Fault::new(Code::VERSION_UNSUPPORTED));
        }
        if self.user_id.is_system() {
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

impl Check for Logout {}

impl Check for Sync {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        number("from", self.from.version)?;
        number("before", self.before.unwrap_or(0))?;
        at_least_one("limit", self.limit.into())
    }
}

verbs! {
    /// What a session asks for itself.
    SessionRequest -> SessionReply {
        Session Hello = "hello" -> Welcome,
        Session Logout = "logout" -> Done,
        Session Sync = "sync" -> SyncPage,
    }
}
