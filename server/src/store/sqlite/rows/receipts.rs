//! The tables `asking`, the messages that ask for receipts with the numbers of them, and `receipt`, who gave one.

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, OptionalExtension as _, Row, ToSql, params};
use tim_protocol::UserId;
use tim_protocol::message::ReceiptCounts;

use super::{Transaction, to_sql, user_name};
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{Asking, ReceiptRows};
use crate::store::sqlite::failure::damaged;

/// The column of a message `m` for [`read_counts`], where `?1` is the reader.
macro_rules! receipt_column {
    () => {
        "iif(m.attributes IS NULL OR m.sender <> ?1, NULL,
            (SELECT json_array(readers, receivers) FROM asking WHERE conv = m.conv AND seq = m.seq))"
    };
}
pub(super) use receipt_column;

impl ReceiptRows for Transaction<'_> {
    fn ask_for_receipts(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        sender: UserKey,
    ) -> DomainResult<ReceiptCounts> {
        let mut insert = self.prepare(
            "INSERT INTO asking(conv, seq, shard, sender, receivers)
             SELECT c.id, ?2, c.shard, ?3, coalesce(g.members - 1, c.a <> c.b)
             FROM conv c LEFT JOIN grp g ON g.conv = c.id WHERE c.id = ?1 RETURNING readers, receivers",
        )?;
        Ok(insert.query_row(params![of.0, to_sql(sequence), sender.0], |row| counts(row, 0))?)
    }

    fn receipts(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<Option<Asking>> {
        let mut query =
            self.prepare("SELECT sender, readers, receivers FROM asking WHERE conv = ? AND seq = ?")?;
        let asking = query.query_row(params![of.0, to_sql(sequence)], |row| {
            Ok(Asking { sender: UserKey(row.get(0)?), counts: counts(row, 1)? })
        });
        Ok(asking.optional()?)
    }

    fn add_receipt(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        reader: UserKey,
    ) -> DomainResult<Option<ReceiptCounts>> {
        let added = self
            .prepare(
                "INSERT INTO receipt(conv, seq, user, shard)
                 SELECT conv, seq, ?3, shard FROM asking WHERE conv = ?1 AND seq = ?2 ON CONFLICT DO NOTHING",
            )?
            .execute(params![of.0, to_sql(sequence), reader.0])?;
        if added == 0 {
            return Ok(None);
        }
        let mut update = self.prepare(
            "UPDATE asking SET readers = readers + 1 WHERE conv = ? AND seq = ? RETURNING readers, receivers",
        )?;
        Ok(update.query_row(params![of.0, to_sql(sequence)], |row| counts(row, 0)).optional()?)
    }

    fn remove_receipts(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<()> {
        self.prepare("DELETE FROM asking WHERE conv = ? AND seq = ?")?.execute([of.0, to_sql(sequence)])?;
        Ok(())
    }

    fn forget_receipts(&mut self, of: ConversationKey, sequence: u64, max: u32) -> DomainResult<u32> {
        let mut remove = self.prepare(
            "DELETE FROM receipt WHERE conv = ?1 AND seq = ?2 AND user IN (
                SELECT user FROM receipt WHERE conv = ?1 AND seq = ?2 LIMIT ?3)",
        )?;
        Ok(u32::try_from(remove.execute(params![of.0, to_sql(sequence), max])?).unwrap_or(max))
    }

    fn readers(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        after: UserKey,
        max: u32,
    ) -> DomainResult<Vec<UserId>> {
        let query = self.prepare(
            "SELECT u.name FROM receipt r JOIN user u ON u.id = r.user
             WHERE r.conv = ? AND r.seq = ? AND r.user > ? ORDER BY r.user LIMIT ?",
        )?;
        users(query, params![of.0, to_sql(sequence), after.0, max])
    }

    fn others(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        after: UserKey,
        max: u32,
    ) -> DomainResult<Vec<UserId>> {
        let query = self.prepare(
            "SELECT u.name FROM asking a JOIN member m ON m.conv = a.conv JOIN user u ON u.id = m.user
             WHERE a.conv = ?1 AND a.seq = ?2 AND m.user > ?3 AND m.joined_at < a.seq AND m.user <> a.sender
                 AND NOT EXISTS(SELECT 1 FROM receipt WHERE conv = a.conv AND seq = a.seq AND user = m.user)
             ORDER BY m.user LIMIT ?4",
        )?;
        users(query, params![of.0, to_sql(sequence), after.0, max])
    }
}

/// The users whose names a statement finds.
fn users(mut query: CachedStatement<'_>, values: &[&dyn ToSql]) -> DomainResult<Vec<UserId>> {
    let mut rows = query.query(values)?;
    let mut users = Vec::new();
    while let Some(row) = rows.next()? {
        users.push(user_name(&row.get::<_, String>(0)?)?);
    }
    Ok(users)
}

/// The numbers of those who read a message, and to whom it was sent, from this column on.
fn counts(row: &Row<'_>, first: usize) -> rusqlite::Result<ReceiptCounts> {
    Ok(counted(row.get(first)?, row.get(first + 1)?))
}

fn counted(readers: u32, receivers: u32) -> ReceiptCounts {
    ReceiptCounts { read: readers, unread: receivers.saturating_sub(readers) }
}

/// How many read a message, as [`receipt_column`] has it.
pub(super) fn read_counts(row: &Row<'_>, column: usize) -> DomainResult<Option<ReceiptCounts>> {
    if row.get_ref(column)? == ValueRef::Null {
        return Ok(None);
    }
    let text = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    let (readers, receivers) = serde_json::from_str(text).map_err(|_| damaged())?;
    Ok(Some(counted(readers, receivers)))
}
