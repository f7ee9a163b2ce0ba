//! The purposes of requests to the server: which part of the machine a reply belongs to.

use tim_protocol::{ConversationId, GroupId, MessageId, UserId};

use super::io::CallId;

/// The purpose of a request. Only one request of the same purpose is in flight at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// The first request of a connection.
    Hello,
    /// The end of the login.
    Logout,
    /// A page of a sync; `first` if it is the sync's first page.
    Sync { first: bool },
    /// Messages that are missing before newer ones.
    Missing(ConversationId),
    /// Older messages that a page of history needs.
    Older(ConversationId, u64),
    /// Mutations that are missing.
    Mutations(ConversationId),
    /// A read mark.
    Read(ConversationId),
    /// Settings of conversations.
    Settings,
    /// What the user removed of conversations.
    Removals,
    /// Messages of a conversation that the user removed.
    Remove(ConversationId),
    /// Messages that the user removed on other devices.
    Removed(ConversationId),
    /// What the other side of C2C conversations is called.
    Peers,
    /// Profiles that changed unheard.
    ChangedProfiles,
    /// The profile of a group.
    Group(GroupId),
    /// A live room that this device enters again.
    EnterRoom(GroupId),
    /// A live room that this device leaves.
    LeaveRoom(GroupId),
    /// Receipts of messages of this user.
    Receipts(ConversationId),
    /// Subscriptions to who is online, anew.
    Subscribe(Vec<UserId>),
    /// What the user says of themselves.
    OwnStatus,
    /// A message out of the outbox.
    Send(ConversationId, MessageId),
    /// A call of the app's.
    Call(CallId),
}

impl Purpose {
    /// The call that it is for, if it is for one.
    pub(super) fn call(&self) -> Option<CallId> {
        if let Self::Call(call) = self { Some(*call) } else { None }
    }
}
