//! The rows of one transaction: [`Rows`] in SQL, one file per family of tables.
//!
//! Only SQL statements, no rules. Surrogate keys stay inside; the interface uses IDs.

mod chores;
mod conversations;
mod group_attributes;
mod groups;
mod logins;
mod marks;
mod media;
mod mentions;
mod messages;
mod mutations;
mod pins;
mod reactions;
mod receipts;
mod records;
mod removals;
mod search;
mod sends;
mod users;

pub(super) use messages::body as message_body;
use rusqlite::{CachedStatement, Connection, Row};
pub(super) use search::{Indexed, row_of};
use tim_protocol::UserId;
use tim_protocol::word::Word;

use super::failure::damaged;
use crate::domain::DomainResult;
use crate::domain::rows::Rows;

/// A transaction that is under way on a connection.
pub(super) struct Transaction<'a> {
    connection: &'a Connection,
    epoch: u32,
    indexed: &'a Indexed,
}

impl<'a> Transaction<'a> {
    /// The transaction of this connection, on data of this epoch. The owner of the connection begins and ends it.
    pub(super) fn on(connection: &'a Connection, epoch: u32, indexed: &'a Indexed) -> Self {
        Self { connection, epoch, indexed }
    }

    fn prepare(&self, sql: &str) -> DomainResult<CachedStatement<'a>> {
        Ok(self.connection.prepare_cached(sql)?)
    }
}

impl Rows for Transaction<'_> {
    fn epoch(&self) -> u32 {
        self.epoch
    }

    fn probe(&mut self) -> DomainResult<()> {
        let sql = "INSERT INTO meta VALUES('probe', 1) ON CONFLICT(key) DO UPDATE SET value = value + 1";
        self.prepare(sql)?.execute([])?;
        Ok(())
    }
}

/// A hash for `shard` and `ushard` columns: FNV-1a, the same on every machine for ever.
fn shard(app: u32, key: &str) -> i64 {
    let bytes = app.to_be_bytes().into_iter().chain(key.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    i64::try_from(hash & 1023).unwrap_or(0)
}

/// Converts to SQLite's signed integers.
fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

fn user_name(text: &str) -> DomainResult<UserId> {
    UserId::new(text).map_err(|_| damaged())
}

/// The enumeration value of a word; tables store the same words as the wire.
fn word<T: From<Word>>(row: &Row<'_>, column: usize) -> DomainResult<T> {
    let text = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    Word::new(text).map(T::from).ok_or_else(damaged)
}

/// NULL for empty text.
fn null_if_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
