//! How long the phone waits before it connects anew.

use serde_json::json;

use crate::phone::Phone;

/// The longest pause after a connection that was well, in milliseconds.
const FIRST: i64 = 500;

#[test]
fn breaks_of_connections_that_were_well_do_not_make_pauses_longer() {
    let mut phone = Phone::ready(json!([]));
    let pauses: Vec<i64> = (0..20).map(|_| phone.comes_back(true)).collect();
    assert!(pauses.iter().all(|pause| *pause <= FIRST), "{pauses:?}");
}
