//! The embedded store: one SQLite file, one writer, several readers. The map of the folder.
//!
//! [`Database`] is the store without threads: a connection and what may be done with it, one method per promise.
//! [`SqliteStore`] puts threads around it and commits in groups. Nothing here knows about connections of clients.

mod backup;
mod checkpoint;
mod database;
mod files;
mod groups;
mod history;
mod life;
mod login;
mod marks;
mod questions;
mod relations;
mod requests;
mod rows;
mod schema;
mod send;
mod sync;
mod threads;
mod unread;

pub use database::{Database, OpenError};
pub use threads::SqliteStore;
