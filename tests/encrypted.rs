//! The device's database under a key, by the feature `encryption`: without the key nobody reads it, and with it nothing is lost. That
//! an encrypted database keeps the promises of a store is shown in `store.rs`, which encrypts in a build that can.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;

use tim::machine::io::Query;
use tim::protocol::List;
use tim::protocol::body::{Body, TextBody};
use tim::protocol::message::{Message, Priority};
use tim::protocol::search::Phrase;
use tim::store::{Change, DatabaseFile, DatabaseKey, KEY_BYTES, OutboxRow, OutboxState, Store};
use tim::{Code, ConversationId, MessageId, UserId};
use tim_core::search::Search;

/// What alice wrote to bob, of which nothing may be in a file.
const SECRET: &str = "the saffron bun is under the third stone";

fn bob() -> ConversationId {
    "C2Cbob".parse().unwrap()
}

fn message(sequence: u64) -> Message {
    Message {
        id: MessageId::from_parts(1, [u8::try_from(sequence % 251).unwrap(); 10]),
        from: UserId::new("alice").unwrap(),
        to: bob(),
        sequence,
        unread_index: sequence,
        by_sender: 0,
        time: 1_000,
        client_time: 1_000,
        priority: Priority::Normal,
        excluded_from_unread_count: false,
        attributes: None,
        nick: String::new(),
        avatar: String::new(),
        revoked: None,
        removed: false,
        mutation_seq: 0,
        version: 0,
        pin: None,
        reactions: List::default(),
        receipts: None,
        body: Body::Text(TextBody { text: SECRET.into() }).write().unwrap(),
    }
}

fn waiting(position: u64) -> Change {
    let message = Message { sequence: 0, ..message(100 + position) };
    Change::Outbox(OutboxRow { position, message, state: OutboxState::Waiting, upload: None })
}

/// A hundred messages, and one that waits.
fn fill(file: impl Into<DatabaseFile>) {
    let mut store = open(file);
    let messages = (1..=100).map(message).collect();
    store.apply(&[Change::Messages(bob(), messages), waiting(1)], true).unwrap();
}

/// The database of a folder, with a key of this byte.
fn keyed(folder: &Path, byte: u8) -> DatabaseFile {
    DatabaseFile::in_folder(folder, Some(DatabaseKey::new([byte; KEY_BYTES])))
}

fn plain(folder: &Path) -> DatabaseFile {
    DatabaseFile::in_folder(folder, None)
}

fn open(file: impl Into<DatabaseFile>) -> Store {
    let opened = Store::open(file).unwrap();
    assert_eq!(opened.set_aside, None);
    opened.store
}

fn refusal(file: DatabaseFile) -> Code {
    Store::open(file).err().expect("nothing opens it").code
}

/// The same store, with everything in it that `fill` wrote.
fn assert_whole(mut store: Store) -> Store {
    let all = Query { conversation: bob(), low: 0, high: u64::MAX, own_only: false };
    let read = store.messages(&UserId::new("alice").unwrap(), &all).unwrap();
    let read: Vec<_> = read.iter().map(|it| (it.sequence, it.body.get())).collect();
    let wrote: Vec<_> = (1..=100).map(message).collect();
    assert_eq!(read, wrote.iter().map(|it| (it.sequence, it.body.get())).collect::<Vec<_>>());
    assert_eq!(store.snapshot().unwrap().outbox.len(), 1);
    let phrases = vec![Phrase::of("saffron").unwrap()];
    let search = Search { phrases, conversation: Some(bob()), count: 9, ..Search::default() };
    assert_eq!(store.search(&search).unwrap().total, 100);
    store
}

/// The files of a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|it| (it.file_name().into_string().unwrap(), std::fs::read(it.path()).unwrap())).collect()
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn nothing_in_the_files_can_be_read_without_the_key() {
    let folder = tempfile::tempdir().unwrap();
    fill(plain(folder.path()));
    assert!(files(folder.path()).values().any(|file| has(file, "saffron")), "what is plain can be read");
    let folder = tempfile::tempdir().unwrap();
    fill(keyed(folder.path(), 1));
    let mut store = assert_whole(open(keyed(folder.path(), 1)));
    store.apply(&[waiting(2)], true).unwrap();
    let open = files(folder.path());
    assert!(open.contains_key("tim.encrypted.db-wal"), "{:?}", open.keys());
    drop(store);
    for (name, file) in open.into_iter().chain(files(folder.path())) {
        for word in ["saffron", "SQLite format", "CREATE TABLE", "alice"] {
            assert!(!has(&file, word), "{name} says {word}");
        }
    }
}

#[test]
fn another_key_opens_nothing_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fill(keyed(folder.path(), 1));
    let before = files(folder.path());
    assert_eq!(refusal(keyed(folder.path(), 2)), Code::DATABASE_KEY_WRONG);
    assert_eq!(refusal(plain(folder.path())), Code::DATABASE_KEY_WRONG);
    assert_eq!(files(folder.path()), before);
    assert_whole(open(keyed(folder.path(), 1)));
}

#[test]
fn what_was_written_without_a_key_is_encrypted_and_nothing_plain_stays() {
    let folder = tempfile::tempdir().unwrap();
    fill(plain(folder.path()));
    // Of an attempt that a crash ended.
    std::fs::write(folder.path().join("tim.encrypted.partial"), "half").unwrap();
    assert_whole(open(keyed(folder.path(), 1)));
    assert_eq!(files(folder.path()).keys().collect::<Vec<_>>(), ["tim.encrypted.db"]);
    assert_whole(open(keyed(folder.path(), 1)));
}

#[test]
fn a_crash_between_encrypting_and_removing_leaves_one_database() {
    let folder = tempfile::tempdir().unwrap();
    fill(plain(folder.path()));
    let before = files(folder.path()).remove("tim.db").unwrap();
    let mut store = open(keyed(folder.path(), 1));
    store.apply(&[waiting(2)], true).unwrap();
    drop(store);
    std::fs::write(folder.path().join("tim.db"), before).unwrap();
    assert_eq!(open(keyed(folder.path(), 1)).snapshot().unwrap().outbox.len(), 2, "the encrypted one holds");
    assert_eq!(files(folder.path()).keys().collect::<Vec<_>>(), ["tim.encrypted.db"]);
}

#[test]
fn what_waits_is_taken_along_from_a_damaged_file_before_and_after_it_is_encrypted() {
    let pages = |path: &Path| {
        let mut file = std::fs::read(path).unwrap();
        let middle = file.len() / 2 / 4096 * 4096;
        file[middle..].fill(7);
        std::fs::write(path, file).unwrap();
    };
    for begins_encrypted in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let begins = if begins_encrypted { keyed(folder.path(), 1) } else { plain(folder.path()) };
        let mut store = open(begins.clone());
        store.apply(&[waiting(1)], true).unwrap();
        store.apply(&[Change::Messages(bob(), (1..=2_000).map(message).collect())], true).unwrap();
        drop(store);
        pages(&begins.path);
        let opened = Store::open(keyed(folder.path(), 1)).unwrap();
        let (mut store, mut aside) = (opened.store, opened.set_aside);
        let all = Query { conversation: bob(), low: 0, high: u64::MAX, own_only: false };
        if let Err(fault) = store.messages(&UserId::new("alice").unwrap(), &all) {
            assert_eq!(fault.code, Code::STORE_DAMAGED, "{begins_encrypted}: what is damaged is told");
            drop(store);
            aside = Some(Store::rebuild(keyed(folder.path(), 1)).unwrap());
            store = open(keyed(folder.path(), 1));
        }
        assert!(aside.is_some(), "{begins_encrypted}");
        assert_eq!(store.snapshot().unwrap().outbox.len(), 1, "{begins_encrypted}");
    }
}
