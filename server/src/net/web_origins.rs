//! Which pages may read and upload files from a browser (the CORS part of <https://fetch.spec.whatwg.org>). Pure.
//!
//! A ticket permits a transfer, and no cookie does: an origin lets scripts of its pages see the answers, nothing more.

use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::response::{Body, full};

/// What scripts may read of an answer's head besides what they always may.
const EXPOSED: &str = "Accept-Ranges, Content-Length, Content-Range, ETag, Retry-After, Upload-Offset";
/// What requests may have in their head besides what they always may.
const ACCEPTED: &str = "Content-Range, Content-Type, If-None-Match, If-Range, Range";
/// How many seconds a browser remembers the answer to a preflight.
const REMEMBERED_S: &str = "7200";

/// The origins that the operator admits.
#[derive(Default)]
pub(super) struct WebOrigins {
    all: bool,
    named: Vec<String>,
}

impl WebOrigins {
    pub(super) fn new(origins: &[String]) -> Self {
        Self { all: origins.iter().any(|it| it == "*"), named: origins.to_vec() }
    }

    /// The answer to a browser's question before a request; `None` if pages of its origin may not.
    pub(super) fn preflight(&self, asked: &HeaderMap, methods: &'static str) -> Option<Response<Body>> {
        asked.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
        self.admitted(asked.get(header::ORIGIN)?)?;
        let mut answer = Response::new(full(""));
        *answer.status_mut() = StatusCode::NO_CONTENT;
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, methods),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, ACCEPTED),
            (header::ACCESS_CONTROL_MAX_AGE, REMEMBERED_S),
        ] {
            set(answer.headers_mut(), name, value);
        }
        Some(answer)
    }

    /// Lets scripts of an admitted origin read the answer.
    pub(super) fn admit(&self, origin: Option<&HeaderValue>, answer: &mut HeaderMap) {
        if !self.all && !self.named.is_empty() {
            // A cache must not give one origin the answer to another.
            set(answer, header::VARY, "Origin");
        }
        if let Some(admitted) = origin.and_then(|origin| self.admitted(origin)) {
            answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, admitted);
            set(answer, header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }

    fn admitted(&self, origin: &HeaderValue) -> Option<HeaderValue> {
        if self.all {
            return Some(HeaderValue::from_static("*"));
        }
        self.named.iter().any(|it| it.as_bytes() == origin.as_bytes()).then(|| origin.clone())
    }
}

fn set(head: &mut HeaderMap, name: HeaderName, value: &'static str) {
    head.insert(name, HeaderValue::from_static(value));
}
