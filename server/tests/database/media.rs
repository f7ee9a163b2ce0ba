//! Which files the messages of an older database name.

use serde_json::value::RawValue;
use tim_protocol::call::{MessagesRequest, Request};
use tim_server::core::ops::{
    Actor, Media, MediaSum, PutMedia, Query, QueryResult, RemoveMedia, Write, WriteReply,
};
use tim_server::store::conformance::{logged_in, logging_in, message_with, revoke};
use tim_server::store::sqlite::Database;
use uuid::Uuid;

use crate::TO_VERSION_12;

/// A message of this actor's with this body and these attributes.
fn saying(actor: &Actor, number: u32, body: &str, attributes: &str) -> Write {
    let Write::Request(mut asked) = message_with(actor, "C2Cbob", number.into(), attributes) else {
        panic!()
    };
    let Request::Messages(MessagesRequest::Send(send)) = &mut asked.request else { panic!() };
    send.body = RawValue::from_string(body.to_owned()).unwrap();
    Write::Request(asked)
}

#[test]
fn mergers_that_name_many_files_are_removed_in_commits_of_their_own() {
    let mut database = Database::in_memory().unwrap();
    let alice = logged_in("alice", database.commit(&[logging_in("alice")]).remove(0));
    let mut does = |write: Write| database.commit(&[write]).remove(0).unwrap().answer;
    let mut put = |id: u128, names: Vec<Uuid>| {
        let (ticket, sha256, id) = (Uuid::from_u128(id), format!("{id:064x}"), Uuid::from_u128(id));
        let (app, owner) = (alice.app, alice.key);
        let media = Media { app, id, owner, sha256, size: 10, time: 1 };
        does(Write::PutMedia(PutMedia { media, names, ticket, quota: 0 }));
    };
    let files: Vec<Uuid> = (1..=600).map(Uuid::from_u128).collect();
    files.iter().for_each(|file| put(file.as_u128(), Vec::new()));
    (1_001..=1_003).for_each(|merger| put(merger, files.clone()));
    let mut removed = || {
        let asked = RemoveMedia { until: 1, max: 64, ..RemoveMedia::default() };
        let WriteReply::Removed(found) = does(Write::RemoveMedia(asked)) else { panic!() };
        found.removed.files
    };
    assert_eq!([removed(), removed(), removed()], [2, 1, 64], "1,200 names, 600, and files without names");
}

#[test]
fn a_database_of_an_earlier_version_learns_which_files_its_messages_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, _] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    let does = |database: &mut Database, write: Write| database.commit(&[write]).remove(0).unwrap().answer;
    let id = |number: u128| Uuid::from_u128(number << 64 | 0xABCD);
    for number in 1..=5 {
        let (ticket, sha256) = (Uuid::from_u128(100 + number), format!("{number:064x}"));
        let (app, id, owner) = (alice.app, id(number), alice.key);
        let media = Media { app, id, owner, sha256, size: 10, time: 1 };
        does(&mut database, Write::PutMedia(PutMedia { media, names: Vec::new(), ticket, quota: 0 }));
    }
    let url = |number| format!("/media/{}/{}/0", alice.app, id(number));
    let file = |number| format!(r#"{{"type":"TIMFileElem","payload":{{"url":"{}"}}}}"#, url(number));
    let merger = format!(r#"{{"type":"TIMRelayElem","payload":{{"messageList":[{{"body":{}}}]}}}}"#, file(2));
    let escaped = file(3).replace('/', "\\/");
    let attributes = format!(r#"{{"cloudCustomData":"/media/logo.png and {}"}}"#, url(4));
    let text = r#"{"type":"TIMTextElem","payload":{"text":"media"}}"#;
    let none = "{}";
    for (number, body, attributes) in [
        (1, &*file(1), none),
        (2, &*merger, none),
        (3, &*escaped, none),
        (4, text, &*attributes),
        (5, &*file(5), none),
    ] {
        does(&mut database, saying(&alice, number, body, attributes));
    }
    does(&mut database, revoke(&alice, "C2Cbob", 5));
    let check = |database: &mut Database| {
        let found = database.query(&Query::Unnamed { until: i64::MAX }).unwrap();
        let QueryResult::Unnamed(unnamed) = found else { panic!("{found:?}") };
        assert_eq!(unnamed, MediaSum { files: 1, bytes: 10 });
        let found = database.query(&Query::Stored { key: alice.key }).unwrap();
        assert!(matches!(found, QueryResult::Stored(50)), "{found:?}");
    };
    check(&mut database);
    // It was uploaded long ago, and named until now.
    let found = database.query(&Query::Unnamed { until: 1 }).unwrap();
    assert!(matches!(found, QueryResult::Unnamed(MediaSum { files: 0, .. })), "{found:?}");
    drop(database);
    let older = rusqlite::Connection::open(&path).unwrap();
    older.execute_batch(TO_VERSION_12).unwrap();
    // Neither stops the step.
    older.execute_batch("UPDATE msg SET body = '{media' WHERE seq = 5").unwrap();
    drop(older);
    let mut database = Database::open(&path).unwrap();
    check(&mut database);
    let asked = RemoveMedia { until: i64::MAX, max: 10, ..RemoveMedia::default() };
    let WriteReply::Removed(removed) = does(&mut database, Write::RemoveMedia(asked)) else { panic!() };
    assert_eq!(removed.to_erase, [format!("{:064x}", 5)]);
    for number in 1..=5 {
        let found = database.query(&Query::Media { app: alice.app, id: id(number) }).unwrap();
        assert!(matches!(found, QueryResult::Media(media) if media.is_some() == (number < 5)), "{number}");
    }
}
