//! The [`Store`] trait, its guarantees, and the conformance suite that tests every implementation for them.
//!
//! No protocol, no sockets. A store does not know about connections; it reports what it committed to its [`Listener`].
//!
//! # Promises
//!
//! 1. *Durable.* The future of [`Store::write`] answers only after the change is on stable storage (for the
//!    embedded store: after the write-ahead log is synced).
//! 2. *Idempotent.* At most one message per (conversation, sender, message id); a repeat answers the same place.
//! 3. *Dense.* The sequences of a conversation are 1 … head without holes, and so are those of its mutations, of which
//!    superseded ones are left out.
//! 4. *Ordered.* Writes of one actor, and writes that name one conversation, take effect in the order in which
//!    [`Store::write`] was called. It takes its place before it returns the future. Nothing orders other writes, so that a pool
//!    of connections can make them at once.
//! 5. *Isolated.* A write that is refused changes nothing and does not touch others in the same commit.
//! 6. *Published.* Every committed write's notifications are given to the listener, also when nobody waits for its future any
//!    more: after the answer, and before [`Store::close`] ends. Notifications of writes that promise 4 orders are
//!    published in that order. A query that passes something on ([`tim_protocol::call::Kind::Relay`]) gives it to the listener
//!    after the answer.
//! 7. *Marked.* A conversation or other thing of a user's that changed after the user's watermark was raised last
//!    ([`Write::raises_watermark`]) has a version above it, at the latest shortly after the commit, also across a crash.
//!    Before a later commit raises a watermark the store tries to write all outstanding marks, so that the sync after it
//!    finds the change. Marks may be written in a later transaction than the change: the conversation side and the user side of the data never share one that
//!    a promise depends on. In a group of very many members each member is marked before the own watermark is raised; until then
//!    [`Query::Version`] answers with the next version.
//! 8. *Finished.* What a write leaves to be done in pieces ([`crate::domain::chores`]) is done after it, also across a crash. No
//!    piece keeps other writes waiting longer than one of them would, and a user whose watermark is raised does not wait for it.

#[doc(hidden)]
pub mod conformance;
pub mod sqlite;

use std::future::Future;
use std::pin::Pin;

use crate::core::ops::{Committed, Notification, Query, QueryResult, Refusal, Write};

/// A future result.
pub type Pending<T> = Pin<Box<dyn Future<Output = Result<T, Refusal>> + Send>>;

/// A database that keeps the promises of this module. Cheap to share; callable from any thread.
pub trait Store: Send + Sync + 'static {
    /// Makes a change durable.
    ///
    /// The future answers [`tim_protocol::Code::BUSY`] when more is waiting than the store takes,
    /// [`tim_protocol::Code::READ_ONLY`] when the disk is full or failing, or the refusal that the change itself
    /// earned. Dropping the future does not undo or stop the write.
    fn write(&self, write: Write) -> Pending<Committed>;

    /// Answers a query from committed data. Never waits for writes.
    fn query(&self, query: Query) -> Pending<QueryResult>;

    /// Finishes what was accepted, then closes the files. Later calls answer
    /// [`tim_protocol::Code::BUSY`].
    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// Receives the notifications of commits, and of queries that pass something on. Called on the threads of the store: as
/// long as it takes, nothing is committed, and fewer queries are answered.
pub type Listener = Box<dyn Fn(Vec<Notification>) + Send + Sync>;
