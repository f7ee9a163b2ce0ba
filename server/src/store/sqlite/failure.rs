//! Converts SQLite's errors to the domain's.

use rusqlite::ErrorCode;

use crate::core::ops::Refusal;
use crate::domain::{DatabaseErrorKind, DomainError};

impl From<rusqlite::Error> for DomainError {
    fn from(why: rusqlite::Error) -> Self {
        Self::Store(error_kind(&why), why.to_string())
    }
}

fn error_kind(why: &rusqlite::Error) -> DatabaseErrorKind {
    match why.sqlite_error_code() {
        _ if is_damage(why) => DatabaseErrorKind::Damaged,
        Some(
            ErrorCode::DiskFull | ErrorCode::ReadOnly | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen,
        ) => DatabaseErrorKind::Disk,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DatabaseErrorKind::Busy,
        Some(ErrorCode::OperationInterrupted) => DatabaseErrorKind::Interrupted,
        _ => DatabaseErrorKind::Other,
    }
}

/// Whether the failure means that the file is damaged: SQLite reports corruption, the file is truncated, or a value
/// does not fit its column.
pub(super) fn is_damage(why: &rusqlite::Error) -> bool {
    match why {
        rusqlite::Error::SqliteFailure(failure, _) => {
            // Nothing that is stored is too big for SQLite, unless its length is damaged.
            matches!(failure.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TooBig)
                || failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHORT_READ
        }
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::Utf8Error(..) => true,
        _ => false,
    }
}

/// A stored value that neither this program nor an older one writes.
pub(super) fn damaged() -> DomainError {
    DomainError::Store(DatabaseErrorKind::Damaged, "a stored value cannot be read".to_owned())
}

/// Converts a failure to a refusal, and logs it if it is the database's.
pub(super) fn refusal(failure: DomainError) -> Refusal {
    if let DomainError::Store(error_kind, why) = &failure
        && *error_kind != DatabaseErrorKind::Interrupted
    {
        tracing::error!(?error_kind, why, "the database refused a statement");
    }
    failure.into()
}

pub(super) fn is_busy(failure: &DomainError) -> bool {
    matches!(failure, DomainError::Store(DatabaseErrorKind::Busy, _))
}
