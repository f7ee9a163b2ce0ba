//! Logins and logouts that cross each other.

use serde_json::json;
use tim::Code;
use tim::event::{Event, NetState};
use tim::machine::io::{Call, Input, Now, Return};
use tim::protocol::Fault;
use tim::store::Store;

use crate::phone::{BEGIN, Phone, message};

/// Logs in while a logout waits for the server, and sees both come about in this order.
fn logs_out_and_in_at_once(next: &str) {
    let mut phone = Phone::ready(json!([]));
    let former = phone.last_asked("hello").1;
    let logout = phone.call(Call::Logout);
    let login = phone.log_in(next);
    assert!(matches!(phone.returned(logout), Some(Ok(Return::Done))), "{next}");
    assert!(phone.events.contains(&Event::SdkNotReady), "{next}");
    assert_eq!(phone.asked("logout").len(), 1, "{next}: the server is told");
    phone.welcome(false);
    let hello = phone.last_asked("hello").1;
    assert_eq!((&hello["userID"], &hello["login"]), (&json!(next), &json!(true)));
    assert_ne!(hello["instance"], former["instance"], "{next}: another login");
    let answer = phone.returned(login);
    assert!(matches!(answer, Some(Ok(Return::LoggedIn { repeated: false }))), "{next}: {answer:?}");
    phone.page(1, json!([]));
    assert_eq!(phone.machine.status(), (Some(tim::UserId::new(next).unwrap()), None));
}

#[test]
fn a_login_behind_a_logout_is_a_login_of_its_own() {
    logs_out_and_in_at_once("alice");
}

#[test]
fn another_user_need_not_wait_for_the_end_of_a_logout() {
    logs_out_and_in_at_once("bob");
}

/// The events about the connection.
fn net_states(phone: &Phone) -> Vec<NetState> {
    let states = phone.events.iter().filter_map(|event| match event {
        Event::NetStateChange(state) => Some(*state),
        _ => None,
    });
    states.collect()
}

#[test]
fn a_login_that_was_refused_is_not_connecting() {
    use NetState::{Connected, Connecting, Disconnected};
    let mut phone = Phone::with(Store::in_memory().unwrap());
    phone.log_in("alice");
    phone.feed(Input::Connected);
    phone.refuse("hello", Code::USERSIG_WRONG_KEY, 0);
    assert_eq!(net_states(&phone), [Connecting, Disconnected]);
    phone.log_in("alice");
    phone.welcome(false);
    assert_eq!(net_states(&phone), [Connecting, Disconnected, Connecting, Connected]);
}

#[test]
fn nobody_who_is_logged_out_or_kicked_is_connected() {
    use NetState::{Connected, Connecting, Disconnected};
    let mut phone = Phone::ready(json!([]));
    phone.call(Call::Logout);
    phone.reply("logout", &json!({}));
    assert_eq!(net_states(&phone), [Connecting, Connected, Disconnected]);
    phone.log_in("alice");
    phone.welcome(false);
    phone.hear(&json!({"ev": "kick", "p": {"type": "multipleDevice"}}));
    let later = net_states(&phone).split_off(3);
    assert_eq!(later, [Connecting, Connected, Disconnected]);
}

#[test]
fn a_break_in_the_turn_of_a_failed_commit_is_told() {
    let mut phone = Phone::ready(json!([]));
    phone.events.clear();
    // A message, and behind it a push whose number shows that others were left out.
    let lag = json!({"n": 9, "ev": "lag"});
    let frame = json!([{"n": 1, "ev": "msg", "p": message(1, "bob", BEGIN)}, lag]);
    let now = Now { monotonic: phone.now, wall: phone.now };
    phone.machine.handle(Input::Frames(vec![frame.to_string()]), now);
    phone.feed(Input::StoreFailed(Fault::new(Code::STORAGE_FULL)));
    assert_eq!(net_states(&phone), [NetState::Disconnected]);
}
