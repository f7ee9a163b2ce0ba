//! The engine's decisions, a frame at a time: a machine and a real store, with the test as network, server and clock.
//!
//! Here are the moments that a real server gives too seldom to wait for: a refusal at the wrong time, a clock that is
//! set back, a frame that crosses another. One file for each idea; `phone` is the stage.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    reason = "a panic here is the failure report"
)]

mod asking;
mod background;
mod catching_up;
mod changes;
mod deletions;
mod delivery;
mod drafts;
mod friends;
mod groups;
mod history;
mod later;
mod logins;
mod names;
mod network;
mod news;
mod outbox;
mod pauses;
mod phone;
mod profiles;
mod reactions;
mod reads;
mod receipts;
mod receive;
mod refusals;
mod reminders;
mod removals;
mod sending;
mod signaling;
mod statuses;
mod syncs;
mod trace;
mod uploads;
