//! Frames of a later version's server: the phone skips, counts and acknowledges them.
//!
//! The frames are those of `protocol/tests/golden/later`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;

use serde_json::{Value, json};
use tim::event::Event;
use tim::machine::io::{Call, Input, Now, Return};
use tim::machine::unreadable::Unreadable;
use tim::message::{Body, ImageFormat, Payload, RenditionType};
use tim::protocol::Fault;
use tim::{Code, UserId};

use crate::phone::{BEGIN, Phone, message, with_bob};

/// The frames of later versions whose names begin so.
fn frames(prefix: &str) -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("protocol/tests/golden/later");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = files.map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    });
    read.filter(|(name, _)| name.starts_with(prefix)).collect()
}

fn frame(name: &str) -> Value {
    frames(name).remove(name).unwrap_or_else(|| panic!("later/{name}.json"))
}

/// How often an error event said that something cannot be read.
fn told_unreadable(phone: &Phone) -> usize {
    let is_it = |event: &&Event| matches!(event, Event::Error { code, .. } if *code == Code::UNREADABLE);
    phone.events.iter().filter(is_it).count()
}

fn acknowledged(phone: &Phone) -> Option<u64> {
    phone.sent.iter().rev().find_map(|envelope| envelope["a"].as_u64())
}

#[test]
fn every_push_of_a_later_version_is_acknowledged_and_the_next_message_is_told() {
    for (name, push) in frames("push.").into_iter().chain(frames("server.")) {
        if name == "push.kick-reason" {
            continue;
        }
        let mut phone = Phone::ready(json!([with_bob(0, RangeInclusive::new(1, 0), BEGIN)]));
        let mut push = push;
        let numbered = push.get("n").is_some();
        if numbered {
            push["n"] = json!(1);
        }
        phone.hear(&push);
        phone.wait(1_000);
        assert_eq!(phone.disconnects, 0, "{name}");
        assert_eq!(acknowledged(&phone), numbered.then_some(1), "{name}");
        let next = if numbered { 2 } else { 1 };
        let mut news = message(1, "carol", phone.now);
        news["to"] = json!("C2Calice");
        phone.hear(&json!({"n": next, "ev": "msg", "p": news}));
        let told = phone.events.iter().any(|event| {
            matches!(event, Event::MessageReceived(told) if told.iter().any(|it| it.from.as_str() == "carol"))
        });
        assert!(told, "{name}: what follows is told");
    }
}

#[test]
fn a_picture_of_a_later_version_is_shown_in_the_sizes_that_are_known() {
    let mut phone = Phone::ready(json!([with_bob(0, RangeInclusive::new(1, 0), BEGIN)]));
    let mut push = frame("push.image-numbers");
    push["n"] = json!(1);
    push["p"]["time"] = json!(phone.now);
    phone.hear(&push);
    let told = phone.events.iter().find_map(|event| match event {
        Event::MessageReceived(told) => Some(told[0].payload.clone()),
        _ => None,
    });
    let Some(Payload::Body(Body::Image(image))) = told else { panic!("{told:?}") };
    assert_eq!(image.image_format, ImageFormat::Other(6));
    let sizes: Vec<RenditionType> = image.image_info_array.iter().map(|info| info.rendition_type).collect();
    assert_eq!(
        sizes,
        [RenditionType::Original, RenditionType::Thumb, RenditionType::Large, RenditionType::Other(4)]
    );
    assert_eq!(told_unreadable(&phone), 0);
}

#[test]
fn an_appended_element_of_a_later_version_is_shown_as_unknown_among_the_others() {
    let mut phone = Phone::ready(json!([with_bob(0, RangeInclusive::new(1, 0), BEGIN)]));
    let mut push = frame("push.element-kind");
    push["n"] = json!(1);
    push["p"]["time"] = json!(phone.now);
    phone.hear(&push);
    let told = phone.events.iter().find_map(|event| match event {
        Event::MessageReceived(told) => Some(told[0].clone()),
        _ => None,
    });
    let told = told.expect("the message");
    assert!(matches!(told.payload, Payload::Body(Body::Text(_))), "{told:?}");
    let [hologram, face, number] = &told.elements[..] else { panic!("{told:?}") };
    assert!(matches!(hologram, Payload::Unknown(text) if text.contains("TIMHologramElem")), "{hologram:?}");
    assert!(matches!(face, Payload::Body(Body::Face(_))), "{face:?}");
    assert_eq!(number, &Payload::Unknown("7".into()));
    assert_eq!(told_unreadable(&phone), 0);
}

#[test]
fn a_kick_for_a_reason_of_a_later_version_ends_the_login() {
    let mut phone = Phone::ready(json!([]));
    phone.hear(&frame("push.kick-reason"));
    assert_eq!(phone.machine.status(), (None, Some(Code::KICKED_BY_SERVER)));
}

#[test]
fn a_sync_of_a_later_version_makes_ready_and_keeps_every_place() {
    let mut phone = Phone::with(tim::store::Store::in_memory().unwrap());
    phone.log_in("alice");
    phone.welcome(false);
    phone.reply("sync", &frame("reply.sync")["r"]);
    assert_eq!(phone.machine.status(), (Some(UserId::new("alice").unwrap()), None));
    let page = Call::MessageList { conversation: "C2Cbob".parse().unwrap(), before: None, count: 20 };
    let call = phone.call(page);
    let (_, query) = phone.pages.iter().find(|(id, _)| *id == call).expect("both places are here");
    let messages = phone.store.messages(&UserId::new("alice").unwrap(), query).unwrap();
    assert_eq!(messages.iter().map(|message| message.sequence).collect::<Vec<_>>(), [1, 2]);
    let shown = Payload::read(&messages[1].body, false);
    assert!(matches!(shown, Payload::Unknown(_)), "{shown:?}");
    let groups = phone.call(Call::GroupList);
    let Some(Ok(Return::Groups(groups))) = phone.returned(groups) else { panic!("no groups") };
    assert_eq!(groups[0].group_type.as_str(), "Festival");
    let counted = phone.machine.unreadable();
    assert_eq!(counted.get(&Unreadable::Conversation), Some(&1));
    assert_eq!(counted.get(&Unreadable::Change), Some(&1));
    assert_eq!(counted.get(&Unreadable::Message), Some(&1));
    assert_eq!(told_unreadable(&phone), 1);
    assert_eq!(phone.disconnects, 0);
}

#[test]
fn a_message_that_cannot_be_read_is_asked_for_once_and_shown_as_unknown() {
    let mut phone = Phone::ready(json!([]));
    let mut push = frame("push.form");
    push["n"] = json!(1);
    phone.hear(&push);
    phone.hear(&json!({"n": 2, "ev": "msg", "p": message(2, "bob", phone.now)}));
    phone.wait(1_000);
    let mut page = frame("reply.msg.history")["r"].clone();
    page["messages"].as_array_mut().unwrap().pop();
    page["high"] = json!(1);
    phone.reply("msg.history", &page);
    phone.wait(60_000 - 31_000);
    assert_eq!(phone.asked("msg.history").len(), 1);
    assert_eq!(phone.told(), [1, 2]);
}

#[test]
fn an_own_message_that_changed_and_cannot_be_read_keeps_its_place() {
    let mut phone = Phone::ready(json!([]));
    phone.say("is the book good?");
    phone.reply(
        "msg.send",
        &json!({"sequence": 1, "countable": 1, "bySender": 1, "time": BEGIN, "mutation": 2}),
    );
    phone.wait(1_000);
    let page = json!({"messages": [{"sequence": "first"}], "low": 1, "high": 1, "floor": 1});
    phone.reply("msg.history", &page);
    let page = Call::MessageList { conversation: "C2Cbob".parse().unwrap(), before: None, count: 20 };
    let call = phone.call(page);
    let (_, query) = phone.pages.iter().find(|(id, _)| *id == call).expect("the place is here");
    assert_eq!(phone.store.messages(&UserId::new("alice").unwrap(), query).unwrap().len(), 1);
    assert!(phone.told().is_empty(), "its caller knows it");
}

#[test]
fn a_mutation_of_a_later_version_takes_its_number_and_changes_nothing() {
    let mut phone = Phone::ready(json!([with_bob(1, 1..=1, BEGIN)]));
    let mut push = frame("push.mutation-kind");
    push["n"] = json!(1);
    phone.hear(&push);
    let revoked = |number: u64, mutation: u64| {
        json!({"n": number, "ev": "mut", "p": {
            "from": "bob", "to": "C2Calice", "mutation": mutation, "sequence": 1, "countable": 1,
            "change": {"kind": "revoked", "by": "bob", "time": BEGIN},
        }})
    };
    phone.hear(&revoked(2, 2));
    assert!(phone.asked("msg.mutations").is_empty(), "no number is missing");
    assert_eq!(phone.machine.unreadable().get(&Unreadable::Mutation), Some(&1));
    phone.hear(&revoked(3, 5));
    phone.reply("msg.mutations", &json!({"mutations": [{"mutation": "x"}], "upTo": 5, "more": false}));
    phone.wait(10_000);
    assert_eq!(phone.asked("msg.mutations").len(), 1, "what cannot be read is not asked for again");
}

#[test]
fn a_reply_that_cannot_be_read_fails_its_request_and_a_send_goes_on_under_the_same_id() {
    let mut phone = Phone::ready(json!([]));
    phone.say("is the book good?");
    let (_, first) = phone.last_asked("msg.send");
    phone.reply("msg.send", &json!({"place": 1}));
    assert_eq!(phone.disconnects, 0);
    phone.wait(5_000);
    let sends = phone.asked("msg.send");
    assert_eq!(sends.len(), 2);
    assert_eq!(sends[1].1["ID"], first["ID"]);
}

#[test]
fn the_app_is_told_once_however_much_cannot_be_read() {
    let mut phone = Phone::ready(json!([]));
    for number in 1..=100 {
        phone.hear(&json!({"n": number, "ev": "msg", "p": {"sequence": "first"}}));
    }
    assert_eq!(told_unreadable(&phone), 1);
    assert_eq!(phone.machine.unreadable().get(&Unreadable::Push), Some(&100));
    assert_eq!(phone.disconnects, 0);
}

#[test]
fn the_app_is_told_even_if_the_commit_of_that_moment_fails() {
    let mut phone = Phone::ready(json!([]));
    let now = Now { monotonic: phone.now, wall: phone.now };
    phone.machine.handle(Input::Frames(vec![frame("server.envelope").to_string()]), now);
    phone.feed(Input::StoreFailed(Fault::new(Code::STORAGE_FULL)));
    assert_eq!(told_unreadable(&phone), 1);
}
