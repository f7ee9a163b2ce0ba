//! The decisions of tim's engine as a pure state machine, and the types of its interface. This page is an overview of
//! the crate.
//!
//! * [`machine`] decides: pure, no I/O, no clock.
//! * [`stored`] has the values that it asks to be stored, [`store`] what a database has to do with them.
//! * [`mutation`] applies changes to messages, [`search`] is a search of what is stored.
//! * [`event`], [`message`], [`conversation`], [`friend`] and [`signaling`] are what apps see.
//!
//! It depends on neither a runtime nor a database, so it also runs in a browser. The `tim` crate drives it with tokio
//! and SQLite.

#![forbid(unsafe_code)]

pub mod conversation;
pub mod event;
pub mod friend;
pub mod machine;
pub mod message;
pub mod mutation;
mod ranges;
pub mod search;
pub mod signaling;
pub mod sorted;
pub mod sorted_set;
pub mod store;
pub mod stored;
