//! Ranges of sequences: ascending, and not adjacent.

use crate::stored::Ranges;

/// Adds a range, which may overlap others.
pub(crate) fn add(ranges: &mut Ranges, low: u64, high: u64) {
    ranges.push((low, high));
    ranges.sort_unstable();
    let mut merged: Ranges = Vec::with_capacity(ranges.len());
    for (low, high) in ranges.drain(..) {
        match merged.last_mut() {
            Some((_, end)) if low <= *end + 1 => *end = high.max(*end),
            _ => merged.push((low, high)),
        }
    }
    *ranges = merged;
}

/// Adds a sequence above all others.
pub(crate) fn append(ranges: &mut Ranges, sequence: u64) {
    match ranges.last_mut() {
        Some((_, high)) if *high + 1 == sequence => *high = sequence,
        _ => ranges.push((sequence, sequence)),
    }
}

/// Removes a range.
pub(crate) fn remove(ranges: &mut Ranges, low: u64, high: u64) {
    let parts = std::mem::take(ranges).into_iter().flat_map(|(from, to)| {
        let (before, after) = ((from, to.min(low.saturating_sub(1))), (from.max(high.saturating_add(1)), to));
        [before, after]
    });
    *ranges = parts.filter(|(from, to)| from <= to).collect();
}

/// Whether a sequence is in one of the ranges.
pub(crate) fn has(ranges: &Ranges, sequence: u64) -> bool {
    has_all(ranges, sequence, sequence)
}

/// Whether all of a range is.
pub(crate) fn has_all(ranges: &Ranges, low: u64, high: u64) -> bool {
    range_at(ranges, low).is_some_and(|(_, to)| high <= to)
}

/// The range that has a sequence.
fn range_at(ranges: &Ranges, sequence: u64) -> Option<(u64, u64)> {
    let after = ranges.partition_point(|(low, _)| *low <= sequence);
    let range = after.checked_sub(1).and_then(|at| ranges.get(at))?;
    (sequence <= range.1).then_some(*range)
}

/// How many sequences above this one are in the ranges.
pub(crate) fn count_above(ranges: &Ranges, sequence: u64) -> u64 {
    ranges.iter().map(|(low, high)| (high + 1).saturating_sub((*low).max(sequence + 1))).sum()
}

/// The first `max` sequences.
pub(crate) fn first(ranges: &Ranges, max: u64) -> Ranges {
    let mut left = max;
    let mut first = Ranges::new();
    for (low, high) in ranges.iter().take_while(|_| max > 0) {
        if left == 0 {
            break;
        }
        let high = (*high).min(low + left - 1);
        left -= high - low + 1;
        first.push((*low, high));
    }
    first
}

/// The greatest sequence up to this one that is in none of the ranges; 0 if there is none.
pub(crate) fn below(ranges: &Ranges, sequence: u64) -> u64 {
    range_at(ranges, sequence).map_or(sequence, |(low, _)| low.saturating_sub(1))
}

/// The least sequence from this one on that is in none of the ranges.
pub(crate) fn above(ranges: &Ranges, sequence: u64) -> u64 {
    range_at(ranges, sequence).map_or(sequence, |(_, high)| high + 1)
}

/// Where a part begins that ends with `high` and has `count` sequences which are in none of the ranges; `floor` if there are not
/// more than that many.
pub(crate) fn reach_down(ranges: &Ranges, high: u64, count: u64, floor: u64) -> u64 {
    let (mut top, mut left) = (high, count);
    for (from, to) in ranges.iter().rev().filter(|(from, _)| *from <= high) {
        let between = top.saturating_sub(*to);
        if between >= left {
            break;
        }
        left -= between;
        top = from.saturating_sub(1);
    }
    let low = (top + 1).saturating_sub(left).max(floor);
    if below(ranges, low.saturating_sub(1)) < floor { floor } else { low }
}

/// Where a part ends that begins with `low` and has `count` sequences which are in none of the ranges; `newest` if there are not
/// more than that many.
pub(crate) fn reach_up(ranges: &Ranges, low: u64, count: u64, newest: u64) -> u64 {
    let (mut bottom, mut left) = (low, count);
    for (from, to) in ranges.iter().filter(|(_, to)| *to >= low) {
        let between = from.saturating_sub(bottom);
        if between >= left {
            break;
        }
        left -= between;
        bottom = to + 1;
    }
    let high = (bottom + left - 1).min(newest);
    if above(ranges, high + 1) > newest { newest } else { high }
}

/// Removes everything up to a sequence.
pub(crate) fn remove_up_to(ranges: &mut Ranges, up_to: u64) {
    ranges.retain(|(_, high)| *high > up_to);
    if let Some((low, _)) = ranges.first_mut() {
        *low = (*low).max(up_to + 1);
    }
}
