//! How long the phone waits before it connects anew.

use serde_json::json;
use tim::Code;
use tim::event::Event;
use tim::machine::io::Input;

use crate::phone::Phone;

/// The longest pause after a connection that was well, in milliseconds.
const FIRST: i64 = 500;
/// The most connections in ten minutes that all end at once: pauses grow to a minute.
const MAX_IN_TEN_MINUTES: usize = 60;
/// How long a connection stands until it is good, in milliseconds.
const GOOD: i64 = 5_000;

#[test]
fn breaks_of_connections_that_were_well_do_not_make_pauses_longer() {
    let mut phone = Phone::ready(json!([]));
    let pauses: Vec<i64> = (0..20)
        .map(|_| {
            phone.wait(GOOD);
            phone.comes_back(true)
        })
        .collect();
    assert!(pauses.iter().all(|pause| *pause <= FIRST), "{pauses:?}");
}

#[test]
fn a_login_that_stands_waits_as_long_as_a_server_says_that_has_heard_too_many() {
    for code in [Code::TOO_MANY_LOGINS, Code::TOO_FAST] {
        let mut phone = Phone::ready(json!([]));
        phone.events.clear();
        phone.feed(Input::Disconnected);
        for _ in 0..10 {
            phone.wait_for_it();
            phone.feed(Input::Connected);
            phone.refuse("hello", code, 120_000);
            let hellos = phone.asked("hello").len();
            phone.wait(119_999);
            assert_eq!(phone.asked("hello").len(), hellos);
        }
        phone.wait_for_it();
        phone.welcome(true);
        let ends = phone.events.iter().any(|event| matches!(event, Event::SdkNotReady | Event::KickedOut(_)));
        assert!(!ends, "{:?}", phone.events);
        phone.say("here again");
        assert_eq!(phone.asked("msg.send").len(), 1);
    }
}

/// How many connections the phone makes in ten minutes to a server that does this after each welcome.
fn connections(resumed: bool, answer: impl Fn(&mut Phone)) -> usize {
    let mut phone = Phone::ready(json!([]));
    phone.feed(Input::Disconnected);
    let (until, mut welcomed) = (phone.now + 600_000, phone.connects);
    let before = welcomed;
    while phone.now < until {
        if phone.connects > welcomed {
            welcomed = phone.connects;
            phone.welcome(resumed);
            answer(&mut phone);
        } else {
            phone.wait_for_it();
        }
    }
    phone.connects - before
}

#[test]
fn a_frame_that_breaks_every_resumed_connection_makes_pauses_longer() {
    let made = connections(true, |phone| phone.feed(Input::Frames(vec!["not JSON".into()])));
    assert!((10..MAX_IN_TEN_MINUTES).contains(&made), "{made}");
}

#[test]
fn a_connection_that_syncs_and_ends_at_once_makes_pauses_longer() {
    let made = connections(false, |phone| {
        phone.page(2, json!([]));
        phone.feed(Input::Disconnected);
    });
    assert!((10..MAX_IN_TEN_MINUTES).contains(&made), "{made}");
}

#[test]
fn resets_without_end_make_pauses_longer() {
    let picture = json!({"reset": true, "cursor": [7, 9], "conversations": []});
    let made = connections(false, |phone| phone.reply("sync", &picture));
    assert!((10..MAX_IN_TEN_MINUTES).contains(&made), "{made}");
}

#[test]
fn a_complete_picture_that_was_asked_for_is_taken_though_it_says_reset() {
    let mut phone = Phone::with(tim::store::Store::in_memory().unwrap());
    phone.log_in("alice");
    phone.welcome(false);
    phone.reply("sync", &json!({"reset": true, "cursor": [1, 9], "conversations": []}));
    assert!(phone.events.contains(&Event::SdkReady));
    assert_eq!(phone.connects, 1);
}

#[test]
fn a_sync_that_cannot_be_read_is_asked_for_again_with_growing_pauses() {
    let mut phone = Phone::with(tim::store::Store::in_memory().unwrap());
    phone.log_in("alice");
    phone.welcome(false);
    let (until, mut answered) = (phone.now + 600_000, 0);
    let mut ping = 0;
    while phone.now < until {
        let asked = phone.asked("sync").len();
        let pinged = phone.sent.iter().filter_map(|envelope| envelope["pi"].as_u64()).max().unwrap_or(0);
        if asked > answered {
            answered = asked;
            phone.reply("sync", &json!({"cursor": "later"}));
        } else if pinged > ping {
            ping = pinged;
            phone.hear(&json!({"po": ping, "now": phone.now}));
        } else {
            phone.wait_for_it();
        }
    }
    assert!((10..MAX_IN_TEN_MINUTES).contains(&answered), "{answered}");
    assert_eq!(phone.connects, 1, "the connection is as good as before");
}
