//! Tests of the server program over raw sockets, by a client that uses only what docs/protocol.md says. The map of the
//! stories; `stage` is the server's process and the bare client.
//!
//! Nothing here sleeps: a story waits for what it is about, and a watchdog ends one that never comes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

#[allow(unreachable_pub, dead_code, reason = "stories use it as well, and in other ways")]
#[path = "../../../tests/stories/bucket_server.rs"]
mod bucket_server;
mod commands;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod disk;
mod frames;
mod groups;
mod later;
mod media;
mod media_cleaning;
mod media_heads;
mod media_parts;
mod operator;
mod refusals;
mod shares;
mod stage;
#[cfg(unix)]
mod stopping;
mod tls;
