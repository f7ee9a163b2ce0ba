//! The wire types and rules shared by tim's engine and server. This page is an overview of the crate.
//!
//! Everything here is a value or a pure function, without sockets, clocks, random sources or threads.
//! `docs/protocol.md` describes the protocol in prose, the types here define it precisely, and `tests/golden` holds one
//! example of every frame.

#![forbid(unsafe_code)]

pub mod attributes;
pub mod body;
pub mod bounds;
pub mod call;
pub mod code;
pub mod codec;
pub mod conversation;
pub mod fault;
pub mod fields;
pub mod frame;
pub mod friend;
pub mod group;
pub mod group_rules;
pub mod id;
pub mod json;
mod kinds;
pub mod limits;
pub mod list;
pub mod media;
pub mod message;
pub mod picture;
pub mod profile;
pub mod receive;
pub mod search;
pub mod settings;
pub mod status;
#[cfg(feature = "usersig")]
pub mod usersig;
pub mod word;

pub use code::Code;
pub use fault::Fault;
pub use id::{ConversationId, ConversationType, GroupId, MessageId, UserId};
pub use list::List;

/// A moment, in milliseconds since the beginning of 1970 (UTC). Durations, and moments of a clock that only grows, are
/// plain numbers named `…_ms` or `monotonic`.
pub type UnixMillis = i64;

/// Protocol versions this crate can speak, lowest and highest. `hello` carries the client's pair; the server
/// answers with the highest version both know, or refuses with [`Code::VERSION_UNSUPPORTED`].
pub const VERSIONS: [u32; 2] = [1, 1];

/// The WebSocket sub-protocol name of version 1 in JSON.
pub const SUBPROTOCOL: &str = "tim.json.v1";

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes references
fn is_never(time: &UnixMillis) -> bool {
    *time == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Names of optional features, exchanged in `hello`. A feature is used only if both sides named it.
pub mod feature {
    /// Replies of 1 KiB and more may come as a binary frame holding the raw-deflated JSON text.
    pub const DEFLATE: &str = "z1";
    /// Several envelopes may share one frame, as a JSON array.
    pub const BATCH: &str = "batch";
    /// Every feature this crate implements.
    pub const ALL: [&str; 2] = [DEFLATE, BATCH];
}
