//! What tim's engine decides, and the nouns it speaks in. The map of the crate.
//!
//! * [`machine`] decides: pure, no I/O, no clock.
//! * [`stored`] is what it asks to be kept, as values.
//! * [`event`], [`message`] and [`conversation`] are what apps see.
//!
//! It depends on neither a runtime nor a database, so that it runs wherever there is somebody to drive it, a browser among
//! them. The `tim` crate is the driver with tokio and SQLite.

#![forbid(unsafe_code)]

pub mod conversation;
pub mod event;
pub mod machine;
pub mod message;
pub mod stored;
