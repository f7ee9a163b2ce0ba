//! Reads JSON into whatever serde can make of it: by serde_json, and in pages, where size counts most, by a reader that takes little code
//! for each type. What does not depend on the type is there once, and a structure is an object, never a list of its fields. Otherwise
//! it takes what serde_json takes, and tells the same errors.

#[cfg(any(test, target_family = "wasm"))]
mod reader;
#[cfg(any(test, target_family = "wasm"))]
mod tokens;

use serde::Deserialize;
use serde::de::Error as _;
use serde_json::{Error, Result};

/// A text that is being read.
#[cfg(not(target_family = "wasm"))]
pub type Reader<'de> = serde_json::Deserializer<serde_json::de::StrRead<'de>>;
#[cfg(target_family = "wasm")]
pub use reader::Reader;

/// What a text says.
///
/// # Errors
/// As [`serde_json::from_str`].
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T> {
    read_by(text, |reader| T::deserialize(reader))
}

/// As [`read`], of bytes.
///
/// # Errors
/// As [`serde_json::from_slice`].
pub fn read_bytes<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T> {
    read(std::str::from_utf8(bytes).map_err(Error::custom)?)
}

/// As [`read`], by a function that is not `T`'s own.
///
/// # Errors
/// As [`read`].
pub fn read_by<'de, T>(text: &'de str, by: impl FnOnce(&mut Reader<'de>) -> Result<T>) -> Result<T> {
    #[cfg(target_family = "wasm")]
    return Reader::read(text, by);
    #[cfg(not(target_family = "wasm"))]
    {
        let mut reader = Reader::from_str(text);
        let value = by(&mut reader)?;
        reader.end().map(|()| value)
    }
}

#[cfg(test)]
mod tests;
