//! A map does what the standard library's does.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Insert(u16),
    Entry(u16),
    Remove(u16),
    PopFirst,
    PopLast,
    Retain(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0_u16..600;
    prop_oneof![
        6 => key().prop_map(Step::Insert),
        3 => key().prop_map(Step::Entry),
        3 => key().prop_map(Step::Remove),
        1 => Just(Step::PopFirst),
        1 => Just(Step::PopLast),
        1 => (2_u16..50).prop_map(Step::Retain),
    ]
}

fn bounds() -> impl Strategy<Value = (Bound<u16>, Bound<u16>)> {
    let bound = |key: u16, kind: u8| match kind {
        0 => Bound::Unbounded,
        1 => Bound::Included(key),
        _ => Bound::Excluded(key),
    };
    // What the standard library refuses is not asked for: a range that ends before it begins.
    (0_u16..600, 0_u8..3, 1_u16..600, 0_u8..3).prop_map(move |(start, first, more, last)| {
        (bound(start, first), bound(start.saturating_add(more), last))
    })
}

proptest! {
    #[test]
    fn a_map_does_what_a_tree_does(
        begun in 0_u16..500,
        steps in prop::collection::vec(step(), 0..400),
        ranges in prop::collection::vec(bounds(), 1..20),
    ) {
        let mut tree: BTreeMap<u16, usize> = (0..begun).map(|key| (key, 0)).collect();
        let mut map: SortedMap<u16, usize> = (0..begun).map(|key| (key, 0)).collect();
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Insert(key) => prop_assert_eq!(map.insert(key, number), tree.insert(key, number)),
                Step::Entry(key) => {
                    let of_map = *map.entry(key).and_modify(|value| *value += 1).or_insert(number);
                    prop_assert_eq!(of_map, *tree.entry(key).and_modify(|value| *value += 1).or_insert(number));
                }
                Step::Remove(key) => prop_assert_eq!(map.remove(&key), tree.remove(&key)),
                Step::PopFirst => prop_assert_eq!(map.pop_first(), tree.pop_first()),
                Step::PopLast => prop_assert_eq!(map.pop_last(), tree.pop_last()),
                Step::Retain(divisor) => {
                    map.retain(|key, _| key % divisor != 0);
                    tree.retain(|key, _| key % divisor != 0);
                }
            }
            prop_assert_eq!((map.len(), map.is_empty()), (tree.len(), tree.is_empty()));
            prop_assert!(map.pieces.iter().all(|piece| (1..=PIECE).contains(&piece.len())));
        }
        prop_assert!(map.iter().eq(tree.iter()));
        prop_assert!(map.iter().rev().eq(tree.iter().rev()));
        prop_assert_eq!(map.first_key_value(), tree.first_key_value());
        prop_assert_eq!(map.last_key_value(), tree.last_key_value());
        for range in ranges {
            prop_assert!(map.range(range).eq(tree.range(range)), "{:?}", range);
            prop_assert!(map.range(range).rev().eq(tree.range(range).rev()), "{:?}", range);
        }
        for key in 0..600 {
            prop_assert_eq!(map.get(&key), tree.get(&key));
        }
        prop_assert!(map.into_iter().eq(tree));
    }

    #[test]
    fn both_ends_of_an_iterator_meet(count in 0_u16..300, steps in prop::collection::vec(any::<bool>(), 300)) {
        let map: SortedMap<u16, ()> = (0..count).rev().map(|key| (key, ())).collect();
        let (mut entries, mut expected) = (map.keys(), 0..count);
        for is_front in steps {
            let (key, other) = if is_front { (entries.next(), expected.next()) } else { (entries.next_back(), expected.next_back()) };
            prop_assert_eq!(key.copied(), other);
        }
    }
}
