//! Everything the engine tells an app by itself: the events, and the listener that hears them.
//!
//! Every event has one real cause, and what it tells of has been stored and counted before it is told.

use std::sync::Arc;

use tim_protocol::Code;
use tim_protocol::UserId;
use tim_protocol::frame::KickReason;
use tim_protocol::group::Group;
use tim_protocol::profile::Profile;

use crate::conversation::Conversation;
use crate::message::Message;

/// Something an app is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Logged in, and the first page of conversations is there: every call works from now on.
    SdkReady,
    /// Logged out, kicked out or destroyed: calls are refused until the next login. Not sent when the network
    /// breaks.
    SdkNotReady,
    /// New messages: C2C, group, group tips and system notices, oldest first within a conversation. Includes
    /// those this user sent from another device (`flow` is out), and those that arrived while this device was away: of
    /// more than 300 missed in one conversation the newest 300, the others wait in `get_message_list`. What a device
    /// finds at its first login is history, not news.
    ///
    /// Told at least once: what an app that crashed did not live to hear is told again after its next login, before anything
    /// newer. A message comes twice only if the app crashed within a second after it was heard; its ID is the same.
    MessageReceived(Vec<Message>),
    /// Messages of this user's have ended for which no call of this login waits, because an earlier run of the app or an
    /// earlier login sent them: each has its place now (`status` is `Success`), or was refused (`Fail`, with `error_code`).
    MessageStatusChanged(Vec<Message>),
    /// Messages were taken back (`is_revoked` is true).
    MessageRevoked(Vec<Message>),
    /// The other side has read these of this user's C2C messages (`is_peer_read` is true), now or while this device was
    /// away: everything up to the newest of them. Of more than 300 that it read at once the newest are told.
    MessageReadByPeer(Vec<Message>),
    /// The conversation list changed: the whole list, in order. The first change is told at once, further ones
    /// within a second together.
    ConversationListUpdated(Vec<Arc<Conversation>>),
    /// The groups this user is in changed: the whole list.
    GroupListUpdated(Vec<Group>),
    /// Profiles changed: this user's, from any of their devices.
    ProfileUpdated(Vec<Profile>),
    /// The blacklist changed: the whole list.
    BlacklistUpdated(Vec<UserId>),
    /// Something went wrong that no call can be blamed for, or a call was refused because the engine is not ready.
    Error {
        /// The number; stable for ever.
        code: Code,
        /// One line that says what to do.
        message: String,
    },
    /// The login was ended. The engine does not log in again by itself.
    KickedOut(KickReason),
    /// The connection's state changed. An instance begins as [`NetState::Disconnected`], and is so again when a login has
    /// ended or was refused.
    NetStateChange(NetState),
    /// The instance was destroyed: the last event there is, after everything else that was to be told.
    SdkDestroy {
        /// The application whose instance it was.
        sdk_app_id: u32,
    },
}

/// The state of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NetState {
    /// There is one.
    Connected,
    /// There is none, and one is being made.
    Connecting,
    /// There is none. While a user is logged in, attempts go on, farther and farther apart.
    Disconnected,
}

/// Hears events. Called on the engine's own listener thread, one call at a time, never under a lock, and never
/// after `shutdown` or `destroy` has returned. It may call the engine; it should not block for long, because other
/// listeners wait behind it. A panic in it is caught and told as [`Event::Error`].
pub trait EventListener: Send + Sync + 'static {
    /// Events that are ready, in order.
    fn on_events(&self, events: &[Event]);
}
