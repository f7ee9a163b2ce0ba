//! The server's rules, pure: what a frame means, who may do what, and what follows from it.
//!
//! Nothing in this folder does I/O, reads a clock or draws a random number: equal inputs give equal outputs, so a
//! simulation can run these rules under a virtual clock together with the engine's own.
//!
//! # The contract between the rules and their driver
//!
//! * One [`session::Session`] per connection. Its driver calls [`session::Session::handle`] with every input and
//!   carries out all effects, in order, before the next input.
//! * `Effect::Write` and `Effect::Query` go to the [`crate::store::Store`]; their results come back as inputs with
//!   the same token, in any order. Writes are handed to the store in the order of their effects, which is what
//!   keeps one sender's pipelined messages in order.
//! * The notifications of a committed write ([`ops::Notification`]) are published by the store's driver right after the commit,
//!   even if the requesting session is gone: nothing after a commit may fail or delay it.
//! * A session is attached to the bus before its welcome is sent, so every change that commits later reaches it as a
//!   push or is part of its first sync: `Effect::Attach` and `Effect::Follow` are answered with `Input::Attached`.
//! * Pushes are best effort. A client repairs lost pushes by syncing; the pong tells it the newest cursor.

pub mod actor;
pub mod fair;
pub mod guests;
pub mod keys;
pub mod media_path;
pub mod media_records;
pub mod notifications;
pub mod ops;
pub mod policy;
pub mod presence;
pub mod rate;
pub mod receipts;
pub mod rooms;
pub mod session;
pub mod shares;
pub mod sync_range;
pub mod ticket;
pub mod watching;
pub mod window;

/// The two clocks, in milliseconds. Deadlines use the first, times that are sent to clients the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Never jumps; its zero is arbitrary.
    pub monotonic: i64,
    /// Since 1970.
    pub wall: i64,
}
