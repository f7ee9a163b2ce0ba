//! Receipts of the other side, which are emitted whether the phone was connected or not.

use serde_json::{Value, json};

use crate::phone::{BEGIN, Phone, message};

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
