//! tim, an instant-messaging engine that its users own: the client. The map of the crate.
//!
//! * [`machine`] decides: pure, no I/O, no clock.
//! * [`store`] keeps: one SQLite file per user.
//! * `driver` does: the one task that owns a machine, sockets, uploads, the listener thread.
//! * [`Tim`] is the handle apps hold.

#![forbid(unsafe_code)]

pub mod conversation;
pub mod error;
pub mod event;
pub mod machine;
pub mod message;
pub mod options;
pub mod plugin;
pub mod store;

pub use tim_protocol as protocol;
pub use tim_protocol::{Code, ConversationId, GroupId, MessageId, UserId};
