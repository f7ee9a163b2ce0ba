//! Rows of conversations, and of each user's state in them.

use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;
use tim_protocol::settings::ConversationSettings;
use tim_protocol::{GroupId, UnixMillis, UserId};

/// A conversation's row.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Its number.
    pub key: ConversationKey,
    /// The participants.
    pub parties: Parties,
    /// The last sequence; 0 before the first message.
    pub head: u64,
    /// The unread index of the last message: how many messages count as unread.
    pub unread_index: u64,
    /// How many of those the first of two parties wrote.
    pub by_first_party: u64,
    /// The number of the last mutation; 0 before the first.
    pub mutation_head: u64,
    /// The sequence of the newest message that is not excluded from being the last message; 0 if there is none.
    pub last_shown_seq: u64,
    /// The time of the last message; 0 before the first.
    pub last_time: UnixMillis,
}

/// The participants of a conversation, which identify it within an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parties {
    /// Two users, in any order; twice the same one for notes to oneself.
    C2c(UserKey, UserKey),
    /// A group.
    Group(GroupId),
    /// The notices of one user.
    System(UserKey),
}

/// A user's state in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserConversation {
    /// The last sequence that the user has read; 0 for none.
    pub read: u64,
    /// The first sequence that is visible to the user.
    pub first_visible_seq: u64,
    /// The user's list has the conversation once its head has reached this sequence.
    pub hidden_below: u64,
    /// The number of the newest removal of messages; 0 if there is none.
    pub removals: u64,
}

impl UserConversation {
    /// How far the user has read, where what was removed counts as read. The other side is not told of that.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.read.max(self.first_visible_seq.saturating_sub(1))
    }
}

impl Default for UserConversation {
    fn default() -> Self {
        Self { read: 0, first_visible_seq: 1, hidden_below: 0, removals: 0 }
    }
}

/// A conversation from the point of view of one of its users.
#[derive(Debug, Clone)]
pub struct ConversationView {
    /// The conversation.
    pub conversation: Conversation,
    /// The user's state in it.
    pub own: UserConversation,
    /// The settings that the user has for it, if there ever were any.
    pub settings: Option<ConversationSettings>,
    /// Of two parties, the other one and how far that user has read.
    pub peer: Option<(UserId, u64)>,
}

/// Conversations, and users' states in them.
pub trait ConversationRows {
    /// The conversation of these parties, if there is one.
    fn conversation(&mut self, app: u32, parties: &Parties) -> DomainResult<Option<Conversation>>;

    /// A conversation by its number.
    fn conversation_by_key(&mut self, key: ConversationKey) -> DomainResult<Conversation>;

    /// A conversation as this user sees it.
    fn conversation_view(&mut self, user: UserKey, of: ConversationKey) -> DomainResult<ConversationView>;

    /// Creates an empty conversation; there must be none of these parties.
    fn add_conversation(&mut self, app: u32, parties: Parties) -> DomainResult<Conversation>;

    /// A user's state in a conversation; the default if nothing is stored.
    fn user_conversation(&mut self, user: UserKey, of: ConversationKey) -> DomainResult<UserConversation>;

    /// Stores a user's read sequence.
    fn set_read(&mut self, user: UserKey, of: ConversationKey, sequence: u64) -> DomainResult<()>;

    /// The settings that a user has for a conversation; the default if there never were any.
    fn settings(&mut self, user: UserKey, of: ConversationKey) -> DomainResult<ConversationSettings>;

    /// Stores settings of a user, whole.
    fn set_settings(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        settings: &ConversationSettings,
    ) -> DomainResult<()>;

    /// Stores what a user removed: the first visible sequence, below which head the conversation is hidden, and the number of
    /// the newest removal of messages.
    fn set_removed(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        removed: UserConversation,
    ) -> DomainResult<()>;

    /// Adds the conversation to the user's, with at least this first visible sequence and read sequence.
    fn open_conversation(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        as_of: UserConversation,
    ) -> DomainResult<()>;

    /// Sets the user's conversation to gone.
    fn close_conversation(&mut self, user: UserKey, of: ConversationKey) -> DomainResult<()>;
}
