//! How long the phone waits before it connects anew.

use serde_json::json;
use tim::Code;
use tim::event::Event;
use tim::machine::io::Input;

use crate::phone::Phone;

/// The longest pause after a connection that was well, in milliseconds.
const FIRST: i64 = 500;
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
