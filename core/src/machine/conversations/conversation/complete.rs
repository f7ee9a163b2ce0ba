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

    #[test]
    fn a_part_reaches_over_what_is_removed(
        removed in prop::collection::vec((1_u64..40, 0_u64..6), 0..8),
        kept in prop::collection::vec((1_u64..40, 0_u64..6), 0..4),
        (at, count, newest) in (1_u64..45, 1_usize..12, 30_u64..50),
    ) {
        let (mut all, mut model) = (Ranges::new(), std::collections::BTreeSet::new());
        for (from, more) in removed {
            ranges::add(&mut all, from, from + more);
            model.extend(from..=from + more);
        }
        for (from, more) in kept {
            ranges::remove(&mut all, from, from + more);
            (from..=from + more).for_each(|it| _ = model.remove(&it));
        }
        prop_assert_eq!(all.iter().flat_map(|(low, high)| *low..=*high).collect::<Vec<_>>(), model.iter().copied().collect::<Vec<_>>());
        prop_assert_eq!(ranges::has(&all, at), model.contains(&at));
        prop_assert_eq!(ranges::count_above(&all, at), model.iter().filter(|it| **it > at).count() as u64);
        let first: Vec<u64> = ranges::first(&all, count as u64).into_iter().flat_map(|(low, high)| low..=high).collect();
        prop_assert_eq!(first, model.iter().copied().take(count).collect::<Vec<_>>());
        let floor = at.min(3);
        let left = |it: &u64| !model.contains(it);
        let low = ranges::reach_down(&all, at, count as u64, floor);
        let below: Vec<u64> = (floor..=at).rev().filter(left).collect();
        prop_assert_eq!((low..=at).filter(left).count(), below.len().min(count));
        prop_assert_eq!(low == floor, below.len() <= count || below[count - 1] == floor);
        let newest = newest.max(at);
        let high = ranges::reach_up(&all, at, count as u64, newest);
        let above: Vec<u64> = (at..=newest).filter(left).collect();
        prop_assert_eq!((at..=high).filter(left).count(), above.len().min(count));
        prop_assert_eq!(high == newest, above.len() <= count || above[count - 1] == newest);
    }
}
