//! Replaces a damaged file with a new one that contains what can be rescued of the outbox.
//!
//! Everything else comes from the server. The damaged file is kept under another name. After a crash at any moment
//! there is either the damaged file, or a complete new one under its name or as `….rebuilt`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row};
use tim_protocol::conversation::Cursor;
use tim_protocol::message::Message;

use super::database::Store;
use super::error::StoreResult;
use super::file::{DatabaseFile, PARTS, REBUILT, with};
use super::{Change, SyncState, apply, read};

/// Makes a new file in the place of a damaged one, and gives the name that the damaged one has now.
pub(super) fn rebuild(file: &DatabaseFile) -> StoreResult<PathBuf> {
    let path = file.path.as_path();
    let partial = with(path, ".rebuilt-partial");
    for part in PARTS {
        // Left by an earlier attempt.
        let _ = std::fs::remove_file(with(&partial, part));
    }
    let (mut store, _) = Store::try_open(&file.at(partial.clone()))?;
    let Rescued { changes, sent } = rescued(file);
    store.try_apply(&changes, true)?;
    let transaction = store.connection.transaction()?;
    for message in sent {
        apply::recent_sent(&transaction, message.id, &serde_json::to_string(&message)?)?;
    }
    transaction.commit()?;
    store.close()?;
    std::fs::rename(&partial, with(path, REBUILT))?;
    Ok(finish(path)?.unwrap_or_else(|| path.to_owned()))
}

/// Completes an interrupted rebuild; returns the new name of the damaged file.
pub(super) fn finish(path: &Path) -> std::io::Result<Option<PathBuf>> {
    let rebuilt = with(path, REBUILT);
    if !rebuilt.exists() {
        return Ok(None);
    }
    let mut names = (1..=u32::MAX).map(|number| with(path, &format!(".damaged-{number}")));
    let aside = names.find(|aside| !aside.exists()).unwrap_or_else(|| with(path, ".damaged"));
    for part in PARTS {
        match std::fs::rename(with(path, part), with(&aside, part)) {
            // After an orderly close there is no log.
            Err(why) if why.kind() != ErrorKind::NotFound => return Err(why),
            _ => {}
        }
    }
    std::fs::rename(rebuilt, path)?;
    #[cfg(unix)]
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(Some(aside))
}

/// What can be read of a damaged file.
#[derive(Default)]
struct Rescued {
    /// The outbox and the epoch.
    changes: Vec<Change>,
    /// The recently sent messages.
    sent: Vec<Message>,
}

fn rescued(damaged: &DatabaseFile) -> Rescued {
    let epoch = readable(damaged, read::SYNC, |row| Ok(read::sync_state(row)?.cursor.epoch));
    let epoch = epoch.into_values().map(|epoch| {
        Change::Sync(SyncState { cursor: Cursor { epoch, version: 0 }, ..SyncState::default() })
    });
    let waiting = readable(damaged, read::OUTBOX, read::waiting).into_values().map(Change::Outbox);
    let sent = readable(damaged, read::RECENT_SENT, read::sent).into_values().collect();
    Rescued { changes: epoch.chain(waiting).collect(), sent }
}

/// Opens a damaged file without moving its log into it.
fn open_as_found(file: &DatabaseFile) -> StoreResult<Connection> {
    let connection = Connection::open_with_flags(&file.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    file.unlock(&connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // Without it SQLite reads nothing in a file whose tail was cut off.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, true)?;
    super::checksum::install(&connection)?;
    Ok(connection)
}

/// Rows by their number, which is the first column. Reading ends at the first row that cannot be read; from both ends that
/// leaves out the damaged page only. Each time on a connection of its own: behind a damaged page of an encrypted file SQLCipher
/// reads nothing more.
fn readable<T>(
    damaged: &DatabaseFile,
    query: &str,
    read: impl Fn(&Row<'_>) -> StoreResult<T>,
) -> BTreeMap<i64, T> {
    let mut found = BTreeMap::new();
    for order in ["ASC", "DESC"] {
        let Ok(connection) = open_as_found(damaged) else { continue };
        let Ok(mut statement) = connection.prepare(&format!("{query} ORDER BY 1 {order}")) else { continue };
        let Ok(mut rows) = statement.query([]) else { continue };
        while let Ok(Some(row)) = rows.next() {
            if let (Ok(number), Ok(value)) = (row.get(0), read(row)) {
                found.insert(number, value);
            }
        }
    }
    found
}
