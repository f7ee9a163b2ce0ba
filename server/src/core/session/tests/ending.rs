//! Logging out, and a server that stops.

use super::*;

#[test]
fn logging_out_ends_the_login_and_then_the_connection() {
    let mut phone = Phone::logged_in();
    let effects = phone.asks("logout", &json!({}));
    let [Effect::Write(token, Write::Logout { instance, .. })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(instance, "i1");
    let token = *token;
    let effects = phone.wrote(token, WriteReply::Done);
    assert_eq!(envelopes(&effects), [json!({ "i": 2, "r": {} })]);
    assert_eq!(closed(&effects), Some(Code::LOGGED_OUT));
    assert!(phone.session.park().is_none());
}

#[test]
fn a_session_that_is_logging_out_is_not_resumed() {
    let mut phone = Phone::logged_in();
    let effects = phone.asks("logout", &json!({}));
    assert!(matches!(effects[..], [Effect::Write(_, Write::Logout { .. })]), "{effects:?}");
    assert!(phone.session.park().is_none());
}

#[test]
fn a_logout_that_was_not_stored_leaves_the_login() {
    let mut phone = Phone::logged_in();
    let effects = phone.asks("logout", &json!({}));
    let [Effect::Write(token, _)] = effects[..] else { panic!("{effects:?}") };
    let effects = phone.happens(Input::WriteResult(token, Err(Code::READ_ONLY.into())));
    assert_eq!(fault(&effects, 2).code, Code::READ_ONLY);
    phone.sends();
}

#[test]
fn a_stopping_server_answers_what_was_asked_and_nothing_new() {
    let mut phone = Phone::logged_in();
    let token = phone.sends();
    assert!(phone.happens(Input::Shutdown).is_empty());
    let effects = phone.asks("msg.send", &text_to("C2Cbob"));
    assert_eq!(fault(&effects, phone.number).code, Code::SHUTTING_DOWN);
    let effects = phone.wrote(token, sent());
    assert_eq!(envelopes(&effects)[0]["i"], 2);
    assert_eq!(closed(&effects), Some(Code::SHUTTING_DOWN));
    for mut idle in [Phone::connects(), Phone::logged_in()] {
        assert_eq!(closed(&idle.happens(Input::Shutdown)), Some(Code::SHUTTING_DOWN));
    }
}
