//! Sessions that go on after a break.

use super::*;

/// A phone that heard three pushes, acknowledged one, and lost its connection.
fn dropped() -> Box<Parked> {
    let mut phone = Phone::logged_in();
    for text in ["one", "two", "three"] {
        phone.is_told(text);
    }
    phone.says(r#"{"a":1}"#);
    Box::new(phone.session.park().unwrap())
}

/// What a connection that asks to resume session 1 from a push on gets, if the server finds `parked`.
fn resume(hello: Value, push: u64, parked: Option<Box<Parked>>) -> (Phone, Vec<Effect>) {
    let mut hello = hello;
    hello["resume"] = json!({ "session": Uuid::from_u128(1), "push": push });
    let mut phone = Phone::connects_to(&shares(Rate::new(1_000, 1_000, 1_000)), 2);
    let (asked, effects) = phone.greets(&hello);
    assert_eq!(asked, ["greet"]);
    let [Effect::Unpark(session)] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(session, Uuid::from_u128(1));
    let effects = phone.happens(Input::Unparked(parked));
    (phone, effects)
}

#[test]
fn a_dropped_session_goes_on_with_what_it_missed() {
    let (mut phone, effects) = resume(hello_with("login", false.into()), 2, Some(dropped()));
    let [Effect::Attach(ALICE, attached), Effect::Admit(ALICE, _), ..] = effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(attached, Uuid::from_u128(1), "its old place on the bus");
    let said = envelopes(&effects);
    assert_eq!(said[0]["r"]["resumed"], true);
    assert_eq!(said[0]["r"]["session"], Uuid::from_u128(1).to_string());
    assert_eq!(said[1..], [json!({ "n": 3, "ev": "msg", "p": "three" })]);
    assert_eq!(envelopes(&phone.is_told("four"))[0]["n"], 4, "numbers go on");
}

#[test]
fn a_session_that_cannot_go_on_begins_anew() {
    let reconnect = || hello_with("login", false.into());
    let of_somebody_else = Box::new(Parked { user: UserKey(8), ..*dropped() });
    let of_another_login = Box::new(Parked { instance: "i0".into(), ..*dropped() });
    for (what, push, parked) in [
        ("nothing was kept", 2, None),
        ("another user's", 2, Some(of_somebody_else)),
        ("another login's", 2, Some(of_another_login)),
        ("a push that is forgotten", 0, Some(dropped())),
        ("a push that was never sent", 4, Some(dropped())),
    ] {
        let (mut phone, attach) = resume(reconnect(), push, parked);
        let [Effect::Attach(ALICE, id)] = attach[..] else { panic!("{what}: {attach:?}") };
        assert_eq!(id, Uuid::from_u128(2), "{what}: a subscription of its own");
        let asks = phone.happens(Input::Attached);
        let [Effect::Query(token, Query::SessionStart { .. })] = asks[..] else { panic!("{what}: {asks:?}") };
        phone.finds(token, start(devices(&["i1"], &[])));
        let effects = phone.happens(Input::Attached);
        let said = envelopes(&effects);
        assert_eq!(said.len(), 1, "{what}: {said:?}");
        assert_eq!(said[0]["r"]["resumed"], false, "{what}");
        assert_eq!(said[0]["r"]["session"], Uuid::from_u128(2).to_string(), "{what}");
        assert_eq!(envelopes(&phone.is_told("hi"))[0]["n"], 1, "{what}");
    }
}

#[test]
fn a_new_login_resumes_nothing() {
    let mut hello = hello();
    hello["resume"] = json!({ "session": Uuid::from_u128(1), "push": 0 });
    let (_, effects) = Phone::connects().greets(&hello);
    assert!(matches!(effects[..], [Effect::Send(_)]), "{effects:?}");
}
