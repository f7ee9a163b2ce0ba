//! Envelopes and requests: what is answered, what is refused, what ends the connection.

use super::*;

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
    let deep = (3..=limits::BODY_DEPTH).fold(json!({}), |inner, _| json!({ "later": inner }));
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
            "msg.send",
            body(json!({ "type": "TIMTextElem", "payload": { "text": "hi", "later": deep } })),
            Code::MESSAGE_BODY_TOO_DEEP,
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
fn whoever_asks_too_fast_on_all_their_connections_together_is_told_when_to_go_on() {
    let shares = shares(Rate::new(2, 10, 1_000));
    let (mut phone, mut laptop) = (Phone::logged_in_to(&shares, 1), Phone::logged_in_to(&shares, 2));
    phone.sends();
    laptop.sends();
    for device in [&mut phone, &mut laptop] {
        let effects = device.asks("msg.send", &text_to("C2Cbob"));
        let fault = fault(&effects, device.number);
        assert_eq!((fault.code, fault.retry_after), (Code::TOO_FAST, Some(100)));
        device.passes(100);
    }
    phone.sends();
    let effects = laptop.asks("msg.send", &text_to("C2Cbob"));
    assert_eq!(fault(&effects, laptop.number).code, Code::TOO_FAST, "the phone took what there was");
}

#[test]
fn whoever_has_stored_enough_for_today_gets_no_ticket() {
    let shares = shares(Rate::new(1_000, 1_000, 1_000));
    let mut phone = Phone::logged_in_to(&shares, 1);
    let asked = json!({ "size": 1_000, "sha256": "ab".repeat(32) });
    let effects = phone.asks("media.upload", &asked);
    assert!(envelopes(&effects)[0]["r"]["path"].is_string());
    let limit = u64::from(Config::default().limits.media_mb_per_day) * 1_000_000;
    shares.stored(ALICE, limit, phone.now.monotonic);
    let effects = phone.asks("media.upload", &asked);
    let fault = fault(&effects, phone.number);
    assert_eq!(fault.code, Code::MEDIA_QUOTA);
    assert!(fault.retry_after.is_some());
}
