//! Whether a message is new or history depends on sequences, not on the server's clock.

use serde_json::{Value, json};
use tim::machine::io::Input;

use crate::phone::{BEGIN, Phone, message, with_bob};

const DAY: i64 = 86_400_000;

/// Bob says something.
fn push(number: u64, place: u64, time: i64) -> Value {
    json!({"n": number, "ev": "msg", "p": message(place, "bob", time)})
}

/// A new phone, whose server's clock is a day ahead.
fn ready_while_the_clock_is_ahead() -> Phone {
    let mut phone = Phone::with(tim::store::Store::in_memory().unwrap());
    phone.log_in("alice");
    phone.welcome_at(false, BEGIN + DAY);
    phone.page(1, json!([]));
    phone
}

#[test]
fn a_message_is_told_although_the_servers_clock_was_set_back_before_it() {
    let mut phone = ready_while_the_clock_is_ahead();
    phone.hear(&push(1, 1, BEGIN));
    assert_eq!(phone.told(), [1]);
}

#[test]
fn what_began_without_a_push_is_told_although_the_clock_was_set_back_meanwhile() {
    let mut phone = ready_while_the_clock_is_ahead();
    phone.wait(30_000);
    let number = phone.sent.iter().filter_map(|envelope| envelope["pi"].as_u64()).next_back().unwrap();
    phone.hear(&json!({"po": number, "cur": [1, 2], "now": phone.now}));
    phone.page(2, json!([with_bob(3, 1..=3, phone.now)]));
    assert_eq!(phone.told(), [1, 2, 3]);
}

#[test]
fn what_began_while_the_phone_was_away_is_told_although_the_clock_was_set_back() {
    let mut phone = ready_while_the_clock_is_ahead();
    phone.feed(Input::Disconnected);
    phone.wait_for_it();
    phone.welcome(false);
    phone.page(2, json!([with_bob(3, 1..=3, phone.now)]));
    assert_eq!(phone.told(), [1, 2, 3]);
}

#[test]
fn what_was_said_before_the_first_picture_is_no_news_in_a_conversation_that_it_lacks() {
    let mut phone = Phone::ready(json!([]));
    phone.hear(&push(1, 41, BEGIN + 1));
    phone.wait(1_000);
    phone.serve_history(BEGIN - DAY);
    assert_eq!(phone.told(), [41]);
}

#[test]
fn a_phone_that_restarts_before_its_first_picture_is_told_nothing_that_the_picture_shows() {
    let mut phone = Phone::with(tim::store::Store::in_memory().unwrap());
    phone.log_in("alice");
    phone.welcome(false);
    phone.hear(&push(1, 1, BEGIN));
    assert_eq!(phone.told(), [1]);
    let mut phone = phone.restarts();
    phone.wait(DAY);
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(1, json!([with_bob(2, 1..=2, BEGIN + 1)]));
    assert!(phone.told().is_empty());
    phone.hear(&push(1, 3, phone.now));
    assert_eq!(phone.told(), [3]);
}

#[test]
fn what_is_pushed_before_the_first_picture_is_news_and_what_the_picture_has_before_it_is_not() {
    let mut phone = Phone::with(tim::store::Store::in_memory().unwrap());
    phone.log_in("alice");
    phone.welcome(false);
    phone.hear(&push(1, 41, BEGIN));
    phone.page(1, json!([with_bob(42, 23..=42, BEGIN)]));
    assert_eq!(phone.told(), [41, 42]);
}

#[test]
fn the_old_place_of_an_own_message_that_is_sent_again_makes_no_news_of_what_follows_it() {
    let mut phone = Phone::ready(json!([]));
    phone.say("is the book good?");
    phone.reply("msg.send", &json!({"sequence": 1, "countable": 1, "time": BEGIN}));
    // The server's data is replaced by a copy to which another device has brought the message already.
    phone.feed(Input::Disconnected);
    phone.wait_for_it();
    phone.welcome_to(2, false, phone.now);
    phone.welcome_to(2, false, phone.now);
    assert_eq!(phone.asked("msg.send").len(), 2);
    phone.reply("msg.send", &json!({"sequence": 4, "countable": 4, "time": BEGIN}));
    let (number, _) = phone.last_asked("sync");
    let picture = json!({"reset": false, "cursor": [2, 1], "conversations": [with_bob(8, 5..=8, BEGIN)]});
    phone.hear(&json!({"i": number, "r": picture}));
    assert!(phone.told().is_empty(), "{:?}", phone.told());
}

/// What is said in the hall, a Meeting: everybody sees all of it.
fn in_hall(place: u64, time: i64) -> Value {
    let mut message = message(place, "bob", time);
    message["to"] = json!("GROUPhall");
    message
}

/// A sync's page: alice is in the hall since `joined`, and this was said there.
fn hall(version: u64, joined: i64, said: &[Value]) -> Value {
    let head = said.last().unwrap()["sequence"].as_u64().unwrap();
    let mut state = with_bob(head, 1..=1, BEGIN);
    state["conversationID"] = json!("GROUPhall");
    state["groupType"] = json!("ChatRoom");
    state["latest"] = json!(said);
    let group = json!({
        "groupID": "hall", "type": "ChatRoom", "name": "Hall", "createTime": BEGIN, "memberCount": 2,
        "maxMemberCount": 100_000, "joinOption": "FreeAccess", "selfInfo": {"role": "Member", "joinTime": joined},
    });
    let changes = json!([{"kind": "group", "groupID": "hall", "group": group}]);
    json!({"reset": false, "cursor": [1, version], "conversations": [state], "changes": changes})
}

#[test]
fn a_meeting_tells_what_is_said_after_one_came_and_nothing_from_before() {
    let mut phone = Phone::ready(json!([]));
    phone.comes_back(false);
    let said: Vec<Value> = (1..=10).map(|place| in_hall(place, BEGIN)).collect();
    phone.reply("sync", &hall(2, BEGIN + DAY, &said));
    assert!(phone.told().is_empty());
    // By now the server's clock was set back.
    phone.hear(&json!({"n": 1, "ev": "msg", "p": in_hall(11, BEGIN)}));
    assert_eq!(phone.told(), [11]);
}

#[test]
fn who_left_a_meeting_and_came_back_is_not_told_what_was_said_in_between() {
    let mut phone = Phone::ready(json!([]));
    phone.comes_back(false);
    phone.reply("sync", &hall(2, BEGIN, &[in_hall(1, BEGIN - 1)]));
    phone.comes_back(false);
    let meanwhile = (2..=5).map(|place| in_hall(place, BEGIN + 1));
    let said: Vec<Value> = meanwhile.chain([in_hall(6, BEGIN + DAY)]).collect();
    phone.reply("sync", &hall(3, BEGIN + DAY, &said));
    assert_eq!(phone.told(), [6]);
}
