//! What is unread for whom, from numbers that stand in the log: nothing is counted up beside it.
//!
//! Each message knows how many up to it count as unread (`cnt`), and how many of those its sender wrote (`by_sender`). So what
//! others wrote up to any place is a difference of two numbers, each found by one step down an index.

use rusqlite::{OptionalExtension as _, params};

use super::database::{Database, Outcome};
use super::rows::{Conv, to_sql, unsigned};
use crate::core::ops::UserKey;

impl Database {
    /// How many messages that count as unread a user wrote, up to `sequence`.
    pub(super) fn by_sender(&self, conv: &Conv, user: UserKey, sequence: u64) -> Outcome<u64> {
        let mut query = self.connection.prepare_cached(
            "SELECT by_sender FROM msg WHERE conv = ? AND sender = ? AND seq <= ? AND uncounted = 0
             ORDER BY seq DESC LIMIT 1",
        )?;
        let own = query.query_row(params![conv.id, user.0, to_sql(sequence)], |row| unsigned(row, 0));
        Ok(own.optional()?.unwrap_or(0))
    }

    /// How many messages that count as unread others than `user` wrote, up to `sequence`.
    pub(super) fn by_others(&self, conv: &Conv, user: UserKey, sequence: u64) -> Outcome<u64> {
        let own = self.by_sender(conv, user, sequence)?;
        Ok(self.countable_at(conv, sequence)?.saturating_sub(own))
    }

    /// How many messages of others, counted as unread, from after `sequence` were taken back. Counted, never listed: there is
    /// no bound to how many there are.
    pub(super) fn revoked_after(&self, conv: &Conv, user: UserKey, sequence: u64) -> Outcome<u64> {
        let mut query = self.connection.prepare_cached(
            "SELECT count(*) FROM mut WHERE conv = ? AND cnt > ? AND cnt > 0 AND sender <> ?",
        )?;
        let countable = to_sql(self.countable_at(conv, sequence)?);
        Ok(query.query_row(params![conv.id, countable, user.0], |row| unsigned(row, 0))?)
    }

    /// The countable number of a message; 0 before the first.
    fn countable_at(&self, conv: &Conv, sequence: u64) -> Outcome<u64> {
        let mut query = self.connection.prepare_cached("SELECT cnt FROM msg WHERE conv = ? AND seq = ?")?;
        let countable = query.query_row(params![conv.id, to_sql(sequence)], |row| unsigned(row, 0));
        Ok(countable.optional()?.unwrap_or(0))
    }
}
