//! The file: opening it, setting a damaged one aside, and the numbers for what can go wrong.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tim_protocol::frame::Fault;
use tim_protocol::message::Message;
use tim_protocol::{Code, UserId};

use super::schema::STEPS;
use super::{Change, Snapshot};
use crate::machine::io::Query;

/// How long to wait for another connection to the same file, which only a backup of the device could be.
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
pub struct Opened {
    /// The database.
    pub store: Store,
    /// The former file, if it was damaged and had to be set aside.
    pub set_aside: Option<PathBuf>,
}

/// Why something could not be stored or read.
#[derive(Debug)]
pub(super) enum Failure {
    Sqlite(rusqlite::Error),
    /// What was read is not what was written.
    Damaged,
    /// The file is from a later version.
    Newer,
}

pub(super) type Outcome<T> = Result<T, Failure>;

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(_: serde_json::Error) -> Self {
        Self::Damaged
    }
}

impl Failure {
    fn is_damage(&self) -> bool {
        match self {
            Self::Damaged => true,
            Self::Newer => false,
            Self::Sqlite(error) => {
                matches!(
                    error.sqlite_error_code(),
                    Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
                )
            }
        }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        let error = match failure {
            Failure::Newer => return Self::new(Code::STORE_NEWER),
            Failure::Damaged => {
                return Self::with_text(Code::DATABASE_FAILED, "the local database is damaged: log in again");
            }
            Failure::Sqlite(error) => error,
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::new(Code::STORAGE_FULL),
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Self::new(Code::DATA_DIR_UNUSABLE)
            }
            // Never with the statement's values: they are people's words.
            code => Self::with_text(
                Code::DATABASE_FAILED,
                format!(
                    "the local database failed ({code:?}): free space, check permissions, then try again"
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
        match Self::try_open(path) {
            Ok(store) => Ok(Opened { store, set_aside: None }),
            Err(failure) if failure.is_damage() => {
                let aside = set_aside(path).map_err(|_| Fault::new(Code::DATA_DIR_UNUSABLE))?;
                Ok(Opened { store: Self::try_open(path)?, set_aside: Some(aside) })
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// A database in memory.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`] if there is no memory for it.
    pub fn in_memory() -> Result<Self, Fault> {
        let connection = Connection::open_in_memory().map_err(Failure::from)?;
        Ok(Self::begin(connection)?)
    }

    fn try_open(path: &Path) -> Outcome<Self> {
        private_file(path);
        let connection = Connection::open_with_flags(path, OpenFlags::default())?;
        connection.busy_timeout(BUSY_WITHIN)?;
        // The log is what makes a commit one write, and lets a crash lose nothing that was committed.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "journal_size_limit", 4 * 1024 * 1024)?;
        let store = Self::begin(connection)?;
        // Reads every table's first page and the whole schema: what is badly damaged shows now.
        store.snapshot_or_failure()?;
        Ok(store)
    }

    fn begin(mut connection: Connection) -> Outcome<Self> {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        // What a message said before it was taken back leaves the file.
        connection.pragma_update(None, "secure_delete", "ON")?;
        migrate(&mut connection)?;
        Ok(Self { connection, durable: false })
    }

    /// Makes all changes or none. With `durable` they survive a power cut when this returns, without it the end of the
    /// process only.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`] or [`Code::DATABASE_FAILED`]; then nothing changed.
    pub fn apply(&mut self, changes: &[Change], durable: bool) -> Result<(), Fault> {
        self.try_apply(changes, durable).map_err(Fault::from)
    }

    fn try_apply(&mut self, changes: &[Change], durable: bool) -> Outcome<()> {
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
    /// [`Code::DATABASE_FAILED`].
    pub fn snapshot(&self) -> Result<Snapshot, Fault> {
        Ok(self.snapshot_or_failure()?)
    }

    fn snapshot_or_failure(&self) -> Outcome<Snapshot> {
        super::read::snapshot(&self.connection)
    }

    /// Messages of a conversation, oldest first; only those of `me` if that is asked.
    ///
    /// # Errors
    /// [`Code::DATABASE_FAILED`].
    pub fn messages(&self, me: &UserId, query: &Query) -> Result<Vec<Message>, Fault> {
        Ok(super::read::messages(&self.connection, me, query)?)
    }
}

fn migrate(connection: &mut Connection) -> Outcome<()> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let taken = usize::try_from(version).map_err(|_| Failure::Damaged)?;
    let Some(steps) = STEPS.get(taken..) else { return Err(Failure::Newer) };
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

/// Moves a file and what belongs to it out of the way.
fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let named =
        |number: u32, suffix: &str| PathBuf::from(format!("{}.damaged-{number}{suffix}", path.display()));
    let number = (1..=u32::MAX).find(|number| !named(*number, "").exists()).unwrap_or(u32::MAX);
    std::fs::rename(path, named(number, ""))?;
    for suffix in ["-wal", "-shm"] {
        // Not there after a clean end.
        let _ = std::fs::rename(format!("{}{suffix}", path.display()), named(number, suffix));
    }
    Ok(named(number, ""))
}

/// Makes the file for its owner's eyes only before SQLite makes it for everybody's; what fails here fails again, with
/// a number, when SQLite opens it.
#[cfg(unix)]
fn private_file(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
}

#[cfg(not(unix))]
fn private_file(_: &Path) {}
