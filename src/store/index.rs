//! The index of messages for searches, written behind the messages; `search` reads it.
//!
//! The index has the terms of each message ([`tim_protocol::search`]), its sender and its kind, and not its text. Messages are
//! indexed in the order in which they were stored, many at once: `indexed` says up to which row. What a revoked message said
//! leaves the index in the same transaction.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::value::RawValue;
use tim_protocol::json;
use tim_protocol::search::{Document, version};

use super::error::{StoreError, StoreResult};

/// This many messages are indexed together.
pub(super) const BATCH: u32 = 256;
/// Most bytes of terms that are indexed together, but for the last message.
const BATCH_BYTES: usize = 64 * 1024;

/// The row of a message in the index: its conversation's number above its sequence, which has 40 bits there.
pub(super) fn row_of(conv: i64, sequence: i64) -> StoreResult<i64> {
    if (0..1 << 40).contains(&sequence) && (0..1 << 22).contains(&conv) {
        Ok((conv << 40) | sequence)
    } else {
        Err(StoreError::Unstorable)
    }
}

/// Forgets an index of other terms.
pub(super) fn begin(connection: &Connection) -> StoreResult<()> {
    let made: Option<String> =
        connection.query_row("SELECT terms FROM indexed WHERE id = 1", [], |row| row.get(0)).optional()?;
    let terms = version();
    if made.as_ref() != Some(&terms) {
        clear(connection)?;
        connection.execute("INSERT OR REPLACE INTO indexed VALUES(1, 0, ?)", [terms])?;
    }
    Ok(())
}

/// How many messages are not indexed, at most.
pub(super) fn unindexed(connection: &Connection) -> StoreResult<u64> {
    let behind: i64 = connection.query_row(
        "SELECT coalesce((SELECT max(rowid) FROM msg), 0) - up_to FROM indexed WHERE id = 1",
        [],
        |row| row.get(0),
    )?;
    Ok(u64::try_from(behind).unwrap_or(0))
}

/// Forgets everything; the messages are indexed anew.
pub(super) fn clear(connection: &Connection) -> StoreResult<()> {
    connection.execute("INSERT INTO found(found) VALUES('delete-all')", [])?;
    connection.execute("UPDATE indexed SET up_to = 0 WHERE id = 1", [])?;
    Ok(())
}

/// Indexes a batch of messages. Gives whether there may be more.
pub(super) fn index(connection: &Connection) -> StoreResult<bool> {
    let mut query = connection.prepare_cached(
        "SELECT rowid, conv, seq, sender, message FROM msg
         WHERE rowid > (SELECT up_to FROM indexed WHERE id = 1) ORDER BY rowid LIMIT ?",
    )?;
    let mut insert =
        connection.prepare_cached("INSERT INTO found(rowid, text, sender, kind) VALUES(?, ?, ?, ?)")?;
    let mut rows = query.query([BATCH])?;
    let (mut last, mut count, mut bytes) = (None, 0, 0);
    while bytes < BATCH_BYTES
        && let Some(row) = rows.next()?
    {
        last = Some(row.get::<_, i64>(0)?);
        count += 1;
        if let Some(Document { text, sender, kind }) = document_of(row, 3)? {
            bytes += text.len();
            insert.execute(params![row_of(row.get(1)?, row.get(2)?)?, text, sender, kind])?;
        }
    }
    if let Some(last) = last {
        connection.prepare_cached("UPDATE indexed SET up_to = ? WHERE id = 1")?.execute([last])?;
    }
    Ok(count == BATCH || bytes >= BATCH_BYTES)
}

/// Takes a message out of the index, before its row changes. An index that lacks it is not what was written, and is made anew.
pub(super) fn forget(connection: &Connection, conv: i64, sequence: i64) -> StoreResult<()> {
    let mut query = connection.prepare_cached(
        "SELECT sender, message FROM msg
         WHERE conv = ? AND seq = ? AND rowid <= (SELECT up_to FROM indexed WHERE id = 1)",
    )?;
    let mut rows = query.query([conv, sequence])?;
    let document = rows.next()?.map(|row| document_of(row, 0)).transpose()?.flatten();
    let Some(Document { text, sender, kind }) = document else { return Ok(()) };
    let deleted = connection
        .prepare_cached("INSERT INTO found(found, rowid, text, sender, kind) VALUES('delete', ?, ?, ?, ?)")?
        .execute(params![row_of(conv, sequence)?, text, sender, kind]);
    match deleted.map_err(StoreError::from) {
        Err(why) if why.is_damaged_index() => clear(connection),
        deleted => deleted.map(drop),
    }
}

/// Messages were deleted: the next that is stored may get the row of the last one.
pub(super) fn messages_deleted(connection: &Connection) -> StoreResult<()> {
    connection
        .prepare_cached(
            "UPDATE indexed SET up_to = min(up_to, coalesce((SELECT max(rowid) FROM msg), 0)) WHERE id = 1",
        )?
        .execute([])?;
    Ok(())
}

/// What the index has of a row with a sender and a message from a column on; `None` if the message was revoked or cannot be read.
fn document_of(row: &Row<'_>, first: usize) -> StoreResult<Option<Document>> {
    /// Of a message only what the index needs.
    #[derive(serde::Deserialize)]
    struct Content<'a> {
        #[serde(default)]
        revoked: Option<serde::de::IgnoredAny>,
        #[serde(borrow)]
        body: &'a RawValue,
    }
    let sender = row.get_ref(first)?.as_bytes().map_err(|_| StoreError::Damaged)?;
    let content = row.get_ref(first + 1)?.as_str().map_err(|_| StoreError::Damaged)?;
    let Content { revoked: None, body } = json::read(content)? else { return Ok(None) };
    Ok(Document::of(sender, body))
}
