//! Events that were emitted before a crash but did not reach the listener are emitted again, and no others.

use serde_json::json;
use tim::Code;
use tim::event::Event;
use tim::machine::io::{Call, Input};

use crate::phone::{BEGIN, Phone, message, with_bob};

/// Bob says something at each of these places.
fn bob_says(phone: &mut Phone, places: std::ops::RangeInclusive<u64>) {
    let now = phone.now;
    for (number, place) in (1..).zip(places) {
        phone.hear(&json!({"n": number, "ev": "msg", "p": message(place, "bob", now)}));
    }
}

fn starts_again(phone: Phone) -> Phone {
    let mut phone = phone.killed();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(9, json!([]));
    phone
}

#[test]
fn what_no_listener_heard_before_a_crash_is_told_again_and_history_is_not() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    phone.listens = false;
    bob_says(&mut phone, 6..=8);
    phone.say("and I say");
    phone.reply("msg.send", &json!({"sequence": 9, "countable": 9, "time": phone.now}));
    phone.sent.clear();
    let number = 4;
    phone.hear(&json!({"n": number, "ev": "msg", "p": message(10, "bob", phone.now)}));
    assert_eq!(phone.told(), [6, 7, 8, 10]);
    let mut phone = starts_again(phone);
    assert_eq!(phone.told(), [6, 7, 8, 10], "neither what was history nor the own message");
    phone.wait(1_000);
    let phone = starts_again(phone);
    assert!(phone.told().is_empty(), "it was heard the second time");
}

#[test]
fn what_was_heard_is_told_again_only_after_a_crash_within_a_second() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    bob_says(&mut phone, 6..=8);
    phone.wait(1_000);
    let mut phone = starts_again(phone);
    assert!(phone.told().is_empty());
    bob_says(&mut phone, 9..=9);
    phone.wait(999);
    assert_eq!(starts_again(phone).told(), [9]);
}

#[test]
fn what_was_pushed_before_an_initial_sync_that_never_came_is_history_afterwards() {
    let mut phone = Phone::redact();
    phone.log_in("alice");
    phone.welcome(false);
    phone.listens = false;
    bob_says(&mut phone, 1..=1);
    let mut phone = phone.killed();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(1, json!([with_bob(1, 1..=1, BEGIN)]));
    assert!(phone.told().is_empty());
}

#[test]
fn what_waits_when_the_user_logs_out_is_not_told_again() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    phone.listens = false;
    bob_says(&mut phone, 6..=8);
    phone.call(Call::Logout);
    phone.reply("logout", &json!({}));
    assert!(phone.events.contains(&Event::SdkNotReady));
    assert!(starts_again(phone).told().is_empty());
}

#[test]
fn a_login_that_is_refused_takes_nothing_from_the_next_one() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    phone.listens = false;
    bob_says(&mut phone, 6..=8);
    let mut phone = phone.killed();
    phone.log_in("alice");
    phone.feed(Input::Connected);
    phone.refuse("hello", Code::USERSIG_EXPIRED, 0);
    assert!(phone.told().is_empty());
    phone.log_in("alice");
    phone.welcome(false);
    assert_eq!(phone.told(), [6, 7, 8]);
}

#[test]
fn of_very_many_the_newest_three_hundred_are_told_again_and_before_what_is_new() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    phone.listens = false;
    bob_says(&mut phone, 6..=406);
    let mut phone = phone.killed();
    phone.log_in("alice");
    phone.welcome(false);
    let now = phone.now;
    phone.page(9, json!([with_bob(407, 407..=407, now)]));
    assert_eq!(phone.told(), (107..=407).collect::<Vec<_>>());
}

#[test]
fn frames_that_arrive_together_are_stored_in_one_commit_and_told_in_one_event() {
    let mut phone = Phone::ready(json!([]));
    phone.events.clear();
    phone.commits.clear();
    let push = |number| json!({"n": number, "ev": "msg", "p": message(number, "bob", BEGIN)}).to_string();
    phone.feed(Input::Frames(vec![push(1), push(2)]));
    assert_eq!(phone.told(), [1, 2]);
    let received = |event: &&Event| matches!(event, Event::MessageReceived(_));
    assert_eq!((phone.commits.len(), phone.events.iter().filter(received).count()), (1, 1));
}
