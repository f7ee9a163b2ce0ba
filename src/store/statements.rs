//! A test of the statements that a store keeps: the conformance suite uses them all.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../tests/statements/mod.rs"]
mod kept;

use std::cell::RefCell;
use std::path::Path;

use tim_core::search::{Found, Search};
use tim_core::store::{Opened, conformance};
use tim_protocol::message::Message;
use tim_protocol::{Fault, MessageId, UserId};

use super::{Change, DatabaseFile, LocalChange, LocalData, Query, Snapshot, Store};

/// Statements that may read a whole table, each with its reason.
const SCANS: &[(&str, &str)] = &[
    ("DELETE FROM ring WHERE CASE", "200 rows, and only if what is revoked was cleared or removed"),
    ("SELECT conv, low, high, kind FROM span", "a start reads the ranges of all conversations"),
    ("SELECT epoch, version, low, before, since FROM sync", "the table has one row"),
    ("SELECT kind, key, value FROM entity", "a start reads the profile, the blacklist and all groups"),
    ("SELECT NOT EXISTS(SELECT 1 FROM beside)", "it ends with the first row"),
    ("SELECT c.name, h.hits, h.newest", "all conversations with results, which are grouped, are sorted"),
    ("SELECT name, group_type, head,", "a start reads all conversations"),
    ("SELECT position, message, upload, refusal FROM outbox", "a start reads all that waits"),
];

thread_local! {
    static SEEN: RefCell<kept::Statements> = RefCell::default();
}

/// A store whose statements are noted when it is dropped.
struct Watched(Store);

impl Drop for Watched {
    fn drop(&mut self) {
        SEEN.with_borrow_mut(|seen| seen.add(&self.0.connection));
    }
}

impl tim_core::store::Store for Watched {
    type Location = DatabaseFile;

    async fn open(at: &DatabaseFile) -> Result<Opened<Self>, Fault> {
        let Opened { store, snapshot, set_aside } = Store::open(at.clone())?;
        Ok(Opened { store: Self(store), snapshot, set_aside })
    }

    async fn rebuild(at: &DatabaseFile) -> Result<String, Fault> {
        Store::rebuild(at.clone())
    }

    async fn snapshot(&mut self) -> Result<Snapshot, Fault> {
        self.0.snapshot()
    }

    async fn apply(&mut self, changes: &[Change], durable: bool) -> Result<(), Fault> {
        self.0.apply(changes, durable)
    }

    async fn messages(&mut self, me: &UserId, query: &Query) -> Result<Vec<Message>, Fault> {
        self.0.messages(me, query)
    }

    async fn find(&mut self, ids: &[MessageId]) -> Result<Vec<Message>, Fault> {
        self.0.find(ids)
    }

    async fn keep_local(&mut self, id: MessageId, change: &LocalChange) -> Result<bool, Fault> {
        self.0.keep_local(id, change)
    }

    async fn local(&mut self, messages: &[(MessageId, UserId)]) -> Result<Vec<LocalData>, Fault> {
        self.0.local(messages)
    }

    async fn catch_up(&mut self) -> Result<bool, Fault> {
        self.0.catch_up()
    }

    async fn search(&mut self, search: &Search) -> Result<Found, Fault> {
        self.0.search(search)
    }
}

#[tokio::test]
async fn every_kept_statement_is_parsed_once_and_finds_its_rows_by_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| DatabaseFile::from(folder.path().join(name));
    Box::pin(conformance::snapshot::<Watched>(&at("snapshot"))).await;
    conformance::messages::<Watched>(&at("messages")).await;
    conformance::revoked::<Watched>(&at("revoked")).await;
    conformance::cleared::<Watched>(&at("cleared")).await;
    conformance::removed::<Watched>(&at("removed")).await;
    conformance::modified::<Watched>(&at("modified")).await;
    conformance::reacted::<Watched>(&at("reacted")).await;
    conformance::confirmed::<Watched>(&at("confirmed")).await;
    conformance::beside::<Watched>(&at("beside")).await;
    conformance::another_epoch::<Watched>(&at("another epoch")).await;
    conformance::found::<Watched>(&at("found")).await;
    conformance::found_until_it_is_gone::<Watched>(&at("found until it is gone")).await;
    let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let places = kept::places(&store, ".prepare_cached(");
    SEEN.take().check(&store.join("statements.golden"), places, SCANS);
}
