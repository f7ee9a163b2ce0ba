//! What the bus tells: kicks, and inboxes that were full.

use super::*;

#[test]
fn a_kick_ends_only_the_logins_it_names() {
    let mut phone = Phone::logged_in();
    assert!(phone.hears_of_kicks(&["of another phone"]).is_empty());
    let effects = phone.is_kicked(&["of another phone", "i1"]);
    assert_eq!(envelopes(&effects), [json!({ "ev": "kick", "p": { "type": "multipleDevice" } })]);
    assert_eq!(closed(&effects), Some(Code::KICKED_MULTIPLE_DEVICE));
}

#[test]
fn a_full_inbox_means_one_lag_and_a_look_at_the_logins() {
    let mut phone = Phone::logged_in();
    phone.is_told("first");
    let effects = phone.happens(Input::Overflow);
    let [Effect::Send(lag), Effect::Query(token, Query::Devices { app: APP, .. })] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(lag, r#"{"n":2,"ev":"lag"}"#);
    assert!(phone.finds(*token, QueryResult::Devices(Some(devices(&["i1"], &[])))).is_empty(), "all is well");
    assert!(phone.is_told("left out").is_empty());
    let effects = phone.happens(Input::Overflow);
    assert!(matches!(effects[..], [Effect::Query(..)]), "a lag that was not acknowledged is not repeated");
    phone.says(r#"{"a":2}"#);
    assert_eq!(envelopes(&phone.is_told("again"))[0]["n"], 3);
}

#[test]
fn a_slow_phone_is_left_out_until_it_acknowledges_the_lag() {
    let mut phone = Phone::logged_in();
    for _ in 0..limits::WINDOW_PUSHES {
        assert_eq!(phone.is_told("hi").len(), 1);
    }
    assert_eq!(envelopes(&phone.is_told("too much")), [json!({ "n": 257, "ev": "lag" })]);
    assert!(phone.is_told("left out").is_empty());
    // Its end gets through a full window all the same.
    assert_eq!(closed(&phone.is_kicked(&["i1"])), Some(Code::KICKED_MULTIPLE_DEVICE));
}

#[test]
fn a_kick_that_the_full_inbox_swallowed_is_found_out() {
    let mut phone = Phone::logged_in();
    let effects = phone.happens(Input::Overflow);
    let [_, Effect::Query(token, _)] = effects[..] else { panic!("{effects:?}") };
    let ended = devices(&[], &[("i1", KickReason::RestApi)]);
    let effects = phone.finds(token, QueryResult::Devices(Some(ended)));
    assert_eq!(envelopes(&effects), [json!({ "ev": "kick", "p": { "type": "REST_API_Kick" } })]);
    assert_eq!(closed(&effects), Some(Code::KICKED_BY_SERVER));
    // A store that cannot tell leaves it to the next connection.
    let mut phone = Phone::logged_in();
    let effects = phone.happens(Input::Overflow);
    let [_, Effect::Query(token, _)] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(closed(&phone.happens(Input::QueryResult(token, Err(Code::BUSY.into())))), Some(Code::BUSY));
}

#[test]
fn a_login_that_ends_before_it_is_on_the_bus_is_refused() {
    let mut phone = Phone::connects();
    let token = attached(&mut phone);
    let effects = phone.finds(token, start(devices(&["i2"], &[("i1", KickReason::MultipleDevice)])));
    is_refused(&effects, 1, Code::KICKED_MULTIPLE_DEVICE);
}

#[test]
fn a_session_whose_login_was_ended_elsewhere_is_closed_without_a_kick() {
    let mut phone = Phone::logged_in();
    let token = phone.is_in_doubt(&["i1"]);
    let ended = Devices { ended: vec![("i1".into(), Code::LOGGED_OUT)], ..devices(&[], &[]) };
    let effects = phone.finds(token, QueryResult::Devices(Some(ended)));
    assert!(matches!(effects[..], [Effect::Close(Code::LOGGED_OUT, _)]), "{effects:?}");
}

#[test]
fn a_kick_whose_reason_is_forgotten_ends_the_login_too() {
    let mut phone = Phone::logged_in();
    let token = phone.is_in_doubt(&["i1"]);
    let effects = phone.finds(token, QueryResult::Devices(Some(devices(&["i2"], &[]))));
    assert_eq!(closed(&effects), Some(Code::KICKED_MULTIPLE_DEVICE));
}

#[test]
fn a_kick_that_is_older_than_the_login_ends_nothing() {
    let mut phone = Phone::logged_in();
    let token = phone.is_in_doubt(&["i1"]);
    assert!(phone.finds(token, QueryResult::Devices(Some(devices(&["i1"], &[])))).is_empty());
}

#[test]
fn a_kick_that_comes_before_the_welcome_follows_it() {
    for (named, is_hers) in [("i1", true), ("of another phone", false)] {
        let mut phone = Phone::connects();
        let token = attached(&mut phone);
        assert!(phone.hears_of_kicks(&[named]).is_empty());
        phone.finds(token, start(devices(&["i1"], &[])));
        if is_hers {
            is_welcomed_and_kicked(&mut phone);
        } else {
            assert!(matches!(phone.happens(Input::Attached)[..], [Effect::Admit(..), Effect::Send(_)]));
        }
    }
}

#[test]
fn a_login_that_stands_after_a_kick_before_the_welcome_goes_on() {
    let mut phone = Phone::connects();
    let token = attached(&mut phone);
    phone.hears_of_kicks(&["i1"]);
    phone.finds(token, start(devices(&["i1"], &[])));
    let welcome = phone.happens(Input::Attached);
    let [.., Effect::Query(token, Query::Devices { .. })] = welcome[..] else { panic!("{welcome:?}") };
    assert!(phone.finds(token, QueryResult::Devices(Some(devices(&["i1"], &[])))).is_empty());
}

/// The phone, which is about to be welcomed, looks at its login after it, and finds that another took its place.
fn is_welcomed_and_kicked(phone: &mut Phone) {
    let welcome = phone.happens(Input::Attached);
    let [Effect::Admit(..), Effect::Send(_), Effect::Query(token, Query::Devices { .. })] = welcome[..]
    else {
        panic!("{welcome:?}")
    };
    let taken = devices(&["i2"], &[("i1", KickReason::MultipleDevice)]);
    let end = phone.finds(token, QueryResult::Devices(Some(taken)));
    assert!(matches!(end[..], [Effect::Send(_), Effect::Close(Code::KICKED_MULTIPLE_DEVICE, _)]), "{end:?}");
}

#[test]
fn what_is_pushed_before_the_welcome_follows_it() {
    let mut phone = Phone::connects();
    let token = attached(&mut phone);
    assert!(phone.is_told("first").is_empty());
    phone.finds(token, start(devices(&["i1"], &[])));
    assert!(phone.happens(Input::Overflow).is_empty());
    assert!(phone.is_told("left out").is_empty());
    let said = envelopes(&phone.happens(Input::Attached));
    assert_eq!(said[0]["r"]["resumed"], false);
    assert_eq!(said[1..], [json!({ "n": 1, "ev": "msg", "p": "first" }), json!({ "n": 2, "ev": "lag" })]);
}

#[test]
fn an_overflow_before_the_welcome_is_followed_by_a_look_at_the_logins_and_a_new_watermark() {
    let mut phone = Phone::connects();
    let token = attached(&mut phone);
    phone.happens(Input::Overflow);
    phone.finds(token, start_without_groups());
    let welcome = phone.happens(Input::Attached);
    assert!(matches!(welcome[..], [.., Effect::Query(_, Query::Devices { .. })]), "{welcome:?}");
    assert!(matches!(syncs(&mut phone)[..], [Effect::Write(_, Write::AdvanceWatermark { .. })]));
}

#[test]
fn the_first_sync_goes_up_to_the_watermark_of_the_login_unless_something_is_above_it() {
    for (what, start, is_lagging) in [
        ("nothing", start_without_groups(), false),
        ("a topic that was followed after the login", start(devices(&["i1"], &[])), false),
        ("a dropped push", start_without_groups(), true),
    ] {
        let mut phone = Phone::connects();
        let token = attached(&mut phone);
        phone.finds(token, start);
        phone.happens(Input::Attached);
        if is_lagging {
            phone.happens(Input::Overflow);
        }
        let first = syncs(&mut phone);
        match &first[..] {
            [Effect::Query(_, Query::Sync { upto, .. })] if what == "nothing" => assert_eq!(upto.version, 7),
            [Effect::Write(_, Write::AdvanceWatermark { .. })] if what != "nothing" => {}
            _ => panic!("{what}: {first:?}"),
        }
        let second = syncs(&mut phone);
        assert!(matches!(second[..], [Effect::Write(_, Write::AdvanceWatermark { .. })]), "{second:?}");
    }
}

#[test]
fn a_device_that_missed_nothing_is_answered_without_a_question() {
    let mut phone = Phone::connects();
    let token = attached(&mut phone);
    phone.finds(token, start_without_groups());
    phone.happens(Input::Attached);
    let from = |version: u64| json!({ "from": [1, version], "limit": 100, "latest": 1 });
    let page = |effects: &[Effect], number: usize| {
        let said = envelopes(effects);
        assert_eq!(said, [json!({ "i": number, "r": { "cursor": [1, 7], "reset": false } })]);
    };
    page(&phone.asks("sync", &from(7)), 2);
    // Later syncs advance the watermark first.
    let advances = phone.asks("sync", &from(7));
    let [Effect::Write(token, Write::AdvanceWatermark { .. })] = advances[..] else { panic!("{advances:?}") };
    page(&phone.wrote(token, WriteReply::Watermark(Cursor { epoch: 1, version: 7 })), 3);
    let advances = phone.asks("sync", &from(7));
    let [Effect::Write(token, Write::AdvanceWatermark { .. })] = advances[..] else { panic!("{advances:?}") };
    let asks = phone.wrote(token, WriteReply::Watermark(Cursor { epoch: 1, version: 8 }));
    assert!(matches!(asks[..], [Effect::Query(_, Query::Sync { .. })]), "{asks:?}");
}

/// What a session of a user without groups begins with.
fn start_without_groups() -> QueryResult {
    let QueryResult::SessionStart(start) = start(devices(&["i1"], &[])) else { unreachable!() };
    QueryResult::SessionStart(SessionStart { topics: Vec::new(), ..start })
}

fn syncs(phone: &mut Phone) -> Vec<Effect> {
    phone.asks("sync", &json!({ "from": [1, 0], "limit": 100, "latest": 1 }))
}

#[test]
fn a_kick_that_overtakes_the_answer_to_the_login_follows_the_welcome() {
    let mut phone = Phone::connects();
    let asks = phone.asks("hello", &hello());
    let [Effect::Query(token, _)] = asks[..] else { panic!("{asks:?}") };
    let attach = phone.finds(token, greet(Some(ALICE)));
    assert!(matches!(attach[..], [Effect::Attach(ALICE, _)]), "{attach:?}");
    let login = phone.happens(Input::Attached);
    let [Effect::Write(token, Write::Login(_))] = login[..] else { panic!("{login:?}") };
    assert!(phone.hears_of_kicks(&["i1"]).is_empty());
    assert!(matches!(phone.wrote(token, logged_in())[..], [Effect::Follow(_)]));
    is_welcomed_and_kicked(&mut phone);
}

/// Alice's phone, on her first day, is on the bus, and waits for what its session begins with.
fn attached(phone: &mut Phone) -> Token {
    let asks = phone.asks("hello", &hello());
    let [Effect::Query(token, _)] = asks[..] else { panic!("{asks:?}") };
    let login = phone.finds(token, greet(None));
    let [Effect::Write(token, _)] = login[..] else { panic!("{login:?}") };
    let attach = phone.wrote(token, logged_in());
    assert!(matches!(attach[..], [Effect::Attach(ALICE, _)]), "{attach:?}");
    let asks = phone.happens(Input::Attached);
    let [Effect::Query(token, Query::SessionStart { .. })] = asks[..] else { panic!("{asks:?}") };
    token
}

#[test]
fn what_matters_only_now_is_said_without_a_number_and_never_again() {
    let mut phone = Phone::logged_in();
    phone.is_told("first");
    let typing = Delivery::Ephemeral(r#""ev":"typing","p":"bob""#.into());
    let effects = phone.happens(Input::Delivery(typing.clone()));
    assert_eq!(envelopes(&effects), [json!({ "ev": "typing", "p": "bob" })]);
    assert_eq!(envelopes(&phone.is_told("second"))[0]["n"], 2);
    // It is sent even if the window is full, and does not count in the window.
    for _ in 0..limits::WINDOW_PUSHES + 1 {
        phone.is_told("unheard");
    }
    assert_eq!(phone.happens(Input::Delivery(typing)).len(), 1);
    let mut parked = phone.session.park().unwrap();
    let missed = parked.window.replay(1).unwrap();
    assert!(missed.iter().all(|envelope| !envelope.contains("typing")));
}

#[test]
fn a_phone_that_does_not_get_what_it_begins_with_is_refused() {
    let mut phone = Phone::connects();
    let token = attached(&mut phone);
    is_refused(&phone.happens(Input::QueryResult(token, Err(Code::BUSY.into()))), 1, Code::BUSY);
}
