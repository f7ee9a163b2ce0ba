//! Objects of several kinds, which their field `kind` tells apart, as `{"kind": "revoked", …}`.
//!
//! Serde's own reading of such objects copies them first, and what is kept as text ([`RawValue`]) cannot be read out of the
//! copy, nor can a [`List`](crate::List). Here each kind is read from the text itself.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Error};
use serde_json::value::RawValue;

use crate::json;

/// Declares an enumeration of kinds, with the type of the fields of each.
macro_rules! kinds {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident($fields:ty) = $kind:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
        #[serde(tag = "kind")]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $kind)] $variant($fields),)*
            /// Of a kind that this version does not know, or cannot read: kept as received.
            #[serde(untagged)]
            Other(serde_json::Value),
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
                let read = match $crate::kinds::kind_of(&text).as_deref() {
                    $(Some($kind) => $crate::json::read(text.get()).map(Self::$variant).ok(),)*
                    _ => None,
                };
                read.map_or_else(|| $crate::kinds::part_of(&text).map(Self::Other), Ok)
            }
        }
    };
}
pub(crate) use kinds;

/// Some fields of an object, as a type that passes over the others.
pub(crate) fn part_of<T: DeserializeOwned, E: Error>(text: &RawValue) -> Result<T, E> {
    json::read(text.get()).map_err(E::custom)
}

/// The field `kind` of an object, if it has one.
pub(crate) fn kind_of(text: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Tag<'a> {
        #[serde(borrow)]
        kind: Cow<'a, str>,
    }
    json::read::<Tag<'_>>(text.get()).ok().map(|tag| tag.kind)
}
