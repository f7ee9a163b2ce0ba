//! What SQLite reports, as what the domain knows of failures.

use rusqlite::ErrorCode;

use crate::core::ops::Refusal;
use crate::domain::{Failure, Trouble};

impl From<rusqlite::Error> for Failure {
    fn from(why: rusqlite::Error) -> Self {
        Self::Store(trouble(&why), why.to_string())
    }
}

fn trouble(why: &rusqlite::Error) -> Trouble {
    match why.sqlite_error_code() {
        _ if is_damage(why) => Trouble::Damaged,
        Some(
            ErrorCode::DiskFull | ErrorCode::ReadOnly | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen,
        ) => Trouble::Disk,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Trouble::Busy,
        _ => Trouble::Other,
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

/// A stored value that neither this program nor an older one writes.
pub(super) fn damaged() -> Failure {
    Failure::Store(Trouble::Damaged, "a stored value cannot be read".to_owned())
}

/// The refusal of a failure, which is logged if it is the database's.
pub(super) fn refusal(failure: Failure) -> Refusal {
    if let Failure::Store(trouble, why) = &failure {
        tracing::error!(?trouble, why, "the database refused a statement");
    }
    failure.into()
}

pub(super) fn is_busy(failure: &Failure) -> bool {
    matches!(failure, Failure::Store(Trouble::Busy, _))
}
