//! Reconnecting after many messages: the newest are emitted, the others are history, whatever happens on the way.

use serde_json::json;

use crate::phone::{BEGIN, Phone, message, with_bob};

/// Alice knows five messages, and comes back after Bob wrote five thousand more; the first page has the last twenty.
fn back_after_five_thousand() -> Phone {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    phone.comes_back(false);
    phone.page(2, json!([with_bob(5_005, 4_986..=5_005, phone.now)]));
    phone
}

#[test]
fn of_many_messages_the_newest_three_hundred_are_told() {
    let mut phone = back_after_five_thousand();
    assert_eq!(phone.serve_history(BEGIN + 1), 3);
    assert_eq!(phone.told(), (4_706..=5_005).collect::<Vec<_>>());
}

#[test]
fn an_app_that_ends_while_it_catches_up_goes_on_with_that() {
    let mut phone = back_after_five_thousand().restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(2, json!([]));
    assert_eq!(phone.serve_history(BEGIN + 1), 3, "for what is news, and not for all there is");
    assert_eq!(phone.told(), (4_706..=5_005).collect::<Vec<_>>());
}

#[test]
fn of_very_many_that_come_before_one_that_is_missing_all_are_told_in_the_end() {
    let mut phone = Phone::ready(json!([with_bob(1, 1..=1, BEGIN)]));
    for place in 3..=1_500 {
        phone.hear(&json!({"n": place - 2, "ev": "msg", "p": message(place, "bob", BEGIN)}));
    }
    phone.wait(1_000);
    phone.serve_history(BEGIN);
    assert_eq!(phone.told(), (2..=1_500).collect::<Vec<u64>>());
}
