//! After a hint that the network changed, the connection must prove soon that it is alive.

use serde_json::{Value, json};
use tim::machine::io::Input;

use crate::phone::Phone;

/// How long a connection has to prove that it lives, in milliseconds.
const SOON: i64 = 3_000;

fn network(phone: &mut Phone, up: bool) {
    phone.feed(Input::Network { up });
}

/// The numbers of the heartbeats that were sent.
fn heartbeats(phone: &Phone) -> Vec<Value> {
    phone.sent.iter().filter_map(|envelope| envelope.get("pi").cloned()).collect()
}

fn answer(phone: &mut Phone, number: &Value) {
    phone.hear(&json!({"po": number, "now": phone.now}));
}

#[test]
fn a_connection_that_died_with_the_old_network_is_given_up_soon() {
    let mut phone = Phone::ready(json!([]));
    network(&mut phone, true);
    phone.wait(SOON - 1);
    assert_eq!((heartbeats(&phone).len(), phone.disconnects), (1, 0));
    phone.wait(1);
    assert_eq!(phone.disconnects, 1);
    phone.wait_for_it();
    assert_eq!(phone.connects, 2);
}

#[test]
fn a_connection_that_answers_stays_however_often_the_network_changes() {
    let mut phone = Phone::ready(json!([]));
    for changes in 1..=5 {
        network(&mut phone, true);
        phone.wait(SOON - 1);
        network(&mut phone, true);
        let sent = heartbeats(&phone);
        assert_eq!(sent.len(), changes, "one question at a time");
        answer(&mut phone, sent.last().unwrap());
        phone.wait(SOON);
    }
    assert_eq!(phone.disconnects, 0);
}

#[test]
fn an_answer_to_an_older_heartbeat_proves_nothing() {
    let mut phone = Phone::ready(json!([]));
    phone.wait(30_000);
    network(&mut phone, true);
    let [older, _] = heartbeats(&phone).try_into().unwrap();
    answer(&mut phone, &older);
    phone.wait(SOON);
    assert_eq!(phone.disconnects, 1);
}

#[test]
fn without_a_connection_a_network_that_came_is_tried_at_once() {
    let mut phone = Phone::ready(json!([]));
    phone.feed(Input::Disconnected);
    network(&mut phone, false);
    assert_eq!(phone.connects, 1);
    network(&mut phone, true);
    assert_eq!(phone.connects, 2);
}

#[test]
fn that_the_network_went_is_believed_when_the_connection_breaks() {
    let mut phone = Phone::ready(json!([]));
    network(&mut phone, false);
    phone.wait(SOON);
    assert_eq!((heartbeats(&phone).len(), phone.disconnects), (0, 0));
}
