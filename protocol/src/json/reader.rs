//! Deserializes values from a text's tokens. What does not depend on the type of a value is written so that it is compiled once.

use std::borrow::Cow;

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer, MapDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Error as _, Expected, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};
use serde_json::{Error, Result};

use super::tokens::{Number, Tokens, malformed};

/// Most levels of lists and objects in each other, as in serde_json: no text can exhaust the stack.
const LEVELS: u32 = 127;

/// A text that is being read.
pub struct Reader<'de> {
    tokens: Tokens<'de>,
    level: u32,
}

impl<'de> Reader<'de> {
    /// A value of a whole text.
    pub(super) fn read<T>(text: &'de str, by: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let mut reader = Self { tokens: Tokens::of(text), level: 0 };
        match by(&mut reader) {
            Ok(value) if reader.tokens.peek().is_none() => Ok(value),
            read => Err(reader.tokens.explained(read.err().unwrap_or_else(malformed))),
        }
    }

    /// Begins a list or an object.
    fn open(&mut self, bracket: u8, expected: &dyn Expected) -> Result<()> {
        if self.tokens.peek() != Some(bracket) {
            return Err(self.unexpected(expected));
        }
        if self.level == LEVELS {
            return Err(Error::custom("recursion limit exceeded"));
        }
        self.level += 1;
        self.tokens.pass_mark(bracket)
    }

    /// Ends it.
    fn close(&mut self, bracket: u8) -> Result<()> {
        self.level -= 1;
        self.tokens.pass_mark(bracket)
    }

    /// Another value stands here than the one that is expected.
    #[cold]
    fn unexpected(&mut self, expected: &dyn Expected) -> Error {
        let found = match self.tokens.peek() {
            Some(b'{') => return Error::invalid_type(Unexpected::Map, expected),
            Some(b'[') => return Error::invalid_type(Unexpected::Seq, expected),
            Some(b'"') => match self.tokens.string() {
                Ok(text) => return Error::invalid_type(Unexpected::Str(&text), expected),
                Err(why) => return why,
            },
            Some(b'-' | b'0'..=b'9') => self.tokens.number().map(|number| match number {
                Number::Unsigned(number) => Unexpected::Unsigned(number),
                Number::Signed(number) => Unexpected::Signed(number),
                Number::Float(number) => Unexpected::Float(number),
            }),
            _ => self.tokens.word().map(|word| word.map_or(Unexpected::Unit, Unexpected::Bool)),
        };
        found.map_or_else(|why| why, |found| Error::invalid_type(found, expected))
    }

    /// Whether another part stands before this bracket; passes the comma before it.
    fn has_more(&mut self, is_first: &mut bool, bracket: u8) -> Result<bool> {
        let is_first = std::mem::take(is_first);
        match self.tokens.peek() {
            Some(byte) if byte == bracket => Ok(false),
            Some(b',') if !is_first => {
                self.tokens.pass_mark(b',')?;
                Ok(true)
            }
            Some(_) if is_first => Ok(true),
            _ => Err(malformed()),
        }
    }

    fn expect_name(&mut self) -> Result<()> {
        if self.tokens.peek() == Some(b'"') { Ok(()) } else { Err(malformed()) }
    }

    fn visit_number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        if !matches!(self.tokens.peek(), Some(b'-' | b'0'..=b'9')) {
            return Err(self.unexpected(&visitor));
        }
        match self.tokens.number()? {
            Number::Unsigned(number) => visitor.visit_u64(number),
            Number::Signed(number) => visitor.visit_i64(number),
            Number::Float(number) => visitor.visit_f64(number),
        }
    }
}

/// Numbers of any size are read alike.
macro_rules! numbers {
    ($($deserialize:ident)*) => {
        $(fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            self.visit_number(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
    }
    forward_to_deserialize_any! { i128 u128 bytes byte_buf }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.tokens.peek() {
            Some(b'{') => self.deserialize_map(visitor),
            Some(b'[') => self.deserialize_seq(visitor),
            Some(b'"') => self.deserialize_str(visitor),
            Some(b'-' | b'0'..=b'9') => self.visit_number(visitor),
            _ => match self.tokens.word()? {
                Some(is_true) => visitor.visit_bool(is_true),
                None => visitor.visit_unit(),
            },
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.tokens.peek() {
            Some(b't' | b'f') => visitor.visit_bool(self.tokens.word()? == Some(true)),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.tokens.peek() != Some(b'"') {
            return Err(self.unexpected(&visitor));
        }
        match self.tokens.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_str(&text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.tokens.peek() == Some(b'n') {
            self.tokens.word()?;
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.tokens.peek() != Some(b'n') {
            return Err(self.unexpected(&visitor));
        }
        self.tokens.word()?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        // RawValue asks for an object of one field, which has its own name, and its text.
        if name.starts_with('$') {
            let text = BorrowedStrDeserializer::new(self.tokens.value()?);
            return visitor.visit_map(MapDeserializer::new([(name, text)].into_iter()));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.open(b'[', &visitor)?;
        let value = visitor.visit_seq(Items::of(self))?;
        self.close(b']')?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.open(b'{', &visitor)?;
        let value = visitor.visit_map(Fields::of(self))?;
        self.close(b'}')?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        if self.tokens.peek() == Some(b'"') {
            return visitor.visit_enum(StrDeserializer::new(&self.tokens.string()?));
        }
        self.open(b'{', &visitor)?;
        let value = visitor.visit_enum(MapAccessDeserializer::new(Fields::of(self)))?;
        self.close(b'}')?;
        Ok(value)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.tokens.value()?;
        visitor.visit_unit()
    }
}

/// The elements of a list that was opened.
pub(super) struct Items<'a, 'de> {
    reader: &'a mut Reader<'de>,
    is_first: bool,
}

impl<'a, 'de> Items<'a, 'de> {
    pub(super) fn of(reader: &'a mut Reader<'de>) -> Self {
        Self { reader, is_first: true }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if self.reader.has_more(&mut self.is_first, b']')? {
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }
}

/// The fields of an object that was opened.
pub(super) struct Fields<'a, 'de> {
    reader: &'a mut Reader<'de>,
    is_first: bool,
}

impl<'a, 'de> Fields<'a, 'de> {
    pub(super) fn of(reader: &'a mut Reader<'de>) -> Self {
        Self { reader, is_first: true }
    }
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if self.reader.has_more(&mut self.is_first, b'}')? {
            self.reader.expect_name()?;
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        self.reader.tokens.pass_mark(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}
