//! Friends in the database: how many there may be, and that a sync costs what changed.

use tim_protocol::call::{self, Call, FriendsDone};
use tim_protocol::conversation::{Change, Cursor};
use tim_protocol::friend::AddType;
use tim_protocol::profile::{AllowType, ProfileFields};
use tim_protocol::{Code, limits};
use tim_server::core::ops::{Actor, Committed, PutUser, Query, QueryResult, Write, WriteReply};
use tim_server::store::conformance::{logged_in, logging_in, user};
use tim_server::store::sqlite::Database;

const NOW: i64 = 1_767_225_600_000;

/// Makes users whom others may add, or may ask.
fn make(database: &mut Database, names: impl Iterator<Item = String>, allow_type: AllowType) {
    let fields = ProfileFields { allow_type: Some(allow_type), ..ProfileFields::default() };
    let put = |name: String| {
        Write::PutUser(Box::new(PutUser::checked(1, user(&name), fields.clone(), NOW).unwrap()))
    };
    for made in database.commit(&names.map(put).collect::<Vec<_>>()) {
        made.unwrap();
    }
}

fn adds(actor: &Actor, name: &str) -> Write {
    let add = call::AddFriendRequest {
        user_id: user(name),
        source: "AddSource_Type_Web".into(),
        wording: String::new(),
        add_type: AddType::Single,
        remark: String::new(),
        group_name: None,
    };
    Write::request(actor, add, NOW)
}

fn done<C: Call<Reply = FriendsDone>>(
    committed: Result<Committed, tim_protocol::Fault>,
) -> Result<FriendsDone, Code> {
    let WriteReply::Reply(reply) = committed.map_err(|fault| fault.code)?.answer else { panic!() };
    Ok(C::reply(reply).unwrap())
}

fn synced(database: &Database, actor: &Actor, after: u64) -> Vec<Change> {
    let QueryResult::Version(upto) = database.query(&Query::Version { key: actor.key }).unwrap() else {
        panic!()
    };
    let from = Cursor { epoch: upto.epoch, version: after };
    let sync = call::SyncRequest { from, before: None, limit: 200, latest: 0 };
    let page = database.query(&Query::Sync { actor: actor.clone(), sync, upto }).unwrap();
    page.reply::<call::SyncRequest>().unwrap().changes.into_iter().collect()
}

fn opened(folder: &tempfile::TempDir) -> (Database, Actor) {
    let mut database = Database::open(&folder.path().join("tim.db")).unwrap();
    let put = Write::PutApp { app: 1, key: "a key".into() };
    database.commit(&[put]).remove(0).unwrap();
    let alice = logged_in("alice", database.commit(&[logging_in("alice")]).remove(0));
    (database, alice)
}

#[test]
fn a_list_holds_so_many_friends_and_a_sync_brings_the_one_that_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut database, alice) = opened(&folder);
    let name = |number: u64| format!("user{number}");
    make(&mut database, (0..=limits::FRIENDS).map(name), AllowType::AllowAny);
    let all: Vec<Write> = (0..limits::FRIENDS).map(|number| adds(&alice, &name(number))).collect();
    let mut version = 0;
    for added in database.commit(&all) {
        let added = done::<call::AddFriendRequest>(added).unwrap();
        let Change::Friend(friend) = &added.changes[0] else { panic!("{added:?}") };
        version = friend.version;
    }
    let over = database.commit(&[adds(&alice, &name(limits::FRIENDS))]).remove(0);
    assert_eq!(done::<call::AddFriendRequest>(over), Err(Code::FRIENDS_FULL));
    let update = call::UpdateFriendRequest {
        user_id: user("user7"),
        remark: Some("Seven".into()),
        friend_custom_field: <_>::default(),
    };
    let update = database.commit(&[Write::request(&alice, update, NOW)]).remove(0);
    let changes: Vec<Change> =
        done::<call::UpdateFriendRequest>(update).unwrap().changes.into_iter().collect();
    assert_eq!(synced(&database, &alice, version), changes, "one of three thousand");
}

#[test]
fn so_many_applications_wait_and_there_are_so_many_friend_groups() {
    let folder = tempfile::tempdir().unwrap();
    let (mut database, alice) = opened(&folder);
    let name = |number: u64| format!("user{number}");
    make(&mut database, (0..=limits::FRIEND_APPLICATIONS).map(name), AllowType::NeedConfirm);
    let all: Vec<Write> =
        (0..=limits::FRIEND_APPLICATIONS).map(|number| adds(&alice, &name(number))).collect();
    let mut answers: Vec<_> = database.commit(&all).into_iter().map(done::<call::AddFriendRequest>).collect();
    assert_eq!(answers.pop(), Some(Err(Code::FRIEND_APPLICATIONS_FULL)));
    assert!(answers.into_iter().all(|answer| answer.unwrap().results[0].code == Some(Code::FRIEND_WAITS)));
    let again = database.commit(&[adds(&alice, "user0")]).remove(0);
    assert!(done::<call::AddFriendRequest>(again).is_ok(), "it takes the place of the one that waits");

    let create = |number: usize| {
        let create = call::CreateFriendGroupRequest { name: format!("g{number}"), user_id_list: Vec::new() };
        Write::request(&alice, create, NOW)
    };
    let all: Vec<Write> = (0..=limits::FRIEND_GROUPS).map(create).collect();
    let mut answers: Vec<_> =
        database.commit(&all).into_iter().map(done::<call::CreateFriendGroupRequest>).collect();
    assert_eq!(answers.pop(), Some(Err(Code::FRIEND_GROUPS_FULL)));
    assert!(answers.iter().all(Result::is_ok));
}
