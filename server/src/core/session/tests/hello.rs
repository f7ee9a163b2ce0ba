//! Which logins are accepted, and with which errors others are refused.

use super::*;

#[test]
fn alice_logs_in_and_hears_from_then_on() {
    let mut phone = Phone::connects();
    let (asked, effects) = phone.greets(&hello());
    assert_eq!(asked, ["greet", "attach", "login"], "on the bus before the welcome");
    let welcome = &envelopes(&effects)[0]["r"];
    assert_eq!(welcome["resumed"], false);
    assert_eq!(welcome["features"], json!(["z1", "batch"]), "only what both know");
    assert_eq!(welcome["expires"], NOON + 3_600_000);
    assert!(phone.session.batches() && phone.session.deflates());
    assert_eq!(envelopes(&phone.is_told("hi")), [json!({ "n": 1, "ev": "msg", "p": "hi" })]);
}

#[test]
fn a_token_that_does_not_prove_who_is_there_is_refused_with_its_number() {
    // A megabyte of nothing, in a kilobyte.
    let mut bomb = vec![0x78, 0x9c];
    bomb.extend(codec::deflate(&" ".repeat(1 << 20)));
    let bomb: String = STANDARD.encode(bomb).replace('+', "*").replace('/', "-").replace('=', "_");
    let good = sig(KEY, APP, "alice", 3_600);
    for (token, code) in [
        (sig("another key", APP, "alice", 3_600), Code::USERSIG_WRONG_KEY),
        (sig(KEY, APP, "alice", -1), Code::USERSIG_EXPIRED),
        (sig(KEY, APP, "mallory", 3_600), Code::USERSIG_OTHER_USER),
        (sig(KEY, APP + 1, "alice", 3_600), Code::USERSIG_OTHER_APP),
        (sig(KEY, APP, "alice", 100_000), Code::USERSIG_MALFORMED),
        (sig_issued_at(NOON / 1_000 + 301, KEY, APP, "alice", 3_600), Code::CLOCKS_DIFFER),
        (String::new(), Code::USERSIG_EMPTY),
        (good.chars().take(50).collect(), Code::USERSIG_MALFORMED),
        ("x".repeat(60_000), Code::USERSIG_MALFORMED),
        (bomb, Code::USERSIG_MALFORMED),
    ] {
        let mut phone = Phone::connects();
        let (asked, effects) = phone.greets(&hello_with("userSig", token.into()));
        assert_eq!(asked, ["greet"], "nothing is written before the token holds");
        is_refused(&effects, 1, code);
    }
}

#[test]
fn after_too_many_wrong_tokens_their_network_is_told_so_and_a_good_token_passes() {
    let shares = shares(Rate::new(1_000, 1_000, 1_000));
    let wrong = hello_with("userSig", sig("another key", APP, "alice", 3_600).into());
    let max = Config::default().limits.failed_logins_per_minute;
    for attempt in 0..=max {
        let (asked, effects) = Phone::connects_to(&shares, 1).greets(&wrong);
        assert_eq!(asked, ["greet"]);
        let fault = fault(&effects[..1], 1);
        let expected = if attempt < max { Code::USERSIG_WRONG_KEY } else { Code::TOO_MANY_LOGINS };
        assert_eq!(fault.code, expected);
        assert_eq!(fault.retry_after, (attempt == max).then_some(1_000));
    }
    // From the same network, for the same user.
    Phone::logged_in_to(&shares, 2);
    let expired = hello_with("userSig", sig(KEY, APP, "alice", -1).into());
    let (_, effects) = Phone::connects_to(&shares, 3).greets(&expired);
    is_refused(&effects, 1, Code::USERSIG_EXPIRED);
}

#[test]
fn a_user_who_logs_in_without_end_is_told_to_wait() {
    let shares = shares(Rate::new(1_000, 1_000, 1_000));
    for _ in 0..Config::default().limits.logins_per_minute {
        Phone::logged_in_to(&shares, 1);
    }
    let (asked, effects) = Phone::connects_to(&shares, 1).greets(&hello());
    assert_eq!(asked, ["greet"], "nothing is written");
    let fault = fault(&effects[..1], 1);
    assert_eq!((fault.code, fault.retry_after), (Code::TOO_FAST, Some(1_000)));
}

#[test]
fn a_hello_that_cannot_be_is_refused_without_asking_anybody() {
    for (field, value, code) in [
        ("versions", json!([2, 3]), Code::VERSION_UNSUPPORTED),
        ("versions", json!([0, 0]), Code::VERSION_UNSUPPORTED),
        ("userID", json!("@TIM#SYSTEM"), Code::USER_ID_INVALID),
        ("device", json!(""), Code::BAD_REQUEST),
        ("device", json!("x".repeat(65)), Code::BAD_REQUEST),
        ("instance", json!(""), Code::BAD_REQUEST),
    ] {
        let mut phone = Phone::connects();
        is_refused(&phone.asks("hello", &hello_with(field, value)), 1, code);
        assert!(phone.session.park().is_none());
    }
}

#[test]
fn a_hello_that_does_not_fit_its_form_is_answered_and_may_be_said_again() {
    let mut phone = Phone::connects();
    let effects = phone.asks("hello", &json!({}));
    assert_eq!(fault(&effects, 1).code, Code::BAD_REQUEST);
    assert_eq!(phone.greets(&hello()).0, ["greet", "attach", "login"]);
}

#[test]
fn an_application_nobody_made_is_unknown() {
    let mut phone = Phone::connects();
    let effects = phone.asks("hello", &hello());
    let [Effect::Query(token, Query::Greet { app: APP, .. })] = effects[..] else { panic!("{effects:?}") };
    let nothing = QueryResult::Greet(Greet { keys: Vec::new(), user: None, epoch: 1 });
    is_refused(&phone.finds(token, nothing), 1, Code::APP_UNKNOWN);
}

#[test]
fn a_store_that_is_busy_refuses_a_hello_and_says_when_to_come_again() {
    let busy = || -> Refusal { Fault::new(Code::BUSY).retry_after(500) };
    let mut phone = Phone::connects();
    let effects = phone.asks("hello", &hello());
    let [Effect::Query(token, _)] = effects[..] else { panic!("{effects:?}") };
    let effects = phone.happens(Input::QueryResult(token, Err(busy())));
    is_refused(&effects, 1, Code::BUSY);
    assert_eq!(envelopes(&effects)[0]["e"]["ra"], 500);

    let mut phone = Phone::connects();
    let effects = phone.asks("hello", &hello());
    let [Effect::Query(token, _)] = effects[..] else { panic!("{effects:?}") };
    let effects = phone.finds(token, greet(None));
    let [Effect::Write(token, _)] = effects[..] else { panic!("{effects:?}") };
    is_refused(&phone.happens(Input::WriteResult(token, Err(busy()))), 1, Code::BUSY);
}

#[test]
fn a_phone_that_comes_back_to_a_login_that_ended_is_told_why() {
    for reason in [
        KickReason::MultipleAccount,
        KickReason::MultipleDevice,
        KickReason::UserSigExpired,
        KickReason::RestApi,
    ] {
        let mut phone = Phone::connects();
        let token = phone.comes_back(&hello_with("login", false.into()));
        let ended = devices(&["of another phone"], &[("i1", reason)]);
        is_refused(&phone.finds(token, start(ended)), 1, reason.code());
    }
}

#[test]
fn a_login_the_data_never_heard_of_is_made_anew() {
    let comes_back = hello_with("login", false.into());
    let mut phone = Phone::connects();
    let effects = phone.asks("hello", &comes_back);
    let [Effect::Query(token, _)] = effects[..] else { panic!("{effects:?}") };
    let effects = phone.finds(token, greet(None));
    assert!(matches!(effects[..], [Effect::Write(_, Write::Login(_))]), "the user is unknown: {effects:?}");
    let mut phone = Phone::connects();
    let token = phone.comes_back(&comes_back);
    let others = devices(&["of another phone"], &[("older", KickReason::RestApi)]);
    let effects = phone.finds(token, start(others));
    assert!(matches!(effects[..], [Effect::Write(_, Write::Login(_))]), "{effects:?}");
}

#[test]
fn a_login_that_is_not_remembered_takes_nobodys_place_by_coming_back() {
    for (platform, place_is_taken) in [("android", true), ("ios", false)] {
        let mut known = devices(&["of a newer phone"], &[]);
        known.live[0].device = "alice-new-phone".into();
        let mut phone = Phone::connects();
        let mut hello = hello_with("login", false.into());
        hello["platform"] = platform.into();
        let token = phone.comes_back(&hello);
        let effects = phone.finds(token, start(known));
        if place_is_taken {
            is_refused(&effects, 1, Code::KICKED_MULTIPLE_DEVICE);
        } else {
            assert!(matches!(effects[..], [Effect::Write(_, Write::Login(_))]), "{effects:?}");
        }
    }
}

#[test]
fn nothing_is_answered_before_hello() {
    let mut phone = Phone::connects();
    is_refused(&phone.asks("msg.send", &text_to("C2Cbob")), 1, Code::HELLO_EXPECTED);
    assert!(phone.asks("hello", &hello()).is_empty(), "it is over");
    let mut phone = Phone::connects();
    assert_eq!(closed(&phone.says(r#"{"pi":1}"#)), Some(Code::HELLO_EXPECTED));
    let mut phone = Phone::connects();
    phone.asks("hello", &hello());
    // The hello is being looked at: whatever else comes spoils it.
    is_refused(&phone.asks("msg.send", &text_to("C2Cbob")), 1, Code::HELLO_EXPECTED);
}

#[test]
fn a_second_hello_is_refused_and_the_session_goes_on() {
    let mut phone = Phone::logged_in();
    let effects = phone.asks("hello", &hello());
    assert_eq!(fault(&effects, 2).code, Code::HELLO_REPEATED);
    phone.sends();
}
