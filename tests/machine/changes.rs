//! Changes of messages that meet what was read before or after them.

use serde_json::{Value, json};
use tim::machine::io::Call;
use tim::message::{Body, Payload};

use crate::phone::{BEGIN, Phone, message, with_bob};

/// Bob's first message, modified so many times.
fn modified(version: u64) -> Value {
    let mut message = message(1, "bob", BEGIN);
    message["body"]["payload"]["text"] = json!(format!("version {version}"));
    message["version"] = json!(version);
    message["mutation"] = json!(version);
    message
}

/// The push of that change, which leaves the device at this number.
fn push(number: u64, version: u64) -> Value {
    let body = &modified(version)["body"];
    let change = json!({"kind": "modified", "by": "bob", "time": BEGIN, "version": version, "body": body});
    json!({"n": number, "ev": "mut", "p": {
        "from": "bob", "to": "C2Calice", "mutation": version, "sequence": 1, "countable": 0, "change": change,
    }})
}

fn first(phone: &mut Phone) -> (u64, String) {
    let call =
        phone.call(Call::MessageList { conversation: "C2Cbob".parse().unwrap(), before: Some(2), count: 1 });
    let (_, shown) = phone.shown.iter().find(|(it, _)| *it == call).unwrap();
    let Payload::Body(Body::Text(body)) = &shown[0].payload else { panic!("{shown:?}") };
    (shown[0].version, body.text.clone())
}

#[test]
fn a_change_that_comes_late_does_not_undo_what_a_page_of_history_has() {
    let mut phone = Phone::ready(json!([with_bob(2, 2..=2, BEGIN)]));
    phone.call(Call::MessageList { conversation: "C2Cbob".parse().unwrap(), before: Some(2), count: 1 });
    phone.reply("msg.history", &json!({"messages": [modified(2)], "low": 1, "high": 1, "floor": 1}));
    assert_eq!(first(&mut phone), (2, "version 2".to_owned()));
    phone.hear(&push(1, 1));
    assert_eq!(first(&mut phone), (2, "version 2".to_owned()));
    phone.hear(&push(2, 2));
    phone.hear(&push(3, 3));
    assert_eq!(first(&mut phone), (3, "version 3".to_owned()));
}

#[test]
fn a_page_of_history_that_comes_late_does_not_undo_a_change() {
    let mut phone = Phone::ready(json!([with_bob(2, 2..=2, BEGIN)]));
    phone.call(Call::MessageList { conversation: "C2Cbob".parse().unwrap(), before: Some(2), count: 1 });
    phone.hear(&push(1, 1));
    phone.reply(
        "msg.history",
        &json!({"messages": [message(1, "bob", BEGIN)], "low": 1, "high": 1, "floor": 1}),
    );
    assert_eq!(first(&mut phone), (1, "version 1".to_owned()));
}

#[test]
fn a_first_sync_that_was_read_before_a_change_does_not_undo_it() {
    let mut phone = Phone::redact();
    phone.log_in("alice");
    phone.welcome(false);
    phone.hear(&push(1, 1));
    phone.page(1, json!([with_bob(2, 1..=2, BEGIN)]));
    assert_eq!(first(&mut phone), (1, "version 1".to_owned()));
}

#[test]
fn an_own_message_that_another_device_changed_before_its_answer_came_is_the_changed_one() {
    let mut phone = Phone::ready(json!([]));
    phone.say("hello");
    let (_, sent) = phone.last_asked("msg.send");
    let mut own = message(1, "alice", BEGIN);
    own["ID"] = sent["ID"].clone();
    phone.comes_back(false);
    let mut change = push(1, 1);
    change["p"]["from"] = json!("alice");
    change["p"]["to"] = json!("C2Cbob");
    phone.hear(&change);
    // The page was read before the tablet changed the message.
    let mut state = with_bob(1, 1..=1, BEGIN);
    state["latest"] = json!([own]);
    phone.page(1, json!([state]));
    assert_eq!(first(&mut phone), (1, "version 1".to_owned()));
    let kept = phone.store.snapshot().unwrap().outbox;
    assert!(kept.is_empty(), "{kept:?}");
}
