//! Answers over HTTP: their bodies, JSON, and refusals.

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;
use tim_protocol::Fault;

/// The body of an answer: bytes, or a file as it is read.
pub(crate) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// A refusal: the code in the body, as everywhere else in the protocol.
pub(crate) fn fault(status: StatusCode, fault: &Fault) -> Response<Body> {
    json(status, fault)
}

/// An answer in JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    let mut answer = Response::new(full(serde_json::to_vec(value).unwrap_or_default()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// A body that is there at once.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}
