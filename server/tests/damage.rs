//! A server's database with one damaged page: unreadable data is reported as damage, never as something to try again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;

use tim_protocol::conversation::Cursor;
use tim_protocol::{Code, call};
use tim_server::core::ops::{Actor, Query, QueryResult};
use tim_server::store::Store as _;
use tim_server::store::conformance::{self, login, message, sent};
use tim_server::store::sqlite::{Database, SqliteStore};

/// A database with a group and a long chat, and its two people.
async fn written(folder: &Path) -> (Actor, Actor) {
    let store = SqliteStore::open(&folder.join("tim.db"), conformance::deaf()).unwrap();
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    for number in 1..=300 {
        sent(store.write(message(&alice, "C2Cbob", number)).await);
    }
    store.write(conformance::blacklist(&bob, &["alice"], false)).await.unwrap();
    store.close().await;
    (alice, bob)
}

/// The numbers of all refusals of a server with this database.
fn refusals(path: &Path, alice: &Actor, bob: &Actor) -> Vec<Code> {
    let mut database = match Database::open(path) {
        Ok(database) => database,
        Err(why) => return vec![why.code()],
    };
    let from = Cursor::default();
    let upto = match database.query(&Query::Version { key: bob.key }) {
        Ok(QueryResult::Version(newest)) => newest,
        _ => from,
    };
    let sync = call::SyncRequest { from, before: None, limit: 200, latest: 20 };
    let history =
        call::HistoryRequest { conversation_id: "C2Calice".parse().unwrap(), low: 1, high: 300, limit: 100 };
    let finds = [
        Query::App { app: alice.app },
        Query::Devices { app: alice.app, user: alice.user.clone() },
        Query::Version { key: bob.key },
        Query::Sync { actor: bob.clone(), sync, upto },
        Query::request(bob, history),
        Query::request(bob, call::GetProfilesRequest { user_id_list: vec![alice.user.clone()] }),
    ];
    let found = finds.iter().map(|find| database.query(find).err()).collect::<Vec<_>>();
    let writes = [
        message(alice, "C2Cbob", 1),
        message(alice, "C2Cbob", 301),
        conformance::blacklist(bob, &["alice"], true),
    ];
    let written = database.commit(&writes).into_iter().map(Result::err);
    let marked = database.mark().err();
    found.into_iter().chain(written).chain([marked]).flatten().map(|refusal| refusal.code).collect()
}

#[tokio::test]
async fn a_damaged_page_is_told_as_damage_and_never_as_a_fault_to_try_again() {
    let folder = tempfile::tempdir().unwrap();
    let (alice, bob) = written(folder.path()).await;
    let whole = std::fs::read(folder.path().join("tim.db")).unwrap();
    let size = 4096;
    let path = folder.path().join("damaged.db");
    let mut met = 0;
    for page in 0..whole.len() / size {
        for seed in 0..4 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut bytes = whole.clone();
            let place = page * size..(page + 1) * size;
            match seed {
                0 => bytes[place].fill(0),
                1 => random.fill(&mut bytes[place]),
                // A part of a page, so that SQLite finds the page in order and the values are not.
                _ => {
                    let begin = page * size + random.usize(100..size - 64);
                    random.fill(&mut bytes[begin..begin + 64]);
                }
            }
            std::fs::write(&path, bytes).unwrap();
            let codes = refusals(&path, &alice, &bob);
            met += usize::from(!codes.is_empty());
            for code in codes {
                assert_eq!(code, Code::DATABASE_CORRUPT, "page {}, seed {seed}", page + 1);
            }
            for end in ["-wal", "-shm"] {
                let _ = std::fs::remove_file(folder.path().join(format!("damaged.db{end}")));
            }
        }
    }
    assert!(met > whole.len() / size, "{met} damages were met");
}
