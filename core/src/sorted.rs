//! Maps and sets in the order of their keys. They are used as those of the standard library, and their code is a tenth as large: it is
//! compiled for every type of key and value, of which there are dozens here.
//!
//! The entries lie in pieces, sorted. What is inserted moves at most the rest of its piece and the list of pieces, which stays short.

use std::borrow::Borrow;
use std::fmt;
use std::iter::Flatten;
use std::ops::{Bound, RangeBounds};

/// Most entries of a piece.
const PIECE: usize = 64;

/// A piece, and a place in it.
type Place = (usize, usize);

/// A map in the order of its keys.
#[derive(Clone, PartialEq, Eq)]
pub struct SortedMap<K, V> {
    /// None is empty.
    pieces: Vec<Vec<(K, V)>>,
}

impl<K, V> SortedMap<K, V> {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self { pieces: Vec::new() }
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pieces.iter().map(Vec::len).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.pieces.clear();
    }

    /// The entries, in order.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { pieces: &self.pieces, front: (0, 0), back: (self.pieces.len(), 0) }
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// The entries, in order.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&K, &mut V)> {
        self.pieces.iter_mut().flatten().map(|(key, value)| (&*key, value))
    }

    /// The values, in the order of their keys.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.pieces.iter_mut().flatten().map(|(_, value)| value)
    }

    /// The keys, in order.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = K> {
        self.into_iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }

    /// The first entry.
    #[must_use]
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    /// The last entry.
    #[must_use]
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next_back()
    }

    /// Removes the first entry.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        if self.is_empty() { None } else { Some(self.take((0, 0))) }
    }

    /// Removes the last entry.
    pub fn pop_last(&mut self) -> Option<(K, V)> {
        let last = self.pieces.len().checked_sub(1)?;
        let entry = self.pieces.get_mut(last)?.pop();
        self.pieces.pop_if(|piece| piece.is_empty());
        entry
    }

    /// Keeps the entries that a function wants.
    pub fn retain(&mut self, mut wants: impl FnMut(&K, &mut V) -> bool) {
        self.pieces.retain_mut(|piece| {
            piece.retain_mut(|(key, value)| wants(key, value));
            !piece.is_empty()
        });
    }

    fn take(&mut self, (piece, at): Place) -> (K, V) {
        let mut empty = Vec::new();
        let entries = self.pieces.get_mut(piece).unwrap_or(&mut empty);
        let entry = entries.remove(at);
        if entries.is_empty() {
            self.pieces.remove(piece);
        }
        entry
    }

    fn value_at(&mut self, (piece, at): Place) -> Option<&mut V> {
        Some(&mut self.pieces.get_mut(piece)?.get_mut(at)?.1)
    }

    /// Inserts at the place of a key that is not there; gives the place where it is now.
    fn put(&mut self, (piece, at): Place, entry: (K, V)) -> Place {
        let Some(entries) = self.pieces.get_mut(piece) else { return self.push(entry) };
        entries.insert(at, entry);
        if entries.len() <= PIECE {
            return (piece, at);
        }
        let rest = entries.split_off(PIECE / 2);
        self.pieces.insert(piece + 1, rest);
        if at < PIECE / 2 { (piece, at) } else { (piece + 1, at - PIECE / 2) }
    }

    /// Inserts behind all others.
    fn push(&mut self, entry: (K, V)) -> Place {
        let pieces = self.pieces.len();
        match self.pieces.last_mut() {
            Some(last) if last.len() < PIECE => {
                last.push(entry);
                (pieces - 1, last.len() - 1)
            }
            _ => {
                self.pieces.push(vec![entry]);
                (pieces, 0)
            }
        }
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// The place of the first entry that is not before a key, and whether it is that key's.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> (Place, bool)
    where
        K: Borrow<Q>,
    {
        let ends_before = |piece: &Vec<(K, V)>| piece.last().is_some_and(|(last, _)| last.borrow() < key);
        let piece = self.pieces.partition_point(ends_before);
        let entries = self.pieces.get(piece).map(Vec::as_slice).unwrap_or_default();
        match entries.binary_search_by(|(its, _)| its.borrow().cmp(key)) {
            Ok(at) => ((piece, at), true),
            Err(at) => ((piece, at), false),
        }
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let ((piece, at), is_there) = self.find(key);
        if is_there { Some(&self.pieces.get(piece)?.get(at)?.1) } else { None }
    }

    /// The value of a key.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let (place, is_there) = self.find(key);
        if is_there { self.value_at(place) } else { None }
    }

    /// Whether a key has a value.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).1
    }

    /// Sets the value of a key; gives the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let (place, is_there) = self.find(&key);
        if is_there {
            return self.value_at(place).map(|its| std::mem::replace(its, value));
        }
        self.put(place, (key, value));
        None
    }

    /// Removes a key; gives the value it had.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (place, is_there) = self.find(key);
        is_there.then(|| self.take(place).1)
    }

    /// The value of a key, or the place for one.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        let (place, is_there) = self.find(&key);
        Entry { map: self, place, vacant: if is_there { None } else { Some(key) } }
    }

    /// The entries whose keys are in a range, in order.
    pub fn range(&self, range: impl RangeBounds<K>) -> Iter<'_, K, V> {
        let after = |key| {
            let ((piece, at), is_there) = self.find(key);
            (piece, at + usize::from(is_there))
        };
        let front = match range.start_bound() {
            Bound::Included(key) => self.find(key).0,
            Bound::Excluded(key) => after(key),
            Bound::Unbounded => (0, 0),
        };
        let back = match range.end_bound() {
            Bound::Included(key) => after(key),
            Bound::Excluded(key) => self.find(key).0,
            Bound::Unbounded => (self.pieces.len(), 0),
        };
        Iter { pieces: &self.pieces, front, back }
    }

    /// Takes the entries of another map, whose values win.
    pub fn append(&mut self, other: &mut Self) {
        self.extend(std::mem::take(other));
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SortedMap<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Ord, V> Extend<(K, V)> for SortedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = Flatten<std::vec::IntoIter<Vec<(K, V)>>>;
    fn into_iter(self) -> Self::IntoIter {
        self.pieces.into_iter().flatten()
    }
}

impl<'a, K, V> IntoIterator for &'a SortedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;
    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

/// Entries of a map, in order.
pub struct Iter<'a, K, V> {
    pieces: &'a [Vec<(K, V)>],
    front: Place,
    /// Before this place it ends.
    back: Place,
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        while self.front < self.back {
            let (piece, at) = self.front;
            if let Some((key, value)) = self.pieces.get(piece)?.get(at) {
                self.front.1 += 1;
                return Some((key, value));
            }
            self.front = (piece + 1, 0);
        }
        None
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        while self.front < self.back {
            let (piece, at) = self.back;
            if at > 0 {
                self.back.1 = at - 1;
                return self.pieces.get(piece)?.get(at - 1).map(|(key, value)| (key, value));
            }
            self.back = (piece.checked_sub(1)?, self.pieces.get(piece - 1)?.len());
        }
        None
    }
}

/// A key's place in a map.
pub struct Entry<'a, K, V> {
    map: &'a mut SortedMap<K, V>,
    place: Place,
    /// The key, if it has no value.
    vacant: Option<K>,
}

impl<'a, K, V> Entry<'a, K, V> {
    /// Its value, or else this one, set.
    #[expect(clippy::indexing_slicing, reason = "the entry is at its place")]
    pub fn or_insert_with(self, value: impl FnOnce() -> V) -> &'a mut V {
        let Self { map, place, vacant } = self;
        let (piece, at) = match vacant {
            Some(key) => map.put(place, (key, value())),
            None => place,
        };
        &mut map.pieces[piece][at].1
    }

    /// As [`Entry::or_insert_with`].
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    /// As [`Entry::or_insert_with`].
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }

    /// Changes its value, if it has one.
    #[must_use]
    pub fn and_modify(self, change: impl FnOnce(&mut V)) -> Self {
        if self.vacant.is_none() {
            self.map.value_at(self.place).map(change);
        }
        self
    }
}

#[cfg(test)]
mod tests;
