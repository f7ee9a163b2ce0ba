//! The thread that writes the index of messages, whatever happens to it: what fails is tried again, and an index that is damaged is
//! made anew. Searches are refused meanwhile, and nothing else is.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::index::{behind, open, remove, step};
use super::searcher::Searcher;
use crate::domain::{DatabaseErrorKind, DomainError, DomainResult};

/// How often the thread looks for new messages.
const LOOKS_EVERY: Duration = Duration::from_millis(200);
/// The pause after a failure.
const TRIES_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Writes the index until it is dropped.
pub(super) struct Indexing {
    _stop: SyncSender<()>,
}

/// The index of a database's file.
pub(super) struct Index {
    pub(super) database: PathBuf,
    pub(super) epoch: u32,
    pub(super) searcher: Arc<Searcher>,
    pub(super) reindexed: Arc<AtomicI64>,
}

impl Indexing {
    /// Opens the index, makes it if it does not exist, and starts the thread that writes it. `running` is dropped when that ended.
    ///
    /// # Errors
    /// If the system refuses a new thread.
    pub(super) fn start(index: Index, running: mpsc::Sender<()>) -> std::io::Result<Self> {
        let (stop, stopped) = sync_channel(1);
        let mut connection = None;
        let pause = index.turn(&mut connection);
        let work = move || {
            index.run(connection, pause, &stopped);
            drop(running);
        };
        std::thread::Builder::new().name("tim-index".into()).spawn(work)?;
        Ok(Self { _stop: stop })
    }
}

impl Index {
    fn run(self, mut connection: Option<Connection>, mut pause: Duration, stopped: &Receiver<()>) {
        while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(pause) {
            pause = self.turn(&mut connection);
        }
    }

    /// Indexes some messages. Returns when to go on.
    fn turn(&self, connection: &mut Option<Connection>) -> Duration {
        let written = catch_unwind(AssertUnwindSafe(|| self.write(connection))).unwrap_or_else(|_| {
            let why = "a fault was caught: please report it with the panic above".to_owned();
            Err(DomainError::Store(DatabaseErrorKind::Other, why))
        });
        match written {
            Ok(true) => Duration::ZERO,
            Ok(false) => LOOKS_EVERY,
            Err(DomainError::Store(DatabaseErrorKind::Damaged, why)) => {
                tracing::error!(why, "the index of messages is damaged, and made anew");
                self.searcher.end();
                *connection = None;
                remove(&self.database);
                LOOKS_EVERY
            }
            Err(why) => {
                tracing::warn!(?why, "the index of messages cannot be written: tried again soon");
                TRIES_AGAIN_AFTER
            }
        }
    }

    fn write(&self, connection: &mut Option<Connection>) -> DomainResult<bool> {
        let connection = match connection {
            Some(connection) => connection,
            None => {
                let opened = connection.insert(open(&self.database, self.epoch)?);
                self.searcher.begin();
                opened
            }
        };
        #[expect(clippy::cast_precision_loss)]
        metrics::gauge!("tim_search_behind").set(behind(connection)? as f64);
        step(connection, &self.reindexed)
    }
}
