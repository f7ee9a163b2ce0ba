//! Deletes the messages that are not visible any more, from the log of a conversation and from the index of searches.

use rusqlite::{Connection, params};

use super::error::StoreResult;
use super::{beside, index};

/// If more messages than this leave the index, it is made anew when the device is idle, which takes less time.
const FEW: usize = 2_000;

/// Deletes the messages of a conversation in a range, with what was to be revoked of them.
pub(super) fn messages(connection: &Connection, conv: i64, (low, high): (i64, i64)) -> StoreResult<()> {
    let range = [conv, low, high];
    let mut query =
        connection.prepare_cached("SELECT seq FROM msg WHERE conv = ? AND seq BETWEEN ? AND ?")?;
    let sequences: Vec<i64> = query.query_map(range, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    if sequences.len() > FEW {
        index::clear(connection)?;
    } else {
        sequences.iter().try_for_each(|sequence| index::forget(connection, conv, *sequence))?;
    }
    beside::forget_those_of(connection, range)?;
    connection.prepare_cached("DELETE FROM msg WHERE conv = ? AND seq BETWEEN ? AND ?")?.execute(range)?;
    index::messages_deleted(connection)?;
    connection
        .prepare_cached("DELETE FROM revoked WHERE conv = ? AND seq BETWEEN ? AND ?")?
        .execute(range)?;
    Ok(())
}

/// Deletes the messages of a conversation before a sequence, and what is known of ranges there.
pub(super) fn below(connection: &Connection, conv: i64, floor: i64) -> StoreResult<()> {
    messages(connection, conv, (0, floor - 1))?;
    connection.prepare_cached("DELETE FROM span WHERE conv = ? AND high < ?")?.execute([conv, floor])?;
    connection
        .prepare_cached(
            "UPDATE span SET low = ?2, sum = checksum(conv, kind, ?2, high)
             WHERE conv = ?1 AND low < ?2 AND verify(sum, conv, kind, low, high)",
        )?
        .execute(params![conv, floor])?;
    Ok(())
}
