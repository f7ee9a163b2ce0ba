//! Records of a user's own, beside the changes that tell of them.

use super::ChangeKind;
use crate::core::ops::UserKey;
use crate::domain::DomainResult;

/// A record of a user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Which one of its kind.
    pub key: String,
    /// The user version at which it last changed.
    pub version: u64,
    /// Its content; empty if it has none.
    pub text: String,
}

/// Records of users. A record is there while its change is, and not gone.
pub trait RecordRows {
    /// The record of this kind and key, if it is there.
    fn record(&mut self, user: UserKey, kind: ChangeKind, key: &str) -> DomainResult<Option<Record>>;

    /// Sets the content of a record whose change was put before.
    fn set_record(&mut self, user: UserKey, kind: ChangeKind, key: &str, text: &str) -> DomainResult<()>;

    /// All records of this kind in the order of their keys.
    fn records(&mut self, user: UserKey, kind: ChangeKind) -> DomainResult<Vec<Record>>;
}
