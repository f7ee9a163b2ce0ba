//! A copy of the database while the server runs.
//!
//! The copy has no fingerprint of a file that was served (see [`super::epoch`]): the first server that serves it draws a new
//! epoch, so every device notices, asks for everything anew, and sends again what the copy does not have.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::database::{Database, OpenError, new_file};
use super::epoch;

/// Pages copied per step.
const PAGES: std::ffi::c_int = 1_000;
/// Pause when the database is locked.
const PAUSE: Duration = Duration::from_millis(20);

impl Database {
    /// Copies the database file `from` to the new file `to`, for its owner's eyes only; it is there either whole or not
    /// at all. `progress` is called with the number of copied pages, and the total.
    ///
    /// # Errors
    /// See [`OpenError`]; also if `to` exists.
    pub fn backup(from: &Path, to: &Path, mut progress: impl FnMut(u64, u64)) -> Result<(), OpenError> {
        if to.exists() {
            return Err(unusable(to, &"it exists already"));
        }
        let source = read_at_one_moment(from).map_err(|why| OpenError::from_sql(from, &why))?;
        let partial = to.with_extension("partial");
        // Left by an earlier attempt.
        let _ = std::fs::remove_file(&partial);
        let copied = new_file(&partial)
            .map_err(|why| unusable(&partial, &why))
            .and_then(|()| {
                copy(&source, &partial, &mut progress).map_err(|why| OpenError::from_sql(&partial, &why))
            })
            .and_then(|()| keep(&partial, to).map_err(|why| unusable(to, &why)));
        if copied.is_err() {
            let _ = std::fs::remove_file(&partial);
        }
        copied
    }
}

fn unusable(path: &Path, why: &dyn std::fmt::Display) -> OpenError {
    OpenError::Unusable { path: path.display().to_string(), why: why.to_string() }
}

/// Opens the source in a read transaction. Without one, the copy would restart with every commit of the server.
fn read_at_one_moment(from: &Path) -> rusqlite::Result<Connection> {
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    source.execute_batch("BEGIN; SELECT value FROM meta")?;
    Ok(source)
}

fn copy(source: &Connection, partial: &Path, progress: &mut impl FnMut(u64, u64)) -> rusqlite::Result<()> {
    let mut target = Connection::open(partial)?;
    let backup = Backup::new(source, &mut target)?;
    loop {
        let step = backup.step(PAGES)?;
        let now = backup.progress();
        let all = u64::try_from(now.pagecount).unwrap_or(0);
        progress(all.saturating_sub(u64::try_from(now.remaining).unwrap_or(0)), all);
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            _ => std::thread::sleep(PAUSE),
        }
    }
    drop(backup);
    // One file, without a log beside it.
    target.pragma_update(None, "journal_mode", "DELETE")?;
    epoch::forget(&target)?;
    target.close().map_err(|(_, why)| why)
}

/// Renames the complete copy, durably.
fn keep(partial: &Path, to: &Path) -> std::io::Result<()> {
    File::open(partial)?.sync_all()?;
    std::fs::rename(partial, to)?;
    File::open(to.parent().unwrap_or(Path::new(".")))?.sync_all()
}
