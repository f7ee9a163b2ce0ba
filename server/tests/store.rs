//! The embedded store keeps every promise of the `Store` trait, and says what is wrong when it cannot.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;

use tim_server::store::sqlite::SqliteStore;
use tim_server::store::{Listener, conformance};

fn open(folder: &Path, listener: Listener) -> SqliteStore {
    SqliteStore::open(&folder.join("tim.db"), listener).unwrap()
}

macro_rules! promises {
    ($($story:ident: $promise:ident;)*) => {
        $(#[tokio::test]
        async fn $story() {
            let folder = tempfile::tempdir().unwrap();
            conformance::$promise(folder.path(), open).await;
        })*
    };
}

promises! {
    what_was_answered_is_there_after_a_crash: durable;
    a_message_is_there_once_however_often_it_is_sent: idempotent;
    sequences_and_mutations_have_no_holes: dense;
    writes_take_effect_in_the_order_of_the_calls: ordered;
    a_refused_write_leaves_no_trace_and_hurts_nobody: isolated;
    everybody_is_told_in_order_before_the_answer: told;
    a_change_after_the_last_give_has_a_version_above_it: marked;
    closing_finishes_what_was_accepted: closed;
}
