//! The database file: opening it, replacing a damaged one, and the codes of its errors.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};
use tim_protocol::Fault;
use tim_protocol::message::Message;
use tim_protocol::{Code, UserId};

use super::schema::STEPS;
use super::{Change, Query, Snapshot, damage};

/// How long to wait for another connection to the file, such as a backup of the device.
const BUSY_WITHIN: Duration = Duration::from_secs(5);
/// Prepared statements kept.
const STATEMENTS: usize = 64;

/// One user's database. For one thread at a time.
pub struct Store {
    pub(super) connection: Connection,
    /// Whether commits reach stable storage now.
    durable: bool,
}

/// A database that was opened.
pub type Opened = tim_core::store::Opened<Store>;

/// Why something could not be stored or read.
#[derive(Debug)]
pub(super) enum StoreError {
    Sqlite(rusqlite::Error),
    /// The file is damaged.
    Damaged,
    /// A value that does not fit its column.
    Unstorable,
    /// The file is from a later version.
    Newer,
}

pub(super) type StoreResult<T> = Result<T, StoreError>;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        let code = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => ffi::SQLITE_FULL,
            _ => ffi::SQLITE_CANTOPEN,
        };
        Self::Sqlite(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(_: serde_json::Error) -> Self {
        Self::Damaged
    }
}

impl StoreError {
    fn is_damage(&self) -> bool {
        match self {
            Self::Damaged => true,
            Self::Newer | Self::Unstorable => false,
            Self::Sqlite(error) => match error {
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::Utf8Error(..) => true,
                _ => matches!(
                    error.sqlite_error_code(),
                    Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
                ),
            },
        }
    }
}

impl From<StoreError> for Fault {
    fn from(failure: StoreError) -> Self {
        if failure.is_damage() {
            return Self::new(Code::STORE_DAMAGED);
        }
        let error = match failure {
            StoreError::Newer => return Self::new(Code::STORE_NEWER),
            StoreError::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => error,
            _ => return Self::new(Code::DATABASE_FAILED),
        };
        match (error.code, error.extended_code) {
            // The log's index has an error of its own when the disk is full.
            (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Self::new(Code::STORAGE_FULL),
            (ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied, _) => {
                Self::new(Code::DATA_DIR_UNUSABLE)
            }
            // Never includes the statement's values, which are message content.
            (_, extended) => Self::with_text(
                Code::DATABASE_FAILED,
                format!(
                    "the local database failed ({}): free space, check permissions, then try again",
                    ffi::code_to_str(extended)
                ),
            ),
        }
    }
}

impl Store {
    /// Opens a user's file, making it if there is none. A damaged file is set aside under another name and a new one
    /// begun: the server has everything but what waited to be sent.
    ///
    /// # Errors
    /// [`Code::STORE_NEWER`] if a later version of the app wrote the file, which is left as it is;
    /// [`Code::DATA_DIR_UNUSABLE`], [`Code::STORAGE_FULL`], or [`Code::DATABASE_FAILED`].
    pub fn open(path: &Path) -> Result<Opened, Fault> {
        let set_aside =
            damage::finish(path).map_err(StoreError::from)?.map(|aside| aside.display().to_string());
        match Self::try_open(path) {
            Ok(store) => Ok(Opened { store, set_aside }),
            Err(failure) if failure.is_damage() => {
                let set_aside = Some(Self::rebuild(path)?);
                Ok(Opened { store: Self::try_open(path)?, set_aside })
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// Sets a user's damaged file aside, and makes a new one with what can still be read of what waits to be sent. The
    /// file must not be open. Gives the name that the damaged one has now.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`], or [`Code::DATABASE_FAILED`]; then the damaged file is where
    /// it was.
    pub fn rebuild(path: &Path) -> Result<String, Fault> {
        Ok(damage::rebuild(path)?.display().to_string())
    }

    /// A database in memory.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] if there is no memory for it.
    pub fn in_memory() -> Result<Self, Fault> {
        let connection = Connection::open_in_memory().map_err(StoreError::from)?;
        Ok(Self::begin(connection)?)
    }

    pub(super) fn try_open(path: &Path) -> StoreResult<Self> {
        private_file(path);
        let connection = Connection::open_with_flags(path, OpenFlags::default())?;
        connection.busy_timeout(BUSY_WITHIN)?;
        // With a write-ahead log a commit is one write, and a crash loses nothing committed.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "journal_size_limit", 4 * 1024 * 1024)?;
        let store = Self::begin(connection)?;
        // Reads everything the engine needs at once, to detect damage; damaged messages are detected when they are
        // read.
        store.snapshot_or_failure()?;
        Ok(store)
    }

    fn begin(mut connection: Connection) -> StoreResult<Self> {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "cell_size_check", "ON")?;
        super::checksum::install(&connection)?;
        // Overwrites the content of revoked messages in the file.
        connection.pragma_update(None, "secure_delete", "ON")?;
        migrate(&mut connection)?;
        Ok(Self { connection, durable: false })
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
        if durable != self.durable {
            self.connection.pragma_update(None, "synchronous", if durable { "FULL" } else { "NORMAL" })?;
            self.durable = durable;
        }
        let transaction = self.connection.transaction()?;
        for change in changes {
            super::apply::change(&transaction, change)?;
        }
        Ok(transaction.commit()?)
    }

    /// Everything needed to go on.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    pub fn snapshot(&self) -> Result<Snapshot, Fault> {
        Ok(self.snapshot_or_failure()?)
    }

    fn snapshot_or_failure(&self) -> StoreResult<Snapshot> {
        super::read::snapshot(&self.connection)
    }

    /// Messages of a conversation, oldest first; only those of `me` if that is asked.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] or [`Code::STORE_DAMAGED`].
    pub fn messages(&self, me: &UserId, query: &Query) -> Result<Vec<Message>, Fault> {
        Ok(super::read::messages(&self.connection, me, query)?)
    }
}

/// Blocks: a driver has to poll it where it may.
impl tim_core::store::Store for Store {
    type Location = Path;

    async fn open(at: &Path) -> Result<Opened, Fault> {
        Self::open(at)
    }

    async fn rebuild(at: &Path) -> Result<String, Fault> {
        Self::rebuild(at)
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

/// Creates the file readable by its owner only, before SQLite creates it readable by all. An error here recurs, with a
/// code, when SQLite opens the file.
#[cfg(unix)]
fn private_file(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
}

#[cfg(not(unix))]
fn private_file(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a failure of this number of SQLite's is told as.
    fn told(number: i32) -> Fault {
        let values = Some("UPDATE msg SET message = 'what bob said'".to_owned());
        StoreError::Sqlite(rusqlite::Error::SqliteFailure(ffi::Error::new(number), values)).into()
    }

    #[test]
    fn a_failing_database_is_told_in_words_with_what_to_do_and_without_what_people_said() {
        let fault = told(ffi::SQLITE_IOERR_FSYNC);
        assert_eq!(fault.code, Code::DATABASE_FAILED);
        assert!(fault.text.contains("try again"), "{}", fault.text);
        for foreign in ["bob", "SqliteFailure", "Some(", "{"] {
            assert!(!fault.text.contains(foreign), "{}", fault.text);
        }
        assert_eq!(told(ffi::SQLITE_CORRUPT), Fault::new(Code::STORE_DAMAGED));
        assert_eq!(told(ffi::SQLITE_FULL), Fault::new(Code::STORAGE_FULL));
    }
}
