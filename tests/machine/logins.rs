//! Logins and logouts that cross each other.

use serde_json::json;
use tim::event::Event;
use tim::machine::io::{Call, Return};

use crate::phone::Phone;

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
