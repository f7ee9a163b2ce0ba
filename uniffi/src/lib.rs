//! Everything that crosses a language border: one library, two faces. The map:
//!
//! * [`client`] is the UniFFI face, for Swift and Kotlin; [`listener`] and [`log`] are the callbacks hosts implement, [`event`] what they hear.
//! * [`capi`] is the C face, which `tim.h` declares.
//! * [`types`] are the nouns of both faces, [`error`] the one error; `offload` keeps hosts off the engine's own threads.
//!
//! Types of a border never leak back into the engine. No call blocks its caller for I/O, none panics into a host.

pub mod capi;
pub mod client;
pub mod error;
pub mod event;
pub mod listener;
pub mod log;
mod offload;
pub mod types;

uniffi::setup_scaffolding!("tim");
