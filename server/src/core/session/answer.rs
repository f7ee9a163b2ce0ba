//! The envelopes of answers.

use serde::Serialize;
use tim_protocol::conversation::Cursor;
use tim_protocol::frame::{FromServer, Pong};
use tim_protocol::{Code, Fault};

use super::state::Effect;
use crate::core::Now;

pub(super) fn result(number: u64, result: &impl Serialize) -> Effect {
    let raw = serde_json::value::to_raw_value(result).map_err(|_| Fault::new(Code::INTERNAL));
    envelope(number, raw)
}

pub(super) fn pong(number: u64, cursor: Option<Cursor>, now: Now) -> Effect {
    let pong = Pong { number, cursor, now: now.wall };
    Effect::Send(FromServer::Pong(pong).write().unwrap_or_default())
}

pub(super) fn envelope(number: u64, result: Result<Box<serde_json::value::RawValue>, Fault>) -> Effect {
    // Every part of a reply can be written; see `FromServer::write`.
    Effect::Send(FromServer::Reply(number, result).write().unwrap_or_default())
}

pub(super) fn fault_to(number: u64, fault: Fault) -> Effect {
    envelope(number, Err(fault))
}
