//! Receipts of the user's messages: many readers are few pushes.

use tim_protocol::message::{MessageReceipts, ReceiptUpdates};

use super::*;

fn are_read(phone: &mut Phone, conversation: &str, sequence: u64, read: u32) -> Vec<Value> {
    let receipts = vec![MessageReceipts { sequence, read, unread: 1_000 - read }].into();
    let updates = ReceiptUpdates { conversation_id: conversation.parse().unwrap(), receipts };
    envelopes(&phone.happens(Input::Delivery(Delivery::Receipts(Arc::new(updates)))))
}

/// The number of a push, its conversation, and of each of its messages how many read it.
fn told(push: &Value) -> (u64, &str, Vec<(u64, u64)>) {
    assert_eq!(push["ev"], "receipts");
    let receipts = push["p"]["receipts"].as_array().unwrap().iter();
    let counts = receipts.map(|it| (it["sequence"].as_u64().unwrap(), it["read"].as_u64().unwrap()));
    (push["n"].as_u64().unwrap(), push["p"]["conversationID"].as_str().unwrap(), counts.collect())
}

#[test]
fn a_thousand_readers_within_a_second_are_two_pushes() {
    let mut phone = Phone::logged_in();
    let first = are_read(&mut phone, "GROUPtea", 7, 1);
    assert_eq!(told(&first[0]), (1, "GROUPtea", vec![(7, 1)]));
    for read in 2..=999 {
        assert!(are_read(&mut phone, "GROUPtea", 7, read).is_empty());
    }
    are_read(&mut phone, "GROUPtea", 7, 998);
    are_read(&mut phone, "GROUPtea", 9, 3);
    are_read(&mut phone, "C2Cbob", 4, 1);
    let due = phone.session.deadline().unwrap();
    assert_eq!(due, phone.now.monotonic + limits::RECEIPTS_EVERY_MS);
    phone.passes(limits::RECEIPTS_EVERY_MS);
    let pushes = envelopes(&phone.happens(Input::Deadline));
    let all: Vec<_> = pushes.iter().map(told).collect();
    assert_eq!(all, [(2, "C2Cbob", vec![(4, 1)]), (3, "GROUPtea", vec![(7, 999), (9, 3)])]);
    assert!(phone.session.deadline().unwrap() > due + limits::RECEIPTS_EVERY_MS, "nothing waits");
    assert!(are_read(&mut phone, "GROUPtea", 7, 1_000).is_empty());
    phone.passes(limits::RECEIPTS_EVERY_MS);
    assert_eq!(phone.happens(Input::Deadline).len(), 1);
}

#[test]
fn many_messages_do_not_wait() {
    let mut phone = Phone::logged_in();
    are_read(&mut phone, "GROUPtea", 1, 1);
    for sequence in 2..=100 {
        assert!(are_read(&mut phone, "GROUPtea", sequence, 1).is_empty());
    }
    let pushed = are_read(&mut phone, "GROUPtea", 101, 1);
    assert_eq!(told(&pushed[0]).2.len(), 100);
}

#[test]
fn what_waits_when_the_connection_breaks_is_sent_when_it_is_back() {
    let mut phone = Phone::logged_in();
    are_read(&mut phone, "GROUPtea", 1, 1);
    are_read(&mut phone, "GROUPtea", 1, 2);
    let mut parked = phone.session.park().unwrap();
    let missed: Vec<Value> =
        parked.window.replay(0).unwrap().iter().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(missed.iter().map(|push| told(push).2).collect::<Vec<_>>(), [[(1, 1)], [(1, 2)]]);
}

#[test]
fn a_full_window_makes_the_client_sync() {
    let mut phone = Phone::logged_in();
    (0..limits::WINDOW_PUSHES).for_each(|_| drop(phone.is_told("unheard")));
    let lag = are_read(&mut phone, "GROUPtea", 1, 1);
    assert_eq!(lag[0]["ev"], "lag");
}
