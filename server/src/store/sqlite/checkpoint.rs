//! Checkpoints the write-ahead log on a thread of its own, so that no send waits for it.
//!
//! While the server is busy, a passive checkpoint runs when the log has grown. When it is idle, or when the log is overdue, the
//! whole log is moved, and begins anew in the same file: a commit that does not make its file longer has less to do. A file
//! that has grown large gives its space back when the server is idle.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::database::OpenError;
use super::files::log_of;

/// The log is moved when its file has this many bytes, and then this often: the file keeps its size when the log begins
/// anew inside it.
const BUSY_FROM: u64 = 16 * 1024 * 1024;
const BUSY_EVERY: Duration = Duration::from_secs(1);
/// From this many bytes on the writer moves the rest of the log itself: it begins anew only when all of it was moved, and
/// beside a writer that never rests that moment does not come.
const OVERDUE_FROM: u64 = 32 * 1024 * 1024;
/// Bytes that the log's file has when a server starts: a commit that makes the file longer costs more.
const ROOM: u64 = 8 * 1024 * 1024;
/// How long after a commit the log is looked at: it wakes the thread once, however many follow.
const LOOK_AFTER: Duration = Duration::from_millis(100);
/// The whole log is moved after this long without a commit.
const IDLE_AFTER: Duration = Duration::from_secs(5);

/// The thread that moves the log.
pub(super) struct Checkpoints {
    nudges: SyncSender<()>,
    is_nudged: Arc<AtomicBool>,
    log_bytes: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

impl Checkpoints {
    /// Starts the thread for a database file that is open already.
    pub(super) fn start(path: PathBuf) -> Result<Self, OpenError> {
        let unusable = |why: &dyn std::fmt::Display| OpenError::Unusable {
            path: path.display().to_string(),
            why: why.to_string(),
        };
        let connection = Connection::open(&path).map_err(|why| unusable(&why))?;
        connection.busy_timeout(Duration::ZERO).map_err(|why| unusable(&why))?;
        let (nudges, commits) = sync_channel(1);
        let (is_nudged, log_bytes) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let page_bytes = connection
            .pragma_query_value(None, "page_size", |row| row.get(0))
            .map_err(|why| unusable(&why))?;
        let log = Log {
            path: log_of(&path),
            page_bytes,
            bytes: Arc::clone(&log_bytes),
            is_nudged: Arc::clone(&is_nudged),
        };
        let thread = std::thread::Builder::new()
            .name("tim-checkpoint".into())
            .spawn(move || run(&connection, &log, &commits))
            .map_err(|why| unusable(&why))?;
        Ok(Self { nudges, is_nudged, log_bytes, thread })
    }

    /// Whether the log has grown beyond what passive checkpoints can handle.
    pub(super) fn is_overdue(&self) -> bool {
        self.log_bytes.swap(0, Ordering::AcqRel) >= OVERDUE_FROM
    }

    /// Called after a commit.
    pub(super) fn nudge(&self) {
        if !self.is_nudged.swap(true, Ordering::AcqRel) {
            // The thread ends only with the store.
            let _ = self.nudges.try_send(());
        }
    }

    /// Ends the thread and waits for it.
    pub(super) fn stop(self) {
        drop(self.nudges);
        let _ = self.thread.join();
    }
}

/// The write-ahead log as its thread sees it.
struct Log {
    path: PathBuf,
    /// The size of a page: that with which the file was made.
    page_bytes: u32,
    /// How much was in it after the last passive checkpoint, moved or not.
    bytes: Arc<AtomicU64>,
    is_nudged: Arc<AtomicBool>,
}

fn run(connection: &Connection, log: &Log, commits: &Receiver<()>) {
    let mut is_empty = false;
    let mut moved: Option<Instant> = None;
    loop {
        match commits.recv_timeout(IDLE_AFTER) {
            Ok(()) => {
                is_empty = false;
                if commits.recv_timeout(LOOK_AFTER) == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
                log.is_nudged.store(false, Ordering::Release);
                let is_due = moved.is_none_or(|moved| moved.elapsed() >= BUSY_EVERY);
                if size(&log.path) >= BUSY_FROM && is_due {
                    let bytes = checkpoint(connection, "PASSIVE").pages.saturating_mul(log.page_bytes.into());
                    log.bytes.store(bytes, Ordering::Release);
                    moved = Some(Instant::now());
                }
            }
            Err(RecvTimeoutError::Timeout) if is_empty => {}
            Err(RecvTimeoutError::Timeout) => {
                let mode = if size(&log.path) <= BUSY_FROM { "RESTART" } else { "TRUNCATE" };
                is_empty = checkpoint(connection, mode).is_complete;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Makes the log's file [`ROOM`] bytes long, if it is shorter and the disk has room for it, before anybody writes to the
/// database: the data folder is locked. SQLite ignores what lies behind its last commit.
pub(super) fn make_room(log: &Path) {
    let made = File::options().append(true).open(log).and_then(|mut file| {
        let length = file.metadata()?.len();
        let zeros = std::io::repeat(0).take(ROOM.saturating_sub(length));
        let grown = append(zeros, &mut file);
        grown.or_else(|why| file.set_len(length).and(Err(why)))
    });
    if let Err(why) = made {
        tracing::warn!(%why, "the write-ahead log got no room in advance: commits take longer until it has grown");
    }
}

fn append(mut from: impl Read, to: &mut File) -> std::io::Result<()> {
    std::io::copy(&mut from, to)?;
    to.sync_all()
}

fn size(log: &Path) -> u64 {
    let size = std::fs::metadata(log).map_or(0, |metadata| metadata.len());
    #[expect(clippy::cast_precision_loss)]
    metrics::gauge!("tim_wal_bytes").set(size as f64);
    size
}

/// The result of a checkpoint.
#[derive(Default)]
struct Moved {
    /// Pages in the log, moved or not.
    pages: u64,
    /// All of them were moved, and no reader needs the log.
    is_complete: bool,
}

fn checkpoint(connection: &Connection, mode: &str) -> Moved {
    let moved = connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    });
    match moved {
        Ok((blocked, pages, done)) => {
            Moved { pages: u64::try_from(pages).unwrap_or(0), is_complete: blocked == 0 && pages == done }
        }
        Err(why) => {
            tracing::warn!(%why, "the write-ahead log could not be moved: it grows until it can");
            Moved::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_gets_its_room_once_and_keeps_what_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("tim.db-wal");
        make_room(&log);
        assert!(!log.exists(), "a database without a log gets none");
        std::fs::write(&log, "a commit").unwrap();
        make_room(&log);
        make_room(&log);
        let bytes = std::fs::read(&log).unwrap();
        assert!(bytes.starts_with(b"a commit") && bytes.len() as u64 == ROOM);
        assert!(bytes.iter().skip(8).all(|byte| *byte == 0));
    }
}
