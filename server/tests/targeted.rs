//! Messages to some members of a group on the server: what reaches those who are left out, who is told, and who is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use serde_json::Value;
use tim_protocol::call::{self, Call};
use tim_protocol::conversation::Cursor;
use tim_protocol::{Code, GroupId};
use tim_server::core::ops::{
    Actor, Audience, Committed, Notification, NotificationContent, Query, QueryResult, Write,
};
use tim_server::store::conformance::{
    join, logged_in, logging_in, message, modify, open_group, pin_message, react, read_receipt,
    remove_messages, revoke, sent, targeted,
};
use tim_server::store::sqlite::Database;

fn does(database: &mut Database, write: Write) -> Result<Committed, Code> {
    database.commit(&[write]).remove(0).map_err(|refused| refused.code)
}

/// Alice, bob, carol and dave in a group.
fn four(database: &mut Database) -> [Actor; 4] {
    let people = ["alice", "bob", "carol", "dave"];
    let people = people.map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    does(database, open_group(&people[0], "tea", &["bob", "carol", "dave"])).unwrap();
    people
}

/// Alice's message to some, which reaches the server a moment after she wrote it.
fn to_some(alice: &Actor, receivers: &[&str]) -> Write {
    let mut write = targeted(alice, "GROUPtea", 7, receivers);
    if let Write::Request(asked) = &mut write {
        asked.now += 40;
    }
    write
}

/// The reply to a request, as it travels.
fn asks<C: Call>(database: &Database, reader: &Actor, request: C) -> Value {
    let found = database.query(&Query::request(reader, request)).unwrap();
    serde_json::to_value(found.reply::<C>().unwrap()).unwrap()
}

fn history(database: &Database, reader: &Actor) -> Value {
    let conversation_id = "GROUPtea".parse().unwrap();
    asks(database, reader, call::HistoryRequest { conversation_id, low: 1, high: 100, limit: 100 })
}

fn mutations(database: &Database, reader: &Actor) -> Value {
    let conversation_id = "GROUPtea".parse().unwrap();
    asks(database, reader, call::MutationsRequest { conversation_id, after: 0 })
}

/// A sync of everything with this many messages of each conversation.
fn sync(database: &Database, reader: &Actor, latest: u32) -> Value {
    let QueryResult::Version(upto) = database.query(&Query::Version { key: reader.key }).unwrap() else {
        panic!("no version")
    };
    let sync = call::SyncRequest { from: Cursor::default(), before: None, limit: 200, latest };
    let found = database.query(&Query::Sync { actor: reader.clone(), sync, upto }).unwrap();
    serde_json::to_value(found.reply::<call::SyncRequest>().unwrap()).unwrap()
}

/// What a push says, as it travels.
fn said(notification: &Notification) -> String {
    match &notification.content {
        NotificationContent::Push(push) => push.write().unwrap(),
        other => panic!("{other:?}"),
    }
}

/// Nothing of a message tells which it is, whom it is of, whom it is for, when it was written, or what it says.
fn tells_nothing(text: &str, message: &Value) {
    let [id, written] = ["ID", "clientTime"].map(|field| message[field].to_string());
    for word in [
        "message 7",
        "modified",
        "receiverList",
        "alice",
        "bob",
        "dave",
        "TIMTextElem",
        id.as_str(),
        written.as_str(),
    ] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

#[test]
fn who_is_left_out_has_an_empty_place_whatever_they_ask_for() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob, carol, dave] = four(&mut database);
    let place = sent(database.commit(&[to_some(&alice, &["bob", "dave"])]).remove(0));
    assert_eq!((place.sequence, place.unread_index), (2, 0), "in order, and never unread");

    let of = |page: Value| page["messages"][1].clone();
    for reader in [&alice, &bob, &dave] {
        let message = of(history(&database, reader));
        assert_eq!(message["body"]["payload"]["text"], "message 7");
        assert_eq!(message["attributes"]["receiverList"], serde_json::json!(["bob", "dave"]));
    }
    let empty = of(history(&database, &carol));
    assert_eq!((&empty["sequence"], &empty["removed"]), (&2.into(), &true.into()));
    tells_nothing(&empty.to_string(), &of(history(&database, &bob)));
    // Of a sync the place is the newest, the tip before it the last message.
    for reader in [&bob, &carol] {
        let state = sync(&database, reader, 1)["conversations"][0].clone();
        let is_last = |sequence: u64| state["last"][0]["sequence"] == sequence;
        assert!(state["head"] == 2 && is_last(1), "{state}");
        assert_eq!(state["latest"][0]["removed"] == true, reader.user == carol.user);
    }

    // What becomes of it.
    does(&mut database, react(&bob, "GROUPtea", 2, "ok", true)).unwrap();
    does(&mut database, modify(&alice, "GROUPtea", 2, 0, "modified")).unwrap();
    for change in [None, Some(revoke(&alice, "GROUPtea", 2))] {
        if let Some(change) = change {
            does(&mut database, change).unwrap();
        }
        let (seen, hidden) = (mutations(&database, &dave), mutations(&database, &carol));
        assert!(!seen["mutations"].as_array().unwrap().is_empty());
        assert_eq!((hidden["mutations"].to_string().as_str(), &hidden["upTo"]), ("[]", &seen["upTo"]));
        assert_eq!(of(history(&database, &carol)), empty);
        let ask = call::ReactionsRequest {
            conversation_id: "GROUPtea".parse().unwrap(),
            sequences: vec![2],
            limit: 5,
            of: None,
        };
        assert_eq!(asks(&database, &carol, ask)["messages"].to_string(), "[]");
    }
    assert_eq!(of(history(&database, &dave))["revoked"]["by"], "alice");
}

#[test]
fn only_those_who_see_it_are_told_of_it_and_of_its_changes() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob, _, dave] = four(&mut database);
    let tea = match does(&mut database, message(&alice, "GROUPtea", 1)).unwrap().notifications[0].to {
        Audience::Topic(tea) => tea,
        ref other => panic!("{other:?}"),
    };
    let mut told = does(&mut database, to_some(&alice, &["bob", "dave"])).unwrap().notifications;
    let receivers = [alice.key, bob.key, dave.key];
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].to, Audience::Users(receivers.into()));
    assert!(said(&told[0]).contains("message 7"));
    assert_eq!(told[1].to, Audience::TopicBut(tea, receivers.into()));
    let message: Value = serde_json::from_str(&format!("{{{}}}", said(&told[0]))).unwrap();
    tells_nothing(&said(&told.remove(1)), &message["p"]);

    let leaves = call::QuitGroupRequest { group_id: GroupId::new("tea").unwrap() };
    does(&mut database, Write::request(&dave, leaves, 1)).unwrap();
    let stays = Audience::Users([bob.key, alice.key].into());
    for change in [
        react(&bob, "GROUPtea", 3, "ok", true),
        modify(&alice, "GROUPtea", 3, 0, "modified"),
        revoke(&alice, "GROUPtea", 3),
    ] {
        let told = does(&mut database, change).unwrap().notifications;
        assert_eq!(told.iter().map(|it| &it.to).collect::<Vec<_>>(), [&stays]);
    }
}

#[test]
fn for_who_guesses_its_number_it_does_not_exist() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob, carol, _] = four(&mut database);
    let place = sent(database.commit(&[targeted(&bob, "GROUPtea", 7, &["dave"])]).remove(0)).sequence;
    let code = |database: &mut Database, write| does(database, write).unwrap_err();
    // Carol, and the group's owner, who may revoke and pin what others write.
    for outsider in [&carol, &alice] {
        assert_eq!(code(&mut database, revoke(outsider, "GROUPtea", place)), Code::REVOKE_NOT_FOUND);
        for change in [
            react(outsider, "GROUPtea", place, "ok", true),
            modify(outsider, "GROUPtea", place, 0, "modified"),
        ] {
            assert_eq!(code(&mut database, change), Code::MESSAGE_NOT_FOUND);
        }
        does(&mut database, read_receipt(outsider, "GROUPtea", &[place])).unwrap();
    }
    assert_eq!(code(&mut database, pin_message(&alice, "tea", place, true)), Code::MESSAGE_NOT_FOUND);
    let own = sent(database.commit(&[targeted(&alice, "GROUPtea", 8, &["dave"])]).remove(0)).sequence;
    assert_eq!(code(&mut database, pin_message(&alice, "tea", own, true)), Code::BAD_REQUEST);
}

#[test]
fn who_removed_the_newest_message_has_a_message_to_all_as_the_last_one() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob, carol, _] = four(&mut database);
    does(&mut database, message(&alice, "GROUPtea", 6)).unwrap();
    does(&mut database, to_some(&alice, &["bob"])).unwrap();
    let newest = sent(database.commit(&[message(&alice, "GROUPtea", 8)]).remove(0)).sequence;
    for reader in [&bob, &carol] {
        does(&mut database, remove_messages(reader, "GROUPtea", &[(newest, newest)])).unwrap();
        let state = sync(&database, reader, 1)["conversations"][0].clone();
        assert!(state["head"] == newest && state["last"][0]["sequence"] == newest - 2, "{state}");
    }
}

#[test]
fn receivers_are_members_when_it_is_sent() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob, ..] = four(&mut database);
    logged_in("eve", database.commit(&[logging_in("eve")]).remove(0));
    for stranger in ["eve", "nobody"] {
        let refused = does(&mut database, targeted(&alice, "GROUPtea", 7, &["bob", stranger])).unwrap_err();
        assert_eq!(refused, Code::GROUP_BAD_PARAMETER);
    }
    let write = targeted(&alice, "GROUPtea", 7, &["bob"]);
    let first = sent(database.commit(std::slice::from_ref(&write)).remove(0));
    let leaves = call::QuitGroupRequest { group_id: GroupId::new("tea").unwrap() };
    does(&mut database, Write::request(&bob, leaves, 1)).unwrap();
    // The answer to a retry is that to the first, and nobody is told again.
    let again = database.commit(&[write]).remove(0);
    assert!(again.as_ref().unwrap().notifications.is_empty());
    assert_eq!(sent(again).sequence, first.sequence);
}

#[test]
fn a_receiver_who_left_and_joined_again_is_not_told_of_its_changes() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob, ..] = four(&mut database);
    let place =
        sent(database.commit(&[targeted(&alice, "GROUPtea", 7, &["bob", "dave"])]).remove(0)).sequence;
    let leaves = call::QuitGroupRequest { group_id: GroupId::new("tea").unwrap() };
    does(&mut database, Write::request(&bob, leaves, 1)).unwrap();
    does(&mut database, join(&bob, "tea")).unwrap();
    assert_eq!(history(&database, &bob)["messages"][0]["sequence"], 4, "he sees what came since");
    for change in [modify(&alice, "GROUPtea", place, 0, "modified"), revoke(&alice, "GROUPtea", place)] {
        let told = does(&mut database, change).unwrap().notifications;
        assert!(!told.is_empty() && told.iter().all(|it| !it.to.names(bob.key)), "{told:?}");
    }
}
