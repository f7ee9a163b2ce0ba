//! Ranges of sequences: ascending, and not adjacent.

use crate::stored::Ranges;

/// Adds a range, which may overlap others.
pub(super) fn add(ranges: &mut Ranges, low: u64, high: u64) {
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
pub(super) fn append(ranges: &mut Ranges, sequence: u64) {
    match ranges.last_mut() {
        Some((_, high)) if *high + 1 == sequence => *high = sequence,
        _ => ranges.push((sequence, sequence)),
    }
}

/// Removes everything up to a sequence.
pub(super) fn remove_up_to(ranges: &mut Ranges, up_to: u64) {
    ranges.retain(|(_, high)| *high > up_to);
    if let Some((low, _)) = ranges.first_mut() {
        *low = (*low).max(up_to + 1);
    }
}
