//! The embedded database without its threads: what the rules make of rows that an older or a later version wrote, or that
//! are damaged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use tim_protocol::Code;
use tim_protocol::call::{self, MessagesReply, Reply, SessionReply};
use tim_protocol::conversation::{Change, Cursor};
use tim_protocol::group::GroupType;
use tim_server::core::ops::{Actor, Query, QueryResult, Write, WriteReply};
use tim_server::store::conformance::{group, logged_in, logging_in, message, revoke};
use tim_server::store::sqlite::Database;

/// The unread count of an actor's only conversation.
fn unread(database: &mut Database, actor: &Actor) -> u64 {
    let given = database.commit(&[Write::AdvanceWatermark { actor: actor.clone() }]).remove(0).unwrap();
    let WriteReply::Watermark(upto) = given.answer else { panic!("{given:?}") };
    let sync = call::SyncRequest { from: Cursor::default(), before: None, limit: 200, latest: 0 };
    match database.query(&Query::Sync { actor: actor.clone(), sync, upto }).unwrap() {
        QueryResult::Reply(Reply::Session(SessionReply::Sync(page))) => {
            let row = &page.conversations[0];
            row.unread_index - row.own - row.unread_base - row.revoked_above_read
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_reads_nothing_and_reading_leaves_out_the_own_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, bob] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    let does = |database: &mut Database, write: Write| database.commit(&[write]).remove(0).unwrap().answer;
    let read = |sequence| {
        Write::request(&bob, call::ReadRequest { conversation_id: "C2Calice".parse().unwrap(), sequence }, 1)
    };
    does(&mut database, message(&alice, "C2Cbob", 1));
    while database.mark().unwrap() {}
    does(&mut database, message(&bob, "C2Calice", 2));
    does(&mut database, message(&alice, "C2Cbob", 3));
    does(&mut database, message(&bob, "C2Calice", 4));
    assert_eq!(unread(&mut database, &bob), 2, "before they are marked");
    while database.mark().unwrap() {}
    assert_eq!(unread(&mut database, &bob), 2, "and after");
    let WriteReply::Reply(Reply::Messages(MessagesReply::Read(upto))) = does(&mut database, read(2)) else {
        panic!()
    };
    assert_eq!((upto.sequence, upto.unread_base), (2, 1));
    assert_eq!(unread(&mut database, &bob), 1);
    does(&mut database, revoke(&bob, "C2Calice", 4));
    assert_eq!(unread(&mut database, &bob), 1, "what one takes back was not unread");
    drop(database);

    // A database of version 2 knew only where unread counts from.
    let older = rusqlite::Connection::open(&path).unwrap();
    older
        .execute_batch(
            "DROP INDEX msg_sender; ALTER TABLE msg DROP COLUMN by_sender;
             DROP INDEX mut_cnt; ALTER TABLE mut DROP COLUMN sender;
             CREATE INDEX mut_cnt ON mut(conv, cnt) WHERE cnt > 0;
             ALTER TABLE user_conv ADD COLUMN base INTEGER NOT NULL DEFAULT 4; PRAGMA user_version = 2",
        )
        .unwrap();
    drop(older);
    let mut database = Database::open(&path).unwrap();
    assert_eq!(unread(&mut database, &bob), 1, "and from a database that noted something else");
    does(&mut database, revoke(&alice, "C2Cbob", 3));
    assert_eq!(unread(&mut database, &bob), 0);
    assert_eq!(unread(&mut database, &alice), 1, "bob's first answer, which she never opened");
}

#[test]
fn a_group_of_a_later_version_is_told_as_it_is_and_nobody_comes_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, bob] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    database.commit(&[group(&alice, "tea", &[])]).remove(0).unwrap();
    let later = rusqlite::Connection::open(&path).unwrap();
    later
        .execute_batch("UPDATE grp SET type = 'Community', join_option = 'ByInvitation'; UPDATE member SET role = 'Guest'")
        .unwrap();
    let given = database.commit(&[Write::AdvanceWatermark { actor: alice.clone() }]).remove(0).unwrap();
    let WriteReply::Watermark(upto) = given.answer else { panic!("{given:?}") };
    let sync = call::SyncRequest { from: Cursor::default(), before: None, limit: 200, latest: 20 };
    let QueryResult::Reply(Reply::Session(SessionReply::Sync(page))) =
        database.query(&Query::Sync { actor: alice, sync, upto }).unwrap()
    else {
        panic!()
    };
    let row = page.conversations.iter().find(|row| row.group_type.is_some()).unwrap();
    assert_eq!(row.group_type.as_ref().map(GroupType::as_str), Some("Community"));
    let group = page.changes.iter().find_map(|change| match change {
        Change::Group { group, .. } => group.as_ref(),
        _ => None,
    });
    let group = group.unwrap();
    let role = group.self_info.as_ref().unwrap().role;
    assert_eq!((group.join_option.as_str(), role.as_str()), ("ByInvitation", "Guest"));
    let join = call::JoinGroupRequest { group_id: group.group_id.clone(), apply_message: String::new() };
    let refused = database.commit(&[Write::request(&bob, join, 1)]).remove(0).unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED);
}

#[test]
fn a_conversation_that_cannot_be_marked_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, _, carol] =
        ["alice", "bob", "carol"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    for peer in ["C2Cbob", "C2Ccarol"] {
        database.commit(&[message(&alice, peer, 1)]).remove(0).unwrap();
    }
    let damage = rusqlite::Connection::open(&path).unwrap();
    damage
        .execute_batch(
            "CREATE TRIGGER damage BEFORE UPDATE OF marked ON conv
             WHEN NEW.id = (SELECT min(id) FROM conv WHERE kind = 0) BEGIN SELECT RAISE(ABORT, 'damaged'); END",
        )
        .unwrap();
    assert!(database.mark().unwrap(), "what alice wrote to carol is marked");
    assert_eq!(
        database.mark().unwrap_err().code,
        Code::INTERNAL,
        "what she wrote to bob is not, and that is said"
    );
    let version =
        |database: &Database, of: &Actor| match database.query(&Query::Version { key: of.key }).unwrap() {
            QueryResult::Version(cursor) => cursor.version,
            other => panic!("{other:?}"),
        };
    let carols = version(&database, &carol);
    damage.execute_batch("DROP TRIGGER damage").unwrap();
    assert!(database.mark().unwrap());
    assert!(!database.mark().unwrap());
    assert_eq!(version(&database, &carol), carols, "and nothing is marked twice");
}
