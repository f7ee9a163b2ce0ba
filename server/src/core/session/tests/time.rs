//! What happens when nothing happens: silence, and tokens that end.

use super::*;

#[test]
fn whoever_says_nothing_is_closed_after_ten_seconds() {
    let mut phone = Phone::connects();
    let due = phone.session.deadline().unwrap();
    assert_eq!(due - phone.now.monotonic, limits::HELLO_WITHIN_MS);
    phone.passes(limits::HELLO_WITHIN_MS - 1);
    assert!(phone.happens(Input::Deadline).is_empty(), "not yet");
    phone.passes(1);
    assert_eq!(closed(&phone.happens(Input::Deadline)), Some(Code::HELLO_EXPECTED));
    assert_eq!(phone.session.deadline(), None);
}

#[test]
fn a_silent_phone_is_taken_for_dead_and_a_heartbeat_keeps_it() {
    let mut phone = Phone::logged_in();
    phone.passes(700_000);
    let effects = phone.says(r#"{"pi":1}"#);
    let [Effect::Query(token, Query::Version { key: ALICE })] = effects[..] else { panic!("{effects:?}") };
    let cursor = Cursor { epoch: 1, version: 9 };
    let pong = &envelopes(&phone.finds(token, QueryResult::Version(cursor)))[0];
    assert_eq!(pong, &json!({ "po": 1, "cur": [1, 9], "now": phone.now.wall }));
    phone.passes(749_999);
    assert!(phone.happens(Input::Deadline).is_empty());
    assert_eq!(phone.session.deadline(), Some(phone.now.monotonic + 1));
    phone.passes(1);
    assert_eq!(closed(&phone.happens(Input::Deadline)), Some(Code::IDLE_TOO_LONG));
}

#[test]
fn a_token_that_ends_while_its_user_is_connected_ends_the_session() {
    let mut phone = Phone::connects();
    phone.greets(&hello_with("userSig", sig(KEY, APP, "alice", 60).into()));
    assert_eq!(phone.session.deadline(), Some(phone.now.monotonic + 60_000));
    phone.passes(60_000);
    let effects = phone.happens(Input::Deadline);
    assert_eq!(envelopes(&effects), [json!({ "ev": "kick", "p": { "type": "userSigExpired" } })]);
    assert_eq!(closed(&effects), Some(Code::USERSIG_EXPIRED_OFFLINE));
    assert!(phone.session.park().is_none(), "nothing to resume");
}

#[test]
fn whoever_keeps_talking_does_not_hold_off_the_end_of_their_time() {
    let mut phone = Phone::connects();
    phone.greets(&hello_with("userSig", sig(KEY, APP, "alice", 60).into()));
    phone.passes(60_000);
    assert_eq!(closed(&phone.says(r#"{"a":1}"#)), Some(Code::USERSIG_EXPIRED_OFFLINE));
    let mut stranger = Phone::connects();
    stranger.passes(limits::HELLO_WITHIN_MS);
    assert_eq!(closed(&stranger.says(r#"{"a":1}"#)), Some(Code::HELLO_EXPECTED));
}
