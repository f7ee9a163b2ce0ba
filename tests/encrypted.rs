//! The device's database under a key, by the feature `encryption`: without the key nobody reads it, and with it nothing is lost. That
//! an encrypted database keeps the promises of a store is shown in `store.rs`, which encrypts in a build that can.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use tim::machine::io::Query;
use tim::options::TimOptions;
use tim::protocol::body::{Body, TextBody};
use tim::protocol::message::Message;
use tim::protocol::search::Phrase;
use tim::store::{Change, DatabaseFile, DatabaseKey, KEY_BYTES, OutboxRow, OutboxState, Store};
use tim::{Code, ConversationId, MessageId, Tim, UserId};
use tim_core::search::Search;

/// What alice wrote to bob, of which nothing may be in a file.
const SECRET: &str = "the saffron bun is under the third stone";

fn bob() -> ConversationId {
    "C2Cbob".parse().unwrap()
}

fn message(sequence: u64) -> Message {
    let id = MessageId::from_parts(1, [u8::try_from(sequence % 251).unwrap(); 10]);
    let body = Body::Text(TextBody { text: SECRET.into() }).write().unwrap();
    let bare = Message::bare(id, UserId::new("alice").unwrap(), bob(), 1_000, body);
    Message { sequence, unread_index: sequence, ..bare }
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
    assert_eq!(refusal(keyed(folder.path(), 2)), Code::DATABASE_KEY_WRONG);
    assert!(files(folder.path()).contains_key("tim.db"), "another key removes nothing");
    assert_eq!(open(keyed(folder.path(), 1)).snapshot().unwrap().outbox.len(), 2, "the encrypted one holds");
    assert_eq!(files(folder.path()).keys().collect::<Vec<_>>(), ["tim.encrypted.db"]);
}

#[test]
fn a_crash_in_the_middle_of_a_rebuild_leaves_an_encrypted_database() {
    let folder = tempfile::tempdir().unwrap();
    fill(keyed(folder.path(), 1));
    let file = keyed(folder.path(), 1).path;
    std::fs::rename(&file, file.with_file_name("tim.encrypted.db.rebuilt")).unwrap();
    assert_eq!(refusal(plain(folder.path())), Code::DATABASE_KEY_WRONG);
    let opened = Store::open(keyed(folder.path(), 1)).unwrap();
    assert_whole(opened.store);
}

#[test]
fn a_copy_that_cannot_be_written_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fill(plain(folder.path()));
    // Nothing can be written in this place.
    let partial = folder.path().join("tim.encrypted.partial");
    std::fs::create_dir(&partial).unwrap();
    assert_eq!(refusal(keyed(folder.path(), 1)), Code::DATABASE_FAILED);
    std::fs::remove_dir(partial).unwrap();
    assert_whole(open(plain(folder.path())));
    assert_whole(open(keyed(folder.path(), 1)));
}

/// Overwrites the pages of a file from one on, as many as that.
fn damage(path: &Path, page: usize, pages: usize) {
    let mut file = std::fs::read(path).unwrap();
    file[page * 4096..(page + pages) * 4096].fill(7);
    std::fs::write(path, file).unwrap();
}

#[test]
fn a_damaged_file_is_encrypted_without_what_is_damaged_and_nothing_plain_stays() {
    let folder = tempfile::tempdir().unwrap();
    let begins = plain(folder.path());
    let mut store = open(begins.clone());
    store.apply(&[waiting(1)], true).unwrap();
    store.apply(&[Change::Messages(bob(), (1..=2_000).map(message).collect())], true).unwrap();
    drop(store);
    let pages = usize::try_from(std::fs::metadata(&begins.path).unwrap().len()).unwrap() / 4096;
    damage(&begins.path, pages / 2, pages / 2);
    let opened = Store::open(keyed(folder.path(), 1)).unwrap();
    assert!(opened.set_aside.is_some());
    assert_eq!(opened.store.snapshot().unwrap().outbox.len(), 1);
    drop(opened.store);
    for (name, file) in files(folder.path()) {
        assert!(!has(&file, "saffron"), "{name} is plain");
    }
}

#[test]
fn what_waits_is_taken_along_from_an_encrypted_file_whichever_page_is_damaged() {
    let whole = tempfile::tempdir().unwrap();
    let mut store = open(keyed(whole.path(), 1));
    store.apply(&(1..=100).map(waiting).collect::<Vec<_>>(), true).unwrap();
    drop(store);
    let path = keyed(whole.path(), 1).path;
    let bytes = std::fs::read(&path).unwrap();
    // The first page says whether the key is right.
    let (mut rebuilt, mut left) = (0, Vec::new());
    for page in 1..bytes.len() / 4096 {
        let folder = tempfile::tempdir().unwrap();
        let file = keyed(folder.path(), 1);
        std::fs::write(&file.path, &bytes).unwrap();
        damage(&file.path, page, 1);
        let opened = Store::open(file).unwrap();
        rebuilt += usize::from(opened.set_aside.is_some());
        left.push(opened.store.snapshot().unwrap().outbox.len());
    }
    assert!(rebuilt > 5, "{rebuilt} damaged pages were noticed");
    // All of them are below one page, the root of their table.
    assert_eq!(left.iter().filter(|left| **left < 75).count(), 1, "{left:?} of 100 are left");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_with_a_key_has_an_encrypted_database() {
    let folder = tempfile::tempdir().unwrap();
    let options = |key: Option<DatabaseKey>| {
        let mut options = TimOptions::new(1, "ws://127.0.0.1:1", folder.path());
        options.database_key = key;
        options.login_timeout = Duration::from_millis(200);
        options
    };
    let log_in = async |tim: &Tim| tim.login("alice", "a token that nobody asks for").await.unwrap_err().code;
    let key = |byte| Some(DatabaseKey::new([byte; KEY_BYTES]));
    let tim = Tim::create(options(key(1))).unwrap();
    assert_eq!(Tim::create(options(None)).err().unwrap().code, Code::DATABASE_KEY_WRONG, "it has a key");
    assert_ne!(log_in(&tim).await, Code::DATABASE_KEY_WRONG);
    tim.destroy().await.unwrap();
    let of_alice = folder.path().join("1/616c696365");
    let names: Vec<String> = files_in(&of_alice);
    assert!(
        names.contains(&"tim.encrypted.db".to_owned()) && !names.contains(&"tim.db".to_owned()),
        "{names:?}"
    );
    for wrong in [key(2), None] {
        let tim = Tim::create(options(wrong)).unwrap();
        assert_eq!(log_in(&tim).await, Code::DATABASE_KEY_WRONG);
        tim.destroy().await.unwrap();
    }
}

fn files_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
}
