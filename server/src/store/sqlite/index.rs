//! The index of messages for searches: a database of its own beside the log's, which a thread of its own writes behind the log. No
//! commit waits for it.
//!
//! It has the terms of each message, its sender and its kind ([`Document`]), and not its text. `indexed` says up to which row of the
//! log, and up to which row of `reworded`, where messages are noted that were revoked or modified. An index of other terms, or of
//! another life of the data, is made anew; so is one after a time without searches, because nothing was noted then.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

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
const BATCH: u32 = 256;
/// Most bytes of terms that are indexed together, but for the last message.
const BATCH_BYTES: usize = 256 * 1024;
/// How often the thread looks for new messages.
const LOOKS_EVERY: Duration = Duration::from_millis(200);
/// The pause after a failure.
const TRIES_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// The tables, in this schema.
macro_rules! tables {
    ($schema:literal) => {
        concat!(
            "CREATE VIRTUAL TABLE IF NOT EXISTS ",
            $schema,
            ".found USING fts5(text, sender, kind, content = '', contentless_delete = 1, tokenize = 'ascii');
            CREATE TABLE IF NOT EXISTS ",
            $schema,
            ".indexed(id INTEGER PRIMARY KEY, up_to INTEGER NOT NULL, reworded_up_to INTEGER NOT NULL, terms TEXT NOT NULL);"
        )
    };
}

/// The index of a database's file.
pub(super) fn index_of(database: &Path) -> PathBuf {
    database.with_extension("search")
}

/// Removes the index of a database's file.
pub(super) fn remove(database: &Path) {
    for end in ["search", "search-wal", "search-shm"] {
        let _ = std::fs::remove_file(database.with_extension(end));
    }
}

/// Writes the index until it is dropped.
pub(super) struct Indexing {
    _stop: SyncSender<()>,
}

impl Indexing {
    /// Opens the index of a database's file, makes it if it does not exist or is damaged, and starts the thread that writes it.
    ///
    /// # Errors
    /// See [`OpenError`]; also if the system refuses a new thread.
    pub(super) fn start(database: &Path, epoch: u32) -> Result<Self, OpenError> {
        let opened = open(database, epoch).or_else(|why| {
            tracing::warn!(%why, "the index of messages is made anew");
            remove(database);
            open(database, epoch)
        });
        let connection = opened.map_err(|why| OpenError::from_sql(&index_of(database), &why))?;
        let (stop, stopped) = sync_channel(1);
        let path = database.to_owned();
        std::thread::Builder::new()
            .name("tim-index".into())
            .spawn(move || run(&path, connection, &stopped))
            .map_err(|why| OpenError::Unusable {
                path: database.display().to_string(),
                why: why.to_string(),
            })?;
        Ok(Self { _stop: stop })
    }
}

fn open(database: &Path, epoch: u32) -> rusqlite::Result<Connection> {
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
    connection.execute_batch(tables!("main"))?;
    begin(&connection, epoch)?;
    Ok(connection)
}

/// Forgets an index of other terms, or of another life of the data.
fn begin(connection: &Connection, epoch: u32) -> rusqlite::Result<()> {
    let made: Option<String> =
        connection.query_row("SELECT terms FROM indexed WHERE id = 1", [], |row| row.get(0)).optional()?;
    let terms = format!("{epoch} {}", version());
    if made.as_ref() != Some(&terms) {
        connection.execute("INSERT INTO found(found) VALUES('delete-all')", [])?;
        connection.execute(
            "INSERT OR REPLACE INTO indexed SELECT 1, 0, coalesce(max(id), 0), ? FROM reworded",
            [terms],
        )?;
    }
    Ok(())
}

fn run(database: &Path, connection: Connection, stopped: &Receiver<()>) {
    let mut pause = Duration::ZERO;
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(pause) {
        pause = match step(&connection) {
            Ok(true) => Duration::ZERO,
            Ok(false) => LOOKS_EVERY,
            Err(DomainError::Store(DatabaseErrorKind::Damaged, why)) => {
                tracing::error!(why, "the index of messages is damaged: the next start makes it anew");
                drop(connection);
                return remove(database);
            }
            Err(why) => {
                tracing::warn!(?why, "the index of messages could not be written");
                TRIES_AGAIN_AFTER
            }
        };
    }
}

/// Indexes some messages that are not. Returns whether there may be more.
fn step(connection: &Connection) -> DomainResult<bool> {
    let transaction = connection.unchecked_transaction()?;
    let new = index(
        connection,
        "SELECT m.id, m.conv, m.seq, s.name, m.revoked_by IS NULL, m.body FROM msg m LEFT JOIN user s ON s.id = m.sender
         WHERE m.id > (SELECT up_to FROM indexed WHERE id = 1) ORDER BY m.id LIMIT ?",
        "UPDATE indexed SET up_to = ? WHERE id = 1",
    )?;
    let changed = index(
        connection,
        "SELECT c.id, m.conv, m.seq, s.name, m.revoked_by IS NULL, m.body FROM reworded c JOIN msg m ON m.id = c.msg
         LEFT JOIN user s ON s.id = m.sender
         WHERE c.id > (SELECT reworded_up_to FROM indexed WHERE id = 1) ORDER BY c.id LIMIT ?",
        "UPDATE indexed SET reworded_up_to = ? WHERE id = 1",
    )?;
    transaction.commit()?;
    Ok(new || changed)
}

/// Indexes the messages of a query, and notes the last of its rows. Returns whether there may be more.
fn index(connection: &Connection, messages: &str, note: &str) -> DomainResult<bool> {
    let mut query = connection.prepare_cached(messages)?;
    let mut rows = query.query([BATCH])?;
    let (mut last, mut count, mut bytes, mut room) = (None, 0, 0, String::new());
    while bytes < BATCH_BYTES
        && let Some(row) = rows.next()?
    {
        last = Some(row.get::<_, i64>(0)?);
        count += 1;
        let Some(place) = row_of(row.get(1)?, row.get(2)?) else { continue };
        match document(row, &mut room)? {
            Some(Document { text, sender, kind }) => {
                bytes += text.len();
                let sql = "INSERT OR REPLACE INTO found(rowid, text, sender, kind) VALUES(?, ?, ?, ?)";
                connection.prepare_cached(sql)?.execute(params![place, text, sender, kind])?;
            }
            None => {
                connection.prepare_cached("DELETE FROM found WHERE rowid = ?")?.execute([place])?;
            }
        }
    }
    if let Some(last) = last {
        connection.prepare_cached(note)?.execute([last])?;
    }
    Ok(count == BATCH || bytes >= BATCH_BYTES)
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
    pub(super) fn note_changes(&mut self) {
        self.is_searched = true;
    }

    /// Lets queries search the index of a file.
    pub(super) fn attach_index(&mut self, database: &Path) -> Result<(), OpenError> {
        let index = index_of(database);
        let attached = self.connection.execute("ATTACH ? AS search", [index.display().to_string()]);
        attached.map_err(|why| OpenError::from_sql(&index, &why))?;
        self.is_searched = true;
        Ok(())
    }

    /// Searches an index in memory, which [`Database::index`] writes.
    ///
    /// # Errors
    /// Only if memory is short.
    pub fn index_in_memory(&mut self) -> Result<(), OpenError> {
        let made = self.connection.execute_batch("ATTACH ':memory:' AS search").and_then(|()| {
            self.connection.execute_batch(tables!("search"))?;
            begin(&self.connection, self.epoch)
        });
        made.map_err(|why| OpenError::from_sql(Path::new("memory"), &why))?;
        self.is_searched = true;
        Ok(())
    }

    /// Indexes some messages that are not. Returns whether there may be more.
    ///
    /// # Errors
    /// Those of a database that fails.
    pub fn index(&self) -> Result<bool, Refusal> {
        step(&self.connection).map_err(refusal)
    }
}
