//! Parses bytes as frames and tokens, for the fuzz targets.
//!
//! Also compiled into `protocol/tests/regressions.rs`, which replays known inputs without libFuzzer. A target
//! returns on whatever it may refuse and panics on a broken promise only.

use std::io::Write as _;

use base64::Engine as _;
use serde_json::value::RawValue;
use tim_protocol::body::{Content, appended_text, with_elements};
use tim_protocol::call::{MessagesRequest, Request};
use tim_protocol::frame::{Ask, FromClient, FromServer, Push};
use tim_protocol::usersig::{Expected, Key, verify};
use tim_protocol::{codec, limits};

/// Any text as a frame from either side: nothing panics, and what was read is written so that it reads the same.
///
/// Of a name that an object has twice no reader has to keep both, so what is compared has each name once.
pub fn codec(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for envelope in codec::split(text, limits::FRAME_BYTES).unwrap_or_default() {
        let _ = (FromClient::read(envelope), FromServer::read(envelope));
        let Ok(envelope) = serde_json::from_str::<serde_json::Value>(envelope) else { continue };
        let envelope = envelope.to_string();
        if let Ok(read) = FromClient::read(&envelope) {
            client(&read);
        }
        if let Ok(read) = FromServer::read(&envelope) {
            server(&read);
        }
    }
}

fn client(read: &FromClient) {
    if let Some(Ask::Request(_, Err(_))) = read.ask {
        return;
    }
    if let Some(Ask::Request(_, Ok(Request::Messages(MessagesRequest::Send(send))))) = &read.ask {
        body(&send.body);
    }
    let written = read.write().expect("what was read can be written");
    let again = FromClient::read(&written).expect("what was written can be read");
    assert_eq!(again.write().expect("and written again"), written);
}

fn server(read: &FromServer) {
    if let FromServer::Push(_, Push::Message(message)) = read {
        body(&message.body);
    }
    let written = read.write().expect("what was read can be written");
    let again = FromServer::read(&written).expect("what was written can be read");
    assert_eq!(again.write().expect("and written again"), written);
}

fn body(raw: &RawValue) {
    if let Ok(content) = Content::read(raw) {
        let _ = content.check();
        if let Ok(written) = content.write() {
            assert_eq!(Content::read(&written).as_ref(), Ok(&content), "content reads as it was written");
        }
        let elements = appended_text(raw);
        let again = with_elements(raw, elements.as_deref());
        assert_eq!(Content::read(&again).as_ref(), Ok(&content), "the same elements make the same content");
    }
}

/// Any bytes as a binary frame: bounded output, no panic.
pub fn inflate(data: &[u8]) {
    if let Ok(text) = codec::inflate(data) {
        assert!(text.len() <= limits::SERVER_FRAME_BYTES);
        assert_eq!(
            codec::inflate(&codec::deflate(&text)).as_ref(),
            Ok(&text),
            "what is deflated inflates again"
        );
    }
}

/// Any text as a token, and any bytes as the JSON within one: nothing panics, and nothing passes without the key.
///
/// Without the second way nearly no input would get past the compression.
pub fn usersig(data: &[u8]) {
    if let Ok(token) = std::str::from_utf8(data) {
        forged(token);
    }
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let deflated = encoder.write_all(data).and_then(|()| encoder.finish()).expect("memory takes bytes");
    let token = base64::engine::general_purpose::STANDARD.encode(deflated);
    forged(&token.replace('+', "*").replace('/', "-").replace('=', "_"));
}

fn forged(token: &str) {
    // No seed was signed with this key, so whatever passes was forged.
    let keys = [Key::new("a key that no seed was signed with")];
    let expected = Expected {
        sdk_app_id: 1_400_000_888,
        user: "alice",
        keys: &keys,
        max_expire_s: None,
        min_issued_at_s: None,
    };
    assert!(verify(token, &expected, 1_700_000_000).is_err(), "a token passed without the key");
}
