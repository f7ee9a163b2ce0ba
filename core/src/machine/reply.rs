//! Reads replies. An unreadable reply is a failure of its request.

use serde_json::value::RawValue;
use tim_protocol::call::{Call, Reply, Request};
use tim_protocol::{Code, Fault, json};

/// The reply to a request of this kind.
pub(super) fn read<C: Call>(result: Result<Box<RawValue>, Fault>) -> Result<C::Reply, Fault> {
    json::read(result?.get()).map_err(|_| unreadable(C::METHOD))
}

/// The reply to a request of any kind.
pub(super) fn read_any(request: &Request, result: Result<Box<RawValue>, Fault>) -> Result<Reply, Fault> {
    request.read_reply(&result?).map_err(|_| unreadable(request.method()))
}

fn unreadable(method: &str) -> Fault {
    Fault::with_text(Code::UNREADABLE, format!("the reply to {method} does not fit its form"))
}
