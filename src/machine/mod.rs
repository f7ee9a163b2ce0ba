//! The engine's decisions, pure: sessions, sync, the outbox, conversations, groups, relations.
//!
//! Nothing in this folder does I/O, reads a clock, draws a random number or knows about threads: equal inputs give
//! equal outputs. That is what lets a simulation run thousands of devices through loss, delay and crashes in
//! seconds, and replay the one that failed.
//!
//! # The contract between the machine and its driver
//!
//! * One owner calls [`Machine::handle`] with an input and then drains [`Machine::poll`] until it gives `None`,
//!   carrying out each output before the next, before it gives another input. Then it waits until
//!   [`Machine::deadline`] at the latest.
//! * [`Output::Commit`] is carried out before anything after it: what a listener hears or a caller gets has been
//!   stored, and what a frame brings is stored in the same transaction as the cursor it justifies. If a commit
//!   fails, the driver says [`Input::StoreFailed`] before it polls again.
//! * A message is in the outbox on stable storage before the first attempt to send it, and leaves only when the
//!   server has said where it stands or that it never will.
//! * The machine holds what decisions need (heads, marks, ranges, the last message of a conversation, the outbox),
//!   not histories. Pages of messages go from the store to the caller without passing through it.
//!
//! # States
//!
//! ```text
//! LoggedOut ──login──▶ Opening ──store──▶ Connecting ──socket──▶ Greeting ──welcome──▶ Syncing ──page──▶ Ready
//!     ▲                                       ▲  │                                                        │
//!     │                                       └──┴───────────── backoff (full jitter) ◀───── break ───────┘
//!     └── logout, kicked, expired: SDK_NOT_READY, never back by itself
//! ```
//!
//! A break does not make the engine "not ready": calls queue or wait, and everything heals by itself.

pub mod io;
