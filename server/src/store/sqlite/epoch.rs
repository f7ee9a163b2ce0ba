//! The epoch: a new one is drawn whenever the database file is not the one that was served last.
//!
//! Beside the database lies its *seal*, a small file with a random number that each start and each orderly end writes
//! anew. The database keeps a fingerprint of the seal and of its own file: the number, both inodes, and when the seal
//! was last changed. A copy of the folder, of the database alone or over the old files has another fingerprint, and a
//! new file has none. A snapshot of the whole disk has the same: for that case an operator forgets the fingerprint. How
//! devices react to a new epoch is not decided here.

use std::fs::{File, Metadata};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use sha2::{Digest as _, Sha256};

use super::database::{Database, OpenError};
use crate::data::{private, random};

impl Database {
    /// Opens a database file to serve it: as [`Database::open`], and with a new epoch unless the file is the one that was
    /// served here last.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open_to_serve(path: &Path) -> Result<Self, OpenError> {
        let mut database = Self::open(path)?;
        database.begin_epoch(path).map_err(|why| OpenError::from_sql(path, &why))?;
        Ok(database)
    }

    fn begin_epoch(&mut self, path: &Path) -> rusqlite::Result<()> {
        if kept(&self.connection)?.is_some_and(|kept| fingerprint(path).is_ok_and(|now| now == kept)) {
            self.seal();
            return Ok(());
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        forget(&transaction)?;
        let former = super::database::read_epoch(&transaction)?;
        let epoch = drawn(former)?;
        transaction.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", [epoch])?;
        let is_known: bool =
            transaction.query_row("SELECT EXISTS(SELECT 1 FROM user)", [], |row| row.get(0))?;
        transaction.commit()?;
        if is_known {
            tracing::info!(epoch, "a new life of the data begins: every device asks for everything anew");
        }
        self.epoch = epoch;
        self.seal();
        Ok(())
    }

    /// Records that this file was served here last. If that fails, the next start draws a new epoch, which costs every
    /// device a full sync and loses nothing.
    pub(super) fn seal(&mut self) {
        let Some(path) = self.connection.path().map(PathBuf::from) else { return };
        if let Err(why) = self.try_seal(&path) {
            tracing::warn!(%why, "the seal of the database could not be renewed: the next start may begin a new epoch");
        }
    }

    fn try_seal(&mut self, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        write_seal(path)?;
        transaction.execute("INSERT OR REPLACE INTO meta VALUES('home', ?)", [fingerprint(path)?])?;
        Ok(transaction.commit()?)
    }

    /// Makes the next server of this file draw a new epoch.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn forget_fingerprint(path: &Path) -> Result<(), OpenError> {
        forget(&Self::open(path)?.connection).map_err(|why| OpenError::from_sql(path, &why))
    }
}

/// Removes the fingerprint that distinguishes a database file from its copies.
pub(super) fn forget(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM meta WHERE key = 'home'", []).map(drop)
}

fn kept(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    connection.query_row("SELECT value FROM meta WHERE key = 'home'", [], |row| row.get(0)).optional()
}

/// Any epoch but 0, which means none, and the former one.
fn drawn(former: u32) -> rusqlite::Result<u32> {
    loop {
        let [a, b, c, d, ..] =
            random().map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why)))?;
        let epoch = u32::from_be_bytes([a, b, c, d]);
        if epoch != 0 && epoch != former {
            return Ok(epoch);
        }
    }
}

fn seal_of(database: &Path) -> PathBuf {
    database.with_extension("seal")
}

fn write_seal(database: &Path) -> std::io::Result<()> {
    let (seal, partial) = (seal_of(database), database.with_extension("seal-partial"));
    let mut file = private().create(true).truncate(true).open(&partial)?;
    file.write_all(&random()?)?;
    file.sync_all()?;
    std::fs::rename(partial, seal)?;
    File::open(database.parent().unwrap_or(Path::new(".")))?.sync_all()
}

fn fingerprint(database: &Path) -> std::io::Result<i64> {
    let seal = seal_of(database);
    let mut hash = Sha256::new();
    hash.update(std::fs::read(&seal)?);
    hash.update(identity(&std::fs::metadata(database)?).0.to_be_bytes());
    let (inode, changed) = identity(&std::fs::metadata(seal)?);
    hash.update(inode.to_be_bytes());
    hash.update(changed.to_be_bytes());
    let [a, b, c, d, e, f, g, h, ..] = hash.finalize().0;
    Ok(i64::from_be_bytes([a, b, c, d, e, f, g, h]))
}

/// A file's inode, and when the file was last changed in any way, in nanoseconds: no copying program can set that.
#[cfg(unix)]
fn identity(file: &Metadata) -> (u64, i128) {
    use std::os::unix::fs::MetadataExt as _;
    (file.ino(), i128::from(file.ctime()) * 1_000_000_000 + i128::from(file.ctime_nsec()))
}

/// When the file was created, in nanoseconds; the random number in the seal must suffice otherwise.
#[cfg(not(unix))]
fn identity(file: &Metadata) -> (u64, i128) {
    let made = file.created().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let made = made.map_or(0, |since| since.as_nanos());
    (u64::try_from(made).unwrap_or(u64::MAX), 0)
}
