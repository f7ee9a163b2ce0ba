//! tim, a self-hosted instant-messaging engine: the client. This page is an overview of the crate.
//!
//! * [`machine`] decides: pure, no I/O, no clock. It and the nouns are `tim-core`'s, which knows no tokio and no SQLite.
//! * [`store`] keeps: one SQLite file per user.
//! * `driver` does: the one task that owns a machine, sockets, uploads, the listener thread.
//! * [`Tim`] is the handle apps hold; [`options`], [`event`], [`message`], [`conversation`], [`search`], [`error`],
//!   [`plugin`] and [`log`] are what it speaks in.

#![forbid(unsafe_code)]
// A page does less with the same parts: it has no partial files, and no threads that may panic.
#![cfg_attr(target_family = "wasm", allow(dead_code))]

mod driver;
pub mod error;
pub mod log;
pub mod options;
pub mod plugin;
pub mod search;
#[cfg_attr(target_family = "wasm", path = "store/page.rs")]
pub mod store;
mod tim;

pub use crate::driver::dispatch::ListenerId;
pub use crate::driver::file_source::FileSource;
pub use crate::driver::runtime::Task;
#[cfg(target_family = "wasm")]
pub use crate::driver::{files::add_file, http::set_put};
pub use crate::log::{set_log_level, set_log_sink};
#[cfg(target_family = "wasm")]
pub use crate::store::set_storage;
#[cfg(not(target_family = "wasm"))]
pub use crate::tim::runtime;
pub use crate::tim::{
    GroupMessageReadMembers, HistoryDirection, HistoryStart, LoginResult, MergerText, MessageList,
    MessageListHopping, MessageReactions, ReactionUserList, ReadMemberFilter, Tim, UserStatusResult,
    VideoFile, shutdown,
};
pub use tim_core::{conversation, event, friend, machine, message, signaling};
pub use tim_protocol as protocol;
pub use tim_protocol::{Code, ConversationId, ConversationType, GroupId, MessageId, UserId};

/// The README's quick start compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
