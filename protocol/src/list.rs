//! Lists whose elements are parsed one by one, so that an unreadable element does not make the list unreadable.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use serde::de::{DeserializeOwned, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::json;

/// The elements of a list that this version can read, and the number of those it cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T> {
    /// The elements, in order.
    pub items: Vec<T>,
    /// How many elements could not be read. They are not serialized again.
    pub unreadable: usize,
}

impl<T> List<T> {
    /// Whether a list is omitted when it is written: none of its elements can be written.
    pub(crate) fn is_blank(&self) -> bool {
        self.items.is_empty()
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self { items, unreadable: 0 }
    }
}

impl<T> Deref for List<T> {
    type Target = Vec<T>;
    fn deref(&self) -> &Vec<T> {
        &self.items
    }
}

impl<T> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.items
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.items.serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for Elements<T> {
            type Value = List<T>;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<List<T>, A::Error> {
                let mut list = List::default();
                while let Some(element) = elements.next_element::<&RawValue>()? {
                    match json::read(element.get()) {
                        Ok(item) => list.items.push(item),
                        Err(_) => list.unreadable += 1,
                    }
                }
                Ok(list)
            }
        }
        deserializer.deserialize_seq(Elements(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Receipt;

    #[test]
    fn what_cannot_be_read_is_counted_and_the_rest_is_read() {
        let read = r#"{"from":"bob","to":"C2Calice","sequence":3,"base":3}"#;
        let list: List<Receipt> =
            serde_json::from_str(&format!(r#"[{read},7,{{"from":4}},{read}]"#)).unwrap();
        assert_eq!((list.len(), list.unreadable), (2, 2));
        assert_eq!(serde_json::to_string(&list).unwrap(), format!("[{read},{read}]"));
        assert!(serde_json::from_str::<List<Receipt>>("{}").is_err());
    }
}
