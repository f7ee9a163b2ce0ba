//! The embedded store: one SQLite file, one writer, several readers. The map of the folder.
//!
//! [`Database`] is the store without threads: a connection, and batches of changes made durable on it. `rows` is the
//! SQL that [`crate::domain`] uses. [`SqliteStore`] puts threads around it and commits in groups. Nothing here contains
//! rules, or knows about connections of clients.

mod answering;
mod backup;
mod checkpoint;
mod chores;
mod commit_metrics;
#[cfg(test)]
mod crowd;
mod database;
mod epoch;
mod failure;
mod files;
mod index;
mod indexing;
mod known;
mod marks;
mod query_queue;
mod rows;
mod schema;
mod searcher;
#[cfg(test)]
mod statements;
mod threads;

pub use database::{Database, OpenError};
pub use threads::SqliteStore;
