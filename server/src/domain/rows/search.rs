//! Rows that a search reads: what the index of messages finds. The index is written behind the log, so it may lack the newest messages
//! and have what was revoked a moment ago.

use std::ops::{ControlFlow, RangeInclusive};

use tim_protocol::UserId;

use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;

/// A message that an index found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Its sequence.
    pub sequence: u64,
    /// Whether it was revoked.
    pub is_revoked: bool,
    /// Whether it is hidden from the reader.
    pub is_hidden: bool,
}

/// The index of messages.
pub trait SearchRows {
    /// Whether there is one.
    fn is_searched(&self) -> bool;

    /// Whether a search has taken so long that it ends with what it has.
    fn is_late(&self) -> bool;

    /// The messages of these sequences that fit an expression (`tim_protocol::search::Conditions`), as `reader` sees them, newest
    /// first, until `each` has seen enough.
    fn hits(
        &mut self,
        of: ConversationKey,
        reader: &UserId,
        expression: &str,
        sequences: RangeInclusive<u64>,
        each: impl FnMut(Hit) -> ControlFlow<()>,
    ) -> DomainResult<()>;

    /// A user's conversations without those that are gone, the one with the newest message first: at most `max` after the first
    /// `passed`.
    fn conversations_by_activity(
        &mut self,
        user: UserKey,
        passed: u64,
        max: u32,
    ) -> DomainResult<Vec<ConversationKey>>;
}
