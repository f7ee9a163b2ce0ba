//! The whole system, simulated: real machines, real stores, the real server's rules and database, under a virtual clock
//! on links that break, with devices and a server that crash.
//!
//! Some worlds have a server of a later version (`later`), a hostile user (`hostile`), or files that get damaged (`damage`).
//!
//! Each seed is one world, and the same seed is always the same world. `promises` runs many of them and checks what
//! users were promised; `breaks` and `checker` make sure that a broken promise would be seen. Replay a seed with
//! `TIM_SIM_SEED=n cargo sim promises`, and see it happen with `TIM_SIM_TRACE=1`.

#![allow(missing_docs, unreachable_pub, reason = "nobody builds on a test")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic here is the failure report"
)]

mod app;
mod check;
mod clocks;
mod cost;
mod damage;
mod device;
mod forged;
mod ground;
mod history;
mod hostile;
mod later;
mod link;
mod many;
mod pages;
mod server;
mod workload;
mod world;
