//! What goes into the machine and what comes out: the border between deciding and doing.
//!
//! Values only. See [`super`] for the rules of the border.

use std::path::PathBuf;
use std::sync::Arc;

use tim_protocol::call::{Platform, Reply, Request};
use tim_protocol::frame::Fault;
use tim_protocol::group::Group;
use tim_protocol::media::{Attachment, Uploaded};
use tim_protocol::profile::Profile;
use tim_protocol::{ConversationId, MessageId, UserId};

pub use super::outbox::pending::Pending;
use super::trace::Trace;
use super::unreadable::Unreadable;
use crate::conversation::Conversation;
use crate::event::Event;
use crate::message::Message;
use crate::stored::{Change, Snapshot};

/// The two clocks, in milliseconds. Timers use the first, what people see uses the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Never jumps; its zero means nothing.
    pub monotonic: i64,
    /// Since 1970, by the device.
    pub wall: i64,
}

/// Pairs a call with its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub u64);

/// What the machine is told.
#[derive(Debug)]
pub enum Input {
    /// The app calls. Answered by exactly one [`Output::Return`] or [`Output::Answer`], at the latest when the
    /// call's time is up.
    Call(CallId, Call),
    /// The store that [`Output::OpenStore`] asked for is open (or is not, and why).
    StoreOpened(Result<Box<Snapshot>, Fault>),
    /// A commit failed and nothing of it was stored, or what was read is damaged ([`tim_protocol::Code::STORE_DAMAGED`]; then the driver
    /// has put a new store in the place of the damaged one). The outputs after it are still in the machine, which drops them,
    /// fails the calls they would have answered, forgets what it holds in memory and asks for the store to be opened
    /// anew.
    StoreFailed(Fault),
    /// The connection that [`Output::Connect`] asked for stands.
    Connected,
    /// A text frame arrived; inflated already if it was compressed.
    Frame(String),
    /// The connection could not be made, and why.
    ConnectFailed(Fault),
    /// The connection is gone.
    Disconnected,
    /// The device's network came or went, as far as the host knows. A hint only.
    Network {
        /// It came, or another in its place.
        up: bool,
    },
    /// All listeners have returned from the messages of these conversations up to these sequences.
    Delivered(Vec<(ConversationId, u64)>),
    /// An upload has ended.
    UploadEnded(MessageId, Result<Uploaded, Fault>),
    /// The time named by [`super::Machine::deadline`] has come.
    Deadline,
}

/// What an app can ask for. One variant per verb of the public API that needs the machine.
#[derive(Debug, Clone)]
pub enum Call {
    /// Log in.
    Login {
        /// Who.
        user: UserId,
        /// The token.
        user_sig: String,
    },
    /// Log out.
    Logout,
    /// Send a message that was created here; a picture's file is uploaded first.
    Send {
        /// The message.
        message: Box<Message>,
        /// The copy of a picture that is still to be uploaded: on stable storage, made by the driver.
        upload: Option<PathBuf>,
    },
    /// Send a failed message again, under the same id.
    Resend(MessageId),
    /// Take a message out of the outbox.
    Cancel(MessageId),
    /// Mark everything in a conversation as read.
    SetRead(ConversationId),
    /// A page of history, older than `before`.
    MessageList {
        /// Where.
        conversation: ConversationId,
        /// Exclusive; `None` begins at the newest.
        before: Option<u64>,
        /// 1 to 100.
        count: u32,
    },
    /// All conversations in order.
    ConversationList,
    /// Users' profiles.
    Profiles(Vec<UserId>),
    /// The own profile.
    MyProfile,
    /// The blacklist.
    Blacklist,
    /// The groups the user is in.
    GroupList,
    /// Ask the server. What the reply changes here, [`super::account`] says.
    Ask(Box<Request>),
    /// The server's clock.
    ServerTime,
}

impl Call {
    /// Asks the server.
    pub fn ask(request: impl Into<Request>) -> Self {
        Self::Ask(Box::new(request.into()))
    }
}

/// What a call gives back.
#[derive(Debug, Clone)]
pub enum Return {
    /// Nothing but success.
    Done,
    /// Logged in; `repeated` if the same user was logged in before.
    LoggedIn {
        /// There was nothing to do.
        repeated: bool,
    },
    /// A message as it is after the call.
    Message(Box<Message>),
    /// All conversations in order.
    Conversations(Vec<Arc<Conversation>>),
    /// Profiles.
    Profiles(Vec<Profile>),
    /// Users.
    Users(Vec<UserId>),
    /// Groups.
    Groups(Vec<Group>),
    /// The server's reply to what was asked.
    Reply(Box<Reply>),
    /// Milliseconds since 1970.
    Time(i64),
}

/// Messages to be read from the store: the machine does not keep them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Where.
    pub conversation: ConversationId,
    /// The oldest wanted.
    pub low: u64,
    /// The newest wanted.
    pub high: u64,
    /// Only those the own user sent.
    pub own_only: bool,
}

/// What the machine wants done. Carried out in order, each before the next.
#[derive(Debug)]
pub enum Output {
    /// Open this user's store and come back with [`Input::StoreOpened`]. A store that is open already is closed
    /// first.
    OpenStore {
        /// The user.
        user: UserId,
    },
    /// Close the store, if one is open.
    CloseStore,
    /// Make these changes in one transaction before anything that follows. `durable` asks for it to survive a
    /// power cut, not only the end of the process.
    Commit {
        /// The changes.
        changes: Vec<Change>,
        /// Synced to stable storage.
        durable: bool,
    },
    /// Make a connection; a former one is dropped.
    Connect,
    /// Drop the connection after what was transmitted so far has left.
    Disconnect,
    /// Send this text frame.
    Transmit(String),
    /// Upload the file of this message, and report the end. Progress goes to whoever created the message.
    Upload {
        /// The message the upload is for.
        message: MessageId,
        /// The file.
        file: PathBuf,
        /// What the message tells of it. If it names a place on the server, it was put there before: if it is there still,
        /// there is nothing to do.
        attachment: Attachment,
    },
    /// A message's file need not be uploaded any more: forget what it was made of. Its copy stays for a while.
    Uploaded(MessageId),
    /// Stop an upload; nothing more is reported of it.
    CancelUpload(MessageId),
    /// Remove the copy of a message's file, and forget what it was made of: nothing that is stored names it any more.
    RemoveCopy(MessageId),
    /// These messages were taken back: remove the copies of their files.
    RemoveCopiesOf(Query),
    /// Log that something was passed over which this version cannot read.
    LogUnreadable(Unreadable),
    /// Log this; only if [`super::Machine::set_tracing`] asked for it.
    Trace(Trace),
    /// Tell the listeners.
    Emit(Event),
    /// Read messages from the store and tell the listeners of them.
    EmitMessages {
        /// Which.
        query: Query,
        /// As what.
        kind: MessageEvent,
    },
    /// Answer a call.
    Return(CallId, Result<Return, Fault>),
    /// Answer a call with a page of messages from the store.
    Answer {
        /// The call.
        call: CallId,
        /// Which messages.
        query: Query,
        /// There is nothing older.
        completed: bool,
        /// What is shown beside them.
        pending: Pending,
    },
}

/// Events whose messages are read from the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageEvent {
    /// MESSAGE_RECEIVED.
    Received,
    /// MESSAGE_REVOKED.
    Revoked,
    /// MESSAGE_READ_BY_PEER.
    ReadByPeer,
}

/// What the machine is told once, at its birth.
#[derive(Debug, Clone)]
pub struct Config {
    /// The application.
    pub sdk_app_id: u32,
    /// This installation, kept for as long as it lasts.
    pub device: String,
    /// The kind of machine.
    pub platform: Platform,
    /// Name and version of the client program.
    pub client: String,
    /// Makes the machine's own random choices (jitter, instance names) repeatable.
    pub seed: u64,
    /// Pause between heartbeats, in milliseconds.
    pub heartbeat: i64,
    /// How long a login may take, in milliseconds.
    pub login_timeout: i64,
    /// How long any other call may wait for its answer, in milliseconds.
    pub call_timeout: i64,
}
