//! Rows of conversations, and what each user has of them.

use tim_protocol::GroupId;

use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::Outcome;

/// A conversation's row.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Its number.
    pub key: ConversationKey,
    /// Whose it is.
    pub parties: Parties,
    /// The last sequence; 0 before the first message.
    pub head: u64,
    /// The unread index of the last message: how many messages count as unread.
    pub unread_index: u64,
    /// The number of the last mutation; 0 before the first.
    pub mutation_head: u64,
    /// The time of the last message, in milliseconds since 1970; 0 before the first.
    pub last_time: i64,
}

/// Whose conversation it is: the name by which it is found within an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parties {
    /// Two users', in any order (the same one twice: a note to oneself).
    C2c(UserKey, UserKey),
    /// A group's.
    Group(GroupId),
    /// One user's notices.
    System(UserKey),
}

/// What a user has of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserConversation {
    /// Up to which sequence the user has read; 0 for nothing.
    pub read: u64,
    /// The first sequence the user may see.
    pub first_visible_seq: u64,
}

impl Default for UserConversation {
    fn default() -> Self {
        Self { read: 0, first_visible_seq: 1 }
    }
}

/// Conversations, and what users have of them.
pub trait ConversationRows {
    /// The conversation of these parties, if there is one.
    fn conversation(&mut self, app: u32, parties: &Parties) -> Outcome<Option<Conversation>>;

    /// A conversation by its number.
    fn conversation_by_key(&mut self, key: ConversationKey) -> Outcome<Conversation>;

    /// Makes an empty conversation. There is none of these parties yet.
    fn add_conversation(&mut self, app: u32, parties: Parties) -> Outcome<Conversation>;

    /// What a user has of a conversation; the default if nothing was noted.
    fn user_conversation(&mut self, user: UserKey, of: ConversationKey) -> Outcome<UserConversation>;

    /// Notes how far a user has read.
    fn set_read(&mut self, user: UserKey, of: ConversationKey, sequence: u64) -> Outcome<()>;

    /// The user has this conversation from now on, from this first visible sequence and read at least this far.
    fn open_conversation(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        as_of: UserConversation,
    ) -> Outcome<()>;

    /// The user does not have this conversation any more.
    fn close_conversation(&mut self, user: UserKey, of: ConversationKey) -> Outcome<()>;
}
