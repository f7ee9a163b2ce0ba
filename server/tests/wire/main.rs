//! The server program as a stranger meets it: bytes on sockets, by a client that knows no more than the protocol's page.
//! The map of the stories; `stage` is the server's process and the bare client.
//!
//! Nothing here sleeps: a story waits for what it is about, and a watchdog ends one that never comes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

mod commands;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod disk;
mod frames;
mod groups;
mod later;
mod media;
mod operator;
mod refusals;
mod shares;
mod stage;
#[cfg(unix)]
mod stopping;
mod tls;
