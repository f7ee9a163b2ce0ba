//! Searches on the server: what they find, and that nobody finds what they may not see.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use serde_json::value::RawValue;
use tim_protocol::call::{self, MessagesRequest, Request, SearchPage, SearchRequest};
use tim_protocol::{Code, GroupId, UserId};
use tim_server::core::ops::{Actor, Committed, Query, Write};
use tim_server::store::conformance::{
    group, join, logged_in, logging_in, message, modify, open_group, remove_messages, revoke, sent, targeted,
};
use tim_server::store::sqlite::Database;

const NOW: i64 = 1_767_225_600_000;
const MINUTE: i64 = 60_000;

fn searched() -> Database {
    let mut database = Database::in_memory().unwrap();
    database.index_in_memory().unwrap();
    database
}

fn does(database: &mut Database, write: Write) -> Result<Committed, Code> {
    database.commit(&[write]).remove(0).map_err(|refused| refused.code)
}

fn people<const N: usize>(database: &mut Database, names: [&str; N]) -> [Actor; N] {
    names.map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)))
}

/// A text, so many minutes later than the first.
fn says(database: &mut Database, by: &Actor, to: &str, minutes: i64, text: &str) -> u64 {
    let number = u64::try_from(minutes).unwrap() * 100 + text.len() as u64;
    let Write::Request(mut asked) = message(by, to, number) else { panic!("a message is a request") };
    let Request::Messages(MessagesRequest::Send(send)) = &mut asked.request else { panic!("it is sent") };
    let body = serde_json::json!({ "type": "TIMTextElem", "payload": { "text": text } });
    send.body = RawValue::from_string(body.to_string()).unwrap();
    asked.now = NOW + minutes * MINUTE;
    sent(database.commit(&[Write::Request(asked)]).remove(0)).sequence
}

fn of(keywords: &[&str]) -> SearchRequest {
    let keywords = keywords.iter().map(ToString::to_string).collect();
    SearchRequest { keywords, limit: 20, ..SearchRequest::default() }
}

fn within(conversation: &str, search: SearchRequest) -> SearchRequest {
    SearchRequest { conversation_id: Some(conversation.parse().unwrap()), ..search }
}

fn page(database: &mut Database, by: &Actor, search: SearchRequest) -> Result<SearchPage, Code> {
    while database.mark().unwrap() {}
    while database.index().unwrap() {}
    let found = database.query(&Query::request(by, search)).map_err(|why| why.code)?;
    Ok(found.reply::<SearchRequest>().unwrap())
}

/// The texts that a search finds, and how many each conversation has.
fn finds(database: &mut Database, by: &Actor, search: SearchRequest) -> (Vec<String>, Vec<(String, u64)>) {
    let page = page(database, by, search).unwrap();
    let text = |body: &RawValue| {
        let body: serde_json::Value = serde_json::from_str(body.get()).unwrap();
        body["payload"]["text"].as_str().unwrap().to_owned()
    };
    let texts = page.results.iter().flat_map(|it| &it.messages).map(|it| text(&it.body)).collect();
    (texts, page.results.iter().map(|it| (it.conversation_id.to_string(), it.count)).collect())
}

fn texts(database: &mut Database, by: &Actor, search: SearchRequest) -> Vec<String> {
    finds(database, by, search).0
}

#[test]
fn keywords_senders_kinds_and_times_are_found_as_on_a_device() {
    let mut database = searched();
    let [alice, bob, carol] = people(&mut database, ["alice", "bob", "carol"]);
    says(&mut database, &bob, "C2Calice", 0, "我们明天去喝茶吧");
    says(&mut database, &bob, "C2Calice", 1, "Tea at four, or at 5?");
    says(&mut database, &bob, "C2Calice", 2, "no steam today");
    says(&mut database, &carol, "C2Calice", 3, "TEATIME");
    says(&mut database, &alice, "C2Cbob", 4, "yes, tea at four");
    let with_bob = |search| within("C2Cbob", search);
    assert_eq!(texts(&mut database, &alice, with_bob(of(&["喝茶"]))), ["我们明天去喝茶吧"]);
    let (newest, counts) = finds(&mut database, &alice, of(&["tea"]));
    assert_eq!(newest, ["yes, tea at four", "TEATIME"]);
    assert_eq!(counts, [("C2Cbob".to_owned(), 2), ("C2Ccarol".to_owned(), 1)]);
    let both = SearchRequest { all: true, ..of(&["tea", "5"]) };
    assert_eq!(texts(&mut database, &alice, both), ["Tea at four, or at 5?"]);
    let by_bob = SearchRequest { senders: vec![UserId::new("bob").unwrap()], ..of(&[]) };
    assert_eq!(finds(&mut database, &alice, by_bob).1, [("C2Cbob".to_owned(), 3)]);
    let files = SearchRequest { types: vec!["TIMFileElem".to_owned()], ..of(&["tea"]) };
    assert!(texts(&mut database, &alice, files).is_empty());
    for (since, until, expected) in [
        (Some(2), None, vec!["yes, tea at four"]),
        (Some(1), Some(3), vec!["Tea at four, or at 5?"]),
        (None, Some(0), vec![]),
        (Some(5), None, vec![]),
    ] {
        let at = |minutes: Option<i64>| minutes.map(|it| NOW + it * MINUTE);
        let search = SearchRequest { since: at(since), until: at(until), ..with_bob(of(&["tea"])) };
        assert_eq!(texts(&mut database, &alice, search), expected, "{since:?} {until:?}");
    }
}

#[test]
fn pages_follow_each_other() {
    let mut database = searched();
    let [alice, bob] = people(&mut database, ["alice", "bob"]);
    for minutes in 0..5 {
        says(&mut database, &bob, "C2Calice", minutes, &format!("tea {minutes}"));
        let group = made(&mut database, &alice, minutes);
        says(&mut database, &alice, &group, minutes, "tea");
    }
    for search in [within("C2Cbob", of(&["tea"])), of(&["tea"])] {
        let is_one = search.conversation_id.is_some();
        let (mut from, mut found, mut pages) = (0, Vec::new(), 0);
        loop {
            let page =
                page(&mut database, &alice, SearchRequest { limit: 2, from, ..search.clone() }).unwrap();
            pages += 1;
            if is_one {
                assert_eq!(page.results[0].count, 5);
                found.extend(page.results[0].messages.iter().map(|it| it.sequence.to_string()));
            } else {
                found.extend(page.results.iter().map(|it| it.conversation_id.to_string()));
            }
            from = page.next;
            if from == 0 {
                break;
            }
        }
        // The notices of the groups are searched last, and have no tea.
        assert_eq!((found.len(), pages), if is_one { (5, 3) } else { (6, 4) }, "{found:?}");
        found.sort();
        found.dedup();
        assert_eq!(found.len(), if is_one { 5 } else { 6 }, "none twice");
    }
}

/// A group of its own for each number.
fn made(database: &mut Database, by: &Actor, number: i64) -> String {
    let name = format!("room{number}");
    does(database, group(by, &name, &[])).unwrap();
    format!("GROUP{name}")
}

#[test]
fn nobody_finds_what_they_may_not_see() {
    let mut database = searched();
    let [alice, bob, mallory] = people(&mut database, ["alice", "bob", "mallory"]);
    let secret = says(&mut database, &alice, "C2Cbob", 0, "the key is under the mat");
    let kept = says(&mut database, &alice, "C2Cbob", 1, "the key is lost");
    says(&mut database, &alice, "C2Cbob", 2, "a new key");
    assert_eq!(finds(&mut database, &bob, of(&["key"])).1, [("C2Calice".to_owned(), 3)]);
    assert!(texts(&mut database, &mallory, of(&["key"])).is_empty());
    assert!(texts(&mut database, &mallory, within("C2Calice", of(&["key"]))).is_empty());

    // What bob removed, he alone does not find.
    does(&mut database, remove_messages(&bob, "C2Calice", &[(kept, kept)])).unwrap();
    assert_eq!(finds(&mut database, &bob, of(&["key"])).1, [("C2Calice".to_owned(), 2)]);
    assert_eq!(texts(&mut database, &bob, within("C2Calice", of(&["lost"]))), Vec::<String>::new());
    assert_eq!(finds(&mut database, &alice, of(&["key"])).1, [("C2Cbob".to_owned(), 3)]);
    // What is revoked nobody finds, also before the index knows it.
    does(&mut database, revoke(&alice, "C2Cbob", secret)).unwrap();
    let before = database.query(&Query::request(&bob, of(&["mat"]))).unwrap();
    assert!(before.reply::<SearchRequest>().unwrap().results.is_empty());
    assert!(texts(&mut database, &alice, of(&["mat"])).is_empty());
    // A cleared history.
    let conversation_id = "C2Calice".parse().unwrap();
    let removal = call::ConversationRemoval { conversation_id, first_visible_seq: 4, hidden_below: 0 };
    does(
        &mut database,
        Write::request(&bob, call::RemoveConversationsRequest { conversations: vec![removal] }, NOW),
    )
    .unwrap();
    assert!(texts(&mut database, &bob, of(&["key"])).is_empty());
    assert_eq!(finds(&mut database, &alice, of(&["key"])).1, [("C2Cbob".to_owned(), 2)]);
}

#[test]
fn a_group_is_searched_by_its_members_alone_and_from_their_first_message_on() {
    let mut database = searched();
    let [alice, bob, carol] = people(&mut database, ["alice", "bob", "carol"]);
    does(&mut database, open_group(&alice, "tea", &["bob"])).unwrap();
    says(&mut database, &alice, "GROUPtea", 0, "before carol came: tea");
    let denied = page(&mut database, &carol, within("GROUPtea", of(&["tea"]))).unwrap_err();
    assert_eq!(denied, Code::GROUP_PERMISSION_DENIED);
    let missing = page(&mut database, &carol, within("GROUPcoffee", of(&["tea"]))).unwrap_err();
    assert_eq!(missing, Code::GROUP_NOT_FOUND);
    assert!(texts(&mut database, &carol, of(&["tea"])).is_empty());
    assert_eq!(texts(&mut database, &bob, of(&["tea"])), ["before carol came: tea"]);
    does(&mut database, join(&carol, "tea")).unwrap();
    says(&mut database, &alice, "GROUPtea", 1, "since carol came: tea");
    for search in [of(&["tea"]), within("GROUPtea", of(&["tea"]))] {
        let (newest, counts) = finds(&mut database, &carol, search);
        assert_eq!((newest, counts[0].1), (vec!["since carol came: tea".to_owned()], 1));
    }
    assert_eq!(finds(&mut database, &bob, of(&["tea"])).1, [("GROUPtea".to_owned(), 2)]);
    let quit = call::QuitGroupRequest { group_id: GroupId::new("tea").unwrap() };
    does(&mut database, Write::request(&bob, quit, NOW)).unwrap();
    assert!(texts(&mut database, &bob, of(&["tea"])).is_empty(), "he left");
    let denied = page(&mut database, &bob, within("GROUPtea", of(&["tea"]))).unwrap_err();
    assert_eq!(denied, Code::GROUP_PERMISSION_DENIED);
}

#[test]
fn a_message_to_some_is_found_by_them_alone() {
    let mut database = searched();
    let [alice, bob, carol] = people(&mut database, ["alice", "bob", "carol"]);
    does(&mut database, group(&alice, "tea", &["bob", "carol"])).unwrap();
    does(&mut database, targeted(&alice, "GROUPtea", 77, &["bob"])).unwrap();
    for search in [of(&["77"]), within("GROUPtea", of(&["77"]))] {
        assert_eq!(texts(&mut database, &alice, search.clone()), ["message 77"]);
        assert_eq!(texts(&mut database, &bob, search.clone()), ["message 77"]);
        assert_eq!(finds(&mut database, &carol, search), (Vec::new(), Vec::new()));
    }
}

/// A group with more messages that say "common" than a search counts, the oldest first; returns alice, bob and carol.
fn crowded(database: &mut Database) -> [Actor; 3] {
    let people = people(database, ["alice", "bob", "carol"]);
    does(database, group(&people[0], "tea", &["bob", "carol"])).unwrap();
    for minutes in 0..1_005 {
        says(database, &people[0], "GROUPtea", minutes, "common");
    }
    people
}

#[test]
fn no_number_tells_what_a_message_to_others_says() {
    let mut database = searched();
    let [alice, bob, carol] = crowded(&mut database);
    does(&mut database, targeted(&alice, "GROUPtea", 77, &["bob"])).unwrap();
    // Right and wrong guesses, whose answers are the same.
    for conversation_id in [None, Some("GROUPtea".parse().unwrap())] {
        let guesses = [&["77", "common"], &["78", "common"]];
        let [right, wrong] = guesses.map(|guess| {
            let search = SearchRequest { conversation_id: conversation_id.clone(), limit: 100, ..of(guess) };
            serde_json::to_value(page(&mut database, &carol, search).unwrap()).unwrap()
        });
        assert_eq!(right, wrong);
        assert_eq!(right["results"][0]["count"], 1_000);
    }
    assert_eq!(texts(&mut database, &bob, of(&["77", "common"])), ["message 77"]);
}

#[test]
fn what_was_removed_hides_nothing_that_is_older() {
    let mut database = searched();
    let [_, bob, _] = crowded(&mut database);
    let old = within("GROUPtea", SearchRequest { limit: 3, ..of(&["common"]) });
    // The first message of the group is its tip.
    does(&mut database, remove_messages(&bob, "GROUPtea", &[(4, 1_006)])).unwrap();
    for search in [old, of(&["common"])] {
        assert_eq!(finds(&mut database, &bob, search).1, [("GROUPtea".to_owned(), 2)]);
    }
}

#[test]
fn a_modified_message_is_found_by_what_it_says_now() {
    let mut database = searched();
    let [alice, bob] = people(&mut database, ["alice", "bob"]);
    let sequence = says(&mut database, &alice, "C2Cbob", 0, "tea at four");
    assert_eq!(texts(&mut database, &bob, of(&["tea"])), ["tea at four"]);
    does(&mut database, modify(&alice, "C2Cbob", sequence, 0, "coffee at five")).unwrap();
    assert!(texts(&mut database, &bob, of(&["tea"])).is_empty());
    assert_eq!(texts(&mut database, &bob, of(&["coffee"])), ["coffee at five"]);
}

#[test]
fn without_an_index_a_search_says_how_to_turn_it_on() {
    let mut database = Database::in_memory().unwrap();
    let [alice] = people(&mut database, ["alice"]);
    let why = database.query(&Query::request(&alice, of(&["tea"]))).unwrap_err();
    assert_eq!(why.code, Code::SEARCH_OFF);
    assert!(why.text.contains("[search] enabled = true"));
}
