//! Where a database is, and the key that it is encrypted with.
//!
//! Encryption needs the feature `encryption`, with which SQLCipher takes the place of SQLite. This file opens no database.

use std::fmt;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use rusqlite::Connection;
use tim_protocol::{Code, Fault};

use super::error::{StoreError, StoreResult};

/// Whether this build can encrypt.
pub const CAN_ENCRYPT: bool = cfg!(feature = "encryption");
/// How many bytes a key has.
pub const KEY_BYTES: usize = 32;
/// The name of a database's file.
const PLAIN: &str = "tim.db";
/// The name of an encrypted one.
const ENCRYPTED: &str = "tim.encrypted.db";

/// The key of a database: 32 random bytes that the host keeps where only it reads, such as Keychain or Keystore. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseKey([u8; KEY_BYTES]);

impl DatabaseKey {
    /// These bytes.
    #[must_use]
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// As SQLCipher takes bytes that are a key already, and no password.
    fn literal(&self) -> String {
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digits: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
        format!("x'{digits}'")
    }

    /// Says the key of a connection, before anything else.
    fn unlock(&self, connection: &Connection) -> rusqlite::Result<()> {
        // Failures are told by their codes, not on the host's standard error.
        connection.pragma_update(None, "cipher_log_level", "NONE")?;
        connection.pragma_update(None, "key", self.literal())
    }
}

impl FromStr for DatabaseKey {
    type Err = Fault;

    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`Code::BAD_REQUEST`] for anything else.
    fn from_str(digits: &str) -> Result<Self, Fault> {
        let wrong = || Fault::with_text(Code::BAD_REQUEST, "a databaseKey has 64 hexadecimal digits");
        let halves: Option<Vec<u8>> = digits.chars().map(|it| u8::try_from(it.to_digit(16)?).ok()).collect();
        let (pairs, []) = halves.as_deref().ok_or_else(wrong)?.as_chunks() else { return Err(wrong()) };
        let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
        bytes.try_into().map(Self).map_err(|_| wrong())
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey")
    }
}

/// A file with a database, and its key.
#[derive(Debug, Clone)]
pub struct DatabaseFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its key; `None` if it is not encrypted.
    pub key: Option<DatabaseKey>,
}

impl<P: Into<PathBuf>> From<P> for DatabaseFile {
    fn from(path: P) -> Self {
        Self { path: path.into(), key: None }
    }
}

impl DatabaseFile {
    /// The file of the database in a folder. With a key it has a name of its own, so that nobody takes what is encrypted for a
    /// damaged file.
    #[must_use]
    pub fn in_folder(folder: &Path, key: Option<DatabaseKey>) -> Self {
        Self { path: folder.join(if key.is_some() { ENCRYPTED } else { PLAIN }), key }
    }

    /// The same, at another path.
    pub(super) fn at(&self, path: PathBuf) -> Self {
        Self { path, key: self.key.clone() }
    }

    /// Says the key of a connection to this file, if it has one.
    pub(super) fn unlock(&self, connection: &Connection) -> StoreResult<()> {
        Ok(self.key.as_ref().map_or(Ok(()), |key| key.unlock(connection))?)
    }

    /// Checks that this is the file to open. Gives the one without a key that has to be encrypted before.
    pub(super) fn plain_before(&self) -> StoreResult<Option<Self>> {
        let plain = Self::from(self.path.with_file_name(PLAIN));
        match &self.key {
            None if self.path.with_file_name(ENCRYPTED).exists() => Err(StoreError::Locked),
            None => Ok(None),
            Some(_) if !CAN_ENCRYPT => Err(StoreError::CannotEncrypt),
            Some(_) if !self.path.exists() => Ok(Some(plain).filter(Self::is_there)),
            // A crash may have left it.
            Some(_) => plain.remove().map(|()| None),
        }
    }

    fn is_there(&self) -> bool {
        self.path.exists() || with(&self.path, REBUILT).exists()
    }

    /// Writes what a connection without a key has into this file, which does not exist. After a crash it does not exist, or is
    /// complete.
    pub(super) fn encrypt(&self, plain: &Connection) -> StoreResult<()> {
        let Some(key) = &self.key else { return Err(StoreError::CannotEncrypt) };
        let partial = self.path.with_extension("partial");
        // Left by an earlier attempt.
        let _ = std::fs::remove_file(&partial);
        let version: i64 = plain.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let name = partial.to_str().ok_or(StoreError::Unstorable)?;
        plain.execute("ATTACH DATABASE ? AS encrypted KEY ?", [name, &key.literal()])?;
        plain.query_row("SELECT sqlcipher_export('encrypted')", [], |_| Ok(()))?;
        plain.pragma_update(Some("encrypted"), "user_version", version)?;
        plain.execute("DETACH DATABASE encrypted", [])?;
        File::options().write(true).open(&partial)?.sync_all()?;
        std::fs::rename(&partial, &self.path)?;
        #[cfg(unix)]
        File::open(self.path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }

    /// Removes the file, and what SQLite keeps beside it.
    pub(super) fn remove(&self) -> StoreResult<()> {
        for part in PARTS {
            match std::fs::remove_file(with(&self.path, part)) {
                Err(why) if why.kind() != ErrorKind::NotFound => return Err(why.into()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The files of a database, the database file itself last.
pub(super) const PARTS: [&str; 3] = ["-wal", "-shm", ""];

/// Behind the name of a file that takes the place of a damaged one.
pub(super) const REBUILT: &str = ".rebuilt";

/// The path with something behind its name.
pub(super) fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_64_digits_and_is_never_printed() {
        let key: DatabaseKey = "0123456789abcdefABCDEF0123456789".repeat(2).parse().unwrap();
        assert_eq!(key.literal(), format!("x'{}'", "0123456789abcdefabcdef0123456789".repeat(2)));
        assert_eq!(format!("{key:?}"), "DatabaseKey");
        for wrong in [
            "",
            "0",
            "no",
            &"0".repeat(62),
            &"0".repeat(63),
            &"0".repeat(66),
            &"g".repeat(64),
            &"é".repeat(64),
        ] {
            assert_eq!(wrong.parse::<DatabaseKey>().unwrap_err().code, Code::BAD_REQUEST, "{wrong}");
        }
    }

    #[cfg(not(feature = "encryption"))]
    #[test]
    fn a_build_that_cannot_encrypt_writes_nothing_plain_for_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = DatabaseFile::in_folder(folder.path(), Some(DatabaseKey::new([7; KEY_BYTES])));
        assert_eq!(super::super::Store::open(file).err().unwrap().code, Code::ENCRYPTION_MISSING);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
