//! Rows of pinned messages: which messages of a group are pinned now.

use tim_protocol::call::PinnedMessage;

use crate::core::ops::ConversationKey;
use crate::domain::DomainResult;

/// Pinned messages. Who pinned one is in its message's row.
pub trait PinRows {
    /// The pinned messages of a group, the last one that was pinned first.
    fn pinned(&mut self, of: ConversationKey) -> DomainResult<Vec<PinnedMessage>>;

    /// Adds a message that the mutation of this number pins.
    fn add_pin(&mut self, of: ConversationKey, sequence: u64, number: u64) -> DomainResult<()>;

    /// Removes a message.
    fn remove_pin(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<()>;
}
