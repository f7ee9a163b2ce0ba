//! What the app keeps beside messages on this device. Knows no rules: whose message it is does not matter.

use rusqlite::{Connection, OptionalExtension as _, params};
use tim_protocol::MessageId;

use super::error::StoreResult;
use super::{LocalChange, LocalData};

/// Keeps something beside a message, if that is stored or in the outbox. Gives whether it is.
pub(super) fn keep(connection: &Connection, id: MessageId, change: &LocalChange) -> StoreResult<bool> {
    let is_here = connection
        .prepare_cached(
            "SELECT EXISTS(SELECT 1 FROM msg WHERE message ->> '$.ID' = ?)
                 OR EXISTS(SELECT 1 FROM outbox WHERE id = ?)",
        )?
        .query_row(params![id.to_string(), &id.as_bytes()[..]], |row| row.get(0))?;
    if is_here {
        let mut data = of(connection, id)?.unwrap_or_default();
        match change {
            LocalChange::Data(text) => data.custom_data.clone_from(text),
            LocalChange::Int(number) => data.custom_int = *number,
        }
        if data == LocalData::default() {
            forget(connection, id)?;
        } else {
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO beside(id, data, number, sum) VALUES(?1, ?2, ?3, checksum(?1, ?2, ?3))",
                )?
                .execute(params![id.to_string(), data.custom_data, data.custom_int])?;
        }
    }
    Ok(is_here)
}

/// What is kept beside a message.
pub(super) fn of(connection: &Connection, id: MessageId) -> StoreResult<Option<LocalData>> {
    let mut statement = connection
        .prepare_cached("SELECT data, number FROM beside WHERE id = ? AND verify(sum, id, data, number)")?;
    let data = |row: &rusqlite::Row<'_>| Ok(LocalData { custom_data: row.get(0)?, custom_int: row.get(1)? });
    Ok(statement.query_row([id.to_string()], data).optional()?)
}

/// Forgets what is kept beside a message.
pub(super) fn forget(connection: &Connection, id: MessageId) -> StoreResult<()> {
    connection.prepare_cached("DELETE FROM beside WHERE id = ?")?.execute([id.to_string()])?;
    Ok(())
}

/// Forgets what is kept beside the messages of a conversation in a range.
pub(super) fn forget_those_of(connection: &Connection, range: [i64; 3]) -> StoreResult<()> {
    let is_empty: bool = connection
        .prepare_cached("SELECT NOT EXISTS(SELECT 1 FROM beside)")?
        .query_row([], |row| row.get(0))?;
    if !is_empty {
        connection
            .prepare_cached(
                "DELETE FROM beside WHERE id IN
                     (SELECT message ->> '$.ID' FROM msg WHERE conv = ? AND seq BETWEEN ? AND ?)",
            )?
            .execute(range)?;
    }
    Ok(())
}
