//! Pinned messages of groups on the server: who may, how many, and who sees them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use tim_protocol::call::{self, GroupsReply, Reply};
use tim_protocol::group::NewGroup;
use tim_protocol::message::{Message, MessageChange, Mutation};
use tim_protocol::{Code, GroupId};
use tim_server::core::ops::{Actor, Audience, Committed, Query, Write, WriteReply};
use tim_server::store::conformance::{
    group, logged_in, logging_in, message, modify, pin_message, react, revoke, sent,
};
use tim_server::store::sqlite::Database;

fn does(database: &mut Database, write: Write) -> Result<Committed, Code> {
    database.commit(&[write]).remove(0).map_err(|refused| refused.code)
}

fn people<const N: usize>(database: &mut Database, names: [&str; N]) -> [Actor; N] {
    names.map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)))
}

fn says(database: &mut Database, by: &Actor, number: u64) -> u64 {
    sent(database.commit(&[message(by, "GROUPtea", number)]).remove(0)).sequence
}

/// The mutation that a pin is answered with.
fn newest(done: Committed) -> Option<Mutation> {
    match done.answer {
        WriteReply::Reply(Reply::Groups(GroupsReply::PinMessage(now))) => now.mutation,
        other => panic!("a pin answered {other:?}"),
    }
}

fn pinned(database: &Database, reader: &Actor) -> Vec<(u64, String)> {
    let asked = call::GetPinnedRequest { group_id: GroupId::new("tea").unwrap() };
    let found = database.query(&Query::request(reader, asked)).unwrap();
    let page = found.reply::<call::GetPinnedRequest>().unwrap();
    page.pinned.into_iter().map(|it| (it.sequence, it.by.to_string())).collect()
}

fn read(database: &Database, reader: &Actor, sequence: u64) -> Message {
    let conversation_id = "GROUPtea".parse().unwrap();
    let asked = call::HistoryRequest { conversation_id, low: sequence, high: sequence, limit: 1 };
    let found = database.query(&Query::request(reader, asked)).unwrap();
    found.reply::<call::HistoryRequest>().unwrap().messages.items.remove(0)
}

#[test]
fn the_owner_pins_ten_messages_and_everybody_sees_the_last_one_first() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob] = people(&mut database, ["alice", "bob"]);
    does(&mut database, group(&alice, "tea", &["bob"])).unwrap();
    let places: Vec<u64> = (1..=11).map(|number| says(&mut database, &bob, number)).collect();
    for place in &places[..10] {
        does(&mut database, pin_message(&alice, "tea", *place, true)).unwrap();
    }
    let by_alice =
        |places: &[u64]| places.iter().rev().map(|it| (*it, "alice".to_owned())).collect::<Vec<_>>();
    assert_eq!(pinned(&database, &bob), by_alice(&places[..10]));
    let eleventh = pin_message(&alice, "tea", places[10], true);
    assert_eq!(does(&mut database, eleventh.clone()).unwrap_err(), Code::TOO_MANY_PINS);
    does(&mut database, pin_message(&alice, "tea", places[0], false)).unwrap();
    does(&mut database, eleventh).unwrap();
    // What is revoked is pinned no more, and makes room.
    does(&mut database, revoke(&bob, "GROUPtea", places[5])).unwrap();
    let left: Vec<u64> = places[1..].iter().copied().filter(|place| *place != places[5]).collect();
    assert_eq!(pinned(&database, &bob), by_alice(&left));
    assert_eq!(read(&database, &bob, places[5]).pin, None);
    does(&mut database, pin_message(&alice, "tea", places[0], true)).unwrap();
    let late = does(&mut database, pin_message(&alice, "tea", places[5], true)).unwrap_err();
    assert_eq!(late, Code::MESSAGE_NOT_FOUND);
}

#[test]
fn a_repetition_is_answered_as_before_and_other_changes_leave_the_pin() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob, carol] = people(&mut database, ["alice", "bob", "carol"]);
    does(&mut database, group(&alice, "tea", &["bob"])).unwrap();
    let place = says(&mut database, &bob, 1);
    let never = does(&mut database, pin_message(&alice, "tea", place, false)).unwrap();
    assert_eq!(newest(never), None, "it never was pinned");
    let first = newest(does(&mut database, pin_message(&alice, "tea", place, true)).unwrap());
    let again = does(&mut database, pin_message(&alice, "tea", place, true)).unwrap();
    assert!(again.notifications.is_empty());
    assert_eq!(newest(again), first);
    does(&mut database, modify(&bob, "GROUPtea", place, 0, "in other words")).unwrap();
    does(&mut database, react(&bob, "GROUPtea", place, "up", true)).unwrap();
    let now = read(&database, &bob, place);
    assert!(now.pin.unwrap().is_pinned && now.reactions.len() == 1);
    does(&mut database, pin_message(&alice, "tea", place, false)).unwrap();
    let now = read(&database, &bob, place);
    assert!(!now.pin.unwrap().is_pinned && now.reactions.len() == 1);
    let mutations = call::MutationsRequest { conversation_id: "GROUPtea".parse().unwrap(), after: 0 };
    let found = database.query(&Query::request(&bob, mutations)).unwrap();
    let page = found.reply::<call::MutationsRequest>().unwrap();
    let MessageChange::Pinned(last) = &page.mutations.last().unwrap().change else { panic!("{page:?}") };
    assert!(!last.is_pinned);
    assert_eq!(page.mutations.iter().map(|it| it.mutation_seq).collect::<Vec<_>>(), [2, 3, 4]);

    let code = |database: &mut Database, write| does(database, write).unwrap_err();
    assert_eq!(code(&mut database, pin_message(&bob, "tea", place, true)), Code::GROUP_PERMISSION_DENIED);
    assert_eq!(code(&mut database, pin_message(&carol, "tea", place, true)), Code::GROUP_PERMISSION_DENIED);
    assert_eq!(code(&mut database, pin_message(&alice, "coffee", 1, true)), Code::GROUP_NOT_FOUND);
    assert_eq!(code(&mut database, pin_message(&alice, "tea", 99, true)), Code::MESSAGE_NOT_FOUND);
    assert_eq!(code(&mut database, pin_message(&alice, "tea", 1, true)), Code::BAD_REQUEST, "a tip");
}

#[test]
fn what_another_manager_pinned_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, bob] = people(&mut database, ["alice", "bob"]);
    does(&mut database, group(&alice, "tea", &["bob"])).unwrap();
    let place = says(&mut database, &bob, 1);
    let admin = "UPDATE member SET role = 'Admin' WHERE role = 'Member'";
    rusqlite::Connection::open(&path).unwrap().execute_batch(admin).unwrap();
    does(&mut database, pin_message(&alice, "tea", place, true)).unwrap();
    let twice = does(&mut database, pin_message(&bob, "tea", place, true)).unwrap_err();
    assert_eq!(twice, Code::ALREADY_PINNED);
    does(&mut database, pin_message(&bob, "tea", place, false)).unwrap();
    assert!(pinned(&database, &alice).is_empty());
}

#[test]
fn who_may_not_see_a_message_is_not_told_that_it_is_pinned() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob, carol] = people(&mut database, ["alice", "bob", "carol"]);
    let new: NewGroup = serde_json::from_str(
        r#"{"name":"tea","type":"Public","groupID":"tea","joinOption":"FreeAccess","memberList":["bob"]}"#,
    )
    .unwrap();
    does(&mut database, Write::request(&alice, call::CreateGroupRequest { group: new }, 1)).unwrap();
    let place = says(&mut database, &bob, 1);
    let join =
        call::JoinGroupRequest { group_id: GroupId::new("tea").unwrap(), apply_message: String::new() };
    does(&mut database, Write::request(&carol, join, 1)).unwrap();
    let told = does(&mut database, pin_message(&alice, "tea", place, true)).unwrap().notifications.remove(0);
    assert!(matches!(told.to, Audience::TopicAt(_, at) if at == place), "carol would be told: {told:?}");
    assert_eq!((pinned(&database, &bob).len(), pinned(&database, &carol).len()), (1, 0));
}
