//! Everything that crosses a language border: one library, two faces. The map:
//!
//! * [`client`] is the UniFFI face, for Swift and Kotlin; [`listener`] and [`log`] are the callbacks hosts implement, [`event`] what they hear.
//! * [`json`] has the verbs by their names, and the events, as JSON: for pages, and for [`capi`], the C face, which `tim.h` declares.
//! * [`types`] are the nouns of both faces, [`error`] the one error; `offload` keeps hosts off the engine's own threads.
//!
//! Types of a border never leak back into the engine. No call blocks its caller for I/O, none panics into a host.

// A page has no C face, which uses what else nobody does.
#![cfg_attr(target_family = "wasm", allow(dead_code))]

#[cfg(not(target_family = "wasm"))]
pub mod capi;
pub mod client;
pub mod error;
pub mod event;
pub mod json;
pub mod listener;
pub mod log;
#[cfg(not(target_family = "wasm"))]
mod native;
#[cfg_attr(target_family = "wasm", path = "here.rs")]
mod offload;
pub mod types;

#[cfg(target_family = "wasm")]
extern crate tim_no_uniffi as uniffi;
#[cfg(not(target_family = "wasm"))]
uniffi::setup_scaffolding!("tim");
