//! The index of messages for searches: a database of its own beside the log's, which a thread of its own writes behind the log. No
//! commit waits for it.
//!
//! It has the terms of each message, its sender and its kind ([`Document`]), and not its text. `indexed` says up to which row of the
//! log, and up to which row of `reworded`, where messages are noted that were revoked or modified. An index of other terms, or of
//! another life of the data, is made anew; so is one that lacks what was noted, and one after a time without searches.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, params};
use tim_protocol::UserId;
use tim_protocol::search::{Document, version};

use super::database::{Database, OpenError, new_file};
use super::failure::refusal;
use super::rows::{message_body, row_of};
use super::schema;
use crate::core::ops::Refusal;
use crate::domain::{DatabaseErrorKind, DomainError, DomainResult};

/// So many messages are indexed together.
const BATCH: usize = 256;
/// Most bytes of terms that are indexed together, but for the last message.
const BATCH_BYTES: usize = 256 * 1024;
/// The table of terms: it has one-letter beginnings of its own, which would be merged from thousands of terms otherwise.
const FOUND: &str = "found USING fts5(text, sender, kind, content = '', contentless_delete = 1, prefix = '1', tokenize = 'ascii')";

/// The index of a database's file.
pub(super) fn index_of(database: &Path) -> PathBuf {
    database.with_extension("search")
}

/// Removes the index of a database's file.
pub(super) fn remove(database: &Path) {
    for end in ["search", "search-wal", "search-shm"] {
        let path = database.with_extension(end);
        let removed = std::fs::remove_file(&path);
        if let Err(why) = removed
            && why.kind() != std::io::ErrorKind::NotFound
        {
            tracing::error!(%why, "{} could not be removed: remove it before searches are turned on", path.display());
        }
    }
}

pub(super) fn open(database: &Path, epoch: u32) -> rusqlite::Result<Connection> {
    // What fails here fails again, with a reason, when SQLite opens it.
    let _ = new_file(&index_of(database));
    let connection = Connection::open_with_flags(
        index_of(database),
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI,
    )?;
    schema::keep_statements(&connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What a power cut takes of the index is read from the log again.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let escaped =
        |it: char| if matches!(it, '%' | '?' | '#') { format!("%{:02x}", it as u32) } else { it.to_string() };
    let path: String = database.display().to_string().chars().map(escaped).collect();
    connection.execute("ATTACH ? AS log", [format!("file:{path}?mode=ro")])?;
    begin(&connection, "main", epoch)?;
    Ok(connection)
}

/// Makes the tables in this schema, also in the place of those of other terms, of another life of the data, or without what was noted.
fn begin(connection: &Connection, schema: &str, epoch: u32) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "CREATE TABLE IF NOT EXISTS {schema}.indexed(
            id INTEGER PRIMARY KEY, up_to INTEGER NOT NULL, reworded_up_to INTEGER NOT NULL, terms TEXT NOT NULL)"
    ))?;
    let made: Option<(String, i64)> = connection
        .query_row("SELECT terms, reworded_up_to FROM indexed WHERE id = 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let (oldest, newest): (i64, i64) = connection.query_row(
        "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM reworded",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let terms = format!("{epoch} {} {FOUND}", version());
    if made.is_some_and(|(made, reworded_up_to)| made == terms && reworded_up_to >= oldest) {
        return Ok(());
    }
    let transaction = connection.unchecked_transaction()?;
    connection.execute_batch(&format!(
        "DROP TABLE IF EXISTS {schema}.found; CREATE VIRTUAL TABLE {schema}.{FOUND};"
    ))?;
    connection.execute("INSERT OR REPLACE INTO indexed VALUES(1, 0, ?, ?)", params![newest, terms])?;
    transaction.commit()
}

/// Messages that are indexed together, as they are in the log.
#[derive(Default)]
struct Batch {
    /// What the index has of each of its rows; `None` for nothing.
    documents: Vec<(i64, Option<Document>)>,
    bytes: usize,
    /// The last row of the table that the messages were read from.
    last: Option<i64>,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.documents.len() >= BATCH || self.bytes >= BATCH_BYTES
    }
}

/// Indexes some messages that are not. Returns whether there may be more. Up to which row of `reworded` the index is, it says in
/// `reindexed`.
pub(super) fn step(connection: &Connection, reindexed: &AtomicI64) -> DomainResult<bool> {
    let transaction = connection.unchecked_transaction()?;
    let sql = "SELECT up_to, reworded_up_to FROM indexed WHERE id = 1";
    let (up_to, reworded_up_to): (i64, i64) =
        connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let new = read(
        connection,
        "SELECT m.id, m.conv, m.seq, s.name, m.revoked_by IS NULL, m.body FROM msg m LEFT JOIN user s ON s.id = m.sender
         WHERE m.id > ? ORDER BY m.id LIMIT ?",
        up_to,
    )?;
    let changed = read(
        connection,
        "SELECT c.id, m.conv, m.seq, s.name, m.revoked_by IS NULL, m.body FROM reworded c JOIN msg m ON m.id = c.msg
         LEFT JOIN user s ON s.id = m.sender WHERE c.id > ? ORDER BY c.id LIMIT ?",
        reworded_up_to,
    )?;
    new.documents.iter().chain(&changed.documents).try_for_each(|document| write(connection, document))?;
    let ends = (new.last.unwrap_or(up_to), changed.last.unwrap_or(reworded_up_to));
    if ends != (up_to, reworded_up_to) {
        let sql = "UPDATE indexed SET up_to = ?, reworded_up_to = ? WHERE id = 1";
        connection.prepare_cached(sql)?.execute([ends.0, ends.1])?;
    }
    transaction.commit()?;
    reindexed.store(ends.1, Ordering::Release);
    Ok(new.is_full() || changed.is_full())
}

/// How many messages of the log are not in the index.
pub(super) fn behind(connection: &Connection) -> DomainResult<i64> {
    let sql = "SELECT coalesce((SELECT max(id) FROM msg), 0) - up_to FROM indexed WHERE id = 1";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Reads messages behind a row of the log, or of what is noted. A damaged log is not a damaged index.
fn read(connection: &Connection, messages: &str, after: i64) -> DomainResult<Batch> {
    let of_log = |why| match why {
        DomainError::Store(DatabaseErrorKind::Damaged, why) => {
            DomainError::Store(DatabaseErrorKind::Other, why)
        }
        other => other,
    };
    let read = || {
        let mut query = connection.prepare_cached(messages)?;
        let mut rows = query.query([after, i64::try_from(BATCH).unwrap_or(i64::MAX)])?;
        let (mut batch, mut room) = (Batch::default(), String::new());
        while !batch.is_full()
            && let Some(row) = rows.next()?
        {
            let number = row.get(0)?;
            batch.last = Some(number);
            let Some(place) = row_of(row.get(1)?, row.get(2)?) else { continue };
            let document = document(row, &mut room).unwrap_or_else(|why| {
                tracing::error!(?why, number, "a message cannot be read, so no search finds it");
                None
            });
            batch.bytes += document.as_ref().map_or(0, |document| document.text.len());
            batch.documents.push((place, document));
        }
        Ok(batch)
    };
    read().map_err(of_log)
}

fn write(connection: &Connection, (place, document): &(i64, Option<Document>)) -> DomainResult<()> {
    match document {
        Some(Document { text, sender, kind }) => {
            let sql = "INSERT OR REPLACE INTO found(rowid, text, sender, kind) VALUES(?, ?, ?, ?)";
            connection.prepare_cached(sql)?.execute(params![place, text, sender, kind])?;
        }
        None => {
            connection.prepare_cached("DELETE FROM found WHERE rowid = ?")?.execute([place])?;
        }
    }
    Ok(())
}

/// What the index has of a message; `None` if it was revoked, or its body cannot be read.
fn document(row: &Row<'_>, room: &mut String) -> DomainResult<Option<Document>> {
    if !row.get::<_, bool>(4)? {
        return Ok(None);
    }
    let sender = row.get_ref(3)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    let sender = sender.unwrap_or(UserId::system().as_str()).as_bytes().to_vec();
    Ok(Document::of(&sender, message_body(row, 5, room)?))
}

impl Database {
    /// Notes for an index which messages change.
    pub(super) fn note_changes(&mut self, reindexed: Arc<AtomicI64>) {
        self.indexed.reindexed = Some(reindexed);
    }

    /// Removes what was noted for an index that is no more, but for the last row: the next one has a higher number.
    pub(super) fn forget_changes(&self) -> Result<(), OpenError> {
        let forgotten =
            self.connection.execute("DELETE FROM reworded WHERE id < (SELECT max(id) FROM reworded)", []);
        forgotten.map(drop).map_err(|why| OpenError::from_sql(Path::new("tim.db"), &why))
    }

    /// Lets queries search the index of a file.
    pub(super) fn attach_index(&mut self, database: &Path) -> Result<(), OpenError> {
        let index = index_of(database);
        let attached = self.connection.execute("ATTACH ? AS search", [index.display().to_string()]);
        attached.map_err(|why| OpenError::from_sql(&index, &why))?;
        self.indexed.reindexed = Some(Arc::default());
        Ok(())
    }

    /// Searches an index in memory, which [`Database::index`] writes.
    ///
    /// # Errors
    /// Only if memory is short.
    pub fn index_in_memory(&mut self) -> Result<(), OpenError> {
        let made = self.connection.execute_batch("ATTACH ':memory:' AS search");
        let made = made.and_then(|()| begin(&self.connection, "search", self.epoch));
        made.map_err(|why| OpenError::from_sql(Path::new("memory"), &why))?;
        self.indexed.reindexed = Some(Arc::default());
        Ok(())
    }

    /// Indexes some messages that are not. Returns whether there may be more.
    ///
    /// # Errors
    /// Those of a database that fails.
    pub fn index(&self) -> Result<bool, Refusal> {
        let Some(reindexed) = &self.indexed.reindexed else { return Ok(false) };
        step(&self.connection, reindexed).map_err(refusal)
    }
}
