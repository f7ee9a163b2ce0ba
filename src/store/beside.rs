//! What the app keeps beside messages on this device. A message is known by its ID and its sender, because two senders may use one ID.

use rusqlite::{Connection, OptionalExtension as _, params};
use tim_protocol::{MessageId, UserId};

use super::error::StoreResult;
use super::{LocalChange, LocalData};

/// Keeps something beside the messages with this ID that are stored or in the outbox. Gives whether there are any.
pub(super) fn keep(connection: &Connection, id: MessageId, change: &LocalChange) -> StoreResult<bool> {
    let mut senders = connection.prepare_cached(
        "SELECT sender FROM msg WHERE message ->> '$.ID' = ? UNION
         SELECT message ->> '$.from' FROM outbox WHERE id = ?",
    )?;
    let senders = senders.query_map(params![id.to_string(), &id.as_bytes()[..]], |row| row.get(0))?;
    let senders: Vec<String> = senders.collect::<rusqlite::Result<_>>()?;
    for sender in &senders {
        let mut data = read(connection, id, sender)?.unwrap_or_default();
        match change {
            LocalChange::Data(text) => data.custom_data.clone_from(text),
            LocalChange::Int(number) => data.custom_int = *number,
        }
        if data == LocalData::default() {
            remove(connection, id, sender)?;
            continue;
        }
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO beside(id, sender, data, number, sum)
                 VALUES(?1, ?2, ?3, ?4, checksum(?1, ?2, ?3, ?4))",
            )?
            .execute(params![id.to_string(), sender, data.custom_data, data.custom_int])?;
    }
    Ok(!senders.is_empty())
}

/// What is kept beside a message; `None` if nothing is.
pub(super) fn of(connection: &Connection, id: MessageId, sender: &UserId) -> StoreResult<Option<LocalData>> {
    read(connection, id, sender.as_str())
}

fn read(connection: &Connection, id: MessageId, sender: &str) -> StoreResult<Option<LocalData>> {
    let mut statement = connection.prepare_cached(
        "SELECT data, number FROM beside WHERE id = ? AND sender = ? AND verify(sum, id, sender, data, number)",
    )?;
    let data = |row: &rusqlite::Row<'_>| Ok(LocalData { custom_data: row.get(0)?, custom_int: row.get(1)? });
    Ok(statement.query_row([&id.to_string(), sender], data).optional()?)
}

/// Forgets what is kept beside a message.
pub(super) fn forget(connection: &Connection, id: MessageId, sender: &UserId) -> StoreResult<()> {
    remove(connection, id, sender.as_str())
}

fn remove(connection: &Connection, id: MessageId, sender: &str) -> StoreResult<()> {
    connection
        .prepare_cached("DELETE FROM beside WHERE id = ? AND sender = ?")?
        .execute([&id.to_string(), sender])?;
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
                "DELETE FROM beside WHERE (id, sender) IN
                     (SELECT message ->> '$.ID', sender FROM msg WHERE conv = ? AND seq BETWEEN ? AND ?)",
            )?
            .execute(range)?;
    }
    Ok(())
}
