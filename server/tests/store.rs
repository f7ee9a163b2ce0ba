//! The embedded store keeps every promise of the `Store` trait, and says what is wrong when it cannot.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use tim_protocol::Code;
use tim_protocol::call;
use tim_protocol::conversation::Cursor;
use tim_server::core::ops::{Actor, Committed, Notification, Query, QueryResult, Refusal};
use tim_server::store::conformance::{advance_watermark, history, login, message, sent, sync};
use tim_server::store::sqlite::{Database, SqliteStore};
use tim_server::store::{Listener, Pending, Store as _, conformance};

fn open(folder: &Path, listener: Listener) -> SqliteStore {
    SqliteStore::open(&folder.join("tim.db"), listener).unwrap()
}

macro_rules! promises {
    ($($story:ident: $promise:ident;)*) => {
        $(#[tokio::test]
        async fn $story() {
            let folder = tempfile::tempdir().unwrap();
            conformance::$promise(folder.path(), open).await;
        })*
    };
}

promises! {
    what_was_answered_is_there_after_a_crash: durable;
    what_a_user_removed_is_a_set_of_messages: removed;
    a_message_is_there_once_however_often_it_is_sent: idempotent;
    sequences_and_mutations_have_no_holes: dense;
    writes_take_effect_in_the_order_of_the_calls: ordered;
    a_refused_write_leaves_no_trace_and_hurts_nobody: isolated;
    everybody_is_told_in_order: published;
    a_group_is_told_by_its_topic: topics;
    a_change_after_the_last_give_has_a_version_above_it: marked;
    the_end_of_a_group_reaches_everybody: finished;
    a_new_profile_is_found_whatever_the_clock_says: profiled;
    closing_finishes_what_was_accepted: closed;
}

/// What a crash would leave in a folder just now. The log first: what is moved out of it meanwhile is there twice then,
/// not missing.
fn crash(folder: &Path) -> tempfile::TempDir {
    let left = tempfile::tempdir().unwrap();
    for name in ["tim.db-wal", "tim.db"] {
        std::fs::copy(folder.join(name), left.path().join(name)).unwrap();
    }
    left
}

#[tokio::test]
async fn an_answered_message_survives_a_crash_of_the_whole_program() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), conformance::deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    for number in 1..=5 {
        sent(store.write(message(&alice, "C2Cbob", number)).await);
        let left = crash(folder.path());
        let store = open(left.path(), conformance::deaf());
        assert_eq!(history(&store, &bob, "C2Calice").await.messages.len() as u64, number);
        store.close().await;
    }
    store.close().await;
}

#[tokio::test]
async fn what_a_crash_left_unmarked_is_marked_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), conformance::deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    sent(store.write(message(&alice, "C2Cbob", 1)).await);
    let cursor = advance_watermark(&store, &bob).await;
    store.close().await;
    drop(store);
    // The commit is the last thing that happens.
    let mut database = Database::open(&folder.path().join("tim.db")).unwrap();
    assert!(database.commit(&[message(&alice, "C2Cbob", 2)])[0].is_ok());
    drop(database);

    let store = open(folder.path(), conformance::deaf());
    // The store marks before it takes its first write, and a sync is one.
    let page = sync(&store, &bob, cursor).await;
    assert_eq!(page.conversations.iter().map(|state| state.head).collect::<Vec<_>>(), [2]);
    store.close().await;
}

#[tokio::test]
async fn a_closed_store_is_one_file() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), conformance::deaf());
        login(&store, "alice").await;
        store.close().await;
        assert!(!folder.path().join("tim.db-wal").exists(), "who copies the file copies everything");
    }
}

#[tokio::test]
async fn a_full_queue_answers_busy_and_questions_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (entered, listening) = channel();
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let blocking = move |_: Vec<Notification>| {
        entered.send(()).unwrap();
        // Blocks until the test drops the other end.
        let _ = released.lock().unwrap().recv();
    };
    let store = open(folder.path(), Box::new(blocking));
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    let first = store.write(message(&alice, "C2Cbob", 0));
    listening.recv().unwrap();
    assert_eq!(sent(first.await).sequence, 1, "answered, whatever the listener does");
    let mut waiting = Vec::new();
    let refusal = loop {
        let answer = store.write(message(&alice, "C2Cbob", 1 + waiting.len() as u64));
        match answer.now_or_later() {
            Ok(result) => break result.unwrap_err(),
            Err(later) => waiting.push(later),
        }
    };
    assert_eq!(refusal.code, Code::BUSY);
    assert!(refusal.retry_after.is_some());
    assert!(waiting.len() >= 1_000, "{} is not much of a queue", waiting.len());
    assert_eq!(history(&store, &bob, "C2Calice").await.messages.len(), 1, "committed, not yet told");
    drop(release);
    for (answer, sequence) in waiting.into_iter().zip(2..) {
        assert_eq!(sent(answer.await).sequence, sequence);
    }
    store.close().await;
}

/// The answer if it is there, or the future again.
trait NowOrLater: Sized {
    fn now_or_later(self) -> Result<Result<Committed, Refusal>, Self>;
}

impl NowOrLater for Pending<Committed> {
    fn now_or_later(mut self) -> Result<Result<Committed, Refusal>, Self> {
        (&mut self).now_or_never().ok_or(self)
    }
}

#[tokio::test]
async fn a_panic_in_the_listener_does_not_stop_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Box::new(|_| panic!("a listener's fault, which this test wants")));
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    for number in 1..=3 {
        assert_eq!(sent(store.write(message(&alice, "C2Cbob", number)).await).sequence, number);
    }
    assert_eq!(history(&store, &bob, "C2Calice").await.messages.len(), 3);
    store.close().await;
}

#[tokio::test]
async fn while_another_program_holds_the_database_writes_are_refused_together_and_then_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), conformance::deaf());
    let (alice, _) = (login(&store, "alice").await, login(&store, "bob").await);
    let other = rusqlite::Connection::open(folder.path().join("tim.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let together: Vec<_> = (1..=100).map(|number| store.write(message(&alice, "C2Cbob", number))).collect();
    // Were each to wait for the database on its own, this would take minutes.
    let refusals = async {
        for answer in together {
            assert_eq!(answer.await.unwrap_err().code, Code::BUSY);
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), refusals).await.expect("refused together");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(sent(store.write(message(&alice, "C2Cbob", 1)).await).sequence, 1);
    store.close().await;
}

/// Set for the process whose files may not grow.
#[cfg(target_os = "linux")]
const ON_A_FULL_DISK: &str = "TIM_TEST_ON_A_FULL_DISK";

/// Runs a test of this file in a process of its own, where [`disk`] sets how large files may grow. The signal that goes
/// with that limit would kill the process, which a disk does not.
#[cfg(target_os = "linux")]
fn in_a_process_with_a_small_disk(test: &str) {
    let limited = std::process::Command::new("bash")
        .args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ON_A_FULL_DISK, "yes")
        .output()
        .unwrap();
    let passed = String::from_utf8_lossy(&limited.stdout).contains("1 passed");
    assert!(limited.status.success() && passed, "{limited:?}");
}

/// Sets how many bytes a file of this process may have; `None` for any number.
#[cfg(target_os = "linux")]
fn disk(bytes: Option<u64>) {
    let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
    let set = std::process::Command::new("prlimit")
        .args([&format!("--fsize={limit}:unlimited"), "--pid", &std::process::id().to_string()])
        .status();
    assert!(set.unwrap().success());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn on_a_full_disk_nothing_is_lost_and_with_space_it_goes_on() {
    if std::env::var_os(ON_A_FULL_DISK).is_none() {
        return in_a_process_with_a_small_disk("on_a_full_disk_nothing_is_lost_and_with_space_it_goes_on");
    }
    disk(Some(1024 * 1024));
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), conformance::deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    let mut stored = 0;
    let refusal = loop {
        match store.write(message(&alice, "C2Cbob", stored + 1)).await {
            Ok(_) => stored += 1,
            Err(why) => break why,
        }
    };
    assert!(stored > 10);
    assert_eq!(refusal.code, Code::READ_ONLY);
    assert!(refusal.retry_after.is_some());
    // Many at once are refused one by one.
    let together: Vec<_> =
        (1..=20).map(|number| store.write(message(&alice, "C2Cbob", stored + number))).collect();
    for answer in together {
        assert_eq!(answer.await.unwrap_err().code, Code::READ_ONLY);
    }
    assert_eq!(history(&store, &bob, "C2Calice").await.high, stored, "reading goes on");

    disk(None);
    // A program that dies now has lost nothing either.
    let left = crash(folder.path());
    assert_eq!(sent(store.write(message(&alice, "C2Cbob", stored + 1)).await).sequence, stored + 1);
    let page = sync(&store, &bob, Cursor::default()).await;
    assert_eq!(page.conversations[0].head, stored + 1);
    store.close().await;

    let store = open(left.path(), conformance::deaf());
    assert_eq!(sent(store.write(message(&alice, "C2Cbob", stored + 1)).await).sequence, stored + 1);
    store.close().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_mark_that_found_no_space_is_made_up_for_when_there_is_some() {
    if std::env::var_os(ON_A_FULL_DISK).is_none() {
        return in_a_process_with_a_small_disk(
            "a_mark_that_found_no_space_is_made_up_for_when_there_is_some",
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), conformance::deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    let log = folder.path().join("tim.db-wal");
    // With a little more space each time, there is one for which a message fits and its mark does not.
    for number in 1..100 {
        let given = advance_watermark(&store, &bob).await;
        disk(Some(std::fs::metadata(&log).unwrap().len() + number * 1_000));
        let is_stored = store.write(message(&alice, "C2Cbob", number)).await.is_ok();
        // Refused, whatever it is; it waits for the mark of the message before it.
        store.write(message(&alice, "C2Cnobody", 0)).await.unwrap_err();
        let is_marked = newest(&store, &bob).await != given;
        disk(None);
        if is_stored && !is_marked {
            // Nobody writes anything any more.
            let marked = async {
                while newest(&store, &bob).await == given {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(std::time::Duration::from_secs(60), marked).await.expect("never marked");
            return store.close().await;
        }
    }
    panic!("a message and its mark always fitted together");
}

#[cfg(target_os = "linux")]
async fn newest(store: &SqliteStore, of: &Actor) -> Cursor {
    match store.query(Query::Version { key: of.key }).await.unwrap() {
        QueryResult::Version(cursor) => cursor,
        other => panic!("a version answered {other:?}"),
    }
}

/// Why a file is not opened, as its number; its bytes stay as they are.
fn refused(path: &Path) -> Code {
    let before = std::fs::read(path).unwrap();
    let Err(why) = SqliteStore::open(path, conformance::deaf()) else { panic!("opened") };
    assert_eq!(std::fs::read(path).unwrap(), before, "it was changed");
    assert!(why.to_string().contains(&why.code().to_string()), "{why}");
    why.code()
}

#[tokio::test]
async fn a_database_from_the_future_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path(), conformance::deaf()).close().await;
    let path = folder.path().join("tim.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    assert_eq!(refused(&path), Code::DATABASE_NEWER);
}

#[test]
fn a_damaged_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    std::fs::write(&path, b"this is not a database, whatever its name says".repeat(100)).unwrap();
    assert_eq!(refused(&path), Code::DATABASE_CORRUPT);
}

#[tokio::test]
async fn a_damage_that_is_met_later_is_said_and_what_is_whole_is_still_served() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), conformance::deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    sent(store.write(message(&alice, "C2Cbob", 1)).await);
    store.close().await;
    drop(store);
    let path = folder.path().join("tim.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap() as usize;
    let (page, size) =
        (number("SELECT rootpage FROM sqlite_master WHERE name = 'msg'"), number("PRAGMA page_size"));
    drop(connection);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[(page - 1) * size..page * size].fill(0xee);
    std::fs::write(&path, bytes).unwrap();

    let store = open(folder.path(), conformance::deaf());
    for _ in 0..4 {
        let history =
            call::HistoryRequest { conversation_id: "C2Calice".parse().unwrap(), low: 1, high: 1, limit: 1 };
        let refusal = store.query(Query::request(&bob, history)).await.unwrap_err();
        assert_eq!(refusal.code, Code::DATABASE_CORRUPT);
        assert!(store.query(Query::Version { key: bob.key }).await.is_ok());
    }
    let refusal = store.write(message(&alice, "C2Cbob", 2)).await.unwrap_err();
    assert_eq!(refusal.code, Code::DATABASE_CORRUPT);
    store.write(conformance::blacklist(&bob, &["alice"], true)).await.unwrap();
    store.close().await;
}

#[test]
fn a_folder_that_is_not_there_is_said_to_be_unusable() {
    let folder = tempfile::tempdir().unwrap();
    let Err(why) = Database::open(&folder.path().join("not-there").join("tim.db")) else { panic!("opened") };
    assert_eq!(why.code(), Code::READ_ONLY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_database_being_written_is_one_moment_and_another_life() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(open(folder.path(), conformance::deaf()));
    let (alice, bob) = (login(&*store, "alice").await, login(&*store, "bob").await);
    let before: Vec<_> = (1..=4_000).map(|number| store.write(message(&alice, "C2Cbob", number))).collect();
    for answer in before {
        sent(answer.await);
    }
    let cursor = advance_watermark(&*store, &bob).await;
    let (from, to) = (folder.path().join("tim.db"), folder.path().join("copy.db"));
    // Every look at the progress is a moment in which somebody writes.
    let (handle, writing, sender) = (tokio::runtime::Handle::current(), Arc::clone(&store), alice.clone());
    let copy = to.clone();
    let (last, written) = tokio::task::spawn_blocking(move || {
        let (mut last, mut written) = ((0, 1), 0);
        Database::backup(&from, &copy, |done, all| {
            written += 1;
            sent(handle.block_on(writing.write(message(&sender, "C2Cbob", 4_000 + written))));
            last = (done, all);
        })
        .unwrap();
        (last, written)
    })
    .await
    .unwrap();
    assert_eq!(last.0, last.1, "all of it was reported");
    let newest = history(&*store, &bob, "C2Calice").await.high;
    assert_eq!(newest, 4_000 + written);

    let Err(why) = Database::backup(&folder.path().join("tim.db"), &to, |_, _| {}) else {
        panic!("a backup was overwritten")
    };
    assert!(why.to_string().contains("exists"), "{why}");
    assert!(!folder.path().join("copy.db-wal").exists(), "one file");
    store.close().await;

    let connection = rusqlite::Connection::open(&to).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    drop(connection);
    let restored = SqliteStore::open(&to, conformance::deaf()).unwrap();
    let page = history(&restored, &bob, "C2Calice").await;
    assert_eq!(page.high, 4_000, "what came while it was made is not in it");
    let page = sync(&restored, &bob, cursor).await;
    assert!(page.reset && page.cursor.epoch != cursor.epoch, "every device notices and asks for everything");
    restored.close().await;
}
