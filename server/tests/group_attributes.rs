//! Attributes of groups on the server: who was faster, and how fast they may change.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use tim_protocol::call::{
    AttributesReply, DismissGroupRequest, GetAttributesRequest, GroupAttributes, Reply, SetAttributesRequest,
};
use tim_protocol::fields::Fields;
use tim_protocol::frame::Push;
use tim_protocol::{Code, Fault, GroupId};
use tim_server::core::ops::{Actor, Audience, Committed, NotificationContent, Query, Write, WriteReply};
use tim_server::store::conformance::{logged_in, logging_in, open_group};
use tim_server::store::sqlite::Database;

const NOW: i64 = 1_767_225_600_000;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

/// A request that sets attributes of the stage.
fn set(pairs: &[(&str, &str)], version: Option<u64>) -> SetAttributesRequest {
    let group_id = GroupId::new("stage").unwrap();
    SetAttributesRequest { group_id, group_attributes: fields(pairs), replaces_all: false, version }
}

fn does(
    database: &mut Database,
    by: &Actor,
    asked: SetAttributesRequest,
    now: i64,
) -> Result<Committed, Fault> {
    database.commit(&[Write::request(by, asked, now)]).remove(0).map_err(|refused| Fault {
        code: refused.code,
        text: refused.text,
        retry_after: refused.retry_after,
    })
}

/// Sets attributes a second after the last ones, and gives their version.
fn sets(
    database: &mut Database,
    by: &Actor,
    asked: SetAttributesRequest,
    now: &mut i64,
) -> Result<u64, Code> {
    *now += 1_000;
    match does(database, by, asked, *now).map_err(|refused| refused.code)?.answer {
        WriteReply::Reply(Reply::Attributes(AttributesReply::SetAttributes(set))) => Ok(set.version),
        other => panic!("attributes were answered with {other:?}"),
    }
}

fn read(database: &Database, by: &Actor) -> GroupAttributes {
    let asked = GetAttributesRequest { group_id: GroupId::new("stage").unwrap(), key_list: Vec::new() };
    database.query(&Query::request(by, asked)).unwrap().reply::<GetAttributesRequest>().unwrap()
}

/// Alice's stage, with Bob.
fn stage() -> (Database, [Actor; 2]) {
    let mut database = Database::in_memory().unwrap();
    let people = ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    database.commit(&[open_group(&people[0], "stage", &["bob"])]).remove(0).unwrap();
    (database, people)
}

#[test]
fn of_two_who_take_a_seat_at_once_one_gets_it() {
    let (mut database, [alice, bob]) = stage();
    let now = &mut NOW.clone();
    assert_eq!(
        sets(&mut database, &alice, set(&[("first", "free"), ("second", "free")], Some(1)), now),
        Ok(2)
    );
    assert_eq!(sets(&mut database, &alice, set(&[("first", "alice")], Some(2)), now), Ok(3));
    let refused = sets(&mut database, &bob, set(&[("first", "bob")], Some(2)), now);
    assert_eq!(refused, Err(Code::GROUP_ATTRIBUTES_CHANGED));
    // Another seat is another matter, and what is as it was asked for was carried out.
    assert_eq!(sets(&mut database, &bob, set(&[("second", "bob")], Some(2)), now), Ok(4));
    assert_eq!(sets(&mut database, &alice, set(&[("first", "alice")], Some(2)), now), Ok(4));
    // Who does not say what was seen gets it.
    assert_eq!(sets(&mut database, &bob, set(&[("first", "bob")], None), now), Ok(5));
    let all =
        GroupAttributes { group_attributes: fields(&[("first", "bob"), ("second", "bob")]), version: 5 };
    assert_eq!(read(&database, &alice), all);
}

#[test]
fn who_has_not_seen_that_an_attribute_went_does_not_set_it_again() {
    let (mut database, [alice, bob]) = stage();
    let now = &mut NOW.clone();
    sets(&mut database, &alice, set(&[("first", "alice"), ("second", "bob")], None), now).unwrap();
    assert_eq!(sets(&mut database, &alice, set(&[("first", "")], Some(2)), now), Ok(3));
    let refused = sets(&mut database, &bob, set(&[("first", "bob")], Some(2)), now);
    assert_eq!(refused, Err(Code::GROUP_ATTRIBUTES_CHANGED));
    assert_eq!(sets(&mut database, &bob, set(&[("first", "")], Some(2)), now), Ok(3), "it is gone already");
    assert_eq!(sets(&mut database, &bob, set(&[("first", "bob")], Some(3)), now), Ok(4));
    // To replace all means all.
    let all = |version| SetAttributesRequest { replaces_all: true, ..set(&[("third", "carol")], version) };
    assert_eq!(sets(&mut database, &alice, all(Some(3)), now), Err(Code::GROUP_ATTRIBUTES_CHANGED));
    assert_eq!(sets(&mut database, &alice, all(Some(4)), now), Ok(5));
    assert_eq!(read(&database, &bob).group_attributes, fields(&[("third", "carol")]));
}

#[test]
fn attributes_change_five_times_a_second_and_what_changes_is_told_once() {
    let (mut database, [alice, bob]) = stage();
    for number in 0..5 {
        let done = does(&mut database, &alice, set(&[("page", &number.to_string())], None), NOW).unwrap();
        let [told] = &done.notifications[..] else { panic!("{} are told", done.notifications.len()) };
        assert!(matches!(told.to, Audience::Topic(_)), "once for all members");
        let NotificationContent::Push(Push::Attributes(change)) = &told.content else { panic!("{told:?}") };
        assert_eq!((change.version, change.group_attributes.0.len()), (number + 2, 1));
    }
    let refused = does(&mut database, &bob, set(&[("page", "5")], None), NOW).unwrap_err();
    assert_eq!((refused.code, refused.retry_after), (Code::GROUP_ATTRIBUTES_TOO_OFTEN, Some(200)));
    let unchanged = does(&mut database, &bob, set(&[("page", "4")], None), NOW).unwrap();
    assert!(unchanged.notifications.is_empty(), "what changes nothing is neither told nor counted");
    does(&mut database, &bob, set(&[("page", "5")], None), NOW + 200).unwrap();
    let refused = does(&mut database, &bob, set(&[("page", "6")], None), NOW + 201).unwrap_err();
    assert_eq!((refused.code, refused.retry_after), (Code::GROUP_ATTRIBUTES_TOO_OFTEN, Some(199)));
}

#[test]
fn a_group_has_sixteen_attributes_of_sixteen_kilobytes() {
    let (mut database, [alice, _]) = stage();
    let now = &mut NOW.clone();
    let many: Vec<(String, &str)> = (0..16).map(|number| (format!("seat {number}"), "free")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    sets(&mut database, &alice, set(&many, None), now).unwrap();
    let refused = sets(&mut database, &alice, set(&[("seat 16", "free")], None), now);
    assert_eq!(refused, Err(Code::GROUP_BAD_PARAMETER));
    let long = "x".repeat(4_096);
    for (number, fits) in [(0, true), (1, true), (2, true), (3, false)] {
        let key = format!("seat {number}");
        assert_eq!(sets(&mut database, &alice, set(&[(&key, &long)], None), now).is_ok(), fits, "{number}");
    }
    assert_eq!(read(&database, &alice).version, 5, "what was refused changed nothing");

    let group_id = GroupId::new("stage").unwrap();
    database.commit(&[Write::request(&alice, DismissGroupRequest { group_id }, *now)]).remove(0).unwrap();
}
