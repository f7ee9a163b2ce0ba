//! The index of messages beside a database: what becomes of it when it, or the log, is damaged, and when searches are turned off.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;
use std::time::Duration;

use tim_protocol::Code;
use tim_protocol::call::SearchRequest;
use tim_server::core::ops::{Actor, Query, Refusal};
use tim_server::store::Store as _;
use tim_server::store::conformance::{deaf, logged_in, logging_in, login, message, modify};
use tim_server::store::sqlite::{Database, SqliteStore};

fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open_searched(&folder.join("tim.db"), deaf()).unwrap()
}

async fn found(store: &SqliteStore, by: &Actor, keyword: &str) -> Result<u64, Refusal> {
    let search = SearchRequest { keywords: vec![keyword.into()], limit: 9, ..Default::default() };
    let page = store.query(Query::request(by, search)).await?.reply::<SearchRequest>().unwrap();
    Ok(page.results.iter().map(|result| result.count).sum())
}

/// Waits until so many messages are found.
async fn finds(store: &SqliteStore, by: &Actor, keyword: &str, count: u64) {
    let found = async {
        while found(store, by, keyword).await != Ok(count) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), found).await.expect("it is found");
}

async fn says(store: &SqliteStore, by: &Actor, number: u64) {
    store.write(message(by, "C2Cbob", number)).await.unwrap();
}

#[tokio::test]
async fn a_damaged_index_is_made_anew_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (alice, _) = (login(&store, "alice").await, login(&store, "bob").await);
    says(&store, &alice, 1).await;
    finds(&store, &alice, "message", 1).await;
    store.close().await;
    let index = folder.path().join("tim.search");
    #[cfg(target_os = "linux")]
    {
        let open = std::fs::read_dir("/proc/self/fd").unwrap();
        let mut open = open.filter_map(|file| std::fs::read_link(file.unwrap().path()).ok());
        assert!(open.all(|file| !file.starts_with(folder.path())), "all is closed");
    }

    let _ = std::fs::remove_file(folder.path().join("tim.search-wal"));
    std::fs::write(&index, "this is no database, and never was one: ".repeat(200)).unwrap();
    let store = open(folder.path());
    let alice = login(&store, "alice").await;
    finds(&store, &alice, "message", 1).await;
    says(&store, &alice, 2).await;
    finds(&store, &alice, "message", 2).await;
    store.close().await;
}

#[tokio::test]
async fn while_the_index_cannot_be_opened_only_searches_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("tim.search")).unwrap();
    let store = open(folder.path());
    let (alice, _) = (login(&store, "alice").await, login(&store, "bob").await);
    says(&store, &alice, 1).await;
    let refused = found(&store, &alice, "message").await.unwrap_err();
    assert_eq!(refused.code, Code::BUSY);
    assert!(refused.text.contains("try again"), "{refused:?}");
    store.close().await;
}

#[tokio::test]
async fn a_message_that_cannot_be_read_keeps_no_other_one_from_being_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, _] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    for number in 1..=3 {
        database.commit(&[message(&alice, "C2Cbob", number)]).remove(0).unwrap();
    }
    while database.mark().unwrap() {}
    drop(database);
    let changed =
        rusqlite::Connection::open(&path).unwrap().execute("UPDATE msg SET body = '{' WHERE seq = 2", []);
    assert_eq!(changed.unwrap(), 1);
    for round in 0..2 {
        let store = open(folder.path());
        let alice = login(&store, "alice").await;
        finds(&store, &alice, "message", 2 + round).await;
        says(&store, &alice, 4 + round).await;
        finds(&store, &alice, "message", 3 + round).await;
        store.close().await;
    }
}

#[tokio::test]
async fn what_is_noted_for_the_index_does_not_grow_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    database.index_in_memory().unwrap();
    let [alice, _] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    database.commit(&[message(&alice, "C2Cbob", 1)]).remove(0).unwrap();
    let noted = || -> (i64, i64) {
        let connection = rusqlite::Connection::open(&path).unwrap();
        let sql = "SELECT count(*), coalesce(max(id), 0) FROM reworded";
        connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    for round in 0..15 {
        let versions = round * 100..(round + 1) * 100;
        let changes: Vec<_> =
            versions.map(|version| modify(&alice, "C2Cbob", 1, version, &format!("tea {version}"))).collect();
        assert!(database.commit(&changes).iter().all(Result::is_ok));
        while database.index().unwrap() {}
    }
    let (count, newest) = noted();
    assert!(count <= 1_200 && newest == 1_500, "{count} of {newest}");
    drop(database);
    // Without searches nothing is noted: only the number stays, so that later ones are above it.
    SqliteStore::open(&path, deaf()).unwrap().close().await;
    assert_eq!(noted(), (1, 1_500));
}

#[tokio::test]
async fn an_index_that_lacks_what_was_noted_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let store = open(folder.path());
    let (alice, _) = (login(&store, "alice").await, login(&store, "bob").await);
    says(&store, &alice, 1).await;
    says(&store, &alice, 2).await;
    finds(&store, &alice, "message", 2).await;
    store.close().await;
    // The index as it is now comes back after both were modified, and the note of the first is gone.
    let files = ["tim.search", "tim.search-wal", "tim.search-shm"].map(|name| folder.path().join(name));
    let before = files.clone().map(|file| std::fs::read(file).ok());
    let store = open(folder.path());
    let alice = login(&store, "alice").await;
    for sequence in 1..=2 {
        store.write(modify(&alice, "C2Cbob", sequence, 0, "coffee")).await.unwrap();
    }
    store.close().await;
    rusqlite::Connection::open(&path).unwrap().execute("DELETE FROM reworded WHERE id = 1", []).unwrap();
    for (file, before) in files.iter().zip(before) {
        let _ = std::fs::remove_file(file);
        if let Some(bytes) = before {
            std::fs::write(file, bytes).unwrap();
        }
    }
    let store = open(folder.path());
    let alice = login(&store, "alice").await;
    finds(&store, &alice, "coffee", 2).await;
    assert_eq!(found(&store, &alice, "message").await, Ok(0));
    store.close().await;
}
