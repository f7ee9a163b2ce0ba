//! A phone whose app is in the background: its store and its connection are closed until the app resumes it.

use serde_json::json;
use tim::event::Event;
use tim::machine::io::{Call, Input, Output, Return};
use tim::{Code, ConversationId};
use tim_protocol::Fault;

use crate::phone::{BEGIN, Phone, message, with_bob};

fn code(phone: &Phone, call: tim::machine::io::CallId) -> Option<Code> {
    phone.returned(call).map(|result| result.as_ref().err().map_or(Code(0), |fault| fault.code))
}

fn is_closed(phone: &Phone) -> bool {
    matches!(phone.done.last(), Some(Output::PauseStore))
}

#[test]
fn a_paused_phone_does_nothing_by_itself_and_goes_on_when_it_is_resumed() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    let (sending, asking) = (phone.say("on my way"), phone.call(Call::Profiles(Vec::new())));
    let paused = phone.call(Call::Pause);
    assert!(is_closed(&phone));
    assert_eq!(
        [sending, asking, paused].map(|call| code(&phone, call)),
        [Some(Code::PAUSED), Some(Code::PAUSED), Some(Code(0))]
    );
    let (connects, sent) = (phone.connects, phone.sent.len());
    phone.feed(Input::Network { up: true });
    phone.wait(3_600_000);
    assert_eq!((phone.connects, phone.sent.len()), (connects, sent));
    let refused = phone.call(Call::ConversationList);
    assert_eq!(code(&phone, refused), Some(Code::PAUSED));
    let resumed = phone.call(Call::Resume);
    assert_eq!((code(&phone, resumed), phone.connects), (Some(Code(0)), connects + 1));
    let list = phone.call(Call::ConversationList);
    assert!(matches!(phone.returned(list), Some(Ok(Return::Conversations(list))) if list.len() == 1));
    phone.feed(Input::Connected);
    phone.welcome(false);
    phone.page(2, json!([with_bob(5, 1..=5, BEGIN)]));
    assert_eq!(phone.asked("msg.send").len(), 2, "the message is sent again, under the same ID");
}

#[test]
fn a_commit_that_fails_while_it_pauses_opens_nothing() {
    for fault in [Code::STORAGE_FULL, Code::STORE_DAMAGED] {
        let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
        phone.call(Call::Pause);
        let connects = phone.connects;
        phone.feed(Input::StoreFailed(Fault::new(fault)));
        phone.wait(3_600_000);
        assert_eq!(phone.connects, connects, "{fault}");
        let told = phone.events.iter().filter(|event| matches!(event, Event::Error { .. })).count();
        assert_eq!(told, usize::from(fault == Code::STORAGE_FULL));
        let resumed = phone.call(Call::Resume);
        assert_eq!((code(&phone, resumed), phone.connects), (Some(Code(0)), connects + 1));
    }
}

#[test]
fn a_login_goes_on_after_a_pause_and_ends_in_its_time() {
    let mut phone = Phone::redact();
    let login = phone.log_in("alice");
    phone.call(Call::Pause);
    assert_eq!(code(&phone, login), None);
    phone.call(Call::Resume);
    phone.feed(Input::Connected);
    phone.welcome(false);
    assert_eq!(code(&phone, login), Some(Code(0)));
    let mut phone = Phone::redact();
    let login = phone.log_in("alice");
    phone.call(Call::Pause);
    phone.wait(3_600_000);
    assert_eq!(code(&phone, login), Some(Code::NETWORK_ERROR));
    // Nobody is logged in: there is nothing to pause, and nothing to resume.
    for call in [Call::Pause, Call::Resume] {
        let call = phone.call(call);
        assert_eq!(code(&phone, call), Some(Code(0)));
    }
}

#[test]
fn what_waits_for_the_listener_when_it_pauses_is_told_again_only_after_a_crash() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    phone.listens = false;
    phone.hear(&json!({"n": 1, "ev": "msg", "p": message(6, "bob", phone.now)}));
    phone.call(Call::Pause);
    phone.call(Call::Resume);
    // The listener has returned, meanwhile or now.
    let with_bob: ConversationId = "C2Cbob".parse().unwrap();
    phone.feed(Input::Delivered(vec![(with_bob, 6)]));
    phone.wait(1_000);
    let again = |phone: Phone| {
        let mut phone = phone.killed();
        phone.log_in("alice");
        phone.welcome(false);
        phone.page(9, json!([]));
        phone.told()
    };
    assert!(again(phone).is_empty());
}
