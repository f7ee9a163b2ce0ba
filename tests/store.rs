//! The device's database, without the rest of the engine: what was committed is there after a restart, whole, and a
//! damaged, newer or full one loses nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;
use tim::machine::io::Query;
use tim::protocol::body::{Body, TextBody};
use tim::protocol::conversation::Cursor;
use tim::protocol::group::Group;
use tim::protocol::message::{Message, Priority, Revocation};
use tim::store::{Change, OutboxRow, Snapshot, Store, SyncState};
use tim::{Code, ConversationId, MessageId, UserId};

fn bob() -> ConversationId {
    "C2Cbob".parse().unwrap()
}

fn alice() -> UserId {
    UserId::new("alice").unwrap()
}

/// The message of this place, which says its number.
fn message(sequence: u64) -> Message {
    Message {
        id: MessageId::from_parts(1, [u8::try_from(sequence % 251).unwrap(); 10]),
        from: alice(),
        to: bob(),
        sequence,
        unread_index: sequence,
        by_sender: 0,
        time: 1_000 + i64::try_from(sequence).unwrap_or(0),
        client_time: 1_000,
        priority: Priority::Normal,
        excluded_from_unread_count: false,
        nick: String::new(),
        avatar: String::new(),
        revoked: None,
        body: Body::Text(TextBody { text: format!("number {sequence}") }).write().unwrap(),
    }
}

fn open(path: &Path) -> Store {
    let opened = Store::open(path).unwrap();
    assert!(opened.set_aside.is_none());
    opened.store
}

fn read(store: &Store) -> Vec<Message> {
    let all = Query { conversation: bob(), low: 0, high: u64::MAX, own_only: false };
    store.messages(&alice(), &all).unwrap()
}

#[test]
fn a_commit_is_whole_or_not_at_all() {
    let mut store = Store::in_memory().unwrap();
    let impossible = Message { sequence: u64::MAX, ..message(2) };
    let both = Change::Messages(bob(), vec![message(1), impossible]);
    assert_eq!(store.apply(&[both], true).unwrap_err().code, Code::DATABASE_FAILED);
    assert!(read(&store).is_empty());
    store.apply(&[Change::Messages(bob(), vec![message(1)])], true).unwrap();
    assert_eq!(read(&store).len(), 1);
}

#[test]
fn what_a_message_said_is_gone_once_it_is_taken_back_whichever_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let revocation = Revocation { by: alice(), time: 5 };
    let mut store = open(&path);
    store.apply(&[Change::Messages(bob(), vec![message(1)])], false).unwrap();
    store
        .apply(
            &[
                Change::Revoked(bob(), 1, revocation.clone()),
                Change::Revoked(bob(), 2, revocation),
                Change::Messages(bob(), vec![message(2)]),
            ],
            true,
        )
        .unwrap();
    drop(store);
    let read = read(&open(&path));
    assert!(read.iter().all(|message| message.revoked.is_some() && !message.body.get().contains("number")));
    let file = std::fs::read(&path).unwrap();
    assert!(!file.windows(8).any(|bytes| bytes == b"number 1"), "its words are still in the file");
}

/// Every table with each of its columns, without keys and checksums.
fn columns(path: &Path) -> Vec<(String, String)> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let query = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND c.pk = 0 AND c.name <> 'sum'";
    let mut query = connection.prepare(query).unwrap();
    let columns = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    columns.collect::<Result<_, _>>().unwrap()
}

#[test]
fn no_value_of_a_row_changes_unnoticed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, whole) = (folder.path().join("tim.db"), folder.path().join("whole.db"));
    let revocation = Revocation { by: alice(), time: 5 };
    let waiting = Message { sequence: 0, ..message(3) };
    let cursor = Cursor { epoch: 7, version: 9 };
    let changes = [
        Change::Sync(SyncState { cursor, unfinished: Some((1, 2)), initial_sync_at: 3 }),
        Change::Messages(bob(), vec![message(1)]),
        Change::Complete(bob(), 1, 1),
        Change::Revoked(bob(), 2, revocation),
        Change::Outbox(OutboxRow { position: 1, message: waiting, refusal: None, upload: None }),
        Change::Acknowledged(message(1)),
        Change::Blacklist(alice(), true),
    ];
    open(&whole).apply(&changes, true).unwrap();
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
            opened.set_aside.is_some() || opened.store.apply(&again, true).is_err()
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
        Change::Outbox(OutboxRow { position, message, refusal: None, upload: None })
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
        Change::Outbox(OutboxRow { position, message, refusal: None, upload: None })
    };
    let cursor = Cursor { epoch: 1, version: 50 };
    let synced = Change::Sync(SyncState { cursor, unfinished: Some((10, 20)), initial_sync_at: 7 });
    let changes = [Change::Messages(bob(), vec![message(1)]), waits(2), waits(3), synced];
    open(&path).apply(&changes, true).unwrap();
    let earlier =
        "ALTER TABLE conv DROP COLUMN told; ALTER TABLE conv DROP COLUMN met; UPDATE conv SET head = 1;
                   ALTER TABLE outbox DROP COLUMN refusal;
                   ALTER TABLE outbox ADD COLUMN status TEXT NOT NULL DEFAULT 'unSend';
                   UPDATE outbox SET status = 'fail' WHERE position = 3;
                   ALTER TABLE conv DROP COLUMN revoked_above; ALTER TABLE conv DROP COLUMN revoked_up_to;
                   ALTER TABLE conv ADD COLUMN revoked_above_base TEXT NOT NULL DEFAULT '[4,7]';
                   ALTER TABLE conv DROP COLUMN undelivered; ALTER TABLE conv DROP COLUMN own;
                   ALTER TABLE sync DROP COLUMN sum; ALTER TABLE conv DROP COLUMN sum; ALTER TABLE msg DROP COLUMN sum;
                   ALTER TABLE have DROP COLUMN sum; ALTER TABLE revoked DROP COLUMN sum;
                   ALTER TABLE outbox DROP COLUMN sum; ALTER TABLE ring DROP COLUMN sum;
                   ALTER TABLE entity DROP COLUMN sum;
                   PRAGMA user_version = 1";
    rusqlite::Connection::open(&path).unwrap().execute_batch(earlier).unwrap();
    let store = open(&path);
    assert_eq!(read(&store).len(), 1);
    let (row, ..) = &store.snapshot().unwrap().conversations[0];
    assert_eq!((row.emitted_seq, row.baseline_seq), (1, Some(1)));
    let refusals = store.snapshot().unwrap().outbox.into_iter().map(|row| row.refusal).collect::<Vec<_>>();
    assert_eq!(refusals, [None, Some(Code::SEND_FAILED)]);
    assert_eq!(row.revoked_above_read, 2, "what was listed is counted");
    let anew = SyncState { cursor: Cursor { version: 0, ..cursor }, unfinished: None, initial_sync_at: 7 };
    assert_eq!(store.snapshot().unwrap().sync, anew, "what is unread is asked for anew");
}

/// A frame of a later version, from `protocol/tests/golden/later`.
fn later(name: &str) -> serde_json::Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("protocol/tests/golden/later");
    serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

#[test]
fn words_of_a_later_version_are_there_after_a_restart_as_they_came() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let pushed = |name, sequence| {
        let message: Message = serde_json::from_value(later(name)["p"].clone()).unwrap();
        Message { sequence, ..message }
    };
    let messages = [
        pushed("push.priority.json", 1),
        pushed("push.image-numbers.json", 2),
        pushed("push.notice-number.json", 3),
        pushed("push.unknown-body.json", 4),
    ];
    let group: Group =
        serde_json::from_value(later("reply.sync.json")["r"]["changes"][1]["group"].clone()).unwrap();
    let mut store = open(&path);
    store.apply(&[Change::Messages(bob(), messages.to_vec())], true).unwrap();
    let (mut row, ..) = store.snapshot().unwrap().conversations.remove(0);
    row.group_type = Some(group.group_type);
    let member = Change::Group(group.group_id.clone(), Some(Box::new(group.clone())));
    store.apply(&[Change::Conversation(row.clone()), member], true).unwrap();
    drop(store);
    let store = open(&path);
    let texts = |messages: &[Message]| {
        messages.iter().map(|message| serde_json::to_value(message).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(texts(&read(&store)), texts(&messages));
    let snapshot = store.snapshot().unwrap();
    assert_eq!(snapshot.groups, [group]);
    assert_eq!(snapshot.conversations[0].0, row);
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

/// A change that a device may store.
#[derive(Debug, Clone)]
enum Step {
    Message(u64),
    Complete(u64, u64),
    Revoke(u64),
    Wait(u64),
    Sent(u64),
    List(u8, bool),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1_u64..30).prop_map(Step::Message),
        (1_u64..30, 0_u64..5).prop_map(|(low, more)| Step::Complete(low, low + more)),
        (1_u64..30).prop_map(Step::Revoke),
        (1_u64..8).prop_map(Step::Wait),
        (1_u64..8).prop_map(Step::Sent),
        (0_u8..4, any::<bool>()).prop_map(|(user, listed)| Step::List(user, listed)),
        Just(Step::Restart),
    ]
}

/// The expected content.
#[derive(Debug, Default, PartialEq)]
struct Model {
    messages: BTreeMap<u64, bool>,
    revoked: BTreeSet<u64>,
    complete: BTreeSet<u64>,
    waiting: BTreeSet<u64>,
    blacklist: BTreeSet<UserId>,
}

impl Model {
    /// Notes a step, and gives the change that it is.
    fn take(&mut self, step: &Step) -> Option<Change> {
        Some(match step {
            Step::Message(sequence) => {
                self.messages.entry(*sequence).or_insert(self.revoked.contains(sequence));
                Change::Messages(bob(), vec![message(*sequence)])
            }
            Step::Complete(low, high) => {
                self.complete.extend(*low..=*high);
                Change::Complete(bob(), *low, *high)
            }
            Step::Revoke(sequence) => {
                self.revoked.insert(*sequence);
                self.messages.entry(*sequence).and_modify(|revoked| *revoked = true);
                Change::Revoked(bob(), *sequence, Revocation { by: alice(), time: 5 })
            }
            Step::Wait(position) => {
                self.waiting.insert(*position);
                let message = Message { sequence: 0, ..message(*position) };
                Change::Outbox(OutboxRow { position: *position, message, refusal: None, upload: None })
            }
            Step::Sent(position) => {
                self.waiting.remove(position);
                Change::OutboxDone(message(*position).id)
            }
            Step::List(user, listed) => {
                let user = UserId::new(&format!("user-{user}")).unwrap();
                if *listed {
                    self.blacklist.insert(user.clone())
                } else {
                    self.blacklist.remove(&user)
                };
                Change::Blacklist(user, *listed)
            }
            Step::Restart => return None,
        })
    }

    fn of(store: &Store) -> Self {
        let Snapshot { conversations, outbox, blacklist, .. } = store.snapshot().unwrap();
        let ranges: Vec<(u64, u64)> = conversations.into_iter().flat_map(|(_, ranges, _)| ranges).collect();
        assert!(ranges.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0), "ranges touch: {ranges:?}");
        Self {
            messages: read(store).iter().map(|it| (it.sequence, it.revoked.is_some())).collect(),
            revoked: BTreeSet::new(),
            complete: ranges.into_iter().flat_map(|(low, high)| low..=high).collect(),
            waiting: outbox.into_iter().map(|row| row.position).collect(),
            blacklist: blacklist.into_iter().collect(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_was_stored_is_there_after_any_number_of_restarts(steps in prop::collection::vec(step(), 0..40)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tim.db");
        let (mut store, mut model) = (open(&path), Model::default());
        for step in steps {
            match model.take(&step) {
                Some(change) => store.apply(&[change], false).unwrap(),
                None => {
                    drop(store);
                    store = open(&path);
                }
            }
        }
        drop(store);
        model.revoked.clear();
        prop_assert_eq!(Model::of(&open(&path)), model);
    }
}
