//! The database itself: opening it, and making one batch of writes durable.
//!
//! Synchronous and single-threaded. [`crate::domain`] carries out the writes; this file runs them in transactions, so
//! that a refused write changes nothing and does not affect the others.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tim_protocol::Code;

use super::failure::{is_busy, is_damage, refusal};
use super::rows::{Indexed, Transaction};
use super::schema;
use crate::core::ops::{Answered, Committed, Query, QueryResult, Refusal, Write};
use crate::data::private;
use crate::domain::chores::START;
use crate::domain::rows::ChorePlace;
use crate::domain::{self, DomainError, DomainResult};

/// How long the writer waits for running queries before the log begins anew.
const QUERIES_END_WITHIN: Duration = Duration::from_millis(50);

/// The embedded store without threads.
pub struct Database {
    pub(super) connection: Connection,
    pub(super) epoch: u32,
    pub(super) indexed: Indexed,
    /// Where the last chore is that was begun.
    pub(super) last_chore: ChorePlace,
}

/// Why a database file cannot be used. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is damaged, or not a database at all.
    #[error("{0}: the database is damaged: restore a backup, or move the file away to begin anew ({code})", code = Code::DATABASE_CORRUPT)]
    Corrupt(String),
    /// A newer program wrote it.
    #[error("{path}: the database has version {found}, this program knows up to {known}: run a newer tim-server ({code})", code = Code::DATABASE_NEWER)]
    Newer {
        /// The file.
        path: String,
        /// Its version.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// The file or its folder cannot be read or written.
    #[error("{path}: {why}: check the path, its permissions and the free space ({code})", code = Code::READ_ONLY)]
    Unusable {
        /// The file.
        path: String,
        /// The system's error.
        why: String,
    },
}

impl OpenError {
    /// The number for it.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Corrupt(_) => Code::DATABASE_CORRUPT,
            Self::Newer { .. } => Code::DATABASE_NEWER,
            Self::Unusable { .. } => Code::READ_ONLY,
        }
    }

    pub(super) fn from_sql(path: &Path, why: &rusqlite::Error) -> Self {
        let path = path.display().to_string();
        if is_damage(why) { Self::Corrupt(path) } else { Self::Unusable { path, why: why.to_string() } }
    }
}

impl Database {
    /// Opens a database file, makes it if it does not exist, and brings it to this version.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let failed = |why: rusqlite::Error| OpenError::from_sql(path, &why);
        // What fails here fails again, with a reason, when SQLite opens it.
        let _ = new_file(path);
        let connection = Connection::open(path).map_err(failed)?;
        let (found, known) = (schema::version(&connection).map_err(failed)?, schema::newest_version());
        if found > known {
            return Err(OpenError::Newer { path: path.display().to_string(), found, known });
        }
        Self::ready(connection).map_err(failed)
    }

    /// A database in memory.
    ///
    /// # Errors
    /// Only if memory is short.
    pub fn in_memory() -> Result<Self, OpenError> {
        let path = Path::new("memory");
        Connection::open_in_memory().and_then(Self::ready).map_err(|why| OpenError::from_sql(path, &why))
    }

    /// A second connection to a database file that [`Database::open`] has prepared, for queries only.
    pub(super) fn reader(path: &Path) -> Result<Self, OpenError> {
        let failed = |why: rusqlite::Error| OpenError::from_sql(path, &why);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        schema::keep_statements(&connection).map_err(failed)?;
        let epoch = read_epoch(&connection).map_err(failed)?;
        Ok(Self { connection, epoch, indexed: Indexed::default(), last_chore: START })
    }

    fn ready(mut connection: Connection) -> rusqlite::Result<Self> {
        schema::prepare(&connection)?;
        schema::migrate(&mut connection)?;
        let epoch = read_epoch(&connection)?;
        Ok(Self { connection, epoch, indexed: Indexed::default(), last_chore: START })
    }

    /// Moves the whole write-ahead log into the file, and lets it begin anew. Waits for running queries, but not for a
    /// backup: the log grows meanwhile.
    pub(super) fn restart_log(&self) {
        let wait = |time| self.connection.busy_timeout(time);
        let restart = || self.connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()));
        let moved = wait(QUERIES_END_WITHIN).and_then(|()| restart());
        if let Err(why) = wait(schema::BUSY_WITHIN).and(moved) {
            tracing::warn!(%why, "the write-ahead log could not be moved: it grows until it can");
        }
    }

    /// Simulates a crash of the process: drops state that is only in memory.
    pub fn crashed(&mut self) {
        self.connection.flush_prepared_statement_cache();
    }

    /// Makes a batch of writes durable in one transaction. Each has its own result, in the order of the batch.
    pub fn commit(&mut self, batch: &[Write]) -> Vec<Result<Committed, Refusal>> {
        match self.commit_together(batch) {
            Ok(results) => results,
            // Another program has locked the database: retrying the writes one by one would only wait again.
            Err(why) if is_busy(&why) => {
                let refusal = refusal(why);
                batch.iter().map(|_| Err(refusal.clone())).collect()
            }
            // One write failed the whole transaction: each gets its own, so that only the faulty one fails.
            Err(_) if batch.len() > 1 => batch.iter().map(|write| self.commit_alone(write)).collect(),
            Err(why) => vec![Err(refusal(why))],
        }
    }

    fn commit_alone(&mut self, write: &Write) -> Result<Committed, Refusal> {
        let mut results = self.commit_together(std::slice::from_ref(write)).map_err(refusal)?;
        results.pop().unwrap_or_else(|| Err(Code::INTERNAL.into()))
    }

    /// Few writes are refused after they changed something. So a batch is applied without savepoints, and begun again
    /// with them if it has such a write.
    fn commit_together(&mut self, batch: &[Write]) -> DomainResult<Vec<Result<Committed, Refusal>>> {
        let results = match self.transact(batch, Self::apply)? {
            Some(results) => Some(results),
            None => self.transact(batch, Self::apply_undoable)?,
        };
        Ok(results.ok_or(Code::INTERNAL)?)
    }

    /// Applies a batch in a transaction, and commits it unless one of its writes has no result.
    fn transact(
        &self,
        batch: &[Write],
        apply: impl Fn(&Self, &Write) -> DomainResult<Option<Result<Committed, Refusal>>>,
    ) -> DomainResult<Option<Vec<Result<Committed, Refusal>>>> {
        self.run("BEGIN IMMEDIATE")?;
        let results = batch.iter().map(|write| apply(self, write).transpose());
        let results = results.collect::<Option<DomainResult<Vec<_>>>>().transpose();
        let ended = results.and_then(|results| {
            self.run(if results.is_some() { "COMMIT" } else { "ROLLBACK" })?;
            Ok(results)
        });
        if ended.is_err() {
            self.recover();
        }
        ended
    }

    /// Rolls back an unfinished transaction, and restores full synchronization to disk.
    pub(super) fn recover(&self) {
        if !self.connection.is_autocommit() {
            // A rollback that fails leaves the transaction to the next BEGIN, which then fails and says so.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        let _ = self.connection.execute_batch("PRAGMA synchronous = FULL");
    }

    /// Applies one write within the transaction; `None` if it was refused after it changed something. A failure of the
    /// database fails the whole batch.
    fn apply(&self, write: &Write) -> DomainResult<Option<Result<Committed, Refusal>>> {
        let before = self.connection.total_changes();
        match domain::apply(&mut self.rows(), write) {
            Ok(written) => Ok(Some(Ok(written))),
            Err(DomainError::Refused(fault)) => {
                Ok((self.connection.total_changes() == before).then_some(Err(fault)))
            }
            Err(failure) => Err(failure),
        }
    }

    /// As [`Database::apply`], but undoes what a refused write changed.
    fn apply_undoable(&self, write: &Write) -> DomainResult<Option<Result<Committed, Refusal>>> {
        self.run("SAVEPOINT one")?;
        let result = match domain::apply(&mut self.rows(), write) {
            Ok(written) => Ok(written),
            Err(DomainError::Refused(fault)) => {
                self.run("ROLLBACK TO one")?;
                Err(fault)
            }
            Err(failure) => return Err(failure),
        };
        self.run("RELEASE one")?;
        Ok(Some(result))
    }

    /// The result of a query: see [`Database::answer`].
    ///
    /// # Errors
    /// As [`Database::answer`].
    pub fn query(&self, query: &Query) -> Result<QueryResult, Refusal> {
        self.answer(query).map(|answered| answered.result)
    }

    /// Answers a query from one snapshot of committed data.
    ///
    /// # Errors
    /// The refusal of the query, or that of a failing disk.
    pub fn answer(&self, query: &Query) -> Result<Answered, Refusal> {
        if !self.connection.is_autocommit() {
            // An earlier query left its transaction open.
            self.recover();
        }
        self.in_snapshot(|rows| domain::answer(rows, query)).map_err(refusal)
    }

    fn in_snapshot<T>(
        &self,
        queued: impl FnOnce(&mut Transaction<'_>) -> DomainResult<T>,
    ) -> DomainResult<T> {
        self.run("BEGIN")?;
        let found = queued(&mut self.rows());
        let ended = self.run("COMMIT");
        let found = found?;
        ended?;
        Ok(found)
    }

    /// Runs a statement without values, parsed once.
    pub(super) fn run(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }

    fn rows(&self) -> Transaction<'_> {
        Transaction::on(&self.connection, self.epoch, &self.indexed)
    }
}

/// Creates the file with permissions for its owner only, before SQLite creates it for everybody.
pub(super) fn new_file(path: &Path) -> std::io::Result<()> {
    private().create_new(true).open(path).map(drop)
}

pub(super) fn read_epoch(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0))
}
