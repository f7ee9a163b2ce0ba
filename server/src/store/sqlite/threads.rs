//! The threads of the database: one writer, two readers, one for checkpoints; with an index one for searches, and one that writes it.
//!
//! Group commit: the writer takes everything that queued up while the disk was busy into one commit, so batches grow
//! with the load and no timer needs tuning.

use std::future::ready;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tim_protocol::{Code, Fault};
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};

use super::answering::{Answering, guarded, notify};
use super::checkpoint::{Checkpoints, make_room};
use super::commit_metrics::CommitMetrics;
use super::database::{Database, OpenError};
use super::files::{Files, log_of};
use super::index;
use super::indexing::{Index, Indexing};
use super::known::Known;
use super::query_queue::{BUSY_FOR_MS, QueryQueue, ReplySender, closed};
use super::searcher::{Searcher, is_search};
use crate::core::ops::{Committed, Query, QueryResult, Refusal, Write};
use crate::store::{Listener, Pending, Store};

/// Most writes of one commit.
const BATCH_WRITES: usize = 256;
/// Most bytes of message bodies in one commit.
const BATCH_BYTES: usize = 1024 * 1024;
/// Maximum number of waiting writes. Further ones are refused with a retry delay.
const QUEUE: usize = 4096;
/// Threads that answer questions.
const READERS: usize = 2;
/// Delay before marks are written: however many messages a conversation gets meanwhile, it is marked once.
const MARK_AFTER: Duration = Duration::from_millis(200);
/// Delay before failed marks or chores are retried.
const AGAIN: Duration = Duration::from_secs(1);

/// Something for the writer to do.
enum Job {
    Do(Write, ReplySender<Committed>),
    /// Finish after everything that was accepted before.
    Close(oneshot::Sender<()>),
}

/// The embedded store: see [`super`].
pub struct SqliteStore {
    writes: SyncSender<Job>,
    query_queue: Arc<QueryQueue>,
    searches: Option<Searches>,
    known: Arc<Known>,
    /// Ends when the last reader has, and the index is written no more.
    readers: AsyncMutex<mpsc::Receiver<()>>,
}

/// The searches of a store with an index.
struct Searches {
    queue: Arc<QueryQueue>,
    indexing: Mutex<Option<Indexing>>,
}

impl SqliteStore {
    /// Opens a database file, makes it if it does not exist, and starts the threads. `listener` hears every commit.
    ///
    /// # Errors
    /// See [`OpenError`]; also if the system refuses new threads.
    pub fn open(path: &Path, listener: Listener) -> Result<Self, OpenError> {
        let database = Database::open_to_serve(path)?;
        index::remove(path);
        database.forget_changes()?;
        Self::start(path, listener, database, None)
    }

    /// The same with an index of messages, which is written behind the log, so that messages can be searched. If there cannot be one,
    /// searches are refused.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub fn open_searched(path: &Path, listener: Listener) -> Result<Self, OpenError> {
        let mut database = Database::open_to_serve(path)?;
        let (reindexed, searcher) = (Arc::default(), Arc::new(Searcher::new(path.to_owned())));
        database.note_changes(Arc::clone(&reindexed));
        let index = Index { database: path.to_owned(), epoch: database.epoch, searcher, reindexed };
        Self::start(path, listener, database, Some(index))
    }

    fn start(
        path: &Path,
        listener: Listener,
        database: Database,
        index: Option<Index>,
    ) -> Result<Self, OpenError> {
        make_room(&log_of(path));
        let (writes, queue) = sync_channel(QUEUE);
        let (query_queue, known) = (Arc::new(QueryQueue::default()), Arc::new(Known::default()));
        let (reading, readers) = mpsc::channel(1);
        let listener = Arc::new(listener);
        let unusable = |why: std::io::Error| OpenError::Unusable {
            path: path.display().to_string(),
            why: why.to_string(),
        };
        let answering = |queue: &Arc<QueryQueue>| Answering {
            queue: Arc::clone(queue),
            known: Arc::clone(&known),
            listener: Arc::clone(&listener),
            running: reading.clone(),
        };
        for number in 0..READERS {
            let (reader, answering) = (Database::reader(path)?, answering(&query_queue));
            let work = move || {
                // A fault may have left its transaction open.
                answering
                    .run(move |query| guarded(|| reader.answer(query)).inspect_err(|_| reader.recover()));
            };
            spawn(format!("tim-read-{number}"), work).map_err(unusable)?;
        }
        let searches = index.map(|index| {
            let (searcher, queue) = (Arc::clone(&index.searcher), Arc::new(QueryQueue::default()));
            let answering = answering(&queue);
            let work = move || answering.run(move |query| guarded(|| searcher.answer(query)));
            spawn("tim-search".into(), work)?;
            let indexing = Mutex::new(Some(Indexing::start(index, reading.clone())?));
            Ok(Searches { queue, indexing })
        });
        let searches = searches.transpose().map_err(unusable)?;
        let checkpoints = Checkpoints::start(PathBuf::from(path))?;
        let (files, metrics) = (Files::opened(path), CommitMetrics::registered());
        let writer =
            Writer { database, files, queue, listener, known: Arc::clone(&known), checkpoints, metrics };
        spawn("tim-write".into(), move || writer.run()).map_err(unusable)?;
        Ok(Self { writes, query_queue, searches, known, readers: AsyncMutex::new(readers) })
    }

    /// Ends what reads, after it answered what was accepted.
    fn end_readers(&self) {
        self.query_queue.close();
        if let Some(searches) = &self.searches {
            searches.queue.close();
            drop(searches.indexing.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

impl Store for SqliteStore {
    fn write(&self, write: Write) -> Pending<Committed> {
        let (reply, answer) = oneshot::channel();
        // Queued before the future is returned, which keeps writes in order.
        let queued = self.writes.try_send(Job::Do(write, reply)).map_err(|why| match why {
            TrySendError::Full(_) => Fault::new(Code::BUSY).retry_after(BUSY_FOR_MS),
            TrySendError::Disconnected(_) => closed(),
        });
        pending(queued, answer)
    }

    fn query(&self, query: Query) -> Pending<QueryResult> {
        if let Some(known) = self.known.answer(&query) {
            return Box::pin(ready(Ok(known)));
        }
        let (reply, answer) = oneshot::channel();
        let queue = match &self.searches {
            Some(searches) if is_search(&query) => &searches.queue,
            _ => &self.query_queue,
        };
        pending(queue.push((query, reply)), answer)
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {
            self.end_readers();
            while self.readers.lock().await.recv().await.is_some() {}
            self.known.forget();
            self.end_writer().await;
        })
    }
}

impl SqliteStore {
    async fn end_writer(&self) {
        loop {
            let (done, ended) = oneshot::channel();
            match self.writes.try_send(Job::Close(done)) {
                Ok(()) => return ended.await.unwrap_or(()),
                Err(TrySendError::Disconnected(_)) => return,
                Err(TrySendError::Full(_)) => tokio::task::yield_now().await,
            }
        }
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.end_readers();
    }
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new().name(name).spawn(work).map(drop)
}

/// The result of something queued. If it is dropped without a result, it was queued after the end.
fn pending<A: Send + 'static>(
    queued: Result<(), Refusal>,
    answer: oneshot::Receiver<Result<A, Refusal>>,
) -> Pending<A> {
    Box::pin(async {
        queued?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    })
}

/// The one thread that changes the database.
struct Writer {
    database: Database,
    files: Files,
    queue: Receiver<Job>,
    listener: Arc<Listener>,
    known: Arc<Known>,
    checkpoints: Checkpoints,
    metrics: CommitMetrics,
}

/// Writes that share a commit, and who waits for each.
#[derive(Default)]
struct Batch {
    writes: Vec<Write>,
    replies: Vec<ReplySender<Committed>>,
    bytes: usize,
}

impl Batch {
    fn add(&mut self, write: Write, reply: ReplySender<Committed>) {
        self.bytes += match &write {
            Write::Request(asked) => asked.sends().map_or(0, |send| send.body.get().len()),
            _ => 0,
        };
        self.writes.push(write);
        self.replies.push(reply);
    }

    /// Whether outstanding marks have to be written first.
    fn needs_marks(&self) -> bool {
        self.writes.iter().any(Write::raises_watermark)
    }

    fn is_full(&self) -> bool {
        self.writes.len() >= BATCH_WRITES || self.bytes >= BATCH_BYTES
    }
}

impl Writer {
    fn run(mut self) {
        // Marks that were outstanding at a crash.
        let mut marks_due = self.mark();
        let mut chore_due = Some(Instant::now());
        let closed = loop {
            let (batch, close) = self.collect([marks_due, chore_due].into_iter().flatten().min());
            let is_due = |due: Option<Instant>| due.is_some_and(|due| due <= Instant::now());
            if marks_due.is_some() && (is_due(marks_due) || batch.needs_marks()) {
                marks_due = self.mark();
            }
            if !batch.writes.is_empty() {
                self.commit(batch);
                marks_due.get_or_insert_with(|| Instant::now() + MARK_AFTER);
                chore_due.get_or_insert_with(Instant::now);
                self.tidy();
            }
            if is_due(chore_due) {
                chore_due = self.do_chore();
                if chore_due.is_some() {
                    marks_due.get_or_insert_with(|| Instant::now() + MARK_AFTER);
                }
            }
            if let Some(closed) = close {
                self.mark();
                break closed;
            }
        };
        self.checkpoints.stop();
        self.database.seal();
        drop(self.database);
        let _ = closed.send(());
    }

    /// Waits for a write, or until something else is due, and collects what is queued behind it. The second part of the result
    /// is set when the store is to be closed.
    fn collect(&self, due: Option<Instant>) -> (Batch, Option<oneshot::Sender<()>>) {
        let mut batch = Batch::default();
        let next = match due {
            Some(due) => self.queue.recv_timeout(due.saturating_duration_since(Instant::now())),
            None => self.queue.recv().map_err(RecvTimeoutError::from),
        };
        let mut next = match next {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => return (batch, None),
            // The store was dropped, so nobody waits for its end.
            Err(RecvTimeoutError::Disconnected) => Job::Close(oneshot::channel().0),
        };
        loop {
            match next {
                Job::Close(done) => return (batch, Some(done)),
                Job::Do(write, reply) => batch.add(write, reply),
            }
            if batch.is_full() {
                return (batch, None);
            }
            match self.queue.try_recv() {
                Ok(job) => next = job,
                Err(_) => return (batch, None),
            }
        }
    }

    fn commit(&mut self, batch: Batch) {
        let began = Instant::now();
        let results = guarded(|| Ok(self.database.commit(&batch.writes)));
        let results = results.unwrap_or_else(|fault| {
            self.database.recover();
            batch.writes.iter().map(|_| Err(fault.clone())).collect()
        });
        let results = self.acknowledged(results);
        self.metrics.record(began.elapsed(), &batch.writes, &results);
        for (write, result) in batch.writes.iter().zip(&results) {
            if let Ok(written) = result {
                self.known.committed(write, &written.answer);
            }
        }
        let mut notifications = Vec::new();
        for (reply, mut result) in batch.replies.into_iter().zip(results) {
            if let Ok(written) = &mut result {
                notifications.append(&mut written.notifications);
            }
            let _ = reply.send(result);
        }
        notify(&self.listener, notifications);
    }

    /// The results of a commit, or refusals if the database's files were moved or deleted, because the commit would be
    /// lost.
    fn acknowledged(&self, results: Vec<Result<Committed, Refusal>>) -> Vec<Result<Committed, Refusal>> {
        if self.files.are_in_place() {
            return results;
        }
        tracing::error!(
            "the database's files were moved, replaced or deleted: put them back and restart the server"
        );
        let text = "the server's database was moved or deleted: tell its operator, and try again";
        let refusal = Fault::with_text(Code::READ_ONLY, text).retry_after(1_000);
        results.into_iter().map(|result| result.and(Err(refusal.clone()))).collect()
    }

    /// Triggers a checkpoint; lets the log begin anew if it has grown too large for passive checkpoints.
    fn tidy(&self) {
        if self.checkpoints.is_overdue() {
            self.database.restart_log();
        }
        self.checkpoints.nudge();
    }

    /// Writes all outstanding marks. Returns when to try again, if some are left.
    fn mark(&mut self) -> Option<Instant> {
        loop {
            match guarded(|| self.database.mark()) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(why) => {
                    self.database.recover();
                    tracing::warn!(%why, "changes are not marked yet: tried again soon");
                    return Some(Instant::now() + AGAIN);
                }
            }
        }
    }
}

impl Writer {
    /// Does a piece of what writes left to be done. Returns when the next one is due: after as long as this one took, so that
    /// writes get at least half of the time.
    fn do_chore(&mut self) -> Option<Instant> {
        let began = Instant::now();
        match guarded(|| self.database.do_chore()) {
            Ok(None) => None,
            Ok(Some(notifications)) => {
                notify(&self.listener, notifications);
                self.tidy();
                Some(Instant::now() + began.elapsed())
            }
            Err(why) => {
                self.database.recover();
                tracing::warn!(%why, "what a write left to be done is not done yet: tried again soon");
                Some(Instant::now() + AGAIN)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::{deaf, login};
    use tim_protocol::call::SearchRequest;

    #[tokio::test]
    async fn no_other_query_waits_for_searches_however_many_there_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tim.db");
        let database = Database::open_to_serve(&path).unwrap();
        let searcher = Arc::new(Searcher::new(path.clone()));
        let index = Index {
            database: path.clone(),
            epoch: database.epoch,
            searcher: Arc::clone(&searcher),
            reindexed: Arc::default(),
        };
        let store = SqliteStore::start(&path, deaf(), database, Some(index)).unwrap();
        let alice = login(&store, "alice").await;
        let held = searcher.hold();
        let searches: Vec<_> = (0..=READERS)
            .map(|_| {
                let search = SearchRequest { keywords: vec!["tea".into()], limit: 1, ..Default::default() };
                store.query(Query::request(&alice, search))
            })
            .collect();
        let other = store.query(Query::Devices { app: alice.app, user: alice.user.clone() });
        tokio::time::timeout(Duration::from_secs(60), other).await.expect("it waits for no search").unwrap();
        drop(held);
        for search in searches {
            search.await.unwrap();
        }
        drop(searcher);
        store.close().await;
    }
}
