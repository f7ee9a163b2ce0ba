//! The tokens of a JSON text: where each ends, and what words, texts and numbers say.

use std::borrow::Cow;

use serde::de::{Error as _, IgnoredAny};
use serde_json::{Error, Result};

/// A text, and the place up to which it was passed.
pub(super) struct Tokens<'de> {
    text: &'de str,
    at: usize,
}

/// A number as it is written.
pub(super) enum Number {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

impl<'de> Tokens<'de> {
    pub(super) fn of(text: &'de str) -> Self {
        Self { text, at: 0 }
    }

    /// An error with its place. What is no JSON at all is told as serde_json tells it.
    #[cold]
    pub(super) fn explained(&self, why: Error) -> Error {
        if why.line() != 0 {
            return why;
        }
        if let Err(why) = serde_json::from_str::<IgnoredAny>(self.text) {
            return why;
        }
        let before = self.text.get(..self.at).unwrap_or_default();
        let column = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        Error::custom(format_args!("{why} at line {line} column {column}"))
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The first byte that is not blank.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                byte => return byte,
            }
        }
    }

    /// Passes a word: `true`, `false`, or none for `null`.
    pub(super) fn word(&mut self) -> Result<Option<bool>> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let words: [(&[u8], _); 3] = [(b"true", Some(true)), (b"false", Some(false)), (b"null", None)];
        let (word, value) =
            words.into_iter().find(|(word, _)| rest.starts_with(word)).ok_or_else(malformed)?;
        self.at += word.len();
        Ok(value)
    }

    /// What a text says.
    pub(super) fn string(&mut self) -> Result<Cow<'de, str>> {
        let start = self.at;
        let has_escapes = self.pass_string()?;
        if has_escapes {
            serde_json::from_str(self.since(start)).map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(self.text.get(start + 1..self.at - 1).unwrap_or_default()))
        }
    }

    pub(super) fn number(&mut self) -> Result<Number> {
        let start = self.at;
        let is_whole = self.pass_number()?;
        let digits = self.since(start);
        if is_whole {
            if let Ok(number) = digits.parse() {
                return Ok(Number::Unsigned(number));
            }
            // A zero below zero is one of floating point.
            if let Ok(number) = digits.parse::<i64>()
                && number != 0
            {
                return Ok(Number::Signed(number));
            }
        }
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Number::Float(number)),
            _ => Err(Error::custom("number out of range")),
        }
    }

    /// What was passed since a place.
    fn since(&self, start: usize) -> &'de str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Passes a text, the quotes around it included, and tells whether it has escapes.
    fn pass_string(&mut self) -> Result<bool> {
        self.at += 1;
        let mut has_escapes = false;
        loop {
            self.at += plain(self.text.as_bytes().get(self.at..).unwrap_or_default());
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(has_escapes);
                }
                Some(b'\\') => {
                    has_escapes = true;
                    self.pass_escape()?;
                }
                _ => return Err(malformed()),
            }
        }
    }

    fn pass_escape(&mut self) -> Result<()> {
        self.at += 1;
        let digits = match self.byte() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 0,
            Some(b'u') => 4,
            _ => return Err(malformed()),
        };
        self.at += 1;
        let hex = self.text.as_bytes().get(self.at..self.at + digits).ok_or_else(malformed)?;
        self.at += digits;
        if hex.iter().all(u8::is_ascii_hexdigit) { Ok(()) } else { Err(malformed()) }
    }

    /// Passes a number, and tells whether it has neither a fraction nor an exponent.
    fn pass_number(&mut self) -> Result<bool> {
        self.at += usize::from(self.byte() == Some(b'-'));
        let start = self.at;
        self.pass_digits()?;
        if self.text.as_bytes().get(start) == Some(&b'0') && self.at - start > 1 {
            return Err(malformed());
        }
        let whole = self.at;
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.pass_digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.pass_digits()?;
        }
        Ok(self.at == whole)
    }

    fn pass_digits(&mut self) -> Result<()> {
        let start = self.at;
        while matches!(self.byte(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(malformed()) } else { Ok(()) }
    }

    pub(super) fn pass_mark(&mut self, mark: u8) -> Result<()> {
        if self.take(mark) { Ok(()) } else { Err(malformed()) }
    }

    /// Passes a bracket, a comma or a colon, if it is the next token.
    pub(super) fn take(&mut self, mark: u8) -> bool {
        let is_next = self.peek() == Some(mark);
        self.at += usize::from(is_next);
        is_next
    }

    /// Passes any value, however deep it nests, and gives its text.
    pub(super) fn value(&mut self) -> Result<&'de str> {
        self.peek();
        let start = self.at;
        self.pass()?;
        Ok(self.since(start))
    }

    fn pass(&mut self) -> Result<()> {
        let mut open = Vec::new();
        loop {
            let opened = match self.peek() {
                Some(b'{') => Some(b'}'),
                Some(b'[') => Some(b']'),
                Some(b'"') => self.pass_string().map(|_| None)?,
                Some(b'-' | b'0'..=b'9') => self.pass_number().map(|_| None)?,
                _ => self.word().map(|_| None)?,
            };
            if let Some(bracket) = opened {
                self.at += 1;
                open.push(bracket);
                if self.peek() != Some(bracket) {
                    self.pass_name(bracket)?;
                    continue;
                }
            }
            if !self.pass_ends(&mut open)? {
                return Ok(());
            }
        }
    }

    /// Passes what stands after a value: brackets that close, and the comma and the name before the next value, if there is one.
    fn pass_ends(&mut self, open: &mut Vec<u8>) -> Result<bool> {
        while let Some(bracket) = open.last().copied() {
            if self.take(b',') {
                return self.pass_name(bracket).map(|()| true);
            }
            self.pass_mark(bracket)?;
            open.pop();
        }
        Ok(false)
    }

    /// Passes the name of a field, if this bracket closes an object.
    fn pass_name(&mut self, bracket: u8) -> Result<()> {
        if bracket == b']' {
            return Ok(());
        }
        if self.peek() != Some(b'"') {
            return Err(malformed());
        }
        self.pass_string()?;
        self.pass_mark(b':')
    }
}

/// How many bytes there are before the next quote, backslash or control character. Eight are looked at at a time.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    let (chunks, _) = bytes.as_chunks::<8>();
    for (place, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        // The highest bit of a byte is set if it is zero, and maybe of those above it.
        let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
        let controls = word.wrapping_sub(ONES * 0x20) & !word;
        let found = controls | zeros(word ^ (ONES * 0x22)) | zeros(word ^ (ONES * 0x5C));
        let found = found & (ONES << 7);
        if found != 0 {
            return place * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
    let whole = chunks.len() * 8;
    let rest = bytes.get(whole..).unwrap_or_default();
    whole + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// Not the form of JSON: [`Tokens::explained`] tells the place.
#[cold]
pub(super) fn malformed() -> Error {
    Error::custom("unexpected characters")
}
