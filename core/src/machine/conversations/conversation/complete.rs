//! Which messages are here, by ranges: what completes them, and what they lack.

use super::*;
use proptest::prelude::*;

fn conv() -> Conv {
    Conv::new("C2Cbob".parse().unwrap())
}

#[test]
fn what_is_not_covered_is_asked_for_from_the_top() {
    let mut conv = conv();
    conv.complete(1, 10);
    conv.complete(20, 30);
    assert_eq!(conv.uncovered(5, 9), None);
    assert_eq!(conv.uncovered(5, 30), Some((11, 19)));
    assert_eq!(conv.uncovered(25, 40), Some((31, 40)));
    conv.complete(11, 19);
    assert_eq!(conv.ranges, [(1, 30)]);
}

proptest! {
    #[test]
    fn ranges_are_what_was_completed(completed in prop::collection::vec((1_u64..60, 0_u64..8), 0..12), low in 1_u64..60, length in 0_u64..20) {
        let mut conv = conv();
        let mut model = std::collections::BTreeSet::new();
        for (from, more) in completed {
            conv.complete(from, from + more);
            model.extend(from..=from + more);
        }
        prop_assert!(conv.ranges.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
        let top = (low..=low + length).rev().find(|sequence| !model.contains(sequence));
        let asked = conv.uncovered(low, low + length);
        prop_assert_eq!(asked.map(|(_, to)| to), top);
        if let Some((from, to)) = asked {
            prop_assert!((from..=to).all(|sequence| !model.contains(&sequence)));
            prop_assert!(from == low || model.contains(&(from - 1)));
        }
    }
}
