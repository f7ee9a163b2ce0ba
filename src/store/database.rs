//! The database of a user: its settings, and one transaction for each commit.

use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tim_core::search::{Found, Search};
use tim_core::store::Opened;
#[cfg(doc)]
use tim_protocol::Code;
use tim_protocol::message::Message;
use tim_protocol::{Fault, MessageId, UserId};

use super::error::{StoreError, StoreResult};
use super::file::{DatabaseFile, private_file};
use super::schema::STEPS;
use super::{Change, LocalChange, LocalData, Query, Snapshot, beside, index, search};

/// How long to wait for another connection to the file, such as a backup of the device.
const BUSY_WITHIN: Duration = Duration::from_secs(5);
/// Prepared statements kept.
const STATEMENTS: usize = 64;

/// One user's database. For one thread at a time.
pub struct Store {
    pub(super) connection: Connection,
    /// Whether commits reach stable storage now.
    durable: bool,
    /// Most messages that the index for searches lacks.
    unindexed: u64,
}

impl Store {
    /// A database in memory.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] if there is no memory for it.
    pub fn in_memory() -> Result<Self, Fault> {
        let connection = Connection::open_in_memory().map_err(StoreError::from)?;
        Ok(Self::begin(connection)?)
    }

    pub(super) fn try_open(file: &DatabaseFile) -> StoreResult<(Self, Snapshot)> {
        private_file(&file.path);
        let connection = Connection::open_with_flags(&file.path, OpenFlags::default())?;
        file.unlock(&connection)?;
        connection.busy_timeout(BUSY_WITHIN)?;
        // With a write-ahead log a commit is one write, and a crash loses nothing committed.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "journal_size_limit", 4 * 1024 * 1024)?;
        let store = Self::begin(connection)?;
        // Reads everything the engine needs at once, to detect damage; damaged messages are detected when they are
        // read.
        let snapshot = store.snapshot_or_failure()?;
        Ok((store, snapshot))
    }

    fn begin(mut connection: Connection) -> StoreResult<Self> {
        // Otherwise the planner looks at bound values, and parses a kept statement again for others.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "cell_size_check", "ON")?;
        super::checksum::install(&connection)?;
        // Overwrites the content of revoked messages in the file.
        connection.pragma_update(None, "secure_delete", "ON")?;
        migrate(&mut connection)?;
        index::begin(&connection)?;
        let unindexed = index::unindexed(&connection)?;
        Ok(Self { connection, durable: false, unindexed })
    }

    /// Closes the file for good, with everything in it and none beside it.
    pub(super) fn close(self) -> StoreResult<()> {
        self.connection.pragma_update(None, "journal_mode", "DELETE")?;
        self.connection.close().map_err(|(_, why)| why.into())
    }

    /// Makes all changes or none. With `durable` they survive a power cut when this returns, without it the end of the
    /// process only.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATABASE_FAILED`], or [`Code::STORE_DAMAGED`]; then nothing changed.
    pub fn apply(&mut self, changes: &[Change], durable: bool) -> Result<(), Fault> {
        self.try_apply(changes, durable).map_err(Fault::from)
    }

    pub(super) fn try_apply(&mut self, changes: &[Change], durable: bool) -> StoreResult<()> {
        self.set_durable(durable)?;
        self.unindexed += changes.iter().map(messages_of).sum::<u64>();
        let transaction = self.connection.transaction()?;
        for change in changes {
            super::apply::change(&transaction, change)?;
        }
        transaction.commit()?;
        if changes
            .iter()
            .any(|change| matches!(change, Change::Cleared(..) | Change::Removed(..) | Change::Mutated(..)))
        {
            // The index may have been made anew.
            self.unindexed = index::unindexed(&self.connection)?;
        }
        Ok(())
    }

    /// Sets whether commits reach stable storage.
    fn set_durable(&mut self, durable: bool) -> StoreResult<()> {
        if durable != self.durable {
            self.connection.pragma_update(None, "synchronous", if durable { "FULL" } else { "NORMAL" })?;
            self.durable = durable;
        }
        Ok(())
    }

    /// Keeps something beside the messages with an ID, on stable storage. Gives whether there are any here.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`]; then nothing changed.
    pub fn keep_local(&mut self, id: MessageId, change: &LocalChange) -> Result<bool, Fault> {
        Ok(self.try_keep_local(id, change)?)
    }

    fn try_keep_local(&mut self, id: MessageId, change: &LocalChange) -> StoreResult<bool> {
        self.set_durable(true)?;
        let transaction = self.connection.transaction()?;
        let is_here = beside::keep(&transaction, id, change)?;
        transaction.commit()?;
        Ok(is_here)
    }

    /// What is kept beside each of these messages of these senders.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    pub fn local(&self, messages: &[(MessageId, UserId)]) -> Result<Vec<LocalData>, Fault> {
        let kept = |(id, sender): &(MessageId, UserId)| beside::of(&self.connection, *id, sender);
        let kept = messages.iter().map(|message| Ok(kept(message)?.unwrap_or_default()));
        Ok(kept.collect::<StoreResult<_>>()?)
    }

    /// Everything needed to go on.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    pub fn snapshot(&self) -> Result<Snapshot, Fault> {
        Ok(self.snapshot_or_failure()?)
    }

    pub(super) fn snapshot_or_failure(&self) -> StoreResult<Snapshot> {
        super::read::snapshot(&self.connection)
    }

    /// Messages of a conversation, oldest first; only those of `me` if that is asked.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    pub fn messages(&self, me: &UserId, query: &Query) -> Result<Vec<Message>, Fault> {
        Ok(super::read::messages(&self.connection, me, query)?)
    }

    /// The messages with these IDs; those that are not stored are left out.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    pub fn find(&self, ids: &[MessageId]) -> Result<Vec<Message>, Fault> {
        Ok(super::read::find(&self.connection, ids)?)
    }

    /// Searches the messages; those that are not indexed yet are indexed first.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    pub fn search(&mut self, search: &Search) -> Result<Found, Fault> {
        Ok(self.try_search(search)?)
    }

    fn try_search(&mut self, search: &Search) -> StoreResult<Found> {
        match self.search_all(search) {
            Err(why) if why.is_damaged_index() => {
                let is_stuck = |why: StoreError| if why.is_read_only() { StoreError::Damaged } else { why };
                index::clear(&self.connection).map_err(is_stuck)?;
                self.unindexed = index::unindexed(&self.connection)?;
                self.search_all(search)
            }
            found => found,
        }
    }

    /// Searches when all messages are indexed.
    fn search_all(&mut self, search: &Search) -> StoreResult<Found> {
        while self.unindexed > 0 {
            self.index()?;
        }
        search::search(&self.connection, search)
    }

    /// Indexes a batch of messages.
    fn index(&mut self) -> StoreResult<()> {
        let transaction = self.connection.transaction()?;
        let has_more = index::index(&transaction)?;
        self.unindexed = if has_more { index::unindexed(&transaction)?.max(1) } else { 0 };
        Ok(transaction.commit()?)
    }

    /// Indexes a batch of messages for searches, if one is behind. Gives whether another one is.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    pub fn catch_up(&mut self) -> Result<bool, Fault> {
        let is_behind = |store: &Self| store.unindexed >= u64::from(index::BATCH);
        if is_behind(self) {
            self.index()?;
        }
        Ok(is_behind(self))
    }
}

/// How many messages a change may add.
fn messages_of(change: &Change) -> u64 {
    match change {
        Change::Messages(_, messages) => messages.len() as u64,
        Change::Acknowledged(_) | Change::Mutated(..) => 1,
        _ => 0,
    }
}

/// Blocks: a driver has to poll it where it may.
impl tim_core::store::Store for Store {
    type Location = DatabaseFile;

    async fn open(at: &DatabaseFile) -> Result<Opened<Self>, Fault> {
        Self::open(at.clone())
    }

    async fn rebuild(at: &DatabaseFile) -> Result<String, Fault> {
        Self::rebuild(at.clone())
    }

    async fn snapshot(&mut self) -> Result<Snapshot, Fault> {
        Self::snapshot(self)
    }

    async fn apply(&mut self, changes: &[Change], durable: bool) -> Result<(), Fault> {
        Self::apply(self, changes, durable)
    }

    async fn messages(&mut self, me: &UserId, query: &Query) -> Result<Vec<Message>, Fault> {
        Self::messages(self, me, query)
    }

    async fn find(&mut self, ids: &[MessageId]) -> Result<Vec<Message>, Fault> {
        Self::find(self, ids)
    }

    async fn keep_local(&mut self, id: MessageId, change: &LocalChange) -> Result<bool, Fault> {
        Self::keep_local(self, id, change)
    }

    async fn local(&mut self, messages: &[(MessageId, UserId)]) -> Result<Vec<LocalData>, Fault> {
        Self::local(self, messages)
    }

    async fn catch_up(&mut self) -> Result<bool, Fault> {
        Self::catch_up(self)
    }

    async fn search(&mut self, search: &Search) -> Result<Found, Fault> {
        Self::search(self, search)
    }
}

fn migrate(connection: &mut Connection) -> StoreResult<()> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let taken = usize::try_from(version).map_err(|_| StoreError::Damaged)?;
    let Some(steps) = STEPS.get(taken..) else { return Err(StoreError::Newer) };
    if steps.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for step in steps {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", i64::try_from(STEPS.len()).unwrap_or(i64::MAX))?;
    Ok(transaction.commit()?)
}
