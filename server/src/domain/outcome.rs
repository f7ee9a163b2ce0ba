//! How a decision ends: with an answer and what it tells, refused, or without the database.

use tim_protocol::Code;
use tim_protocol::frame::Fault;

use crate::core::ops::{Answer, Tell, Written};

/// What a decision comes to.
pub type Outcome<T> = Result<T, Failure>;

/// Why a decision came to nothing.
#[derive(Debug)]
pub enum Failure {
    /// The request is refused. Its own changes have to be undone; the transaction may go on with other requests.
    Refused(Fault),
    /// The database could not do what it was asked: nothing in the transaction may be committed.
    Store(Trouble, String),
}

/// What is wrong with a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Another program or transaction holds what was asked for.
    Busy,
    /// The disk is full, failing or read-only.
    Disk,
    /// It holds something else than was written.
    Damaged,
    /// Anything else, a fault of this program among it.
    Other,
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self::Refused(code.into())
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(fault) => fault,
            Failure::Store(Trouble::Busy, _) => Self::new(Code::BUSY).retry_after(1_000),
            Failure::Store(Trouble::Disk, _) => Self::new(Code::READ_ONLY).retry_after(1_000),
            Failure::Store(Trouble::Damaged, _) => Self::new(Code::DATABASE_CORRUPT),
            Failure::Store(Trouble::Other, _) => Self::new(Code::INTERNAL),
        }
    }
}

/// An answer that nobody else is told of.
pub(super) fn quiet(answer: impl Into<Answer>) -> Written {
    telling(answer, Vec::new())
}

/// An answer, and what others are told.
pub(super) fn telling(answer: impl Into<Answer>, tells: Vec<Tell>) -> Written {
    Written { answer: answer.into(), tells }
}
