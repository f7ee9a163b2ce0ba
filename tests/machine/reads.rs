//! Receipts of the other side, which are emitted whether the phone was connected or not.

use serde_json::{Value, json};

use tim::machine::io::{Call, Return};
use tim::protocol::call::ReadRequest;

use crate::phone::{BEGIN, Phone, message, with_bob};

/// Alice's conversation with Bob, in which only she talks, and Bob has read so far.
fn read_by_bob(head: u64, peer_read: u64) -> Value {
    let latest: Vec<Value> =
        (1.max(head.saturating_sub(19))..=head).map(|place| message(place, "alice", BEGIN)).collect();
    json!({
        "conversationID": "C2Cbob", "head": head, "mutationHead": 0, "countable": head, "own": head, "read": 0, "base": 0,
        "peerRead": peer_read, "floor": 1, "gone": false, "latest": latest,
    })
}

#[test]
fn what_bob_read_while_the_phone_was_away_is_told() {
    let mut phone = Phone::ready(json!([read_by_bob(3, 1)]));
    assert!(phone.read_by_peer.is_empty(), "what was read before the first picture is no news");
    phone.comes_back(false);
    phone.page(2, json!([read_by_bob(3, 3)]));
    assert_eq!(phone.read_by_peer, [[2, 3]]);
    phone.comes_back(false);
    phone.page(3, json!([read_by_bob(3, 3)]));
    assert_eq!(phone.read_by_peer.len(), 1, "and told once");
}

#[test]
fn a_conversation_the_phone_meets_tells_nothing_of_what_was_read() {
    let mut phone = Phone::ready(json!([]));
    phone.comes_back(false);
    phone.page(2, json!([read_by_bob(3, 2)]));
    assert!(phone.read_by_peer.is_empty());
}

#[test]
fn of_very_many_that_bob_reads_at_once_the_newest_are_told() {
    let mut phone = Phone::ready(json!([read_by_bob(0, 0)]));
    for place in 1..=1_000 {
        phone.hear(&json!({"n": place, "ev": "msg", "p": message(place, "alice", BEGIN)}));
    }
    let read = json!({"from": "bob", "to": "C2Calice", "sequence": 1_000, "base": 1_000});
    phone.hear(&json!({"n": 1_001, "ev": "read", "p": read}));
    assert_eq!(phone.read_by_peer, [(701..=1_000).collect::<Vec<u64>>()]);
}

/// What the phone shows as unread of its conversation with Bob.
fn unread(phone: &mut Phone) -> u64 {
    let call = phone.call(Call::ConversationList);
    let Some(Ok(Return::Conversations(list))) = phone.returned(call) else { panic!("{:?}", phone.returns) };
    list[0].unread_count
}

fn reads_up_to(phone: &mut Phone, sequence: u64) {
    phone.call(Call::ask(ReadRequest { conversation_id: "C2Cbob".parse().unwrap(), sequence }));
}

#[test]
fn a_part_is_read_as_the_server_counts_it() {
    let mut phone = Phone::ready(json!([with_bob(9, 1..=9, BEGIN)]));
    assert_eq!(unread(&mut phone), 9);
    reads_up_to(&mut phone, 4);
    assert_eq!(unread(&mut phone), 9, "the server alone can tell");
    phone.reply("conv.read", &json!({"sequence": 4, "base": 3, "revokedAboveBase": 1}));
    assert_eq!(unread(&mut phone), 5);
    // An answer that is older than what is read here changes nothing.
    reads_up_to(&mut phone, 2);
    phone.reply("conv.read", &json!({"sequence": 2, "base": 2}));
    assert_eq!(unread(&mut phone), 5);
}

#[test]
fn an_answer_that_later_revocations_overtook_is_left_to_a_sync() {
    let mut phone = Phone::ready(json!([with_bob(9, 1..=9, BEGIN)]));
    reads_up_to(&mut phone, 4);
    let change = json!({"kind": "revoked", "by": "bob", "time": BEGIN});
    let mutation = json!({
        "from": "bob", "to": "C2Calice", "mutation": 1, "sequence": 8, "countable": 8, "change": change
    });
    phone.hear(&json!({"n": 1, "ev": "mut", "p": mutation}));
    let syncs = phone.asked("sync").len();
    phone.reply("conv.read", &json!({"sequence": 4, "base": 4}));
    assert_eq!(unread(&mut phone), 8, "it does not say whether message 8 is among them");
    assert_eq!(phone.asked("sync").len(), syncs + 1);
}
