//! The persistent state of a page: in memory, for as long as the page, and kept in a database of the browser's if the page asks for it.

mod keeper;

use std::fmt;
use std::str::FromStr;

use tim_protocol::{Code, Fault};

pub use keeper::{PageKeeper, set_storage};
use tim_core::store::kept::{KeptPlace, KeptStore};
pub use tim_core::stored::{
    Change, ConversationRow, LocalChange, LocalData, OutboxRow, OutboxState, Query, Ranges, Snapshot,
    StoredConversation, SyncState,
};

/// Where a user's database is.
pub type DatabaseFile = KeptPlace<PageKeeper>;

/// A user's database.
pub type Store = KeptStore<PageKeeper>;

/// Whether this build can encrypt.
pub const CAN_ENCRYPT: bool = false;

/// The key of a database: there is none in a page.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseKey {}

impl FromStr for DatabaseKey {
    type Err = Fault;

    /// # Errors
    /// [`Code::ENCRYPTION_MISSING`].
    fn from_str(_: &str) -> Result<Self, Fault> {
        Err(Code::ENCRYPTION_MISSING.into())
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}
