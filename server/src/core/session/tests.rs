//! One connection's rules, told as stories: the test is the socket, the clock and the store.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};
use tim_protocol::frame::{Fault, KickReason};
use tim_protocol::usersig::{Claims, Key, sign};
use tim_protocol::{Code, codec, limits};
use uuid::Uuid;

use super::{Effect, Input, Parked, Session, Settings, Token};
use crate::bus::Delivery;
use crate::core::Now;
use crate::core::ops::{Answer, Device, Devices, Find, Found, Refusal, UserKey, Write, Written};
use crate::core::policy::LoginPolicy;

const APP: u32 = 1_400_000_001;
const ALICE: UserKey = UserKey(7);
const KEY: &str = "the application's key";
/// When everything begins, in milliseconds since 1970.
const NOON: i64 = 1_767_225_600_000;

fn settings() -> Settings {
    Settings {
        policy: LoginPolicy::PerPlatform,
        revoke_within: 120_000,
        heartbeat: [10_000, 300_000],
        rate: [1_000, 1_000],
        max_sig_life: Some(10_000),
        ticket_key: [3; 32],
    }
}

fn sig(key: &str, app: u32, user: &str, life_s: i64) -> String {
    let issued_at_s = NOON / 1_000 - 100;
    let claims =
        Claims { sdk_app_id: app, user: user.into(), issued_at_s, expire_s: life_s + 100, userbuf: None };
    sign(&Key::new(key), &claims)
}

/// Alice's hello as it should be, for a new login from her phone.
fn hello() -> Value {
    json!({
        "versions": [1, 1], "features": ["batch", "z1", "unheard of"], "SDKAppID": APP, "userID": "alice",
        "userSig": sig(KEY, APP, "alice", 3_600), "device": "alice-phone", "instance": "i1",
        "platform": "android", "login": true,
    })
}

fn hello_with(field: &str, value: Value) -> Value {
    let mut hello = hello();
    hello[field] = value;
    hello
}

/// A connection, with a clock that only the test moves.
struct Phone {
    session: Session,
    now: Now,
    number: u64,
}

impl Phone {
    fn connects() -> Self {
        Self::connects_to(settings(), 1)
    }

    fn connects_to(settings: Settings, id: u128) -> Self {
        let now = Now { monotonic: 5_000, wall: NOON };
        let session = Session::new(Arc::new(settings), Uuid::from_u128(id), 1, now);
        Self { session, now, number: 0 }
    }

    /// Connected, logged in, and past the welcome.
    fn logged_in() -> Self {
        Self::logged_in_to(settings())
    }

    fn logged_in_to(settings: Settings) -> Self {
        let mut phone = Self::connects_to(settings, 1);
        let (_, effects) = phone.greets(&hello());
        assert!(matches!(effects[..], [Effect::Attach(ALICE, _), Effect::Send(_)]), "{effects:?}");
        phone
    }

    fn passes(&mut self, ms: i64) {
        self.now.monotonic += ms;
        self.now.wall += ms;
    }

    fn happens(&mut self, input: Input<'_>) -> Vec<Effect> {
        self.session.handle(input, self.now)
    }

    fn says(&mut self, text: &str) -> Vec<Effect> {
        self.happens(Input::Frame(text))
    }

    /// A request with the next number.
    fn asks(&mut self, verb: &str, parameters: &Value) -> Vec<Effect> {
        self.number += 1;
        let text = json!({ "i": self.number, "m": verb, "p": parameters }).to_string();
        self.says(&text)
    }

    fn finds(&mut self, token: Token, found: Found) -> Vec<Effect> {
        self.happens(Input::Found(token, Ok(found)))
    }

    fn wrote(&mut self, token: Token, answer: Answer) -> Vec<Effect> {
        self.happens(Input::Wrote(token, Ok(Written { answer, tells: Vec::new() })))
    }

    /// Says hello with the application's key known and the login accepted. What the store was asked, and what came of
    /// it in the end.
    fn greets(&mut self, hello: &Value) -> (Vec<String>, Vec<Effect>) {
        let mut effects = self.asks("hello", hello);
        let mut asked = Vec::new();
        loop {
            match effects[..] {
                [Effect::Find(token, Find::App { .. })] => {
                    asked.push("app".to_owned());
                    effects = self.finds(token, Found::App(vec!["a newer key".into(), KEY.into()]));
                }
                [Effect::Write(token, Write::Login(_))] => {
                    asked.push("login".to_owned());
                    effects = self.wrote(token, Answer::LoggedIn { key: ALICE, epoch: 1 });
                }
                [Effect::Find(token, Find::Devices { .. })] => {
                    asked.push("devices".to_owned());
                    effects = self.finds(token, Found::Devices(Some(devices(&["i1"], &[]))));
                }
                _ => break,
            }
        }
        // Once it is on the bus it looks again whether its login stands: it does.
        if let ([Effect::Attach(..), ..], Some(Effect::Find(token, Find::Devices { .. }))) =
            (&effects[..], effects.last())
        {
            let token = *token;
            let logins = Found::Devices(Some(devices(&["i1", "i2"], &[])));
            assert!(self.finds(token, logins).is_empty());
            effects.pop();
        }
        (asked, effects)
    }

    /// A message that the store is asked to keep.
    fn sends(&mut self) -> Token {
        let effects = self.asks("msg.send", &text_to("C2Cbob"));
        match effects[..] {
            [Effect::Write(token, Write::Send { .. })] => token,
            _ => panic!("{effects:?}"),
        }
    }

    fn is_told(&mut self, text: &str) -> Vec<Effect> {
        self.happens(Input::Delivery(Delivery::Push(format!(r#""ev":"msg","p":"{text}""#).into())))
    }

    fn is_kicked(&mut self, instances: Option<&[&str]>) -> Vec<Effect> {
        let instances = instances.map(|named| named.iter().map(|name| (*name).to_owned()).collect());
        let reason = KickReason::MultipleDevice;
        self.happens(Input::Delivery(Delivery::Kick { instances, reason }))
    }
}

fn text_to(conversation: &str) -> Value {
    json!({
        "ID": "019b76da-cb28-7002-8000-000000000002", "to": conversation, "clientTime": 1,
        "body": { "type": "TIMTextElem", "payload": { "text": "hello" } },
    })
}

fn sent() -> Answer {
    Answer::Sent(tim_protocol::call::Sent {
        sequence: 1,
        countable: 1,
        time: NOON,
        nick: String::new(),
        avatar: String::new(),
    })
}

fn devices(live: &[&str], ended: &[(&str, KickReason)]) -> Devices {
    let device = |instance: &&str| Device {
        device: "alice-phone".into(),
        instance: (*instance).to_owned(),
        platform: tim_protocol::call::Platform::Android,
    };
    Devices {
        key: ALICE,
        epoch: 1,
        live: live.iter().map(device).collect(),
        ended: ended.iter().map(|(instance, reason)| ((*instance).to_owned(), *reason)).collect(),
    }
}

/// The envelopes among the effects.
fn envelopes(effects: &[Effect]) -> Vec<Value> {
    let envelope = |effect: &Effect| match effect {
        Effect::Send(text) => Some(serde_json::from_str(text).unwrap()),
        _ => None,
    };
    effects.iter().filter_map(envelope).collect()
}

/// The fault that answers this request, if that is all that happens.
fn fault(effects: &[Effect], number: u64) -> Fault {
    let [Effect::Send(text)] = effects else { panic!("{effects:?}") };
    let envelope: Value = serde_json::from_str(text).unwrap();
    assert_eq!(envelope["i"], number);
    serde_json::from_value(envelope["e"].clone()).unwrap()
}

/// The code with which the connection closes, last of all.
fn closed(effects: &[Effect]) -> Option<Code> {
    let closes = effects.iter().filter(|effect| matches!(effect, Effect::Close(..))).count();
    match effects.last() {
        Some(Effect::Close(code, why)) if closes == 1 && !why.is_empty() => Some(*code),
        _ if closes == 0 => None,
        _ => panic!("{effects:?}"),
    }
}

/// Refused with this code, and closed with it.
fn is_refused(effects: &[Effect], number: u64, code: Code) {
    let [answer, close] = effects else { panic!("{code:?}: {effects:?}") };
    assert_eq!(fault(std::slice::from_ref(answer), number).code, code);
    assert_eq!(closed(std::slice::from_ref(close)), Some(code));
}

#[test]
fn alice_logs_in_and_hears_from_then_on() {
    let mut phone = Phone::connects();
    let (asked, effects) = phone.greets(&hello());
    assert_eq!(asked, ["app", "login"]);
    assert!(matches!(effects[0], Effect::Attach(ALICE, _)), "on the bus before the welcome");
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
        (String::new(), Code::USERSIG_EMPTY),
        (good.chars().take(50).collect(), Code::USERSIG_MALFORMED),
        ("x".repeat(60_000), Code::USERSIG_MALFORMED),
        (bomb, Code::USERSIG_MALFORMED),
    ] {
        let mut phone = Phone::connects();
        let (asked, effects) = phone.greets(&hello_with("userSig", token.into()));
        assert_eq!(asked, ["app"], "nothing is written before the token holds");
        is_refused(&effects, 1, code);
    }
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
        assert!(phone.session.park(phone.now).is_none());
    }
}

#[test]
fn a_hello_that_does_not_fit_its_form_is_answered_and_may_be_said_again() {
    let mut phone = Phone::connects();
    let effects = phone.asks("hello", &json!({}));
    assert_eq!(fault(&effects, 1).code, Code::BAD_REQUEST);
    assert_eq!(phone.greets(&hello()).0, ["app", "login"]);
}

#[test]
fn an_application_nobody_made_is_unknown() {
    let mut phone = Phone::connects();
    let effects = phone.asks("hello", &hello());
    let [Effect::Find(token, Find::App { app: APP })] = effects[..] else { panic!("{effects:?}") };
    is_refused(&phone.finds(token, Found::App(Vec::new())), 1, Code::APP_UNKNOWN);
}

#[test]
fn a_store_that_is_busy_refuses_a_hello_and_says_when_to_come_again() {
    let busy = || -> Refusal { Fault::new(Code::BUSY).retry_after(500) };
    let mut phone = Phone::connects();
    let effects = phone.asks("hello", &hello());
    let [Effect::Find(token, _)] = effects[..] else { panic!("{effects:?}") };
    let effects = phone.happens(Input::Found(token, Err(busy())));
    is_refused(&effects, 1, Code::BUSY);
    assert_eq!(envelopes(&effects)[0]["e"]["ra"], 500);

    let mut phone = Phone::connects();
    let effects = phone.asks("hello", &hello());
    let [Effect::Find(token, _)] = effects[..] else { panic!("{effects:?}") };
    let effects = phone.finds(token, Found::App(vec![KEY.into()]));
    let [Effect::Write(token, _)] = effects[..] else { panic!("{effects:?}") };
    is_refused(&phone.happens(Input::Wrote(token, Err(busy()))), 1, Code::BUSY);
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
        let effects = phone.asks("hello", &hello_with("login", false.into()));
        let [Effect::Find(token, _)] = effects[..] else { panic!("{effects:?}") };
        let effects = phone.finds(token, Found::App(vec![KEY.into()]));
        let [Effect::Find(token, Find::Devices { .. })] = effects[..] else { panic!("{effects:?}") };
        let ended = devices(&["of another phone"], &[("i1", reason)]);
        is_refused(&phone.finds(token, Found::Devices(Some(ended))), 1, reason.code());
    }
}

#[test]
fn a_login_the_data_never_heard_of_is_made_anew() {
    for known in [None, Some(devices(&["of another phone"], &[("older", KickReason::RestApi)]))] {
        let mut phone = Phone::connects();
        let effects = phone.asks("hello", &hello_with("login", false.into()));
        let [Effect::Find(token, _)] = effects[..] else { panic!("{effects:?}") };
        let effects = phone.finds(token, Found::App(vec![KEY.into()]));
        let [Effect::Find(token, _)] = effects[..] else { panic!("{effects:?}") };
        let effects = phone.finds(token, Found::Devices(known));
        assert!(matches!(effects[..], [Effect::Write(_, Write::Login(_))]), "{effects:?}");
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
fn a_second_hello_is_refused_and_the_session_goes_on() {
    let mut phone = Phone::logged_in();
    let effects = phone.asks("hello", &hello());
    assert_eq!(fault(&effects, 2).code, Code::HELLO_REPEATED);
    phone.sends();
}

#[test]
fn request_numbers_grow_or_the_connection_ends() {
    for number in [0, 1, 5] {
        let mut phone = Phone::logged_in();
        phone.number = 4;
        phone.sends();
        let text = json!({ "i": number, "m": "msg.send", "p": text_to("C2Cbob") }).to_string();
        assert_eq!(closed(&phone.says(&text)), Some(Code::OUT_OF_ORDER));
    }
    let mut phone = Phone::logged_in();
    phone.number = 99;
    phone.sends();
}

#[test]
fn frames_that_are_no_envelopes_end_the_connection_with_their_number() {
    let deep = format!(r#"{{"i":2,"m":"x","p":{}1{}}}"#, "[".repeat(32), "]".repeat(32));
    let pings = |count: usize| format!("[{}]", vec![r#"{"pi":1}"#; count].join(","));
    for (frame, code) in [
        (String::new(), Code::MALFORMED_FRAME),
        ("hello?".to_owned(), Code::MALFORMED_FRAME),
        ("{}".to_owned(), Code::MALFORMED_FRAME),
        ("[]".to_owned(), Code::MALFORMED_FRAME),
        (r#"{"i":2}"#.to_owned(), Code::MALFORMED_FRAME),
        (r#"{"i":-1,"m":"sync"}"#.to_owned(), Code::MALFORMED_FRAME),
        (r#"{"i":2,"m":"sync","pi":1}"#.to_owned(), Code::MALFORMED_FRAME),
        (pings(limits::BATCH + 1), Code::MALFORMED_FRAME),
        (format!(r#"{{"pi":1,"x":"{}"}}"#, "x".repeat(limits::FRAME_BYTES)), Code::FRAME_TOO_LARGE),
        (deep, Code::FRAME_TOO_DEEP),
    ] {
        let mut phone = Phone::logged_in();
        assert_eq!(closed(&phone.says(&frame)), Some(code), "{frame:.40}");
    }
    let mut phone = Phone::logged_in();
    let answered = phone.says(&pings(limits::BATCH));
    assert_eq!(answered.len(), limits::BATCH, "a full frame is fine");
}

#[test]
fn what_comes_after_a_broken_envelope_of_a_frame_is_not_looked_at() {
    let mut phone = Phone::logged_in();
    let send = json!({ "i": 9, "m": "msg.send", "p": text_to("C2Cbob") });
    let effects = phone.says(&format!("[{{}},{send}]"));
    assert!(matches!(effects[..], [Effect::Close(Code::MALFORMED_FRAME, _)]), "{effects:?}");
}

#[test]
fn requests_that_ask_for_what_cannot_be_are_refused_one_by_one() {
    let body = |body: Value| {
        let mut send = text_to("C2Cbob");
        send["body"] = body;
        send
    };
    let users = |count: usize| (0..count).map(|number| format!("user-{number}")).collect::<Vec<_>>();
    let picture = |size: u64, sha256: &str| json!({ "size": size, "sha256": sha256 });
    let digest = "ab".repeat(32);
    let long = "x".repeat(limits::BODY_BYTES);
    let mut phone = Phone::logged_in();
    for (verb, parameters, code) in [
        ("poem.write", json!({}), Code::UNSUPPORTED),
        ("msg.send", json!({ "to": 7 }), Code::BAD_REQUEST),
        ("msg.send", text_to("@TIM#SYSTEM"), Code::BAD_REQUEST),
        ("msg.send", body(json!({ "type": "TIMPoemElem", "payload": {} })), Code::BODY_TYPE_UNKNOWN),
        ("msg.send", body(json!({ "type": "TIMTextElem", "payload": {} })), Code::MESSAGE_BODY_INVALID),
        (
            "msg.send",
            body(json!({ "type": "TIMTextElem", "payload": { "text": "" } })),
            Code::MESSAGE_BODY_INVALID,
        ),
        (
            "msg.send",
            body(json!({ "type": "TIMTextElem", "payload": { "text": long } })),
            Code::MESSAGE_BODY_TOO_LONG,
        ),
        (
            "msg.history",
            json!({ "conversationID": "C2Cbob", "low": 0, "high": 5, "limit": 5 }),
            Code::BAD_REQUEST,
        ),
        (
            "msg.history",
            json!({ "conversationID": "C2Cbob", "low": 6, "high": 5, "limit": 5 }),
            Code::BAD_REQUEST,
        ),
        ("profile.get", json!({ "userIDList": [] }), Code::BAD_REQUEST),
        ("profile.get", json!({ "userIDList": users(limits::USERS_PER_CALL + 1) }), Code::BAD_REQUEST),
        ("blacklist.update", json!({ "userIDList": ["alice"], "listed": true }), Code::BLACKLIST_SELF),
        ("media.upload", picture(0, &digest), Code::FILE_EMPTY),
        ("media.upload", picture(limits::IMAGE_BYTES, &digest), Code::IMAGE_TOO_LARGE),
        ("media.upload", picture(1, &digest.to_uppercase()), Code::BAD_REQUEST),
        ("media.upload", picture(1, "ab"), Code::BAD_REQUEST),
        ("media.download", json!({ "url": "/etc/passwd" }), Code::MEDIA_NOT_FOUND),
        (
            "media.download",
            json!({ "url": format!("/media/{}/{}/0", APP + 1, Uuid::nil()) }),
            Code::MEDIA_NOT_FOUND,
        ),
        (
            "media.download",
            json!({ "url": format!("/media/{APP}/{}/3", Uuid::nil()) }),
            Code::MEDIA_NOT_FOUND,
        ),
    ] {
        let effects = phone.asks(verb, &parameters);
        assert_eq!(fault(&effects, phone.number).code, code, "{verb} {parameters}");
    }
    phone.sends();
}

#[test]
fn a_sync_is_given_before_it_is_read_and_its_further_pages_only_read() {
    let mut phone = Phone::logged_in();
    let effects = phone.asks("sync", &json!({ "from": [1, 5], "limit": 9_999, "latest": 9_999 }));
    let [Effect::Write(token, Write::Give { .. })] = effects[..] else { panic!("{effects:?}") };
    let upto = tim_protocol::conversation::Cursor { epoch: 1, version: 9 };
    let effects = phone.wrote(token, Answer::Given(upto));
    let [Effect::Find(_, Find::Sync { sync, upto: read_upto, .. })] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(*read_upto, upto);
    assert_eq!((sync.limit, sync.latest), (limits::SYNC_PAGE, limits::SYNC_LATEST));
    let effects = phone.asks("sync", &json!({ "from": [1, 5], "before": 8, "limit": 10, "latest": 1 }));
    let [Effect::Find(_, Find::Sync { upto, .. })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(upto.version, 7);
}

#[test]
fn at_most_32_requests_wait_at_once() {
    let mut phone = Phone::logged_in();
    let tokens: Vec<Token> = (0..limits::IN_FLIGHT).map(|_| phone.sends()).collect();
    assert_eq!(phone.session.in_flight(), limits::IN_FLIGHT);
    let effects = phone.asks("msg.send", &text_to("C2Cbob"));
    assert_eq!(fault(&effects, phone.number).code, Code::TOO_MANY_IN_FLIGHT);
    let pong = &envelopes(&phone.says(r#"{"pi":8}"#))[0];
    assert_eq!((&pong["po"], &pong["cur"]), (&json!(8), &Value::Null), "a heartbeat is always answered");
    // Answers come in any order, and each makes room for one.
    let effects = phone.wrote(tokens[20], sent());
    assert_eq!(envelopes(&effects)[0]["i"], 22);
    phone.sends();
    assert!(phone.wrote(tokens[20], sent()).is_empty(), "an answer that came already");
}

#[test]
fn whoever_asks_too_fast_is_told_when_to_go_on() {
    // The hello is the first of three.
    let mut phone = Phone::logged_in_to(Settings { rate: [10, 3], ..settings() });
    phone.sends();
    phone.sends();
    let effects = phone.asks("msg.send", &text_to("C2Cbob"));
    let fault = fault(&effects, phone.number);
    assert_eq!(fault.code, Code::TOO_FAST);
    phone.passes(fault.retry_after.unwrap().into());
    phone.sends();
}

#[test]
fn a_silent_phone_is_taken_for_dead_and_a_heartbeat_keeps_it() {
    let mut phone = Phone::logged_in();
    phone.passes(700_000);
    let effects = phone.says(r#"{"pi":1}"#);
    let [Effect::Find(token, Find::Version { key: ALICE })] = effects[..] else { panic!("{effects:?}") };
    let cursor = tim_protocol::conversation::Cursor { epoch: 1, version: 9 };
    let pong = &envelopes(&phone.finds(token, Found::Version(cursor)))[0];
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
    assert!(phone.session.park(phone.now).is_none(), "nothing to resume");
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

#[test]
fn a_kick_ends_only_the_logins_it_names() {
    let mut phone = Phone::logged_in();
    assert!(phone.is_kicked(Some(&["of another phone"])).is_empty());
    let effects = phone.is_kicked(Some(&["of another phone", "i1"]));
    assert_eq!(envelopes(&effects), [json!({ "ev": "kick", "p": { "type": "multipleDevice" } })]);
    assert_eq!(closed(&effects), Some(Code::KICKED_MULTIPLE_DEVICE));
    assert_eq!(closed(&Phone::logged_in().is_kicked(None)), Some(Code::KICKED_MULTIPLE_DEVICE));
}

#[test]
fn a_full_inbox_means_one_lag_and_a_look_at_the_logins() {
    let mut phone = Phone::logged_in();
    phone.is_told("first");
    let effects = phone.happens(Input::Overflow);
    let [Effect::Send(lag), Effect::Find(token, Find::Devices { app: APP, .. })] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(lag, r#"{"n":2,"ev":"lag"}"#);
    assert!(phone.finds(*token, Found::Devices(Some(devices(&["i1"], &[])))).is_empty(), "all is well");
    assert!(phone.is_told("left out").is_empty());
    let effects = phone.happens(Input::Overflow);
    assert!(matches!(effects[..], [Effect::Find(..)]), "a lag that was not acknowledged is not repeated");
    phone.says(r#"{"a":2}"#);
    assert_eq!(envelopes(&phone.is_told("again"))[0]["n"], 3);
}

#[test]
fn a_kick_that_the_full_inbox_swallowed_is_found_out() {
    let mut phone = Phone::logged_in();
    let effects = phone.happens(Input::Overflow);
    let [_, Effect::Find(token, _)] = effects[..] else { panic!("{effects:?}") };
    let ended = devices(&[], &[("i1", KickReason::RestApi)]);
    let effects = phone.finds(token, Found::Devices(Some(ended)));
    assert_eq!(envelopes(&effects), [json!({ "ev": "kick", "p": { "type": "REST_API_Kick" } })]);
    assert_eq!(closed(&effects), Some(Code::KICKED_BY_SERVER));
    // A store that cannot tell leaves it to the next connection.
    let mut phone = Phone::logged_in();
    let effects = phone.happens(Input::Overflow);
    let [_, Effect::Find(token, _)] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(closed(&phone.happens(Input::Found(token, Err(Code::BUSY.into())))), Some(Code::BUSY));
}

/// A phone that heard three pushes, acknowledged one, and lost its connection.
fn dropped() -> Box<Parked> {
    let mut phone = Phone::logged_in();
    for text in ["one", "two", "three"] {
        phone.is_told(text);
    }
    phone.says(r#"{"a":1}"#);
    Box::new(phone.session.park(phone.now).unwrap())
}

/// What a connection that asks to resume session 1 from a push on gets, if the server finds `parked`.
fn resume(hello: Value, push: u64, parked: Option<Box<Parked>>) -> (Phone, Vec<Effect>) {
    let mut hello = hello;
    hello["resume"] = json!({ "session": Uuid::from_u128(1), "push": push });
    let mut phone = Phone::connects_to(settings(), 2);
    let (_, effects) = phone.greets(&hello);
    let [Effect::Unpark(session)] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(session, Uuid::from_u128(1));
    let effects = phone.happens(Input::Unparked(parked));
    (phone, effects)
}

#[test]
fn a_dropped_session_goes_on_with_what_it_missed() {
    let (mut phone, effects) = resume(hello_with("login", false.into()), 2, Some(dropped()));
    let [Effect::Attach(ALICE, attached), ..] = effects[..] else { panic!("{effects:?}") };
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
        let (mut phone, effects) = resume(reconnect(), push, parked);
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
    assert!(matches!(effects[..], [Effect::Attach(..), Effect::Send(_)]), "{effects:?}");
}

#[test]
fn logging_out_ends_the_login_and_then_the_connection() {
    let mut phone = Phone::logged_in();
    let effects = phone.asks("logout", &json!({}));
    let [Effect::Write(token, Write::Logout { instance, .. })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(instance, "i1");
    let token = *token;
    let effects = phone.wrote(token, Answer::Done);
    assert_eq!(envelopes(&effects), [json!({ "i": 2, "r": {} })]);
    assert_eq!(closed(&effects), Some(Code::LOGGED_OUT));
    assert!(phone.session.park(phone.now).is_none());
}

#[test]
fn a_logout_that_was_not_stored_leaves_the_login() {
    let mut phone = Phone::logged_in();
    let effects = phone.asks("logout", &json!({}));
    let [Effect::Write(token, _)] = effects[..] else { panic!("{effects:?}") };
    let effects = phone.happens(Input::Wrote(token, Err(Code::READ_ONLY.into())));
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

#[test]
fn a_slow_phone_is_left_out_until_it_acknowledges_the_lag() {
    let mut phone = Phone::logged_in();
    for _ in 0..limits::WINDOW_PUSHES {
        assert_eq!(phone.is_told("hi").len(), 1);
    }
    assert_eq!(envelopes(&phone.is_told("too much")), [json!({ "n": 257, "ev": "lag" })]);
    assert!(phone.is_told("left out").is_empty());
    // Its end gets through a full window all the same.
    assert_eq!(closed(&phone.is_kicked(None)), Some(Code::KICKED_MULTIPLE_DEVICE));
}

/// Frames as a stranger might make them: pieces of good ones, in any order.
fn strange_frame() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        r#"{"i":1,"m":"hello","p":{}}"#,
        r#"{"i":2,"m":"sync","p":{"from":[1,0],"limit":1,"latest":1}}"#,
        r#"{"i":3,"m":"logout"}"#,
        r#"{"pi":1}"#,
        r#"{"a":99}"#,
        "[",
        "]",
        "{",
        "}",
        ",",
        "\"",
        "\u{0}",
        "null",
    ]);
    prop_oneof![prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat()), any::<String>()]
}

proptest! {
    #[test]
    fn whatever_a_stranger_says_the_connection_ends_at_most_once(
        is_logged_in: bool, frames in prop::collection::vec(strange_frame(), 0..12),
    ) {
        let mut phone = if is_logged_in { Phone::logged_in() } else { Phone::connects() };
        let mut is_over = false;
        for frame in frames {
            let effects = phone.says(&frame);
            prop_assert!(!is_over || effects.is_empty());
            is_over |= closed(&effects).is_some();
            prop_assert_eq!(is_over, phone.session.deadline().is_none());
        }
    }
}

#[test]
fn a_kick_between_the_login_and_its_place_on_the_bus_is_found_out() {
    let mut phone = Phone::connects();
    let keys = phone.asks("hello", &hello());
    let [Effect::Find(token, _)] = keys[..] else { panic!("{keys:?}") };
    let login = phone.finds(token, Found::App(vec![KEY.into()]));
    let [Effect::Write(token, _)] = login[..] else { panic!("{login:?}") };
    let welcome = phone.wrote(token, Answer::LoggedIn { key: ALICE, epoch: 1 });
    let [Effect::Attach(..), Effect::Send(_), Effect::Find(token, Find::Devices { .. })] = welcome[..] else {
        panic!("{welcome:?}")
    };
    let taken = devices(&["i2"], &[("i1", KickReason::MultipleDevice)]);
    let end = phone.finds(token, Found::Devices(Some(taken)));
    assert!(matches!(end[..], [Effect::Send(_), Effect::Close(Code::KICKED_MULTIPLE_DEVICE, _)]), "{end:?}");
}
