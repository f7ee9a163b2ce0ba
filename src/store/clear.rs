//! Deletes the messages that are not visible any more, from the log of a conversation and from the index of searches.

use rusqlite::{Connection, params};

use super::error::StoreResult;
use super::index;

/// If more messages than this leave the index, it is made anew when the device is idle, which takes less time.
const FEW: usize = 2_000;

/// Deletes the messages of a conversation before a sequence, with their complete ranges and what was to be revoked of them.
pub(super) fn below(connection: &Connection, conv: i64, floor: i64) -> StoreResult<()> {
    let mut query = connection.prepare_cached("SELECT seq FROM msg WHERE conv = ? AND seq < ?")?;
    let sequences: Vec<i64> =
        query.query_map([conv, floor], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    if sequences.len() > FEW {
        index::clear(connection)?;
    } else {
        sequences.iter().try_for_each(|sequence| index::forget(connection, conv, *sequence))?;
    }
    connection.prepare_cached("DELETE FROM msg WHERE conv = ? AND seq < ?")?.execute([conv, floor])?;
    index::messages_deleted(connection)?;
    connection.prepare_cached("DELETE FROM revoked WHERE conv = ? AND seq < ?")?.execute([conv, floor])?;
    connection.prepare_cached("DELETE FROM have WHERE conv = ? AND high < ?")?.execute([conv, floor])?;
    connection
        .prepare_cached(
            "UPDATE have SET low = ?2, sum = checksum(conv, ?2, high)
             WHERE conv = ?1 AND low < ?2 AND verify(sum, conv, low, high)",
        )?
        .execute(params![conv, floor])?;
    Ok(())
}
