//! Frames that cannot be, and those that can but are unusual.

use hyper::{Method, StatusCode};
use serde_json::json;
use tim_protocol::{Code, codec, limits};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::stage::{Client, Server, code, http};

#[tokio::test]
async fn a_broken_frame_ends_its_own_connection_with_its_number_and_no_other() {
    let server = Server::start().await;
    let (mut alice, mut bob) = (server.login("alice").await, server.login("bob").await);
    let pings = vec![r#"{"pi":1}"#; limits::BATCH + 1].join(",");
    let deep = format!(r#"{{"i":9,"m":"sync","p":{}1{}}}"#, "[".repeat(32), "]".repeat(32));
    let large = |bytes: usize| Message::text(format!(r#"{{"pi":1,"x":"{}"}}"#, "x".repeat(bytes)));
    let reserved = Frame::message(vec![b'x'], OpCode::Data(Data::Reserved(3)), true);
    let not_utf8 = Frame::message(vec![b'"', 0xff, b'"'], OpCode::Data(Data::Text), true);
    for (what, frame, code) in [
        ("not JSON", Message::text("hello?"), Code::MALFORMED_FRAME),
        ("no envelope", Message::text("{}"), Code::MALFORMED_FRAME),
        ("binary", Message::binary(r#"{"pi":1}"#), Code::MALFORMED_FRAME),
        ("not UTF-8", Message::Frame(not_utf8), Code::MALFORMED_FRAME),
        ("a reserved kind of frame", Message::Frame(reserved), Code::MALFORMED_FRAME),
        ("65 envelopes", Message::text(format!("[{pings}]")), Code::MALFORMED_FRAME),
        ("too deep", Message::text(deep), Code::FRAME_TOO_DEEP),
        ("too large", large(limits::FRAME_BYTES), Code::FRAME_TOO_LARGE),
        ("far too large", large(4 * 1024 * 1024), Code::FRAME_TOO_LARGE),
    ] {
        let mut mallory = server.login("mallory").await;
        // A client that is cut off while it sends may not send all of it.
        let _ = futures_util::SinkExt::send(&mut mallory.socket, frame).await;
        assert_eq!(mallory.closed().await, code.0, "{what}");
        alice.sends("C2Cbob", what).await;
        assert_eq!(bob.hears().await, what);
    }
}

#[tokio::test]
async fn before_hello_nothing_else_is_answered() {
    let server = Server::start().await;
    let mut mallory = server.connect().await;
    let answer = mallory.sends("C2Cbob", "let me in").await;
    assert_eq!(answer["e"]["c"], Code::HELLO_EXPECTED.0);
    assert_eq!(mallory.closed().await, Code::HELLO_EXPECTED.0);
    let mut mallory = server.connect().await;
    let mut forged = server.hello("alice", &[]);
    forged["userSig"] = server.sig("mallory").into();
    assert_eq!(mallory.ask("hello", &forged).await["e"]["c"], Code::USERSIG_OTHER_USER.0);
    assert_eq!(mallory.closed().await, Code::USERSIG_OTHER_USER.0);
}

#[tokio::test]
async fn a_verb_of_a_later_version_is_refused_and_the_connection_goes_on() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    assert_eq!(alice.ask("poem.write", &json!({})).await["e"]["c"], Code::UNSUPPORTED.0);
    assert_eq!(alice.sends("C2Calice", "to myself").await["r"]["sequence"], 1);
}

#[tokio::test]
async fn a_large_reply_is_compressed_for_whoever_asked_for_it() {
    let server = Server::start().await;
    let mut alice = server.login_with("alice", &["z1"]).await;
    let mut bob = server.login_with("bob", &[]).await;
    for _ in 0..5 {
        alice.sends("C2Cbob", &"a long story ".repeat(50)).await;
    }
    let history = |peer: &str| json!({ "conversationID": peer, "low": 1, "high": 5, "limit": 5 });
    let request = alice.request("msg.history", &history("C2Cbob"));
    alice.says_text(request.to_string()).await;
    let Message::Binary(deflated) = alice.frame().await.unwrap() else { panic!("not compressed") };
    let text = codec::inflate(&deflated).unwrap();
    assert!(deflated.len() * 2 < text.len());
    let reply: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(reply["r"]["messages"].as_array().unwrap().len(), 5);
    // Bob named no feature: one envelope per frame, as text.
    for _ in 0..5 {
        assert!(bob.frame().await.unwrap().to_text().unwrap().starts_with(r#"{"n""#));
    }
    let request = bob.request("msg.history", &history("C2Calice"));
    bob.says_text(request.to_string()).await;
    assert!(bob.frame().await.unwrap().is_text());
}

#[tokio::test]
async fn what_is_not_this_protocol_is_turned_away_at_the_door() {
    let server = Server::start().await;
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    for (path, headers, status) in [
        ("/v1", &upgrade[..], StatusCode::BAD_REQUEST),
        ("/v1", &[("sec-websocket-protocol", tim_protocol::SUBPROTOCOL)], StatusCode::BAD_REQUEST),
        ("/", &[], StatusCode::NOT_FOUND),
        ("/healthz", &[], StatusCode::NOT_FOUND),
        ("/metrics", &[], StatusCode::NOT_FOUND),
    ] {
        let (answered, body) = http(&server.address, Method::GET, path, headers, Vec::new()).await;
        assert_eq!(answered, status, "{path}");
        let expected = if path == "/v1" { Code::VERSION_UNSUPPORTED } else { Code::BAD_REQUEST };
        assert_eq!(code(&body), u64::from(expected.0));
    }
}

#[tokio::test]
async fn a_websocket_begins_whatever_comes_with_its_request() {
    let server = Server::start().await;
    let request = |more: &str| {
        format!(
            "GET /v1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: {}\r\n{more}\r\n",
            tim_protocol::SUBPROTOCOL
        )
    };
    let ping = b"\x89\x80\0\0\0\0";
    let long = format!("X-Padding: {}\r\n", "x".repeat(4096));
    for (what, bytes, is_pinged) in [
        ("nothing", request("").into_bytes(), false),
        ("a long header", request(&long).into_bytes(), false),
        ("a frame", [request("").as_bytes(), ping].concat(), true),
    ] {
        let mut alice = Client::begins_with(&server, &bytes).await;
        if is_pinged {
            assert!(alice.frame().await.unwrap().is_pong(), "{what}");
        }
        let welcome = alice.ask("hello", &server.hello("alice", &["batch"])).await;
        assert!(welcome["r"]["session"].is_string(), "{what}: {welcome}");
    }
}
