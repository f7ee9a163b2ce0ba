//! Do not disturb in the database: the other devices of the user are told, at once and with their next sync, and nobody else.

use tim_protocol::call::{self, Call as _};
use tim_protocol::conversation::{Change, Cursor};
use tim_protocol::frame::Push;
use tim_protocol::receive::ReceiveOpt;
use tim_server::core::ops::{
    Actor, Audience, Committed, NotificationContent, Query, QueryResult, Write, WriteReply,
};
use tim_server::store::conformance::{logged_in, logging_in, receive_opt};
use tim_server::store::sqlite::Database;

/// The option after it was set, and to whom the change is told.
fn sets(database: &mut Database, write: Write) -> (ReceiveOpt, Option<ReceiveOpt>) {
    let Committed { answer, notifications } = database.commit(&[write]).remove(0).unwrap();
    let WriteReply::Reply(reply) = answer else { panic!("{answer:?}") };
    let told = notifications.into_iter().map(|told| match (told.to, told.content) {
        (Audience::Users(users), NotificationContent::Push(Push::Change(Change::ReceiveOpt(opt)))) => {
            assert_eq!(users.len(), 1);
            opt
        }
        other => panic!("{other:?}"),
    });
    (call::SetReceiveOptRequest::reply(reply).unwrap(), told.last())
}

/// What a sync of everything has of it.
fn synced(database: &Database, actor: &Actor) -> Vec<Change> {
    let QueryResult::Version(upto) = database.query(&Query::Version { key: actor.key }).unwrap() else {
        panic!()
    };
    let sync = call::SyncRequest { from: Cursor::default(), before: None, limit: 200, latest: 0 };
    let page = database.query(&Query::Sync { actor: actor.clone(), sync, upto }).unwrap();
    page.reply::<call::SyncRequest>().unwrap().changes.into_iter().collect()
}

#[test]
fn an_option_is_told_to_its_users_devices_now_and_later_and_its_version_grows_with_changes_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, bob] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    assert_eq!(synced(&database, &alice), []);
    let (first, told) = sets(&mut database, receive_opt(&alice, 60));
    assert_eq!((first.version, first.opt.duration, told), (1, 60, Some(first)));
    assert_eq!(sets(&mut database, receive_opt(&alice, 60)), (first, None), "a repetition is no change");
    let (second, told) = sets(&mut database, receive_opt(&alice, 61));
    assert_eq!((second.version, told), (2, Some(second)));
    drop(database);
    let database = Database::open(&path).unwrap();
    assert_eq!(synced(&database, &alice), [Change::ReceiveOpt(second)]);
    assert_eq!(synced(&database, &bob), []);
}
