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
    let upload = |file_type: u32, size: u64, sha256: &str| json!({ "fileType": file_type, "size": size, "sha256": sha256 });
    let picture = |size: u64, sha256: &str| upload(1, size, sha256);
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
        ("sync", json!({ "from": [1, 0], "limit": 0, "latest": 0 }), Code::BAD_REQUEST),
        ("profile.get", json!({ "userIDList": [] }), Code::BAD_REQUEST),
        ("profile.get", json!({ "userIDList": users(limits::USERS_PER_CALL + 1) }), Code::BAD_REQUEST),
        ("blacklist.update", json!({ "userIDList": ["alice"], "listed": true }), Code::BLACKLIST_SELF),
        ("media.upload", picture(0, &digest), Code::FILE_EMPTY),
        ("media.upload", picture(limits::IMAGE_BYTES, &digest), Code::IMAGE_TOO_LARGE),
        ("media.upload", picture(1, &digest.to_uppercase()), Code::BAD_REQUEST),
        ("media.upload", picture(1, "ab"), Code::BAD_REQUEST),
        ("media.upload", upload(255, limits::FILE_BYTES + 1, &digest), Code::FILE_TOO_LARGE),
        ("media.upload", upload(77, 1, &digest), Code::VALUE_UNKNOWN),
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
fn a_sync_advances_the_watermark_before_it_is_read_and_its_further_pages_only_read() {
    let mut phone = Phone::logged_in();
    let effects = phone.asks("sync", &json!({ "from": [1, 5], "limit": 9_999, "latest": 9_999 }));
    let [Effect::Write(token, Write::AdvanceWatermark { .. })] = effects[..] else { panic!("{effects:?}") };
    let upto = Cursor { epoch: 1, version: 9 };
    let effects = phone.wrote(token, WriteReply::Watermark(upto));
    let [Effect::Query(_, Query::Sync { sync, upto: read_upto, .. })] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(*read_upto, upto);
    assert_eq!((sync.limit, sync.latest), (limits::SYNC_PAGE, limits::SYNC_LATEST));
    let effects = phone.asks("sync", &json!({ "from": [1, 5], "before": 8, "limit": 10, "latest": 1 }));
    let [Effect::Query(_, Query::Sync { upto, .. })] = &effects[..] else { panic!("{effects:?}") };
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
    let asked = json!({ "fileType": 1, "size": 1_000, "sha256": "ab".repeat(32) });
    let effects = phone.asks("media.upload", &asked);
    assert!(envelopes(&effects)[0]["r"]["path"].is_string());
    let limit = u64::from(Config::default().limits.media_mb_per_day) * 1_000_000;
    shares.stored(ALICE, limit, phone.now.monotonic);
    let effects = phone.asks("media.upload", &asked);
    let fault = fault(&effects, phone.number);
    assert_eq!(fault.code, Code::MEDIA_QUOTA);
    assert!(fault.retry_after.is_some());
}

#[test]
fn numbers_out_of_their_range_are_refused_by_the_name_of_their_field() {
    let beyond = 1_u64 << 53;
    let send = |field: &str, value: Value| {
        let mut send = text_to("C2Cbob");
        send[field] = value;
        send
    };
    let info =
        |kind: u8, size: u64| json!({ "type": kind, "size": size, "width": 1, "height": 1, "url": "/x" });
    let picture = json!({ "type": "TIMImageElem", "payload": {
        "uuid": Uuid::nil(), "imageFormat": 1, "imageInfoArray": [info(0, beyond), info(1, 1), info(2, 1)],
    } });
    let history = |low: u64, high: u64, limit: u64| json!({ "conversationID": "C2Cbob", "low": low, "high": high, "limit": limit });
    let of_bob = |field: &str, value: u64| json!({ "conversationID": "C2Cbob", field: value });
    let mut phone = Phone::logged_in();
    for (verb, parameters, field) in [
        ("msg.send", send("clientTime", json!(-1)), "clientTime"),
        ("msg.send", send("clientTime", json!(beyond)), "clientTime"),
        ("msg.send", send("body", picture), "size"),
        ("sync", json!({ "from": [1, beyond], "limit": 1, "latest": 0 }), "from"),
        ("sync", json!({ "from": [1, 0], "before": beyond, "limit": 1, "latest": 0 }), "before"),
        ("sync", json!({ "from": [1, 0], "limit": 0, "latest": 0 }), "limit"),
        ("msg.history", history(0, 1, 1), "low"),
        ("msg.history", history(1, beyond, 1), "high"),
        ("msg.history", history(1, 1, 0), "limit"),
        ("msg.mutations", of_bob("after", beyond), "after"),
        ("msg.revoke", of_bob("sequence", 0), "sequence"),
        ("msg.revoke", of_bob("sequence", beyond), "sequence"),
        ("conv.read", of_bob("sequence", beyond), "sequence"),
    ] {
        let effects = phone.asks(verb, &parameters);
        let fault = fault(&effects, phone.number);
        assert_eq!(fault.code, Code::BAD_REQUEST, "{verb} {parameters}");
        assert!(fault.text.starts_with(field), "{field}: {}", fault.text);
    }
    for (field, value) in [
        ("client", json!("x".repeat(limits::CLIENT_BYTES + 1))),
        ("features", json!(vec!["x"; limits::FEATURES + 1])),
        ("device", json!("")),
        ("resume", json!({ "session": Uuid::nil(), "push": beyond })),
    ] {
        let mut phone = Phone::connects();
        let effects = phone.asks("hello", &hello_with(field, value));
        is_refused(&effects, 1, Code::BAD_REQUEST);
    }
    for envelope in [json!({ "pi": beyond }), json!({ "a": beyond }), json!({ "i": beyond, "m": "logout" })] {
        let mut phone = Phone::logged_in();
        assert_eq!(closed(&phone.says(&envelope.to_string())), Some(Code::MALFORMED_FRAME), "{envelope}");
    }
}

#[test]
fn a_search_counts_as_ten_requests() {
    let shares = shares(Rate::new(20, 10, 1_000));
    let mut phone = Phone::logged_in_to(&shares, 1);
    let search = json!({ "keywords": ["tea"], "limit": 1 });
    for _ in 0..2 {
        assert!(
            !phone.asks("msg.search", &search).iter().any(|it| matches!(it, Effect::Send(_))),
            "it is asked"
        );
    }
    let effects = phone.asks("msg.search", &search);
    let first = fault(&effects, phone.number);
    assert_eq!((first.code, first.retry_after), (Code::TOO_FAST, Some(100)));
    phone.passes(1_000);
    phone.asks("msg.search", &search);
    let effects = phone.asks("msg.search", &search);
    assert_eq!(fault(&effects, phone.number).code, Code::TOO_FAST);
}
