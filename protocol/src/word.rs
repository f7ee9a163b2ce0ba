//! Extensible enumerations of the wire: of words (`words!`) and of numbers (`numbers!`).
//!
//! Unknown values are kept and serialized unchanged. How an unknown value is treated is decided where it is used.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

/// Most bytes of a word.
const MAX_BYTES: usize = 32;

/// A word of a later version: 1 to 32 bytes of printable ASCII without blanks.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Word {
    /// Filled up with zeros, which no word contains.
    bytes: [u8; MAX_BYTES],
}

impl Word {
    /// A placeholder word for values without one, such as a host's "other".
    pub const OTHER: Self = {
        let mut bytes = [0; MAX_BYTES];
        bytes.split_at_mut(5).0.copy_from_slice(b"other");
        Self { bytes }
    };

    /// Checks `text` and makes a word of it; `None` if it does not have a word's form.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; MAX_BYTES];
        let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        bytes.get_mut(..text.len()).filter(|_| fits)?.copy_from_slice(text.as_bytes());
        Some(Self { bytes })
    }

    /// The word as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.bytes.iter().position(|byte| *byte == 0).unwrap_or(MAX_BYTES);
        // ASCII is UTF-8.
        self.bytes.get(..length).and_then(|word| std::str::from_utf8(word).ok()).unwrap_or_default()
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(formatter)
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Word;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "a word of 1 to {MAX_BYTES} bytes of ASCII")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Word, E> {
                Word::new(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Declares an extensible enumeration of words.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$vmeta])* $variant,)*
            /// A word of a later version, kept as it came.
            Other($crate::word::Word),
        }
        impl $name {
            /// The word on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $word,)* Self::Other(other) => other.as_str() }
            }
        }
        impl From<$crate::word::Word> for $name {
            fn from(word: $crate::word::Word) -> Self {
                match word.as_str() { $($word => Self::$variant,)* _ => Self::Other(word) }
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$crate::word::Word as serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }
    };
}

/// Makes an enumeration of numbers.
macro_rules! numbers {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $number:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(from = "u32", into = "u32")]
        pub enum $name {
            $($(#[$vmeta])* $variant,)*
            /// A number of a later version, kept as it came.
            Other(u32),
        }
        impl From<u32> for $name {
            fn from(number: u32) -> Self {
                match number { $($number => Self::$variant,)* other => Self::Other(other) }
            }
        }
        impl From<$name> for u32 {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => $number,)* $name::Other(other) => other }
            }
        }
    };
}

pub(crate) use {numbers, words};

#[cfg(test)]
mod tests {
    use crate::group::{GroupType, Role};
    use crate::message::Priority;

    fn through<T: serde::Serialize + serde::de::DeserializeOwned>(text: &str) -> Option<String> {
        serde_json::from_str::<T>(text).ok().map(|value| serde_json::to_string(&value).unwrap())
    }

    #[test]
    fn a_word_of_a_later_version_is_written_as_it_came() {
        for word in [r#""Critical""#, r#""a""#, r#""0123456789abcdef0123456789abcdef""#] {
            assert_eq!(through::<Priority>(word).as_deref(), Some(word));
            assert_eq!(through::<Role>(word).as_deref(), Some(word));
        }
        assert_eq!(serde_json::from_str::<GroupType>(r#""ChatRoom""#).unwrap(), GroupType::Meeting);
        assert_eq!(through::<GroupType>(r#""ChatRoom""#).as_deref(), Some(r#""ChatRoom""#));
    }

    #[test]
    fn what_has_not_the_form_of_a_word_is_none() {
        for text in [
            r#""""#,
            r#""two words""#,
            r#""0123456789abcdef0123456789abcdefg""#,
            r#""ä""#,
            r#""a\u0000b""#,
            "7",
        ] {
            assert_eq!(through::<Priority>(text), None, "{text}");
        }
    }
}
