//! Moves the write-ahead log into the database file, on a thread of its own so that no send waits for it.
//!
//! Two ways: while the server is busy, whatever no reader holds is moved once the log has grown; when it is idle, the
//! log is emptied, so that it does not stay at its largest size for ever.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::database::OpenError;

/// The log is moved when it has this many bytes.
const BUSY_FROM: u64 = 16 * 1024 * 1024;
/// The log is emptied after this long without a commit.
const IDLE_AFTER: Duration = Duration::from_secs(5);

/// The thread that moves the log.
pub(super) struct Checkpoints {
    nudges: SyncSender<()>,
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
        let log = log_of(&path);
        let thread = std::thread::Builder::new()
            .name("tim-checkpoint".into())
            .spawn(move || run(&connection, &log, &commits))
            .map_err(|why| unusable(&why))?;
        Ok(Self { nudges, thread })
    }

    /// Something was committed.
    pub(super) fn nudge(&self) {
        // One nudge that waits is as good as many.
        let _ = self.nudges.try_send(());
    }

    /// Ends the thread and waits for it.
    pub(super) fn stop(self) {
        drop(self.nudges);
        let _ = self.thread.join();
    }
}

fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

fn run(connection: &Connection, log: &Path, commits: &Receiver<()>) {
    let mut is_empty = false;
    loop {
        match commits.recv_timeout(IDLE_AFTER) {
            Ok(()) => {
                is_empty = false;
                if size(log) >= BUSY_FROM {
                    checkpoint(connection, "PASSIVE");
                }
            }
            Err(RecvTimeoutError::Timeout) if is_empty => {}
            Err(RecvTimeoutError::Timeout) => is_empty = checkpoint(connection, "TRUNCATE"),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn size(log: &Path) -> u64 {
    let size = std::fs::metadata(log).map_or(0, |metadata| metadata.len());
    #[expect(clippy::cast_precision_loss)]
    metrics::gauge!("tim_wal_bytes").set(size as f64);
    size
}

/// Whether everything was moved.
fn checkpoint(connection: &Connection, mode: &str) -> bool {
    let moved = connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    });
    match moved {
        Ok((blocked, pages, done)) => blocked == 0 && pages == done,
        Err(why) => {
            tracing::warn!(%why, "the write-ahead log could not be moved: it grows until it can");
            false
        }
    }
}
