//! What a search finds: the same in every store.

use tim_protocol::ConversationId;
use tim_protocol::message::Message;
use tim_protocol::search::Phrase;

use super::{bob, modify, open, revoke, user};
use crate::search::{Found, KeywordMatch, Search};
use crate::store::Store;
use crate::stored::Change;

fn carol() -> ConversationId {
    "C2Ccarol".parse().unwrap()
}

/// A message of this sequence, a minute after the one before it.
fn says(from: &str, sequence: u64, text: &str) -> Message {
    let body = serde_json::json!({"type": "TIMTextElem", "payload": {"text": text}});
    let time = 60_000 * i64::try_from(sequence).unwrap();
    let body = serde_json::value::to_raw_value(&body).unwrap();
    Message { from: user(from), time, body, ..super::message(sequence) }
}

fn place(from: &str, sequence: u64, description: &str) -> Message {
    let payload = serde_json::json!({"description": description, "longitude": 121.0, "latitude": 25.0});
    let body = serde_json::json!({"type": "TIMLocationElem", "payload": payload});
    Message { body: serde_json::value::to_raw_value(&body).unwrap(), ..says(from, sequence, "") }
}

fn keywords(keywords: &[&str]) -> Search {
    let phrases = keywords.iter().map(|keyword| Phrase::of(keyword).unwrap()).collect();
    Search { phrases, count: 100, ..Search::default() }
}

/// The sequences of a search in bob's conversation.
async fn find<S: Store>(store: &mut S, search: Search) -> Vec<u64> {
    let found = store.search(&Search { conversation: Some(bob()), ..search }).await.unwrap();
    let sequences: Vec<u64> =
        found.results.iter().flat_map(|it| &it.messages).map(|message| message.sequence).collect();
    assert_eq!(found.total, sequences.len() as u64, "all are on one page");
    sequences
}

/// Messages are found by their words, by characters of scripts without spaces, by sender, kind, time and conversation.
pub async fn found<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    let messages = vec![
        says("alice", 1, "Tea at four, Zoë?"),
        says("bob", 2, "我们明天去喝茶吧"),
        says("alice", 3, "teatime at 5"),
        place("bob", 4, "大稻埕茶館 tea house"),
        says("bob", 5, "steam"),
    ];
    store.apply(&[Change::Messages(bob(), messages)], false).await.unwrap();
    store.apply(&[Change::Messages(carol(), vec![says("carol", 1, "TEA!")])], false).await.unwrap();

    for (wanted, expected) in [
        (keywords(&["tea"]), vec![4, 3, 1]),
        (keywords(&["TEA HOUSE"]), vec![4]),
        (keywords(&["zoe"]), vec![1]),
        (keywords(&["喝茶"]), vec![2]),
        (keywords(&["茶"]), vec![4, 2]),
        (keywords(&["明天喝茶"]), vec![]),
        (keywords(&["茶館tea"]), vec![4]),
        (keywords(&["four", "5"]), vec![3, 1]),
        (Search { matching: KeywordMatch::And, ..keywords(&["tea", "four"]) }, vec![1]),
        (Search { senders: vec![user("bob")], ..keywords(&["tea"]) }, vec![4]),
        (Search { types: vec!["TIMLocationElem".into()], ..keywords(&[]) }, vec![4]),
        (Search { senders: vec![user("bob"), user("carol")], ..keywords(&[]) }, vec![5, 4, 2]),
        (Search { sent: Some((120_000, 180_000)), ..keywords(&["tea", "茶"]) }, vec![3, 2]),
        (keywords(&[]), vec![]),
    ] {
        assert_eq!(find(&mut store, wanted.clone()).await, expected, "{wanted:?}");
    }
    assert!(find(&mut store, Search { senders: vec![user("bo")], ..keywords(&[]) }).await.is_empty());
    let elsewhere = Search { conversation: Some("C2Cdave".parse().unwrap()), ..keywords(&["tea"]) };
    assert_eq!(store.search(&elsewhere).await.unwrap().total, 0);
    pages(&mut store).await;
}

/// A page of one conversation ends where the next begins; of all conversations each is told with its newest result.
async fn pages<S: Store>(store: &mut S) {
    let first = Search { conversation: Some(bob()), count: 2, ..keywords(&["tea"]) };
    let Found { total, results, next } = store.search(&first).await.unwrap();
    assert_eq!((total, results[0].count, results[0].messages.len(), next), (3, 3, 2, Some(3)));
    let rest = store.search(&Search { from: next, ..first }).await.unwrap();
    let sequences: Vec<u64> = rest.results[0].messages.iter().map(|message| message.sequence).collect();
    assert_eq!((sequences, rest.next), (vec![1], None));

    for sent in [None, Some((0, i64::MAX))] {
        let first = Search { count: 1, sent, ..keywords(&["tea"]) };
        let mut told = Vec::new();
        let mut from = None;
        loop {
            let Found { total, results, next } =
                store.search(&Search { from, ..first.clone() }).await.unwrap();
            assert_eq!(total, 4);
            told.extend(results.into_iter().map(|it| {
                (it.conversation, it.count, it.messages.iter().map(|it| it.sequence).collect::<Vec<_>>())
            }));
            from = next;
            if from.is_none() {
                break;
            }
        }
        told.sort();
        assert_eq!(told, [(bob(), 3, vec![4]), (carol(), 1, vec![1])]);
    }
}

/// A message is found however many there are, before and after a restart, and not once it is revoked or another epoch began.
pub async fn found_until_it_is_gone<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    for first in (0..2_000).step_by(100) {
        let messages = (first + 1..=first + 100).map(|it| says("bob", it, &format!("number {it}"))).collect();
        store.apply(&[Change::Messages(bob(), messages)], false).await.unwrap();
        if first == 1_000 {
            while store.catch_up().await.unwrap() {}
        }
    }
    assert_eq!(find(&mut store, keywords(&["number 1234"])).await, [1_234]);
    drop(store);
    let mut store = open::<S>(at).await;
    assert_eq!(find(&mut store, keywords(&["1234"])).await, [1_234]);
    // One that is indexed, one that is not yet, and one that comes a second time, revoked.
    let revoked = Message { revoked: Some(super::revocation()), ..says("bob", 1_000, "number 1000") };
    let changes = [
        Change::Messages(bob(), vec![says("bob", 2_001, "number 1234 again")]),
        revoke(1_234),
        revoke(2_001),
        Change::Messages(bob(), vec![revoked]),
    ];
    store.apply(&changes, false).await.unwrap();
    assert!(find(&mut store, keywords(&["1234", "1000"])).await.is_empty());
    assert_eq!(find(&mut store, keywords(&["1235"])).await, [1_235]);
    // One that is indexed, and the newest, which is not.
    let newest = Change::Messages(bob(), vec![says("bob", 2_003, "coffee")]);
    store.apply(&[newest, modify(1_300, 1, "cocoa"), modify(2_003, 2, "cocoa")], false).await.unwrap();
    assert!(find(&mut store, keywords(&["1300", "coffee"])).await.is_empty());
    assert_eq!(find(&mut store, keywords(&["cocoa"])).await, [2_003, 1_300]);
    while store.catch_up().await.unwrap() {}
    store.apply(&[modify(2_003, 3, "water")], false).await.unwrap();
    assert_eq!(find(&mut store, keywords(&["cocoa", "coffee", "water"])).await, [2_003, 1_300]);
    assert_eq!(find(&mut store, keywords(&["water"])).await, [2_003]);
    // The user left and came back: what was said before is not the user's to read any more.
    let mut row = store.snapshot().await.unwrap().conversations.remove(0).row;
    row.first_visible_seq = 1_500;
    store.apply(&[Change::Conversation(row)], false).await.unwrap();
    for sent in [None, Some((0, i64::MAX))] {
        assert_eq!(find(&mut store, Search { sent, ..keywords(&["1235", "1734"]) }).await, [1_734]);
        let everywhere = store.search(&Search { sent, ..keywords(&["1235", "1734"]) }).await.unwrap();
        assert_eq!((everywhere.total, everywhere.results[0].messages[0].sequence), (1, 1_734));
    }
    store.apply(&[Change::Acknowledged(says("alice", 2_002, "mine"))], false).await.unwrap();
    assert_eq!(find(&mut store, keywords(&["mine"])).await, [2_002]);
    store.apply(&[Change::Reset], true).await.unwrap();
    assert!(find(&mut store, keywords(&["number", "mine"])).await.is_empty());
    store.apply(&[Change::Messages(bob(), vec![says("bob", 1, "anew")])], true).await.unwrap();
    assert_eq!(find(&mut store, keywords(&["anew"])).await, [1]);
}

/// What was cleared is not found, whether few messages were or many, and what is stored afterwards is.
pub async fn found_after_others_are_cleared<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    store.apply(&[Change::Messages(carol(), vec![says("carol", 1, "tea")])], false).await.unwrap();
    let mut first = 1;
    for (count, last) in [(10, 10), (2_500, 2_510)] {
        let messages = (first..first + count).map(|it| says("bob", it, &format!("tea {it}"))).collect();
        store.apply(&[Change::Messages(bob(), messages)], false).await.unwrap();
        while store.catch_up().await.unwrap() {}
        assert_eq!(find(&mut store, keywords(&[&format!("tea {last}")])).await, [last]);
        store.apply(&[Change::Cleared(bob(), last)], false).await.unwrap();
        assert_eq!(find(&mut store, keywords(&["tea"])).await, [last]);
        store.apply(&[Change::Cleared(bob(), last + 1)], false).await.unwrap();
        let next = says("bob", last + 1, "next");
        store.apply(&[Change::Messages(bob(), vec![next])], false).await.unwrap();
        assert_eq!(find(&mut store, keywords(&["next", "tea"])).await, [last + 1]);
        assert_eq!(store.search(&keywords(&["tea"])).await.unwrap().total, 1, "carol's");
        first = last + 1;
    }
}
