//! Rows of chores: what a write leaves to be done in pieces, because it would be too much for one transaction.

use tim_protocol::UnixMillis;

use crate::core::ops::{Actor, ConversationKey, UserKey};
use crate::domain::DomainResult;

/// Something to be done.
#[derive(Debug, Clone)]
pub enum Chore {
    /// A group was dismissed: its members become former members, who are told, and its other rows go.
    EndGroup(Dismissal),
    /// A message that asked for receipts was revoked: they go.
    ForgetReceipts {
        /// Its conversation.
        of: ConversationKey,
        /// Its sequence.
        sequence: u64,
    },
}

/// The end of a group.
#[derive(Debug, Clone)]
pub struct Dismissal {
    /// The group.
    pub group: ConversationKey,
    /// Who dismissed it; not by a session.
    pub by: Actor,
    /// When.
    pub time: UnixMillis,
}

/// Chores.
pub trait ChoreRows {
    /// Adds a chore.
    fn add_chore(&mut self, chore: &Chore) -> DomainResult<()>;

    /// A chore, if there is one.
    fn chore(&mut self) -> DomainResult<Option<Chore>>;

    /// Removes a chore that is done.
    fn remove_chore(&mut self, chore: &Chore) -> DomainResult<()>;

    /// The dismissed groups that this user is to be told of.
    fn dismissals_for(&mut self, user: UserKey) -> DomainResult<Vec<Dismissal>>;
}
