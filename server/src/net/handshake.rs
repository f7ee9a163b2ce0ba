//! The request for the WebSocket, the first of nearly every connection: answered here if it comes whole and alone.
//! Everything else is left to `http`, which answers it in the same words.

use hyper::header::{self, HeaderValue};
use hyper::{Request, Response};
use tim_protocol::SUBPROTOCOL;
use tokio_tungstenite::tungstenite::handshake::machine::TryParse as _;
use tokio_tungstenite::tungstenite::handshake::server::{self, create_response_with_body, write_response};

/// Where the WebSocket is.
pub(super) const PATH: &str = "/v1";
/// Maximum size of a request that is answered here: those of apps and browsers have a few hundred bytes.
pub(super) const HEAD_BYTES: usize = 2 * 1024;

/// The request for the WebSocket and the bytes of its answer, if that request is all that was read.
pub(super) fn accepted(read: &[u8]) -> Option<(server::Request, Vec<u8>)> {
    let (length, request) = server::Request::try_parse(read).ok()??;
    if length != read.len() || request.uri().path() != PATH {
        return None;
    }
    let mut bytes = Vec::with_capacity(256);
    write_response(&mut bytes, &answer(&request, || ()).ok()?).ok()?;
    Some((request, bytes))
}

/// The answer that begins a WebSocket, or why there is none.
pub(super) fn answer<Q, A>(request: &Request<Q>, body: impl FnOnce() -> A) -> Result<Response<A>, String> {
    if !names_protocol(request) {
        return Err(format!("connect with a WebSocket and its sub-protocol {SUBPROTOCOL}"));
    }
    let mut answer = create_response_with_body(request, body)
        .map_err(|_| "this is not a WebSocket's request of version 13".to_owned())?;
    answer.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    Ok(answer)
}

fn names_protocol<B>(request: &Request<B>) -> bool {
    let named = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL);
    named
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|name| name.trim() == SUBPROTOCOL)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "GET /v1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Protocol: chat, tim.json.v1\r\n\r\n";

    #[test]
    fn a_websocket_begins_with_the_key_and_the_protocol_of_its_request() {
        let (_, bytes) = accepted(GOOD.as_bytes()).unwrap();
        let text = String::from_utf8(bytes).unwrap().to_lowercase();
        assert!(text.starts_with("http/1.1 101 switching protocols\r\n") && text.ends_with("\r\n\r\n"));
        assert!(text.contains("sec-websocket-protocol: tim.json.v1\r\n"));
        // The example of RFC 6455.
        assert!(text.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n"), "{text}");
    }

    #[test]
    fn what_is_not_that_request_alone_is_left_to_http() {
        for other in [
            GOOD.trim_end(),
            &format!("{GOOD}more"),
            &GOOD.replace("/v1", "/media/upload"),
            &GOOD.replace("GET", "PUT"),
            &GOOD.replace("tim.json.v1", "tim.json.v9"),
            &GOOD.replace("Version: 13", "Version: 8"),
            "\u{16}\u{3}\u{1}",
        ] {
            assert!(accepted(other.as_bytes()).is_none(), "{other}");
        }
    }
}
