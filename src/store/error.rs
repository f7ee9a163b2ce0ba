//! Why something could not be stored or read, and the codes for it.

use rusqlite::{ErrorCode, ffi};
use tim_protocol::{Code, Fault};

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
    /// The file is encrypted with another key.
    Locked,
    /// This build cannot encrypt.
    CannotEncrypt,
    /// A sound file could not be written into an encrypted one.
    NotEncrypted,
}

/// SQLCipher does not say why.
const NOT_ENCRYPTED: &str =
    "the local database could not be encrypted: free as much space as it takes, then log in again";

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
    /// Whether an index for searches is not what was written. The file may be.
    pub(super) fn is_damaged_index(&self) -> bool {
        let Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) = self else { return false };
        error.extended_code == ffi::SQLITE_CORRUPT_VTAB
    }

    /// Whether nothing can be written, as behind a damaged page of an encrypted file.
    pub(super) fn is_read_only(&self) -> bool {
        let Self::Sqlite(error) = self else { return false };
        error.sqlite_error_code() == Some(ErrorCode::ReadOnly)
    }

    /// Whether a file cannot be read at all: with another key it might be.
    pub(super) fn is_unreadable(&self) -> bool {
        let Self::Sqlite(error) = self else { return false };
        error.sqlite_error_code() == Some(ErrorCode::NotADatabase)
    }

    /// Whether the file is not what was written.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::Damaged => true,
            Self::Newer | Self::Unstorable | Self::Locked | Self::CannotEncrypt | Self::NotEncrypted => false,
            Self::Sqlite(error) => match error {
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::Utf8Error(..) => true,
                // Each statement is right, so an error in one is a schema or a JSON text that is not what was written.
                rusqlite::Error::SqliteFailure(error, _) if error.extended_code == ffi::SQLITE_ERROR => true,
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
            StoreError::Locked => return Self::new(Code::DATABASE_KEY_WRONG),
            StoreError::CannotEncrypt => return Self::new(Code::ENCRYPTION_MISSING),
            StoreError::NotEncrypted => return Self::with_text(Code::DATABASE_FAILED, NOT_ENCRYPTED),
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
