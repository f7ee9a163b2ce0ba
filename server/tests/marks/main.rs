//! The mark protocol, by exhaustion: a small model of `uver`, `given` and `mark` in every order of events there is, and
//! the real database in random ones. A device that syncs once everything is quiet knows every change.
//!
//! The model is finer than the embedded store, which marks in one transaction: it is what any store may do that keeps
//! conversations and users apart. Three broken variants show that the search finds what it looks for, and a fourth
//! that a give has to wait for the disk where a mark does not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod model;
mod real;

/// Conversations and devices of the one user there is.
const CONVERSATIONS: usize = 2;
const DEVICES: usize = 2;
