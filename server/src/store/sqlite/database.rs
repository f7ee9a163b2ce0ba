//! The database itself: opening it, and making one batch of writes durable.
//!
//! Synchronous and single-threaded. What a write means [`crate::domain`] decides; this file gives each its place in a
//! transaction, so that a refused write changes nothing and does not touch the others.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tim_protocol::Code;

use super::failure::{is_busy, refusal};
use super::rows::Transaction;
use super::schema;
use crate::core::ops::{Find, Found, Refusal, Write, Written};
use crate::data::private;
use crate::domain::{self, Failure, Outcome};

/// The embedded store without threads.
pub struct Database {
    pub(super) connection: Connection,
    pub(super) epoch: u32,
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
        /// What the system said.
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
        match why.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Corrupt(path),
            _ => Self::Unusable { path, why: why.to_string() },
        }
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
        let found = schema::version(&connection).map_err(failed)?;
        if found > schema::VERSION {
            return Err(OpenError::Newer { path: path.display().to_string(), found, known: schema::VERSION });
        }
        Self::ready(connection).map_err(failed)
    }

    /// A database that lives as long as this value.
    ///
    /// # Errors
    /// Only if memory is short.
    pub fn in_memory() -> Result<Self, OpenError> {
        let path = Path::new("memory");
        Connection::open_in_memory().and_then(Self::ready).map_err(|why| OpenError::from_sql(path, &why))
    }

    /// A second connection to a database file that [`Database::open`] has prepared, for questions only.
    pub(super) fn reader(path: &Path) -> Result<Self, OpenError> {
        let failed = |why: rusqlite::Error| OpenError::from_sql(path, &why);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(failed)?;
        let epoch = read_epoch(&connection).map_err(failed)?;
        Ok(Self { connection, epoch })
    }

    fn ready(mut connection: Connection) -> rusqlite::Result<Self> {
        schema::prepare(&connection)?;
        schema::migrate(&mut connection)?;
        let epoch = read_epoch(&connection)?;
        Ok(Self { connection, epoch })
    }

    /// Moves the whole write-ahead log into the file and empties it. Waits for questions that are being answered.
    pub(super) fn empty_log(&self) {
        let emptied = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(why) = emptied {
            tracing::warn!(%why, "the write-ahead log could not be emptied: it grows until it can");
        }
    }

    /// Everything that is only in memory is forgotten, as when the process dies.
    pub fn crashed(&mut self) {
        self.connection.flush_prepared_statement_cache();
    }

    /// Makes a batch of writes durable in one transaction. Each has its own result, in the order of the batch.
    pub fn commit(&mut self, batch: &[Write]) -> Vec<Result<Written, Refusal>> {
        match self.together(batch) {
            Ok(results) => results,
            // Another program holds the database: each write would only wait as long as all of them did.
            Err(why) if is_busy(&why) => {
                let refusal = refusal(why);
                batch.iter().map(|_| Err(refusal.clone())).collect()
            }
            // One write broke the transaction for all: each gets one of its own, so that only the culprit fails.
            Err(_) if batch.len() > 1 => batch.iter().map(|write| self.alone(write)).collect(),
            Err(why) => vec![Err(refusal(why))],
        }
    }

    fn alone(&mut self, write: &Write) -> Result<Written, Refusal> {
        let mut results = self.together(std::slice::from_ref(write)).map_err(refusal)?;
        results.pop().unwrap_or_else(|| Err(Code::INTERNAL.into()))
    }

    fn together(&mut self, batch: &[Write]) -> Outcome<Vec<Result<Written, Refusal>>> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let results = batch.iter().map(|write| self.guarded(write)).collect::<Outcome<Vec<_>>>();
        let ended = results.and_then(|results| {
            self.connection.execute_batch("COMMIT")?;
            Ok(results)
        });
        if ended.is_err() {
            self.recover();
        }
        ended
    }

    /// Ends a transaction that did not come to its end, and has the next one reach the disk again.
    pub(super) fn recover(&self) {
        if !self.connection.is_autocommit() {
            // A rollback that fails leaves the transaction to the next BEGIN, which then fails and says so.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        let _ = self.connection.execute_batch("PRAGMA synchronous = FULL");
    }

    /// One write of a transaction. A refusal leaves no trace; a failure of the database is the whole batch's.
    fn guarded(&self, write: &Write) -> Outcome<Result<Written, Refusal>> {
        // A send checks everything before it changes anything, and is what most batches are made of.
        let bare = matches!(write, Write::Request(asked) if asked.sends().is_some());
        if !bare {
            self.connection.prepare_cached("SAVEPOINT one")?.execute([])?;
        }
        let result = match domain::apply(&mut self.rows(), write) {
            Ok(written) => Ok(written),
            Err(Failure::Refused(fault)) => Err(fault),
            Err(failure) => return Err(failure),
        };
        if !bare {
            if result.is_err() {
                self.connection.prepare_cached("ROLLBACK TO one")?.execute([])?;
            }
            self.connection.prepare_cached("RELEASE one")?.execute([])?;
        }
        Ok(result)
    }

    /// Answers a question from committed data, all of it from one moment.
    ///
    /// # Errors
    /// The refusal the question earned, or that of a failing disk.
    pub fn find(&self, find: &Find) -> Result<Found, Refusal> {
        if !self.connection.is_autocommit() {
            // An earlier question came to no end.
            self.recover();
        }
        self.in_one_moment(|rows| domain::answer(rows, find)).map_err(refusal)
    }

    fn in_one_moment<T>(&self, question: impl FnOnce(&mut Transaction<'_>) -> Outcome<T>) -> Outcome<T> {
        self.connection.execute_batch("BEGIN")?;
        let found = question(&mut self.rows());
        let ended = self.connection.execute_batch("COMMIT");
        let found = found?;
        ended?;
        Ok(found)
    }

    fn rows(&self) -> Transaction<'_> {
        Transaction::on(&self.connection, self.epoch)
    }
}

/// Makes a file for its owner's eyes only before SQLite makes it for everybody's.
pub(super) fn new_file(path: &Path) -> std::io::Result<()> {
    private().create_new(true).open(path).map(drop)
}

pub(super) fn read_epoch(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0))
}
