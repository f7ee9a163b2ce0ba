//! The persistent state: one SQLite file per user.
//!
//! The machine decides what is stored ([`Change`]); this module applies it, one transaction at a time, and loads it
//! ([`Snapshot`]). It keeps the promises of [`tim_core::store`].
//!
//! * [`Store`] is the database, with one transaction per commit; `file` is where it is, and its key; `open` opens it, `error` has the codes of its failures.
//! * `schema` has its tables, `apply` writes changes, `read` reads them.
//! * `clear` deletes messages that are not visible any more. `beside` is what the app keeps beside messages.
//! * `index` writes the index of messages for searches, `search` reads it.
//! * `checksum` checks that a row is what was written, `damage` puts a new file in the place of a damaged one.

mod apply;
mod beside;
mod checksum;
mod clear;
mod damage;
mod database;
mod error;
mod file;
mod index;
mod open;
mod read;
mod schema;
mod search;
#[cfg(test)]
mod statements;

pub use database::Store;
pub use file::{CAN_ENCRYPT, DatabaseFile, DatabaseKey, KEY_BYTES};
pub use open::Opened;
pub use tim_core::stored::{
    Change, ConversationRow, LocalChange, LocalData, OutboxRow, OutboxState, Query, Ranges, Snapshot,
    StoredConversation, SyncState,
};
