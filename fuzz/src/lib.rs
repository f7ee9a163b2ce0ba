//! The fuzz targets' logic, one public function each; `fuzz_targets/` binds them to libFuzzer.
//!
//! * [`wire`] reads frames and tokens; [`session`] is the server behind logged-in connections, with its database
//!   ([`server`]); [`machine`] is the client behind one, with its store.
//!
//! The modules do not know libFuzzer, because tests of the workspace compile them too.

#![forbid(unsafe_code)]

pub mod machine;
pub mod server;
pub mod session;
pub mod wire;
