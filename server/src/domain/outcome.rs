//! The result of a decision: a reply and notifications, a refusal, or a failure of the database.

use crate::core::ops::{Committed, Notification, WriteReply};
use tim_protocol::{Code, Fault};

/// The result of a decision.
pub type DomainResult<T> = Result<T, DomainError>;

/// Why a decision failed.
#[derive(Debug)]
pub enum DomainError {
    /// The request is refused. The caller must undo its changes; the transaction may go on with other requests.
    Refused(Fault),
    /// The database failed: nothing in the transaction may be committed.
    Store(DatabaseErrorKind, String),
}

/// The kind of a database failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseErrorKind {
    /// Another program or transaction holds a lock.
    Busy,
    /// The disk is full, failing or read-only.
    Disk,
    /// The database is damaged: it holds something other than what was written.
    Damaged,
    /// It took too long, and was interrupted.
    Interrupted,
    /// Anything else, including a bug of this program.
    Other,
}

impl From<Code> for DomainError {
    fn from(code: Code) -> Self {
        Self::Refused(code.into())
    }
}

impl From<Fault> for DomainError {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault)
    }
}

impl From<DomainError> for Fault {
    fn from(failure: DomainError) -> Self {
        match failure {
            DomainError::Refused(fault) => fault,
            DomainError::Store(DatabaseErrorKind::Busy, _) => Self::new(Code::BUSY).retry_after(1_000),
            DomainError::Store(DatabaseErrorKind::Disk, _) => Self::new(Code::READ_ONLY).retry_after(1_000),
            DomainError::Store(DatabaseErrorKind::Damaged, _) => Self::new(Code::DATABASE_CORRUPT),
            DomainError::Store(DatabaseErrorKind::Interrupted, _) => {
                let text = "the search takes too long: name a conversation, or more letters, and try again";
                Self::with_text(Code::BUSY, text).retry_after(5_000)
            }
            DomainError::Store(DatabaseErrorKind::Other, _) => Self::new(Code::INTERNAL),
        }
    }
}

/// A result without notifications.
pub(super) fn without_notifications(answer: impl Into<WriteReply>) -> Committed {
    with_notifications(answer, Vec::new())
}

/// A result with notifications.
pub(super) fn with_notifications(
    answer: impl Into<WriteReply>,
    notifications: Vec<Notification>,
) -> Committed {
    Committed { answer: answer.into(), notifications }
}
