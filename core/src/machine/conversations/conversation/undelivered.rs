//! Which emitted messages are recorded until the listeners have returned.

use super::*;

#[test]
fn what_was_heard_is_struck_out_and_of_too_much_the_newest_stays() {
    let mut undelivered = Ranges::new();
    for sequence in [1, 2, 3, 5, 6, 9] {
        ranges::append(&mut undelivered, sequence);
    }
    assert_eq!(undelivered, [(1, 3), (5, 6), (9, 9)]);
    ranges::remove_up_to(&mut undelivered, 4);
    assert_eq!(undelivered, [(5, 6), (9, 9)]);
    ranges::remove_up_to(&mut undelivered, 5);
    assert_eq!(undelivered, [(6, 6), (9, 9)]);
    let mut conv = Conv::new("C2Cbob".parse().unwrap());
    conv.row.undelivered = undelivered;
    conv.note_emitted(9 + MAX_EMITTED);
    assert_eq!(conv.row.undelivered, [(9 + MAX_EMITTED, 9 + MAX_EMITTED)]);
}
