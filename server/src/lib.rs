//! tim's server: the map of the crate.
//!
//! * [`core`] decides what a connection may ask and is answered: pure, no I/O.
//! * [`domain`] decides what needs stored data: who may do what and what follows from it. Pure, over rows.
//! * [`store`] keeps: the database behind a trait, embedded SQLite by default.
//! * [`bus`] tells: committed changes to connected sessions.
//! * `net` talks: sockets, HTTP, one task per connection; `media` moves pictures.
//! * [`server`] puts it together; [`config`], [`data`], [`cli`] and [`telemetry`] are the operator's side; `descriptors` are
//!   what the system gives.

#![forbid(unsafe_code)]

pub mod bus;
pub mod cli;
mod clock;
pub mod config;
pub mod core;
pub mod data;
mod descriptors;
pub mod domain;
mod media;
mod net;
mod profiles;
mod response;
pub mod server;
mod statuses;
pub mod store;
pub mod telemetry;
