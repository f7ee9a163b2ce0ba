//! Rows of mentions.

use tim_protocol::UserId;

use super::conversations::Conversation;
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;

/// A message that mentions a user, or everybody.
#[derive(Debug)]
pub struct MentionRow {
    /// The sequence of the message.
    pub sequence: u64,
    /// The name that it mentions.
    pub name: String,
    /// Who wrote it.
    pub from: UserId,
}

/// Whom the messages of groups mention, by name.
pub trait MentionRows {
    /// Stores that the conversation's newest message, by `sender`, mentions these names, of which the empty one is everybody.
    /// Leaves out names of users who are no members, and what is stored already.
    fn add_mentions(&mut self, of: &Conversation, names: &[&str], sender: UserKey) -> DomainResult<()>;

    /// Removes the mentions of these names by a message.
    fn remove_mentions(&mut self, of: ConversationKey, names: &[&str], sequence: u64) -> DomainResult<()>;

    /// The mentions of these two names by others than `reader` that the reader did not remove, with sequences above `after`, newest
    /// first: at least the
    /// newest [`tim_protocol::limits::UNREAD_MENTIONS`] messages, if there are so many.
    fn mentions(
        &mut self,
        of: ConversationKey,
        reader: UserKey,
        names: [&str; 2],
        after: u64,
    ) -> DomainResult<Vec<MentionRow>>;
}
