//! Answers searches on a connection of their own, one at a time, so that no other query waits for one.
//!
//! A search of many conversations ends after a while with what it has, and a cursor goes on from there. One that takes much longer,
//! because the index itself takes so long, is interrupted.

use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::InterruptHandle;
use tim_protocol::call::{MessagesRequest, Request};
use tim_protocol::{Code, Fault};

use super::database::Database;
use crate::core::ops::{Answered, Query, Refusal};

/// A search begins with no further conversation after this long.
const PAGE_WITHIN: Duration = Duration::from_millis(500);
/// A search is interrupted after this long.
const MAY_TAKE: Duration = Duration::from_secs(2);
/// An interruption that comes between two statements stops none: it is repeated.
const AGAIN_AFTER: Duration = Duration::from_millis(20);
/// When a search that was refused is tried again, in milliseconds.
const RETRY_MS: u32 = 5_000;

/// The connection that searches.
pub(super) struct Searcher {
    database: PathBuf,
    connection: Mutex<Connection>,
}

enum Connection {
    /// There is no index.
    None,
    /// There is one, which the next search opens.
    Closed,
    Open(Database),
}

impl Searcher {
    /// Searches the index of a database's file, once there is one.
    pub(super) fn new(database: PathBuf) -> Self {
        Self { database, connection: Mutex::new(Connection::None) }
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets searches wait.
    #[cfg(test)]
    pub(super) fn hold(&self) -> impl Drop + '_ {
        self.connection()
    }

    /// There is an index.
    pub(super) fn begin(&self) {
        *self.connection() = Connection::Closed;
    }

    /// There is none any more: nothing of it is open after that.
    pub(super) fn end(&self) {
        *self.connection() = Connection::None;
    }

    /// Answers a search.
    ///
    /// # Errors
    /// [`Code::BUSY`] without an index, or if it takes too long; otherwise as [`Database::answer`].
    pub(super) fn answer(&self, query: &Query) -> Result<Answered, Refusal> {
        let mut connection = self.connection();
        if let Connection::Closed = *connection {
            *connection = Connection::Open(self.open()?);
        }
        let Connection::Open(database) = &mut *connection else {
            let text = "the index of messages cannot be searched now: try again later";
            return Err(Fault::with_text(Code::BUSY, text).retry_after(RETRY_MS));
        };
        database.indexed.until = Some(Instant::now() + PAGE_WITHIN);
        let handle = database.connection.get_interrupt_handle();
        // What was interrupted, or failed before, may have left its transaction open.
        database.recover();
        within(MAY_TAKE, &handle, || database.answer(query))?.inspect_err(|_| database.recover())
    }

    fn open(&self) -> Result<Database, Refusal> {
        let opened = Database::reader(&self.database).and_then(|mut database| {
            database.attach_index(&self.database)?;
            Ok(database)
        });
        opened.map_err(|why| {
            tracing::error!(%why, "the index of messages cannot be opened for searches");
            let text = "the index of messages cannot be opened: tell the server's operator, and try again";
            Fault::with_text(Code::BUSY, text).retry_after(RETRY_MS)
        })
    }
}

/// Whether a searcher answers it.
pub(super) fn is_search(query: &Query) -> bool {
    matches!(query, Query::Request(asked) if matches!(asked.request, Request::Messages(MessagesRequest::Search(_))))
}

/// Does something on a connection, which is interrupted after this long.
fn within<T>(time: Duration, connection: &InterruptHandle, work: impl FnOnce() -> T) -> Result<T, Refusal> {
    let (done, ended) = channel::<()>();
    let watch = move || {
        let mut wait = time;
        while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(wait) {
            connection.interrupt();
            wait = AGAIN_AFTER;
        }
    };
    std::thread::scope(|scope| {
        let watching = std::thread::Builder::new().name("tim-search-end".into()).spawn_scoped(scope, watch);
        watching.map_err(|_| Fault::new(Code::BUSY).retry_after(RETRY_MS))?;
        let worked = work();
        drop(done);
        Ok(worked)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DomainError;
    use crate::store::conformance::{logged_in, logging_in, message};
    use tim_protocol::call::SearchRequest;

    #[test]
    fn what_takes_too_long_is_interrupted_and_what_follows_is_not() {
        let database = Database::in_memory().unwrap();
        let run = |sql: &str| {
            let handle = database.connection.get_interrupt_handle();
            within(Duration::from_millis(1), &handle, || {
                database.connection.query_row(sql, [], |row| row.get::<_, i64>(0))
            })
            .unwrap()
        };
        let endless =
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
        let refused = Refusal::from(DomainError::from(run(endless).unwrap_err()));
        assert_eq!(refused.code, Code::BUSY);
        assert!(refused.text.contains("takes too long"), "{refused:?}");
        assert_eq!(database.connection.query_row("SELECT 1", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    }

    #[test]
    fn a_late_search_ends_with_what_it_has_and_goes_on_from_there() {
        let mut database = Database::in_memory().unwrap();
        database.index_in_memory().unwrap();
        let [alice, ..] = ["alice", "bob", "carol"]
            .map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
        for peer in ["C2Calice", "C2Cbob", "C2Ccarol"] {
            database.commit(&[message(&alice, peer, 1)]).remove(0).unwrap();
        }
        while database.mark().unwrap() || database.index().unwrap() {}
        database.indexed.until = Some(Instant::now());
        let (mut from, mut found) = (0, Vec::new());
        for page_number in 1..=3 {
            let search =
                SearchRequest { keywords: vec!["message".into()], from, limit: 9, ..Default::default() };
            let page =
                database.query(&Query::request(&alice, search)).unwrap().reply::<SearchRequest>().unwrap();
            found.extend(page.results.iter().map(|result| result.conversation_id.to_string()));
            from = page.next;
            assert_eq!(
                (found.len(), from),
                (page_number, if page_number < 3 { page_number as u64 } else { 0 })
            );
        }
        found.sort();
        assert_eq!(found, ["C2Calice", "C2Cbob", "C2Ccarol"]);
    }
}
