//! The database itself: opening it, and making one batch of writes durable.
//!
//! Synchronous and single-threaded. What a write means is in the files beside this one; this file gives each its
//! place in a transaction, so that a refused write changes nothing and does not touch the others.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tim_protocol::Code;
use tim_protocol::call::{self, Call as _};
use tim_protocol::frame::Fault;

use super::schema;
use crate::core::ops::{Answer, Find, Found, Refusal, Tell, Write, Written};
use crate::data::private;

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

/// Why a write or a question did not work out.
#[derive(Debug)]
pub(super) enum Failure {
    /// It may not be; nothing was changed.
    Refused(Fault),
    /// The database could not do it.
    Sql(rusqlite::Error),
}

impl Failure {
    pub(super) fn is_busy(&self) -> bool {
        matches!(self, Self::Sql(why) if why.sqlite_error_code() == Some(ErrorCode::DatabaseBusy))
    }
}

pub(super) type Outcome<T> = Result<T, Failure>;

impl From<rusqlite::Error> for Failure {
    fn from(why: rusqlite::Error) -> Self {
        Self::Sql(why)
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self::Refused(code.into())
    }
}

impl Failure {
    /// What is stored is nothing that this program or an older one writes.
    pub(super) fn damaged() -> Self {
        tracing::error!("a stored value cannot be read: the database is damaged");
        Self::Refused(Code::DATABASE_CORRUPT.into())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(_: serde_json::Error) -> Self {
        Self::damaged()
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(fault) => fault,
            Failure::Sql(why) => {
                tracing::error!(%why, "the database refused a statement");
                match why.sqlite_error_code() {
                    _ if is_damage(&why) => Fault::new(Code::DATABASE_CORRUPT),
                    Some(
                        ErrorCode::DiskFull
                        | ErrorCode::ReadOnly
                        | ErrorCode::SystemIoFailure
                        | ErrorCode::CannotOpen,
                    ) => Fault::new(Code::READ_ONLY).retry_after(1_000),
                    Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                        Fault::new(Code::BUSY).retry_after(1_000)
                    }
                    _ => Fault::new(Code::INTERNAL),
                }
            }
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
            Err(why) if why.is_busy() => {
                let refusal = Refusal::from(why);
                batch.iter().map(|_| Err(refusal.clone())).collect()
            }
            // One write broke the transaction for all: each gets one of its own, so that only the culprit fails.
            Err(_) if batch.len() > 1 => batch.iter().map(|write| self.alone(write)).collect(),
            Err(why) => vec![Err(why.into())],
        }
    }

    fn alone(&mut self, write: &Write) -> Result<Written, Refusal> {
        let mut results = self.together(std::slice::from_ref(write))?;
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
        let result = match self.apply(write) {
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

    fn apply(&self, write: &Write) -> Outcome<Written> {
        match write {
            Write::Probe => self.probe(),
            Write::Login(login) => self.login(login),
            Write::Logout { actor, instance } => self.logout(actor, instance),
            Write::Kick { app, user } => self.kick(*app, user),
            Write::Give { actor } => self.give(actor),
            Write::Request(asked) => self.request(asked),
            Write::PutApp { app, key } => self.put_app(*app, key),
            Write::PutMedia(media) => self.put_media(media),
        }
    }

    fn probe(&self) -> Outcome<Written> {
        self.connection.execute(
            "INSERT INTO meta VALUES('probe', 1) ON CONFLICT(key) DO UPDATE SET value = value + 1",
            [],
        )?;
        Ok(quiet(Answer::Done))
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
        self.connection.execute_batch("BEGIN").map_err(Failure::from)?;
        let found = self.answer(find);
        let ended = self.connection.execute_batch("COMMIT").map_err(Failure::from);
        let found = found?;
        ended?;
        Ok(found)
    }

    fn answer(&self, find: &Find) -> Outcome<Found> {
        match find {
            Find::Apps => self.apps().map(Found::Apps),
            Find::App { app } => self.app_keys(*app).map(Found::App),
            Find::Devices { app, user } => self.devices(*app, user).map(Found::Devices),
            Find::Version { key } => self.version(*key).map(Found::Version),
            Find::Sync { actor, sync, upto } => {
                self.sync_page(actor, sync, *upto).map(call::Sync::answer).map(Found::Reply)
            }
            Find::Request(asked) => match self.request(asked)?.answer {
                Answer::Reply(reply) => Ok(Found::Reply(reply)),
                _ => Err(Code::INTERNAL.into()),
            },
            Find::Media { app, id } => self.media(*app, *id).map(Found::Media),
        }
    }
}

/// Whether what failed is what the file holds, rather than the disk or the statement: SQLite says so, the file ends too
/// early, or a value is none that its column ever has.
fn is_damage(why: &rusqlite::Error) -> bool {
    match why {
        rusqlite::Error::SqliteFailure(failure, _) => {
            matches!(failure.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
                || failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHORT_READ
        }
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::Utf8Error(..) => true,
        _ => false,
    }
}

/// Makes a file for its owner's eyes only before SQLite makes it for everybody's.
pub(super) fn new_file(path: &Path) -> std::io::Result<()> {
    private().create_new(true).open(path).map(drop)
}

/// A write that answers and tells nobody.
pub(super) fn quiet(answer: impl Into<Answer>) -> Written {
    telling(answer, Vec::new())
}

/// A write that answers and tells.
pub(super) fn telling(answer: impl Into<Answer>, tells: Vec<Tell>) -> Written {
    Written { answer: answer.into(), tells }
}

pub(super) fn read_epoch(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0))
}
