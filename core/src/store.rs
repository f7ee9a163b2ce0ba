//! The client's store as its driver sees it: a database of one user, whatever it is made of. [`conformance`] tests every
//! implementation for the promises below; [`memory`] has the simplest, [`kept`] keeps
//! that one's rows.
//!
//! A store applies what the machine decides and makes no decisions. It belongs to one task, which asks one thing at a time.
//!
//! 1. *Whole.* The changes of a commit are all stored, or none.
//! 2. *Durable.* A commit that was answered is there after the end of the process; with `durable`, also after a power cut.
//! 3. *As it came.* Values are returned as they were stored, including words of a later version. A message that is stored
//!    stays as it is, except for its mutations.
//! 4. *Gone.* Once a message was revoked, what it said is neither returned, found nor kept, whichever of the two came first;
//!    a word of it may stay in an index until that is merged. The same holds for a message that was cleared or removed, except
//!    among the acknowledged ones.
//! 5. *Kept for another epoch.* [`Change::Reset`] keeps the drafts and the outbox, and appends the last [`RECENT_SENT`]
//!    acknowledged messages to it, in their order and as they were sent, except revoked ones.
//! 6. *Damage is noticed.* What was not stored as it is read fails with [`Code::STORE_DAMAGED`]. [`Store::rebuild`] then
//!    makes a new store with what can be read of the outbox, the acknowledged messages, and the epoch.
//!
//! Methods are asynchronous, because databases of browsers are. An implementation that blocks is polled where it may.

pub mod conformance;
pub mod kept;
pub mod memory;

use std::future::Future;

use tim_protocol::message::Message;
#[cfg(doc)]
use tim_protocol::{Code, message};
use tim_protocol::{Fault, MessageId, UserId};

use crate::search::{Found, Search};
use crate::stored::{Change, LocalChange, LocalData, Query, Snapshot};

/// How many acknowledged messages are kept in case of an epoch change.
pub const RECENT_SENT: u32 = 200;

/// One user's database.
pub trait Store: Sized {
    /// Where a database is: its path, or its name.
    type Location: ?Sized;

    /// Opens a database, making it if there is none, and reads what the machine needs to go on. A damaged one is set aside
    /// and rebuilt.
    ///
    /// # Errors
    /// [`Code::STORE_NEWER`] if a later version of the app wrote it, which is left as it is;
    /// [`Code::DATA_DIR_UNUSABLE`], [`Code::STORAGE_FULL`], or [`Code::DATABASE_FAILED`].
    fn open(at: &Self::Location) -> impl Future<Output = Result<Opened<Self>, Fault>>;

    /// Sets a damaged database aside, which is not open, and makes a new one with what can be rescued. Returns the name that
    /// the damaged one has now.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`], or [`Code::DATABASE_FAILED`]; then nothing changed.
    fn rebuild(at: &Self::Location) -> impl Future<Output = Result<String, Fault>>;

    /// Everything that the machine needs to go on, as it is now.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    fn snapshot(&mut self) -> impl Future<Output = Result<Snapshot, Fault>>;

    /// Makes all changes or none.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATABASE_FAILED`], or [`Code::STORE_DAMAGED`]; then nothing changed.
    fn apply(&mut self, changes: &[Change], durable: bool) -> impl Future<Output = Result<(), Fault>>;

    /// The messages of a query, oldest first; `me` is the user whose own ones may be asked for.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    fn messages(&mut self, me: &UserId, query: &Query) -> impl Future<Output = Result<Vec<Message>, Fault>>;

    /// The messages with these IDs, in any order; those that are not stored are left out.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    fn find(&mut self, ids: &[MessageId]) -> impl Future<Output = Result<Vec<Message>, Fault>>;

    /// Keeps something beside the messages with an ID, on stable storage. Gives whether there are any here; otherwise nothing changed.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`]; then nothing changed.
    fn keep_local(
        &mut self,
        id: MessageId,
        change: &LocalChange,
    ) -> impl Future<Output = Result<bool, Fault>>;

    /// What is kept beside each of these messages of these senders.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    fn local(
        &mut self,
        messages: &[(MessageId, UserId)],
    ) -> impl Future<Output = Result<Vec<LocalData>, Fault>>;

    /// Does a part of the work that commits left for later, such as an index. Gives whether there is more. A caller does this when
    /// there is nothing else to do; nothing depends on it but how long a search takes.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    fn catch_up(&mut self) -> impl Future<Output = Result<bool, Fault>>;

    /// The messages that a search finds. All that are stored can be found, by the terms of [`tim_protocol::search`].
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    fn search(&mut self, search: &Search) -> impl Future<Output = Result<Found, Fault>>;
}

/// A database that was opened.
#[derive(Debug)]
pub struct Opened<S> {
    /// The database.
    pub store: S,
    /// What [`Store::snapshot`] gives, which is read to notice damage.
    pub snapshot: Snapshot,
    /// The name of the former one, if it was damaged and had to be set aside.
    pub set_aside: Option<String>,
}
