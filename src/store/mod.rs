//! The persistent state: one SQLite file per user.
//!
//! The machine decides what is stored ([`Change`]); this module applies it, one transaction at a time, and loads it
//! ([`Snapshot`]). It keeps the promises of [`tim_core::store`].
//!
//! * [`Store`] is the database: opening it, what a failure is called, one transaction per commit.
//! * `schema` has its tables, `apply` writes changes, `read` gives them back.
//! * `checksum` tells whether a row is what was written, `damage` puts a new file in the place of a damaged one.

mod apply;
mod checksum;
mod damage;
mod database;
mod read;
mod schema;

pub use database::{Opened, Store};
pub use tim_core::stored::{Change, ConversationRow, OutboxRow, Query, Ranges, Snapshot, SyncState};
