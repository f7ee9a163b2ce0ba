//! The state of one connection, its inputs and effects, and the steps that all of its rules share.
//!
//! Decides nothing about requests.

use std::sync::Arc;

use tim_protocol::call::{self, HelloRequest, Platform};
use tim_protocol::conversation::Cursor;
use tim_protocol::frame::{self, KickReason, Kicked, Push};
use tim_protocol::{Code, UnixMillis, UserId};
use uuid::Uuid;

use crate::core::guests::{Guest, Guests};
use crate::core::ops::{
    Actor, Committed, ConversationKey, Delivery, Query, QueryResult, Refusal, StoredStatus, Topic, UserKey,
    Write,
};
use crate::core::policy::LoginPolicy;
use crate::core::rate::Bucket;
use crate::core::receipts::Receipts;
use crate::core::rooms::Rooms;
use crate::core::shares::{Network, Shares};
use crate::core::watching::Watching;
use crate::core::window::Window;

/// Matches a result to its write or query. Unique within a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub u64);

/// An input of a session.
#[derive(Debug)]
pub enum Input<'a> {
    /// A text frame arrived, not yet checked for size or depth.
    Frame(&'a str),
    /// A write was completed.
    WriteResult(Token, Result<Committed, Refusal>),
    /// A query was completed.
    QueryResult(Token, Result<QueryResult, Refusal>),
    /// [`StatusEffect::Ask`] was answered.
    Online(Token, Vec<Option<Arc<str>>>),
    /// The parked session requested with [`Effect::Unpark`], if it still exists.
    Unparked(Option<Box<Parked>>),
    /// So many users of a topic are connected: see [`StatusEffect::Count`].
    Counted(Token, u32),
    /// [`Effect::Attach`] or [`Effect::Follow`] is carried out.
    Attached,
    /// A delivery from the bus.
    Delivery(Delivery),
    /// The bus dropped a delivery because the session's inbox was full.
    Overflow,
    /// The deadline of [`Session::deadline`] has passed.
    Deadline,
    /// The server is shutting down.
    Shutdown,
}

/// An effect to be carried out by the driver.
#[derive(Debug)]
pub enum Effect {
    /// Send this envelope. Envelopes may share a frame if [`Session::batches`].
    Send(String),
    /// Make this change.
    Write(Token, Write),
    /// Answer this question.
    Query(Token, Query),
    /// Take a parked session.
    Unpark(Uuid),
    /// Be on the bus as this session, and say so with [`Input::Attached`]. A resumed session has kept its subscription
    /// and its topics, and does not wait.
    Attach(UserKey, Uuid),
    /// Subscribe to these topics too, and confirm it with [`Input::Attached`]. The welcome follows it.
    Follow(Vec<Topic>),
    /// Who is online: see [`StatusEffect`].
    Status(StatusEffect),
    /// Subscribe to the topic of a live room.
    Enter(ConversationKey),
    /// Unsubscribe from it.
    Leave(ConversationKey),
    /// The connection belongs to this user and session from here on. The welcome follows it.
    Admit(UserKey, Uuid),
    /// Close the connection after everything sent so far. The text is for the close frame.
    Close(Code, &'static str),
}

/// An effect that concerns who is online, carried out by the bus.
#[derive(Debug)]
pub enum StatusEffect {
    /// The user says this of themselves.
    Say(Arc<str>),
    /// What do these users say of themselves? Answered with [`Input::Online`].
    Ask(Token, Vec<UserKey>),
    /// How many users who follow this topic are connected? Answered with [`Input::Counted`].
    Count(Token, ConversationKey),
    /// Watch these users.
    Watch(Vec<(UserKey, UserId)>),
    /// Do not watch these users any more.
    Unwatch(Vec<UserKey>),
}

impl From<StatusEffect> for Effect {
    fn from(effect: StatusEffect) -> Self {
        Self::Status(effect)
    }
}

/// The operator's settings.
#[derive(Clone)]
pub struct Settings {
    /// The login policy.
    pub policy: LoginPolicy,
    /// Maximum age of a message that may be revoked, in milliseconds.
    pub revoke_within: i64,
    /// Shortest and longest accepted pause between heartbeats, in milliseconds.
    pub heartbeat: [i64; 2],
    /// Longest accepted life of a UserSig, in seconds; `None` for any.
    pub max_sig_life: Option<i64>,
    /// The most bytes of files that a user may have stored; 0 for any number.
    pub media_quota: u64,
    /// The random key that signs tickets, kept across restarts.
    pub ticket_key: [u8; 32],
    /// People without a token.
    pub guests: Arc<Guests>,
}

/// A session without a connection that can be resumed: its window of unacknowledged pushes.
#[derive(Debug)]
pub struct Parked {
    pub(super) id: Uuid,
    pub(super) user: UserKey,
    pub(super) instance: String,
    pub(super) window: Window,
    pub(super) rooms: Vec<ConversationKey>,
    pub(super) guest: Option<Guest>,
}

impl Parked {
    /// The session's ID.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The user of the session.
    #[must_use]
    pub fn user(&self) -> UserKey {
        self.user
    }
}

/// One connection's rules.
pub struct Session {
    pub(super) settings: Arc<Settings>,
    pub(super) id: Uuid,
    pub(super) phase: Phase,
    /// The last request number.
    pub(super) number: u64,
    /// Writes and queries whose results are pending.
    pub(super) asked: Asked,
    pub(super) next_token: u64,
    /// Random numbers for group IDs and ticket nonces.
    pub(super) rng: fastrand::Rng,
    pub(super) shares: Arc<Shares>,
    pub(super) rooms: Arc<Rooms>,
    /// The client's network.
    pub(super) network: Network,
    /// When the connection began, and when the last frame arrived; monotonic.
    pub(super) began: i64,
    pub(super) heard: i64,
    pub(super) batches: bool,
    pub(super) deflates: bool,
    pub(super) stopping: bool,
    pub(super) who: Option<ClientInfo>,
}

/// The phase of a connection.
pub(super) enum Phase {
    /// Before the `hello`.
    Silent,
    /// The `hello` is being processed.
    Greeting(Box<Greeting>),
    /// Logged in.
    Live(Box<Live>),
    /// Closed; inputs are ignored.
    Over,
}

/// A logged-in session.
pub(super) struct Live {
    pub(super) actor: Actor,
    pub(super) instance: String,
    pub(super) window: Window,
    /// When the token ends, on the monotonic clock.
    pub(super) expires: i64,
    /// The upper end of the first sync, if the watermark need not be advanced for it.
    pub(super) watermark: Option<Cursor>,
    /// Receipts that were not pushed yet.
    pub(super) receipts: Receipts,
    /// Whose status the session is told.
    pub(super) watching: Watching,
    /// The live rooms that it is in.
    pub(super) rooms: Vec<ConversationKey>,
    /// What it said there lately.
    pub(super) spoken: Bucket,
    /// It is a guest's.
    pub(super) guest: Option<Guest>,
}

/// The client as identified by its `hello`, for logs, without the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientInfo {
    /// The application.
    pub app: u32,
    /// The user, not yet verified.
    pub user: UserId,
    /// The installation.
    pub device: String,
    /// The login.
    pub instance: String,
    /// The kind of machine.
    pub platform: Platform,
    /// Name and version of the client program.
    pub client: String,
    /// A new login, rather than a restored one.
    pub login: bool,
}

impl ClientInfo {
    pub(super) fn of(hello: &HelloRequest) -> Self {
        Self {
            app: hello.sdk_app_id,
            user: hello.user_id.clone(),
            device: hello.device.clone(),
            instance: hello.instance.clone(),
            platform: hello.platform,
            client: hello.client.clone(),
            login: hello.login,
        }
    }
}

/// A `hello` that is being processed.
pub(super) struct Greeting {
    pub(super) number: u64,
    pub(super) hello: HelloRequest,
    /// When the token ends.
    pub(super) expires: UnixMillis,
    /// The user and the epoch, once the user is known.
    pub(super) user: Option<(UserKey, u32)>,
    pub(super) step: Step,
    /// See [`SessionStart::watermark`].
    pub(super) watermark: Option<Cursor>,
    /// The login may have ended since it was made or found: it is looked at after the welcome.
    pub(super) is_in_doubt: bool,
    /// The pushes since it is on the bus, to be sent after the welcome.
    pub(super) window: Window,
    pub(super) pushed: Vec<String>,
    /// It is a guest's, who has been let in.
    pub(super) guest: Option<Guest>,
}

/// What a `hello` waits for. A session is on the bus before its login, or what it begins with, is read: so it hears of
/// everything of its user that changes afterwards, and of its topics once it follows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The application's keys and the user.
    Greet,
    /// The bus, before the login.
    AttachToLogIn,
    /// The login of a user that is on the bus.
    LogInAttached,
    /// The login of a user that logs in for the first time.
    LogIn,
    /// The bus, after the login.
    Attach,
    /// What the session begins with.
    Start,
    /// The parked session.
    Unpark,
    /// The topics.
    Follow,
}

/// The purpose of a pending write or query.
#[derive(Debug)]
pub(super) enum Purpose {
    /// A hello: what it is checked with.
    Greet,
    /// A hello: the login.
    Login,
    /// A hello: what the session begins with.
    SessionStart,
    /// After an overflow, or a kick before the welcome: whether the login instance is still active.
    StillLoggedIn,
    /// The request of this number: its answer is the reply.
    Reply(u64),
    /// A heartbeat's cursor.
    Pong(u64),
    /// The watermark before the first page of a sync.
    AdvanceWatermark(u64, Box<(Actor, call::SyncRequest)>),
    /// The file at this address.
    DownloadTicket(u64, String),
    /// What the user has stored, before an upload.
    UploadTicket(u64, call::UploadTicketRequest),
    /// Users whose status is asked for.
    FindStatuses(u64, Vec<UserId>),
    /// Those that were found, while the bus tells who of them is online.
    Online(u64, Vec<(UserId, Option<StoredStatus>)>),
    /// Users whose status the session is to be told.
    Watch(u64, Vec<UserId>),
    /// The end of the login; the connection ends with it.
    Logout(u64),
}

impl Purpose {
    /// The number of the waiting request, if any.
    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Self::Reply(number)
            | Self::AdvanceWatermark(number, _)
            | Self::DownloadTicket(number, _)
            | Self::UploadTicket(number, _)
            | Self::FindStatuses(number, _)
            | Self::Online(number, _)
            | Self::Watch(number, _)
            | Self::Logout(number) => Some(*number),
            Self::Greet | Self::Login | Self::SessionStart | Self::StillLoggedIn | Self::Pong(_) => None,
        }
    }
}

/// The pending writes and queries; no memory while there are none.
#[derive(Default)]
pub(super) struct Asked(Vec<(Token, Purpose)>);

impl Asked {
    fn add(&mut self, token: Token, purpose: Purpose) {
        self.0.push((token, purpose));
    }

    pub(super) fn take(&mut self, token: Token) -> Option<Purpose> {
        let place = self.0.iter().position(|(asked, _)| *asked == token)?;
        let (_, purpose) = self.0.swap_remove(place);
        if self.0.is_empty() {
            self.0 = Vec::new();
        }
        Some(purpose)
    }

    pub(super) fn has_logout(&self) -> bool {
        self.0.iter().any(|(_, purpose)| matches!(purpose, Purpose::Logout(_)))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Live {
    /// A dropped push is above the watermark of the login: the next sync has to advance it.
    pub(super) fn forget_watermark_if_lagging(&mut self) {
        if self.window.is_lagging() {
            self.watermark = None;
        }
    }
}

impl Session {
    /// Ends the session because its login ended with this code. The push of a kick is not numbered, so that it is sent
    /// even if the window is full.
    pub(super) fn end(&mut self, code: Code, effects: &mut Vec<Effect>) {
        let kick = KickReason::of_code(code).map(|reason| Push::Kicked(Kicked { reason }));
        if let Some(Ok(encoded)) = kick.map(|kick| kick.write()) {
            effects.push(Effect::Send(frame::envelope_push(None, &encoded)));
        }
        self.close(code, effects);
    }

    pub(super) fn close(&mut self, code: Code, effects: &mut Vec<Effect>) {
        self.phase = Phase::Over;
        self.asked = Asked::default();
        effects.push(Effect::Close(code, code.describe()));
    }

    pub(super) fn write(&mut self, write: Write, asked: Purpose, effects: &mut Vec<Effect>) {
        let token = self.token(asked);
        effects.push(Effect::Write(token, write));
    }

    pub(super) fn query(&mut self, query: Query, asked: Purpose, effects: &mut Vec<Effect>) {
        let token = self.token(asked);
        effects.push(Effect::Query(token, query));
    }

    pub(super) fn token(&mut self, asked: Purpose) -> Token {
        self.next_token += 1;
        let token = Token(self.next_token);
        self.asked.add(token, asked);
        token
    }
}
