//! Where a database is, and the key that it is encrypted with.
//!
//! Encryption needs the feature `encryption`, with which SQLCipher takes the place of SQLite. This file opens no database.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use rusqlite::Connection;
use tim_protocol::{Code, Fault};

use super::error::{StoreError, StoreResult};

/// Whether this build can encrypt.
pub const CAN_ENCRYPT: bool = cfg!(feature = "encryption");
/// How many bytes a key has.
pub const KEY_BYTES: usize = 32;
/// The version of SQLCipher whose format files have, whatever later ones begin with.
const FORMAT: u32 = 4;
/// The name of a database's file, with which those of its other files begin.
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
        connection.pragma_update(None, "cipher_default_compatibility", FORMAT)?;
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
    /// Where it is; empty for a database in memory.
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

    /// None: the database is in memory, for as long as it is open.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { path: PathBuf::new(), key: None }
    }

    pub(super) fn is_in_memory(&self) -> bool {
        self.path.as_os_str().is_empty()
    }

    /// The same, at another path.
    pub(super) fn at(&self, path: PathBuf) -> Self {
        Self { path, key: self.key.clone() }
    }

    /// Says the key of a connection to this file, if it has one.
    pub(super) fn unlock(&self, connection: &Connection) -> StoreResult<()> {
        Ok(self.key.as_ref().map_or(Ok(()), |key| key.unlock(connection))?)
    }

    /// The file without a key that has to be encrypted before this one is opened, if there is one.
    pub(super) fn plain_before(&self) -> StoreResult<Option<Self>> {
        let beside = |name| Self::from(self.path.with_file_name(name));
        match &self.key {
            None if beside(ENCRYPTED).is_there() => Err(StoreError::Locked),
            Some(_) if !CAN_ENCRYPT => Err(StoreError::CannotEncrypt),
            Some(_) if !self.is_there() => Ok(Some(beside(PLAIN)).filter(Self::is_there)),
            _ => Ok(None),
        }
    }

    fn is_there(&self) -> bool {
        self.path.exists() || with(&self.path, REBUILT).exists()
    }

    /// Writes what a connection without a key has into this file, which does not exist. After a crash it does not exist, or is
    /// complete.
    pub(super) fn encrypt(&self, plain: &Connection) -> StoreResult<()> {
        let partial = self.path.with_extension("partial");
        let remove = || std::fs::remove_file(&partial);
        // Left by an earlier attempt.
        let _ = remove();
        private_file(&partial);
        if let Err(why) = self.export(plain, &partial) {
            let _ = remove();
            return Err(why);
        }
        File::options().write(true).open(&partial)?.sync_all()?;
        std::fs::rename(&partial, &self.path)?;
        #[cfg(unix)]
        File::open(self.path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }

    fn export(&self, plain: &Connection, into: &Path) -> StoreResult<()> {
        let Some(key) = &self.key else { return Err(StoreError::CannotEncrypt) };
        let name = into.to_str().ok_or(StoreError::NotEncrypted)?;
        let version: i64 = plain.pragma_query_value(None, "user_version", |row| row.get(0))?;
        plain.pragma_update(None, "cipher_default_compatibility", FORMAT)?;
        plain.execute("ATTACH DATABASE ? AS encrypted KEY ?", [name, &key.literal()])?;
        // Nobody else writes meanwhile.
        plain.execute_batch("BEGIN IMMEDIATE; SELECT sqlcipher_export('encrypted'); COMMIT")?;
        plain.pragma_update(Some("encrypted"), "user_version", version)?;
        plain.execute("DETACH DATABASE encrypted", [])?;
        Ok(())
    }

    /// Removes everything that was written without the key, damaged files too, if this one has a key.
    pub(super) fn remove_plain(&self) -> StoreResult<()> {
        let Some(folder) = self.path.parent().filter(|_| self.key.is_some()) else { return Ok(()) };
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(PLAIN)) {
                std::fs::remove_file(entry.path())?;
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

/// Creates the file readable by its owner only, before SQLite creates it readable by all. An error here recurs, with a
/// code, when SQLite opens the file.
#[cfg(unix)]
pub(super) fn private_file(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
}

#[cfg(not(unix))]
pub(super) fn private_file(_: &Path) {}

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
