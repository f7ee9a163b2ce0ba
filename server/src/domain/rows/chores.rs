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

/// Where a chore is in the order of all: its conversation and its sequence, which is 0 for the end of a group.
pub type ChorePlace = (ConversationKey, u64);

impl Chore {
    /// Where it is.
    #[must_use]
    pub fn place(&self) -> ChorePlace {
        match self {
            Self::EndGroup(dismissal) => (dismissal.group, 0),
            Self::ForgetReceipts { of, sequence } => (*of, *sequence),
        }
    }
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

    /// The chore after a place, or the first one, if there is one.
    fn chore(&mut self, after: ChorePlace) -> DomainResult<Option<Chore>>;

    /// Removes a chore that is done.
    fn remove_chore(&mut self, chore: &Chore) -> DomainResult<()>;

    /// Dismissed groups that this user is to be told of, at most so many.
    fn dismissals_for(&mut self, user: UserKey, max: u32) -> DomainResult<Vec<Dismissal>>;
}
