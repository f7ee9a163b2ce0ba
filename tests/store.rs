//! The device's database, without the rest of the engine: SQLite keeps the promises of a store, and a damaged, newer or full
//! file loses nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;

use proptest::prelude::*;
use tim::machine::io::Query;
use tim::protocol::body::{Body, TextBody};
use tim::protocol::conversation::Cursor;
use tim::protocol::message::Message;
use tim::protocol::search::{Phrase, highlight};
use tim::store::{
    CAN_ENCRYPT, Change, DatabaseFile, DatabaseKey, KEY_BYTES, LocalChange, OutboxRow, OutboxState, Store,
    StoredConversation, SyncState,
};
use tim::{Code, ConversationId, MessageId, UserId};
use tim_core::search::{Found, KeywordMatch, Search};
use tim_core::store::memory::{MemoryPlace, MemoryStore};
use tim_core::store::{Store as _, conformance};

fn bob() -> ConversationId {
    "C2Cbob".parse().unwrap()
}

fn alice() -> UserId {
    UserId::new("alice").unwrap()
}

/// The message of this place, which says its number.
fn message(sequence: u64) -> Message {
    let (id, time) = (
        MessageId::from_parts(1, [u8::try_from(sequence % 251).unwrap(); 10]),
        1_000 + sequence.cast_signed(),
    );
    let body = Body::Text(TextBody { text: format!("number {sequence}") }).write().unwrap();
    let bare = Message::bare(id, alice(), bob(), time, body);
    Message { sequence, unread_index: sequence, client_time: 1_000, ..bare }
}

fn open(file: impl Into<DatabaseFile>) -> Store {
    let opened = Store::open(file).unwrap();
    assert!(opened.set_aside.is_none());
    opened.store
}

fn read(store: &Store) -> Vec<Message> {
    let all = Query { conversation: bob(), low: 0, high: u64::MAX, own_only: false };
    store.messages(&alice(), &all).unwrap()
}

/// A path in a folder of its own, where nothing is yet.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Encrypted, if this build can do that.
    fn file(&self) -> DatabaseFile {
        let key = CAN_ENCRYPT.then(|| DatabaseKey::new([7; KEY_BYTES]));
        DatabaseFile::in_folder(self.0.path(), key)
    }
}

#[tokio::test]
async fn a_commit_is_whole_or_not_at_all() {
    // SQLite's integers are signed.
    let impossible = Message { sequence: u64::MAX, ..message(2) };
    let impossible = Change::Messages(bob(), vec![message(3), impossible]);
    conformance::whole::<Store>(&Place::new().file(), impossible).await;
}

#[tokio::test]
async fn all_that_a_machine_needs_is_there_after_a_restart() {
    Box::pin(conformance::snapshot::<Store>(&Place::new().file())).await;
}

#[tokio::test]
async fn messages_come_in_their_order_and_as_they_came() {
    conformance::messages::<Store>(&Place::new().file()).await;
}

#[tokio::test]
async fn what_a_message_said_is_gone_once_it_is_taken_back_whichever_comes_first() {
    conformance::revoked::<Store>(&Place::new().file()).await;
}

#[tokio::test]
async fn what_was_cleared_is_gone() {
    conformance::cleared::<Store>(&Place::new().file()).await;
}

#[tokio::test]
async fn what_the_user_removed_is_gone_and_missing_nowhere() {
    conformance::removed::<Store>(&Place::new().file()).await;
}

#[tokio::test]
async fn what_is_stored_after_others_were_cleared_is_found() {
    conformance::found_after_others_are_cleared::<Store>(&Place::new().file()).await;
}

#[tokio::test]
async fn what_was_sent_lately_waits_again_in_another_epoch() {
    conformance::another_epoch::<Store>(&Place::new().file()).await;
}

#[tokio::test]
async fn what_waits_is_there_after_a_rebuild() {
    conformance::rebuilt::<Store>(&Place::new().file()).await;
}

#[tokio::test]
async fn the_newest_modification_of_a_message_holds_in_whatever_order_they_come() {
    conformance::modified::<Store>(&Place::new().file()).await;
}

#[tokio::test]
async fn the_newest_reactions_of_a_message_hold_and_the_users_own_stay() {
    conformance::reacted::<Store>(&Place::new().file()).await;
    conformance::confirmed::<Store>(&Place::new().file()).await;
}

#[tokio::test]
async fn what_the_app_keeps_beside_a_message_is_there_until_the_message_is_gone() {
    conformance::beside::<Store>(&Place::new().file()).await;
}

#[tokio::test]
async fn messages_are_found_by_their_words() {
    conformance::found::<Store>(&Place::new().file()).await;
}

#[tokio::test]
async fn messages_are_found_until_they_are_gone() {
    conformance::found_until_it_is_gone::<Store>(&Place::new().file()).await;
}

#[tokio::test]
async fn what_was_stored_is_there_after_any_number_of_restarts() {
    for seed in 0..64 {
        conformance::restarts::<Store>(&Place::new().file(), seed).await;
    }
}

#[test]
fn the_words_of_a_message_that_is_taken_back_are_not_in_the_file() {
    let place = Place::new();
    let path = place.0.path().join("tim.db");
    let mut store = open(&path);
    let body = Body::Text(TextBody { text: "the saffron bun".into() }).write().unwrap();
    store.apply(&[Change::Messages(bob(), vec![Message { body, ..message(1) }])], false).unwrap();
    let phrases = vec![Phrase::of("saffron").unwrap()];
    let search = Search { phrases, conversation: Some(bob()), count: 9, ..Search::default() };
    assert_eq!(store.search(&search).unwrap().total, 1, "it is indexed");
    store.apply(&[conformance::revoke(1)], true).unwrap();
    assert_eq!(store.search(&search).unwrap().total, 0);
    drop(store);
    let file = std::fs::read(path).unwrap();
    assert!(!file.windows(7).any(|bytes| bytes == b"saffron"), "its words are still in the file");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What the index finds is what reading every message finds, here and in a store without an index.
    #[test]
    fn a_search_finds_what_reading_finds(
        texts in prop::collection::vec("[abB é茶喝道.,]{0,12}", 1..40),
        keywords in prop::collection::vec(prop_oneof!["[abé茶喝道 ,]{1,4}", "\\PC{1,6}"], 1..4),
        all in any::<bool>(),
    ) {
        let mut store = Store::in_memory().unwrap();
        let said = |(at, text): (usize, &String)| Message {
            body: Body::Text(TextBody { text: text.clone() }).write().unwrap(),
            ..message(at as u64 + 1)
        };
        let said = [Change::Messages(bob(), texts.iter().enumerate().map(said).collect())];
        store.apply(&said, false).unwrap();
        let phrases: Vec<Phrase> = keywords.iter().filter_map(|keyword| Phrase::of(keyword)).collect();
        let matching = if all { KeywordMatch::And } else { KeywordMatch::Or };
        let search = Search { phrases, matching, conversation: Some(bob()), count: 100, ..Search::default() };
        let sequences = |found: Found| -> Vec<u64> {
            found.results.iter().flat_map(|it| &it.messages).map(|it| it.sequence).collect()
        };
        let found = sequences(store.search(&search).unwrap());
        prop_assert_eq!(&found, &sequences(in_memory(&said, &search)));
        let stands = |text: &str, phrase: &Phrase| {
            highlight(text, std::slice::from_ref(phrase)).iter().any(|part| part.is_match)
        };
        let is_read = |text: &String| match matching {
            KeywordMatch::And => search.phrases.iter().all(|phrase| stands(text, phrase)),
            KeywordMatch::Or => search.phrases.iter().any(|phrase| stands(text, phrase)),
        };
        let read = (1..).zip(&texts).filter(|(_, text)| !search.phrases.is_empty() && is_read(text));
        let mut read: Vec<u64> = read.map(|(sequence, _)| sequence).collect();
        read.reverse();
        prop_assert_eq!(found, read, "{:?} in {:?}", keywords, texts);
    }
}

/// What a store in memory finds, which has these messages.
#[tokio::main(flavor = "current_thread")]
async fn in_memory(said: &[Change], search: &Search) -> Found {
    let mut store = MemoryStore::open(&MemoryPlace::default()).await.unwrap().store;
    store.apply(said, false).await.unwrap();
    store.search(search).await.unwrap()
}

/// Every table with each of its columns, without keys and checksums, and without the index, which can be made anew.
fn columns(path: &Path) -> Vec<(String, String)> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let query = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'found%'
                 AND t.name <> 'indexed' AND c.pk = 0 AND c.name <> 'sum'";
    let mut query = connection.prepare(query).unwrap();
    let columns = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    columns.collect::<Result<_, _>>().unwrap()
}

#[test]
fn no_value_of_a_row_changes_unnoticed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, whole) = (folder.path().join("tim.db"), folder.path().join("whole.db"));
    let waiting = Message { sequence: 0, ..message(3) };
    let cursor = Cursor { epoch: 7, version: 9 };
    let changes = [
        Change::Sync(SyncState { cursor, unfinished: Some((1, 2)), initial_sync_at: 3 }),
        Change::Messages(bob(), vec![message(1)]),
        Change::Complete(bob(), 1, 1),
        conformance::revoke(2),
        Change::Outbox(OutboxRow {
            position: 1,
            message: waiting,
            state: OutboxState::Waiting,
            upload: None,
        }),
        Change::Acknowledged(message(1)),
        Change::Blacklist(alice(), true),
    ];
    let mut store = open(&whole);
    store.apply(&changes, true).unwrap();
    let mut row = store.snapshot().unwrap().conversations.remove(0).row;
    row.last_shown_seq = 1;
    store.apply(&[Change::Conversation(row)], true).unwrap();
    assert!(store.keep_local(message(1).id, &LocalChange::Data("a".to_owned())).unwrap());
    drop(store);
    let values = columns(&whole);
    assert!(values.len() > 25, "{values:?}");
    for (table, column) in values {
        std::fs::copy(&whole, &path).unwrap();
        // What is damaged keeps its type, or SQLite would notice.
        let change = format!(
            "UPDATE {table} SET {column} = CASE typeof({column}) WHEN 'text' THEN replace({column}, 'a', 'b') || ' '
                 WHEN 'blob' THEN zeroblob(16) ELSE coalesce({column}, 0) + 1 END"
        );
        let connection = rusqlite::Connection::open(&path).unwrap();
        assert_eq!(connection.execute(&change, []).unwrap(), 1, "{table}.{column}");
        drop(connection);
        let noticed = Store::open(&path).is_ok_and(|mut opened| {
            let again = [Change::Messages(bob(), vec![message(2)]), Change::Reset];
            opened.set_aside.is_some()
                || opened.store.local(&[(message(1).id, alice())]).is_err()
                || opened.store.apply(&again, true).is_err()
        });
        assert!(noticed, "{table}.{column} changed, and nothing was noticed");
    }
}

#[test]
fn what_waits_is_taken_along_from_a_damaged_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let waits = |position| {
        let message = Message { sequence: 0, ..message(position) };
        Change::Outbox(OutboxRow { position, message, state: OutboxState::Waiting, upload: None })
    };
    let mut changes: Vec<Change> = (1..=100).map(waits).collect();
    changes.extend([Change::Messages(bob(), vec![message(1)]), Change::Acknowledged(message(101))]);
    open(&path).apply(&changes, true).unwrap();
    // One message in the middle is not what was written.
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection
        .execute("UPDATE outbox SET message = replace(message, 'number', 'numbed') WHERE position = 50", [])
        .unwrap();
    drop(connection);
    let mut opened = Store::open(&path).unwrap();
    assert!(opened.set_aside.is_some());
    assert!(read(&opened.store).is_empty(), "that comes from the server");
    let waiting = |store: &Store| -> Vec<u64> {
        store.snapshot().unwrap().outbox.into_iter().map(|row| row.position).collect()
    };
    let rest: Vec<u64> = (1..=100).filter(|position| *position != 50).collect();
    assert_eq!(waiting(&opened.store), rest);
    opened.store.apply(&[Change::Reset], true).unwrap();
    assert_eq!(waiting(&opened.store).len(), 100, "what was sent last is still known");
}

#[test]
fn a_damaged_file_is_set_aside_and_a_newer_one_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    std::fs::write(&path, "this is not a database, whatever its name says").unwrap();
    let opened = Store::open(&path).unwrap();
    let aside = opened.set_aside.unwrap();
    assert!(std::fs::read(aside).unwrap().starts_with(b"this is not"));
    drop(opened.store);
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(Store::open(&path).err().unwrap().code, Code::STORE_NEWER);
}

#[test]
fn a_file_of_an_earlier_version_is_brought_along_and_what_it_has_is_no_news() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let waits = |position| {
        let message = Message { sequence: 0, ..message(position) };
        Change::Outbox(OutboxRow { position, message, state: OutboxState::Waiting, upload: None })
    };
    let cursor = Cursor { epoch: 1, version: 50 };
    let synced = Change::Sync(SyncState { cursor, unfinished: Some((10, 20)), initial_sync_at: 7 });
    let complete = Change::Complete(bob(), 1, 1);
    let changes = [Change::Messages(bob(), vec![message(1)]), complete, waits(2), waits(3), synced];
    open(&path).apply(&changes, true).unwrap();
    let earlier =
        "ALTER TABLE conv DROP COLUMN told; ALTER TABLE conv DROP COLUMN met; UPDATE conv SET head = 1;
                   ALTER TABLE outbox DROP COLUMN refusal;
                   ALTER TABLE outbox ADD COLUMN status TEXT NOT NULL DEFAULT 'unSend';
                   UPDATE outbox SET status = 'fail' WHERE position = 3;
                   ALTER TABLE conv DROP COLUMN revoked_above; ALTER TABLE conv DROP COLUMN revoked_up_to;
                   ALTER TABLE conv ADD COLUMN revoked_above_base TEXT NOT NULL DEFAULT '[4,7]';
                   ALTER TABLE conv DROP COLUMN undelivered; ALTER TABLE conv DROP COLUMN own;
                   ALTER TABLE conv DROP COLUMN shown; ALTER TABLE conv DROP COLUMN mentions;
                   ALTER TABLE conv DROP COLUMN settings; ALTER TABLE conv DROP COLUMN unsent_settings;
                   ALTER TABLE conv DROP COLUMN floor_pending; ALTER TABLE conv DROP COLUMN hidden;
                   ALTER TABLE conv DROP COLUMN hidden_pending;
                   CREATE TABLE by_conv(conv INTEGER NOT NULL, seq INTEGER NOT NULL, sender TEXT NOT NULL,
                       message TEXT NOT NULL, PRIMARY KEY (conv, seq)) STRICT, WITHOUT ROWID;
                   INSERT INTO by_conv SELECT conv, seq, sender, message FROM msg;
                   DROP TABLE msg; ALTER TABLE by_conv RENAME TO msg;
                   ALTER TABLE sync DROP COLUMN sum; ALTER TABLE conv DROP COLUMN sum;
                   CREATE TABLE have(conv INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL,
                       PRIMARY KEY (conv, low)) STRICT, WITHOUT ROWID;
                   INSERT INTO have SELECT conv, low, high FROM span; DROP TABLE span;
                   ALTER TABLE conv DROP COLUMN removal; ALTER TABLE conv DROP COLUMN removal_head;
                   ALTER TABLE conv DROP COLUMN unsent_removed; ALTER TABLE conv DROP COLUMN removed_unread;
                   ALTER TABLE conv DROP COLUMN peer;
                   ALTER TABLE revoked DROP COLUMN sum;
                   ALTER TABLE outbox DROP COLUMN sum; ALTER TABLE ring DROP COLUMN sum;
                   ALTER TABLE entity DROP COLUMN sum;
                   DROP TABLE found; DROP TABLE indexed; DROP TABLE beside;
                   PRAGMA user_version = 1";
    rusqlite::Connection::open(&path).unwrap().execute_batch(earlier).unwrap();
    let store = open(&path);
    assert_eq!(read(&store).len(), 1);
    let StoredConversation { row, ranges, newest, .. } = &store.snapshot().unwrap().conversations[0];
    assert_eq!(*ranges, [(1, 1)], "what is complete still is");
    assert_eq!((row.emitted_seq, row.baseline_seq), (1, Some(1)));
    assert_eq!(newest.as_ref().map(|newest| newest.sequence), Some(1), "it is still the last message");
    let states = store.snapshot().unwrap().outbox.into_iter().map(|row| row.state).collect::<Vec<_>>();
    assert_eq!(states, [OutboxState::Waiting, OutboxState::Refused(Code::SEND_FAILED)]);
    assert_eq!(row.revoked_above_read, 2, "what was listed is counted");
    let anew = SyncState { cursor: Cursor { version: 0, ..cursor }, unfinished: None, initial_sync_at: 7 };
    assert_eq!(store.snapshot().unwrap().sync, anew, "what is unread is asked for anew");
}

/// Set for the process whose files may not grow.
#[cfg(target_os = "linux")]
const FULL: &str = "TIM_TEST_FULL_STORAGE";

#[cfg(target_os = "linux")]
#[test]
fn when_storage_is_full_nothing_is_lost_and_with_space_it_goes_on() {
    if std::env::var_os(FULL).is_some() {
        return storage_is_full();
    }
    // A process of its own, with a limit on the size of its files. Its signal would kill the process, a disk does not.
    let limited = std::process::Command::new("bash")
        .args(["-c", r#"trap "" XFSZ; ulimit -S -f 1024; exec "$0" "$@""#])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "when_storage_is_full_nothing_is_lost_and_with_space_it_goes_on", "--nocapture"])
        .env(FULL, "yes")
        .output()
        .unwrap();
    let passed = String::from_utf8_lossy(&limited.stdout).contains("1 passed");
    assert!(limited.status.success() && passed, "{limited:?}");
}

#[cfg(target_os = "linux")]
fn storage_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut store = open(&path);
    let mut stored = 0;
    let refusal = loop {
        match store.apply(&[Change::Messages(bob(), vec![message(stored + 1)])], true) {
            Ok(()) => stored += 1,
            Err(why) => break why,
        }
    };
    assert!(stored > 10);
    assert!(refusal.code.is_retryable(), "{refusal}");
    assert_eq!(read(&store).len() as u64, stored);
    let space = std::process::Command::new("prlimit")
        .args(["--fsize=unlimited", "--pid", &std::process::id().to_string()])
        .status();
    assert!(space.unwrap().success());
    store.apply(&[Change::Messages(bob(), vec![message(stored + 1)])], true).unwrap();
    drop(store);
    assert_eq!(read(&open(&path)).len() as u64, stored + 1);
}
