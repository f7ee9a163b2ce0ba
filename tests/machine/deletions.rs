//! Messages that the user deletes, in whatever order the device hears of them and of their messages.

use serde_json::{Value, json};
use tim::machine::io::{Call, Input, Query};
use tim::message::{Message, ReadMarks, SendStatus};
use tim::{Code, UserId};

use crate::phone::{BEGIN, Phone, message, with_bob};

/// Another device removed messages, as a push with this number.
fn removed(number: u64, ranges: &[(u64, u64)], removals: u64, unread: u64) -> Value {
    json!({"n": number, "ev": "change", "p": {
        "kind": "removedMessages", "conversationID": "C2Cbob", "ranges": ranges, "read": 0, "base": 0,
        "revokedAboveBase": unread, "removals": removals,
    }})
}

fn alice() -> UserId {
    UserId::new("alice").unwrap()
}

fn stored(phone: &Phone) -> Vec<u64> {
    let all = Query { conversation: "C2Cbob".parse().unwrap(), low: 0, high: 1_000, own_only: false };
    let messages = phone.store.messages(&alice(), &all).unwrap();
    messages.iter().map(|message| message.sequence).collect()
}

/// Bob's messages as the app has them.
fn shown(places: std::ops::RangeInclusive<u64>) -> Vec<Message> {
    let wire = |place| serde_json::from_value(message(place, "bob", BEGIN)).unwrap();
    let me = alice();
    let seen = |place| Message::from_wire(&me, &wire(place), SendStatus::Success, ReadMarks::default());
    places.map(seen).collect()
}

#[test]
fn a_message_that_comes_after_its_removal_is_neither_told_nor_kept() {
    let mut phone = Phone::ready(json!([with_bob(2, 1..=2, BEGIN)]));
    phone.hear(&removed(1, &[(3, 4)], 1, 2));
    for (number, place) in [(2, 3), (3, 4), (4, 5)] {
        phone.hear(&json!({"n": number, "ev": "msg", "p": message(place, "bob", BEGIN)}));
    }
    assert_eq!(phone.told(), [5]);
    assert_eq!(stored(&phone), [1, 2, 5]);
    let mut phone = phone.restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(2, json!([]));
    let conversation = "C2Cbob".parse().unwrap();
    let call = phone.call(Call::MessageList { conversation, before: None, count: 4 });
    let (_, messages) = phone.shown.iter().find(|(of, _)| *of == call).unwrap();
    assert_eq!(
        messages.iter().map(|it| it.sequence).collect::<Vec<_>>(),
        [1, 2, 5],
        "and nothing is asked for"
    );
    assert!(phone.asked("msg.history").is_empty());
}

#[test]
fn removals_that_were_missed_are_asked_for_and_late_replies_bring_nothing_back() {
    let mut phone = Phone::ready(json!([with_bob(6, 5..=6, BEGIN)]));
    let conversation = "C2Cbob".parse().unwrap();
    phone.call(Call::MessageList { conversation, before: Some(5), count: 4 });
    phone.hear(&removed(1, &[(2, 2)], 3, 3));
    assert_eq!(phone.last_asked("msg.removals").1["after"], 0);
    let old: Vec<Value> = (1..=4).map(|place| message(place, "bob", BEGIN)).collect();
    phone.reply("msg.history", &json!({"messages": old, "low": 1, "high": 4, "floor": 1}));
    assert_eq!(stored(&phone), [1, 3, 4, 5, 6]);
    phone.reply("msg.removals", &json!({"ranges": [[6, 6], [3, 3]], "upTo": 3, "more": false}));
    assert_eq!(stored(&phone), [1, 4, 5]);
    assert_eq!(phone.deleted, [vec![], vec![6], vec![3]], "what was here is told");
    phone.wait(2_000);
    assert_eq!(phone.asked("msg.removals").len(), 1);
}

#[test]
fn a_history_that_tells_what_is_removed_is_as_good_as_the_removal() {
    let mut phone = Phone::ready(json!([with_bob(6, 6..=6, BEGIN)]));
    let conversation: tim::ConversationId = "C2Cbob".parse().unwrap();
    let call = phone.call(Call::MessageList { conversation, before: None, count: 3 });
    let emptied = |place: u64| {
        let mut message = message(place, "bob", BEGIN);
        message["removed"] = json!(true);
        message["body"] = json!({"type": "TIMTextElem"});
        message
    };
    let page = json!({"messages": [emptied(4), emptied(5)], "low": 4, "high": 5, "floor": 1});
    phone.reply("msg.history", &page);
    let asked = phone.last_asked("msg.history").1;
    assert_eq!((&asked["low"], &asked["high"]), (&json!(2), &json!(3)), "two are missing on the page");
    let page = json!({"messages": [message(2, "bob", BEGIN), message(3, "bob", BEGIN)], "low": 2, "high": 3, "floor": 1});
    phone.reply("msg.history", &page);
    let (_, messages) = phone.shown.iter().find(|(of, _)| *of == call).unwrap();
    assert_eq!(messages.iter().map(|it| it.sequence).collect::<Vec<_>>(), [2, 3, 6]);
}

#[test]
fn a_removal_is_sent_until_it_is_answered_in_requests_of_fifty() {
    let mut phone = Phone::ready(json!([with_bob(100, 81..=100, BEGIN)]));
    phone.feed(Input::Disconnected);
    phone.call(Call::RemoveMessages(shown(81..=100)));
    phone.call(Call::RemoveMessages(shown(1..=50)));
    let mut phone = phone.restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(2, json!([with_bob(100, 99..=100, BEGIN)]));
    assert_eq!(phone.last_asked("msg.remove").1["ranges"], json!([[1, 50]]));
    assert_eq!(stored(&phone), Vec::<u64>::new());
    phone.comes_back(true);
    assert_eq!(phone.asked("msg.remove").len(), 2, "the reply was lost");
    phone.refuse("msg.remove", Code::BUSY, 3_000);
    phone.wait(4_000);
    let answer = |ranges: Value, removals: u64, unread: u64| {
        json!({"conversationID": "C2Cbob", "ranges": ranges, "read": 0, "base": 0, "revokedAboveBase": unread,
            "removals": removals})
    };
    phone.reply("msg.remove", &answer(json!([[1, 50]]), 1, 50));
    assert_eq!(phone.last_asked("msg.remove").1["ranges"], json!([[81, 100]]));
    phone.reply("msg.remove", &answer(json!([[81, 100]]), 2, 70));
    let row = phone.store.snapshot().unwrap().conversations.remove(0).row;
    assert_eq!((row.removal_seq, row.revoked_above_read), (2, 70));
    assert!(row.unsent_removed.is_empty() && row.removed_unread.is_empty());
    assert!(phone.deleted.iter().all(Vec::is_empty), "the app knows it");
}
