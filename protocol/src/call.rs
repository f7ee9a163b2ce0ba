//! Every request a client can make, with its reply: the protocol's verbs.
//!
//! Adding a verb means adding a struct, its reply, and a line in the list at the end. Only values here: who may
//! call what, and what follows from it, is the server's business. Long, because each field has its meaning above it.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::conversation::{Change, ConversationState, Cursor};
use crate::frame::Fault;
use crate::group::{Group, JoinStatus, NewGroup};
use crate::message::{Message, Mutation, Priority};
use crate::profile::{Profile, ProfileFields};
use crate::word::{Word, words};
use crate::{Code, ConversationId, GroupId, List, MessageId, UserId};

/// A request and the reply it asks for.
pub trait Call: Serialize + for<'a> Deserialize<'a> {
    /// The verb on the wire.
    const METHOD: &'static str;
    /// What a successful call answers.
    type Reply: Serialize + for<'a> Deserialize<'a> + std::fmt::Debug;
}

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

/// Sends a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Send {
    /// The message's identity; a retry uses the same.
    #[serde(rename = "ID")]
    pub id: MessageId,
    /// The conversation, as the sender names it. Not `@TIM#SYSTEM`.
    pub to: ConversationId,
    /// When the message was made, by the sender's clock, in milliseconds since 1970.
    pub client_time: i64,
    /// Its urgency in a group.
    #[serde(default)]
    pub priority: Priority,
    /// Does not count as unread.
    #[serde(default)]
    pub excluded_from_unread_count: bool,
    /// The body, at most [`crate::limits::BODY_BYTES`].
    pub body: Box<RawValue>,
}

/// Where a sent message stands. Given only after it is on stable storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Its sequence; the same for every retry.
    pub sequence: u64,
    /// Its countable number.
    pub countable: u64,
    /// When the server accepted it, in milliseconds since 1970.
    pub time: i64,
    /// The sender's nick, as everybody sees it beside this message; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// The sender's avatar address, as everybody sees it beside this message; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
}

/// Asks for messages by their sequence, newest first when they do not fit one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The oldest wanted.
    pub low: u64,
    /// The newest wanted; what lies beyond the head is ignored.
    pub high: u64,
    /// Most messages to answer with; at most [`crate::limits::HISTORY_PAGE`].
    pub limit: u32,
}

/// A complete run of messages.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryPage {
    /// Every message from `low` to `high`, oldest first.
    pub messages: List<Message>,
    /// The first sequence covered. Higher than asked for if the page is full; then ask again up to `low - 1`.
    pub low: u64,
    /// The last sequence covered; `low - 1` if nothing is.
    pub high: u64,
    /// The first message this user may see in this conversation.
    pub floor: u64,
}

/// Asks for mutations after one the client knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mutations {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The last one known; 0 for all.
    pub after: u64,
}

/// Mutations in order, without holes, beginning right after the one asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MutationPage {
    /// The mutations, oldest first. Those of messages before the user's floor are left out, their numbers skipped.
    pub mutations: List<Mutation>,
    /// The last mutation covered.
    pub up_to: u64,
    /// There are more after `up_to`.
    pub more: bool,
}

/// Takes a message back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revoke {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The message.
    pub sequence: u64,
}

/// Says how far this user has read. Never moves back; an older position changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Read {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The last message read; what lies beyond the head means the head.
    pub sequence: u64,
}

/// How far this user has read now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadUpTo {
    /// The last message read.
    pub sequence: u64,
    /// That message's countable number.
    pub countable: u64,
}

/// Asks for users' profiles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetProfiles {
    /// The users; at most [`crate::limits::USERS_PER_CALL`]. Unknown ones are left out of the answer.
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
}

/// Profiles of the users that exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profiles {
    /// In the order asked for.
    pub profiles: List<Profile>,
    /// How many of the users asked for were looked at, if not all of them fit one page: ask again for the others. At least
    /// one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
}

/// Changes the own profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateProfile {
    /// What to change; fields left out stay.
    pub fields: ProfileFields,
}

/// A profile as it is after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileIs {
    /// The profile.
    pub profile: Profile,
}

/// Puts users on the blacklist, or takes them off. A blacklisted user's C2C messages are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateBlacklist {
    /// The users; at most [`crate::limits::USERS_PER_CALL`].
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
    /// On (`true`) or off.
    pub listed: bool,
}

/// Makes a group. The caller becomes its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateGroup {
    /// What to make.
    pub group: NewGroup,
}

/// A group as it is after a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupIs {
    /// The group, as the caller sees it.
    pub group: Group,
}

/// Joins a group, or applies to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinGroup {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// Words for the owner; up to 256 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub apply_message: String,
}

/// What came of joining.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// In, in before, or waiting.
    pub status: JoinStatus,
    /// The group, if the caller is a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
}

/// Leaves a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuitGroup {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
}

/// Ends a group for all its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DismissGroup {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
}

/// Asks for a group's profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetGroup {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
}

/// Decides on an application to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandleApplication {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// Who applied.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// Accept or refuse.
    pub accept: bool,
    /// Words for the applicant; up to 256 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub handle_message: String,
}

/// Asks for leave to upload one picture over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadTicket {
    /// Its size in bytes; strictly below [`crate::limits::IMAGE_BYTES`].
    pub size: u64,
    /// The SHA-256 of its bytes, as 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// Leave to upload or download, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Path and query on the server to PUT to or GET from; contains the ticket.
    pub path: String,
    /// When it ends, in milliseconds since 1970.
    pub expires: i64,
}

/// Asks for leave to download a picture that a visible message names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownloadTicket {
    /// The path found in the message ([`crate::media::ImageInfo::url`]).
    pub url: String,
}

/// Ends the session on purpose: the device is no longer logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Logout {}

macro_rules! calls {
    ($($variant:ident = $method:literal -> $reply:ty),* $(,)?) => {
        $(impl Call for $variant {
            const METHOD: &'static str = $method;
            type Reply = $reply;
        })*

        /// Any request, for whoever has to tell them apart.
        #[derive(Debug, Clone)]
        pub enum Request {
            $(#[doc = concat!("`", $method, "`")] $variant($variant),)*
        }

        impl Request {
            /// The verb on the wire.
            #[must_use]
            pub fn method(&self) -> &'static str {
                match self { $(Self::$variant(_) => $method,)* }
            }

            /// Reads a request's parameters.
            ///
            /// # Errors
            /// [`Code::UNSUPPORTED`] for a verb this version does not know, [`Code::BAD_REQUEST`] for parameters
            /// that do not fit it.
            pub fn read(method: &str, parameters: Option<&RawValue>) -> Result<Self, Fault> {
                let text = parameters.map_or("{}", RawValue::get);
                match method {
                    $($method => serde_json::from_str(text).map(Self::$variant).map_err(|why| Fault::bad_request(method, &why)),)*
                    _ => Err(Fault::new(Code::UNSUPPORTED)),
                }
            }

            /// The parameters as JSON text.
            ///
            /// # Errors
            /// None in practice: every parameter type can be written.
            pub fn parameters(&self) -> serde_json::Result<Box<RawValue>> {
                match self { $(Self::$variant(call) => serde_json::value::to_raw_value(call),)* }
            }

            /// Whether `result` is a well-formed reply to this request. Used by tests and tools that check frames
            /// without acting on them.
            #[must_use]
            pub fn accepts(&self, result: &RawValue) -> bool {
                match self { $(Self::$variant(_) => serde_json::from_str::<$reply>(result.get()).is_ok(),)* }
            }

            /// Every verb there is.
            pub const METHODS: &'static [&'static str] = &[$($method),*];
        }

        $(impl From<$variant> for Request {
            fn from(call: $variant) -> Self {
                Self::$variant(call)
            }
        })*
    };
}

calls! {
    Hello = "hello" -> Welcome,
    Logout = "logout" -> Done,
    Sync = "sync" -> SyncPage,
    Send = "msg.send" -> Sent,
    History = "msg.history" -> HistoryPage,
    Mutations = "msg.mutations" -> MutationPage,
    Revoke = "msg.revoke" -> Mutation,
    Read = "conv.read" -> ReadUpTo,
    GetProfiles = "profile.get" -> Profiles,
    UpdateProfile = "profile.update" -> ProfileIs,
    UpdateBlacklist = "blacklist.update" -> Done,
    CreateGroup = "group.create" -> GroupIs,
    JoinGroup = "group.join" -> Joined,
    QuitGroup = "group.quit" -> Done,
    DismissGroup = "group.dismiss" -> Done,
    GetGroup = "group.get" -> GroupIs,
    HandleApplication = "group.handle" -> Done,
    UploadTicket = "media.upload" -> Ticket,
    DownloadTicket = "media.download" -> Ticket,
}

/// Reads any well-formed JSON value without keeping it, to tell "not JSON" from "JSON of the wrong shape".
pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}
