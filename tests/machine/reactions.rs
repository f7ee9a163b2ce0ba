//! Which reactions are this user's, whatever of the log a page leaves out, a push lacks, or a late reply brings.

use serde_json::{Value, json};
use tim::machine::io::{Call, MessageEvent, Output};

use crate::phone::{BEGIN, Phone, message, with_bob};

/// An entry of the log: somebody reacted to bob's first message. `own` are now all of theirs.
fn entry(number: u64, total: u32, user: &str, own: &[&str]) -> Value {
    json!({
        "from": "bob", "to": "C2Calice", "mutation": number, "sequence": 1, "countable": 0,
        "change": {
            "kind": "reactions", "reactions": [{"reactionID": "up", "total": total}],
            "own": {"userID": user, "reactionIDList": own},
        },
    })
}

fn push(number: u64, entry: &Value) -> Value {
    json!({"n": number, "ev": "mut", "p": entry})
}

/// A page of the log.
fn page(entries: &[Value], up_to: u64, more: bool) -> Value {
    json!({"mutations": entries, "upTo": up_to, "more": more})
}

/// What the phone shows of the first message: how many users gave it its reaction, and whether alice did.
fn first(phone: &mut Phone) -> Option<(u32, bool)> {
    let conversation = "C2Cbob".parse().unwrap();
    let call = phone.call(Call::MessageList { conversation, before: Some(2), count: 1 });
    let (_, shown) = phone.shown.iter().find(|(it, _)| *it == call).unwrap();
    shown[0].reaction_list.first().map(|up| (up.total, up.mine))
}

fn events(phone: &Phone) -> usize {
    let is_event =
        |it: &&Output| matches!(it, Output::EmitMessages { kind: MessageEvent::ReactionsUpdated, .. });
    phone.done.iter().filter(is_event).count()
}

/// A phone that has bob's first message, and his second, of which it knows nothing else.
fn ready() -> Phone {
    Phone::ready(json!([with_bob(2, 1..=2, BEGIN)]))
}

#[test]
fn a_push_of_another_user_leaves_what_is_alices() {
    let mut phone = ready();
    phone.hear(&push(1, &entry(1, 1, "alice", &["up"])));
    phone.hear(&push(2, &entry(2, 2, "bob", &["up"])));
    assert_eq!((first(&mut phone), events(&phone)), (Some((2, true)), 2));
    phone.hear(&push(3, &entry(3, 1, "alice", &[])));
    assert_eq!(first(&mut phone), Some((1, false)));
    let mut phone = phone.restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(1, json!([]));
    assert_eq!(first(&mut phone), Some((1, false)));
}

#[test]
fn what_a_cut_page_leaves_out_is_not_taken_from_pushes() {
    let mut phone = ready();
    // Her tablet gave it first, which no push told.
    phone.hear(&push(1, &entry(3, 2, "bob", &["up"])));
    assert_eq!(phone.last_asked("msg.mutations").1["after"], 0);
    let other = json!({"from": "bob", "to": "C2Calice", "mutation": 2, "sequence": 2, "countable": 0,
        "change": {"kind": "revoked", "by": "bob", "time": BEGIN}});
    // The page is cut behind the second entry: the first one is superseded by the third.
    phone.reply("msg.mutations", &page(&[other], 2, true));
    assert_eq!(first(&mut phone), None, "the third is left to the next page");
    phone.hear(&push(2, &entry(4, 3, "carol", &["up"])));
    assert_eq!(phone.last_asked("msg.mutations").1["after"], 2);
    phone.reply("msg.mutations", &page(&[entry(4, 3, "alice", &["up"])], 4, false));
    assert_eq!(first(&mut phone), Some((3, true)));
    phone.hear(&push(3, &entry(5, 2, "carol", &[])));
    assert_eq!(first(&mut phone), Some((2, true)), "and what follows comes as it is pushed");
}

#[test]
fn a_page_tells_more_than_the_push_of_the_same_entry() {
    let mut phone = ready();
    let other = json!({"from": "bob", "to": "C2Calice", "mutation": 2, "sequence": 2, "countable": 0,
        "change": {"kind": "revoked", "by": "bob", "time": BEGIN}});
    // The first entry, which is of her tablet, is not told.
    phone.hear(&push(1, &other));
    phone.hear(&push(2, &entry(3, 2, "bob", &["up"])));
    phone.reply("msg.mutations", &page(&[other, entry(3, 2, "alice", &["up"])], 3, false));
    assert_eq!(first(&mut phone), Some((2, true)));
}

#[test]
fn a_late_page_of_history_gets_what_alice_gave_also_if_others_did_after_her() {
    let mut phone = Phone::ready(json!([with_bob(2, 2..=2, BEGIN)]));
    let conversation = "C2Cbob".parse().unwrap();
    phone.call(Call::MessageList { conversation, before: Some(2), count: 1 });
    phone.hear(&push(1, &entry(1, 1, "alice", &["up"])));
    phone.hear(&push(2, &entry(2, 2, "bob", &["up"])));
    phone.hear(&push(3, &entry(3, 3, "carol", &["up"])));
    let old = message(1, "bob", BEGIN);
    phone.reply("msg.history", &json!({"messages": [old], "low": 1, "high": 1, "floor": 1}));
    assert_eq!(first(&mut phone), Some((3, true)));
}

#[test]
fn an_own_message_gets_the_reaction_that_came_before_the_answer_to_it() {
    let mut phone = Phone::ready(json!([]));
    phone.say("hello");
    let mut reacted = entry(1, 1, "bob", &["up"]);
    reacted["from"] = json!("alice");
    reacted["to"] = json!("C2Cbob");
    phone.hear(&push(1, &reacted));
    phone.reply("msg.send", &json!({"sequence": 1, "countable": 1, "bySender": 1, "time": BEGIN}));
    assert_eq!(first(&mut phone), Some((1, false)));
    assert!(events(&phone) > 0, "and the app is told of it");
}
