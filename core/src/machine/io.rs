//! The inputs and outputs of the machine.
//!
//! Values only. See [`super`] for the rules of the border.

use std::path::PathBuf;
use std::sync::Arc;

use tim_protocol::call::{Platform, Reply, Request};
use tim_protocol::group::Group;
use tim_protocol::media::{Attachment, Uploaded};
use tim_protocol::message::{Message as WireMessage, ReceiptCounts};
use tim_protocol::profile::Profile;
use tim_protocol::receive::AllReceiveMessageOpt;
use tim_protocol::settings::SettingsChange;
use tim_protocol::{ConversationId, Fault, GroupId, MessageId, UserId};

pub use super::pending::Pending;
use super::trace::Trace;
use super::unreadable::Unreadable;
pub use crate::conversation::Removal;
use crate::conversation::{Conversation, ConversationFilter, ConversationResults, ReadAllType};
use crate::event::Event;
use crate::friend::{Friend, FriendApplications, FriendGroup};
use crate::message::{Flow, Message, SendStatus};
use crate::search::{Found, Search};
use crate::signaling::{Invitation, SignalingInfo};
pub use crate::stored::Query;
use crate::stored::{Change, LocalChange, Snapshot};

/// Maximum number of uploads at a time.
pub const MAX_UPLOADS: usize = 4;

/// The two clocks, in milliseconds. Timers use `monotonic`; times shown to people use `wall`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Never jumps; its zero is arbitrary.
    pub monotonic: i64,
    /// Since 1970, by the device's clock.
    pub wall: i64,
}

/// Pairs a call with its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub u64);

/// An input of the machine.
#[derive(Debug)]
pub enum Input {
    /// A call of the app. Answered by exactly one [`Output::Return`], [`Output::ReturnPage`], [`Output::ReturnFound`],
    /// [`Output::ReturnMessages`] or [`Output::KeepLocal`], at the latest when the call times out.
    Call(CallId, Call),
    /// The result of [`Output::OpenStore`].
    StoreOpened(Result<Box<Snapshot>, Fault>),
    /// A commit failed and nothing of it was stored, or what was read is damaged
    /// ([`tim_protocol::Code::STORE_DAMAGED`]; then the driver has put a new store in the place of the damaged one).
    /// The machine drops the outputs that follow, fails the calls they would have answered, discards its state in
    /// memory, and asks for the store to be opened again.
    StoreFailed(Fault),
    /// The connection requested by [`Output::Connect`] is established.
    Connected,
    /// Text frames arrived, in this order; inflated already if they were compressed. What they bring is stored in one commit,
    /// unless the login or the epoch ends between them.
    Frames(Vec<String>),
    /// The connection could not be established.
    ConnectFailed(Fault),
    /// The connection was lost.
    Disconnected,
    /// The host reports that the device's network became available or unavailable. Only a hint.
    Network {
        /// Whether a network is available, possibly a different one than before.
        up: bool,
    },
    /// All listeners have returned from the messages of these conversations up to these sequences.
    Delivered(Vec<(ConversationId, u64)>),
    /// The result of [`Output::ReadLast`].
    LastRead(ConversationId, Vec<WireMessage>),
    /// Messages of this user that ask for receipts were shown, with what this device knows of these.
    Shown(ConversationId, Vec<(u64, Option<ReceiptCounts>)>),
    /// An upload has ended.
    UploadEnded(MessageId, Result<Uploaded, Fault>),
    /// The deadline of [`super::Machine::deadline`] has passed.
    Deadline,
}

impl Input {
    /// What a page of this conversation showed: the messages of this user that ask for receipts. `None` if there are none.
    #[must_use]
    pub fn shown(conversation: ConversationId, page: &[Message]) -> Option<Self> {
        let asks = |message: &&Message| {
            message.need_read_receipt && message.flow == Flow::Out && message.status == SendStatus::Success
        };
        let known = |message: &Message| {
            let info = message.read_receipt_info;
            let counts = info.map(|it| ReceiptCounts { read: it.read_count, unread: it.unread_count });
            (message.sequence, counts)
        };
        let messages: Vec<_> = page.iter().filter(asks).map(known).collect();
        (!messages.is_empty()).then_some(Self::Shown(conversation, messages))
    }
}

/// Where a page of history begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageStart {
    /// It ends before this sequence; `None` ends with the newest message.
    Before(Option<u64>),
    /// It begins with this sequence.
    From(u64),
}

/// A call of the public API that needs the machine.
#[derive(Debug, Clone)]
pub enum Call {
    /// Log in.
    Login {
        /// The user.
        user: UserId,
        /// The token.
        user_sig: String,
    },
    /// Log out.
    Logout,
    /// Close the connection and the store, and keep the login.
    Pause,
    /// Open the store again, and connect.
    Resume,
    /// Send a message that was created here; its file is uploaded first.
    Send {
        /// The message.
        message: Box<Message>,
        /// The driver's copy of a file that has to be uploaded, on stable storage.
        upload: Option<PathBuf>,
    },
    /// Send a failed message again, under the same id.
    Resend(MessageId),
    /// Cancel a message in the outbox.
    Cancel(MessageId),
    /// Insert a message on this device, as if this user had written it.
    Insert(Box<Message>, UserId),
    /// Keep something beside a message on this device.
    SetLocal(MessageId, LocalChange),
    /// Mark everything in a conversation as read.
    SetRead(ConversationId),
    /// A page of history around a place, without the outbox.
    MessageListHopping {
        /// The conversation.
        conversation: ConversationId,
        /// Where the page begins.
        start: PageStart,
        /// 1 to 100.
        count: u32,
    },
    /// Messages by their IDs.
    FindMessages(Vec<MessageId>),
    /// Mark everything as read in all conversations of a type.
    SetAllRead(ReadAllType),
    /// Change settings of conversations.
    SetConversations {
        /// The conversations.
        conversations: Vec<ConversationId>,
        /// The change, the same for all of them.
        change: SettingsChange,
    },
    /// Remove conversations from the list, or what was said in them.
    RemoveConversations(Vec<ConversationId>, Removal),
    /// Remove messages for this user.
    RemoveMessages(Vec<Message>),
    /// Keep what the user has begun to write in a conversation; an empty text removes it.
    SetDraft(ConversationId, String),
    /// A page of history, older than `before`.
    MessageList {
        /// The conversation.
        conversation: ConversationId,
        /// Exclusive; `None` begins at the newest.
        before: Option<u64>,
        /// 1 to 100.
        count: u32,
    },
    /// Search the messages on this device, or show what the server found in such a search.
    Search(Box<Search>, Option<Box<Found>>),
    /// All conversations in order.
    ConversationList,
    /// How many messages are unread in the conversations that a filter wants.
    UnreadByFilter(ConversationFilter),
    /// From now on tell when that changes; returns what it is now.
    SubscribeUnread(ConversationFilter),
    /// Do not tell that any more.
    UnsubscribeUnread(ConversationFilter),
    /// Users' profiles.
    Profiles(Vec<UserId>),
    /// The own profile.
    MyProfile,
    /// How the user wants to be told of messages of all conversations.
    ReceiveOpt,
    /// The blacklist.
    Blacklist,
    /// The friends.
    FriendList,
    /// The applications to become a friend.
    FriendApplications,
    /// The friend groups.
    FriendGroups,
    /// The groups the user is in.
    GroupList,
    /// The live room of this ID, if this device is in it. Answers [`Return::Groups`], or [`tim_protocol::Code::NETWORK_ERROR`] while it is
    /// entered again.
    Room(GroupId),
    /// A live invitation.
    Invitation(String),
    /// Whether this user may send a signal now.
    MaySignal(SignalingInfo),
    /// Send the message of a signal, if this user may.
    Signal(SignalingInfo, Box<Message>),
    /// An online-only message of a signal was passed on.
    Signalled(Box<Message>),
    /// Send a request to the server. [`super::account`] applies the reply on this device.
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

/// The result of a call.
#[derive(Debug, Clone)]
pub enum Return {
    /// Success without a value.
    Done,
    /// Logged in; `repeated` if the same user was logged in before.
    LoggedIn {
        /// The user was already logged in.
        repeated: bool,
    },
    /// The message after the call.
    Message(Box<Message>),
    /// All conversations in order.
    Conversations(Vec<Arc<Conversation>>),
    /// The result for each of several conversations.
    ConversationResults(ConversationResults),
    /// Profiles.
    Profiles(Vec<Profile>),
    /// How the user wants to be told of messages of all conversations.
    ReceiveOpt(AllReceiveMessageOpt),
    /// Friends.
    Friends(Vec<Friend>),
    /// Applications to become a friend.
    FriendApplications(FriendApplications),
    /// Friend groups.
    FriendGroups(Vec<FriendGroup>),
    /// Users.
    Users(Vec<UserId>),
    /// Groups.
    Groups(Vec<Group>),
    /// A live invitation.
    Invitation(Box<Invitation>),
    /// The server's reply.
    Reply(Box<Reply>),
    /// Milliseconds since 1970.
    Time(i64),
    /// A number of messages.
    Count(u64),
}

/// An output of the machine. Outputs are carried out in order, each before the next.
#[derive(Debug)]
pub enum Output {
    /// Open the user's store and answer with [`Input::StoreOpened`]. A store that is open is closed first.
    OpenStore {
        /// The user.
        user: UserId,
    },
    /// Close the store, if one is open.
    CloseStore,
    /// Close the store for a while: what listeners return from until the user's store is opened again is told then.
    PauseStore,
    /// Apply these changes in one transaction before any following output. If `durable`, the transaction must survive a
    /// power cut, not only the end of the process.
    Commit {
        /// The changes.
        changes: Vec<Change>,
        /// Synced to stable storage.
        durable: bool,
    },
    /// Open a connection; an existing one is dropped.
    Connect,
    /// Close the connection after sending what was transmitted so far.
    Disconnect,
    /// Send this text frame.
    Transmit(String),
    /// Upload a file of a message and answer with [`Input::UploadEnded`]; at most [`MAX_UPLOADS`] are not answered or
    /// cancelled. Progress is reported to the creator of the message.
    Upload {
        /// The message the upload is for.
        message: MessageId,
        /// The copy of its first file.
        file: PathBuf,
        /// The files as the message describes them. If one names a place on the server, it was uploaded before: if the
        /// server still has it, nothing has to be uploaded.
        attachments: Vec<Attachment>,
        /// Which of them to upload.
        place: usize,
    },
    /// A message's files do not need to be uploaded any more: forget their sources. The copies are kept for a while.
    Uploaded(MessageId),
    /// Stop an upload without reporting its result.
    CancelUpload(MessageId),
    /// Remove the copies of a message's files and forget their sources: nothing in the store refers to them any more.
    RemoveCopy(MessageId),
    /// These messages were revoked, or are about to be deleted: remove the copies of their files.
    RemoveCopiesOf(Query),
    /// These messages are about to be deleted, because another device removed them: emit that, once the next commit succeeded.
    EmitDeleted(Query),
    /// Read these messages from the store, among which the last one of the conversation may be, and answer with
    /// [`Input::LastRead`].
    ReadLast(Query),
    /// Log that something was skipped because this version cannot read it.
    LogUnreadable(Unreadable),
    /// Write a trace line; only if enabled by [`super::Machine::set_tracing`].
    Trace(Trace),
    /// Emit an event to the listeners.
    Emit(Event),
    /// Read messages from the store and emit them to the listeners.
    EmitMessages {
        /// The range of messages.
        query: Query,
        /// The kind of event.
        kind: MessageEvent,
    },
    /// Read messages of this user from the store and emit how many read them.
    EmitReceipts(ConversationId, Vec<u64>),
    /// Answer a call.
    Return(CallId, Result<Return, Fault>),
    /// Answer a call with a page of messages from the store. Those of this user that ask for receipts follow as
    /// [`Input::Shown`].
    ReturnPage {
        /// The call.
        call: CallId,
        /// The range of messages.
        query: Query,
        /// There is nothing beyond the page: nothing older, or nothing newer if it was asked for from a sequence on.
        completed: bool,
        /// Messages of the outbox shown with them.
        pending: Pending,
    },
    /// Answer a call with what the server found in a search, or else with what the store finds.
    ReturnFound(CallId, Box<Search>, Option<Box<Found>>),
    /// Keep something beside a message, and answer a call with that: [`tim_protocol::Code::MESSAGE_NOT_FOUND`] if this device does
    /// not have the message.
    KeepLocal(CallId, MessageId, LocalChange),
    /// Answer a call with these messages, in this order: those of the store, and `waiting` of the outbox. Those that are in
    /// neither are left out.
    ReturnMessages {
        /// The call.
        call: CallId,
        /// The messages.
        ids: Vec<MessageId>,
        /// Those of them that are in the outbox.
        waiting: Vec<Message>,
    },
}

/// Events whose messages are read from the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageEvent {
    /// MESSAGE_RECEIVED.
    Received,
    /// MESSAGE_REVOKED.
    Revoked,
    /// MESSAGE_MODIFIED.
    Modified,
    /// MESSAGE_REACTIONS_UPDATED.
    ReactionsUpdated,
    /// MESSAGE_READ_BY_PEER.
    ReadByPeer,
}

/// The configuration of a machine.
#[derive(Debug, Clone)]
pub struct Config {
    /// The application.
    pub sdk_app_id: u32,
    /// The device's name, kept until the app is uninstalled.
    pub device: String,
    /// The kind of machine.
    pub platform: Platform,
    /// Name and version of the client program.
    pub client: String,
    /// Seed of the machine's random choices (jitter, instance names).
    pub seed: u64,
    /// Pause between heartbeats, in milliseconds.
    pub heartbeat: i64,
    /// How long a login may take, in milliseconds.
    pub login_timeout: i64,
    /// How long any other call may wait for its answer, in milliseconds.
    pub call_timeout: i64,
}
