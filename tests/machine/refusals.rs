//! How the phone reacts to refused connections: by the reply to `hello`, or because of the certificate.

use serde_json::{Value, json};
use tim::event::Event;
use tim::machine::io::{Call, Input};
use tim::protocol::Fault;
use tim::store::Store;
use tim::{Code, UserId};

use crate::phone::Phone;

/// The shortest pause while somebody has to mend the server, in milliseconds.
const LONG: i64 = 30_000;

/// Refusals that somebody mends at the server, and that end no login that stood.
const REPAIRED: [Code; 4] =
    [Code::CLOCKS_DIFFER, Code::APP_UNKNOWN, Code::VERSION_UNSUPPORTED, Code::CERTIFICATE_NOT_VALID_NOW];

fn alice() -> Option<UserId> {
    Some(UserId::new("alice").unwrap())
}

/// The emitted errors.
fn errors(phone: &Phone) -> Vec<Code> {
    let told = phone.events.iter().filter_map(|event| match event {
        Event::Error { code, .. } => Some(*code),
        _ => None,
    });
    told.collect()
}

/// The connection breaks, and the next one is turned away.
fn comes_back_and_is_refused(phone: &mut Phone, code: Code) {
    if phone.machine.status().0.is_some() {
        phone.feed(Input::Disconnected);
    }
    phone.wait_for_it();
    is_refused(phone, code);
}

fn is_refused(phone: &mut Phone, code: Code) {
    if (Code::CERTIFICATE_UNKNOWN_ISSUER.0..=Code::CERTIFICATE_NOT_VALID_NOW.0).contains(&code.0) {
        phone.feed(Input::ConnectFailed(Fault::new(code)));
    } else {
        phone.feed(Input::Connected);
        let (number, _) = phone.last_asked("hello");
        phone.hear(&json!({"i": number, "e": {"c": code, "t": "no"}}));
    }
}

#[test]
fn a_login_that_stood_outlives_what_is_mended_at_the_server_and_tells_it_once() {
    for code in REPAIRED {
        let mut phone = Phone::ready(json!([]));
        comes_back_and_is_refused(&mut phone, code);
        for _ in 0..10 {
            let pause = phone.wait_for_it();
            assert!((LONG..=60_000).contains(&pause), "{code}: {pause}");
            is_refused(&mut phone, code);
        }
        assert_eq!((phone.machine.status(), errors(&phone)), ((alice(), None), vec![code]), "{code}");
        assert!(!phone.events.contains(&Event::SdkNotReady), "{code}");
        phone.wait_for_it();
        phone.welcome(false);
        phone.page(2, json!([]));
        phone.say("all is well again");
        assert_eq!(phone.asked("msg.send").len(), 1, "{code}");
        // The next time is news.
        comes_back_and_is_refused(&mut phone, code);
        assert_eq!(errors(&phone), [code, code], "{code}");
    }
}

#[test]
fn a_network_that_came_ends_a_long_pause() {
    let mut phone = Phone::ready(json!([]));
    comes_back_and_is_refused(&mut phone, Code::CLOCKS_DIFFER);
    let connects = phone.connects;
    phone.feed(Input::Network { up: true });
    assert_eq!(phone.connects, connects + 1);
}

#[test]
fn a_login_that_stood_ends_with_a_token_that_no_waiting_makes_good() {
    for code in [
        Code::USERSIG_MALFORMED,
        Code::USERSIG_WRONG_KEY,
        Code::USERSIG_OTHER_USER,
        Code::USERSIG_OTHER_APP,
        Code::USERSIG_REVOKED,
    ] {
        let mut phone = Phone::ready(json!([]));
        comes_back_and_is_refused(&mut phone, code);
        assert_eq!(phone.machine.status(), (None, Some(Code::LOGIN_FAILED)), "{code}");
        assert_eq!(errors(&phone), [code], "{code}");
        assert!(phone.events.contains(&Event::SdkNotReady), "{code}");
    }
}

#[test]
fn a_login_that_stood_is_kicked_by_what_ended_it() {
    for (code, then) in [
        (Code::USERSIG_EXPIRED, Code::USERSIG_EXPIRED_OFFLINE),
        (Code::KICKED_MULTIPLE_DEVICE, Code::KICKED_MULTIPLE_DEVICE),
        (Code::KICKED_MULTIPLE_ACCOUNT, Code::KICKED_MULTIPLE_ACCOUNT),
        (Code::KICKED_BY_SERVER, Code::KICKED_BY_SERVER),
    ] {
        let mut phone = Phone::ready(json!([]));
        comes_back_and_is_refused(&mut phone, code);
        assert_eq!(phone.machine.status(), (None, Some(then)), "{code}");
        assert!(phone.events.iter().any(|event| matches!(event, Event::KickedOut(_))), "{code}");
    }
}

#[test]
fn a_first_login_fails_at_once_with_what_somebody_has_to_mend() {
    for code in REPAIRED.into_iter().chain([
        Code::USERSIG_WRONG_KEY,
        Code::CERTIFICATE_UNKNOWN_ISSUER,
        Code::CERTIFICATE_UNUSABLE,
        Code::CERTIFICATE_WRONG_NAME,
    ]) {
        let mut phone = Phone::with(Store::in_memory().unwrap());
        let login = phone.log_in("alice");
        is_refused(&mut phone, code);
        assert_eq!(phone.returned(login).unwrap().as_ref().unwrap_err().code, code);
        assert_eq!(phone.machine.deadline(), None, "{code}: nothing is tried again");
        let refused = phone.call(Call::ServerTime);
        assert_eq!(phone.returned(refused).unwrap().as_ref().unwrap_err().code, Code::LOGIN_FAILED);
    }
}

#[test]
fn a_first_login_that_is_tried_again_in_vain_ends_with_what_was_in_its_way() {
    let mut phone = Phone::with(Store::in_memory().unwrap());
    let login = phone.log_in("alice");
    while phone.returned(login).is_none() {
        is_refused(&mut phone, Code::READ_ONLY);
        phone.wait_for_it();
    }
    assert_eq!(phone.returned(login).unwrap().as_ref().unwrap_err().code, Code::READ_ONLY);
    let hellos: Vec<(u64, Value)> = phone.asked("hello");
    assert!(hellos.len() > 1, "{hellos:?}");
}
