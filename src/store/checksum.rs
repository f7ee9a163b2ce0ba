//! Checksums of rows. SQLite detects damaged pages, but not damaged contents of rows.
//!
//! Each row has the checksum of its columns in its column `sum`. Two functions of SQL make and compare it:
//! `checksum(columns…)` gives it, and `verify(sum, columns…)` is true, or fails the statement as SQLite does when it meets
//! a damaged page. Columns are given in the order of the table.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ffi};
use sha2::{Digest as _, Sha256};

/// Any number of arguments.
const ANY: std::ffi::c_int = -1;

/// Gives a connection both functions.
pub(super) fn install(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("checksum", ANY, flags, |context| Ok(checksum(context, 0)))?;
    connection.create_scalar_function("verify", ANY, flags, |context| {
        if context.get_raw(0) == ValueRef::Integer(checksum(context, 1)) {
            return Ok(true);
        }
        Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CORRUPT), None))
    })
}

/// The checksum of the arguments from `first` on, including their types and lengths.
fn checksum(context: &Context<'_>, first: usize) -> i64 {
    // One piece: a hash is slow to take many small ones.
    let mut columns = Vec::with_capacity(512);
    for number in first..context.len() {
        let (kind, bytes): (u8, &[u8]) = match context.get_raw(number) {
            ValueRef::Null => (0, &[]),
            ValueRef::Integer(integer) => (1, &integer.to_be_bytes()),
            ValueRef::Real(real) => (2, &real.to_be_bytes()),
            ValueRef::Text(text) => (3, text),
            ValueRef::Blob(blob) => (4, blob),
        };
        columns.push(kind);
        columns.extend((bytes.len() as u64).to_be_bytes());
        columns.extend(bytes);
    }
    let [a, b, c, d, e, f, g, h, ..] = Sha256::digest(&columns).0;
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}
