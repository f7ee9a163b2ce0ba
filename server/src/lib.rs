//! tim's server: the map of the crate.
//!
//! * [`core`] decides: pure rules, no I/O.
//! * [`store`] keeps: the database behind a trait, embedded SQLite by default.
//! * [`bus`] tells: committed changes to connected sessions.
//! * [`net`] talks: sockets, HTTP, one task per connection.
//! * [`config`], [`cli`] are the operator's side.

#![forbid(unsafe_code)]

pub mod bus;
pub mod core;
pub mod store;
