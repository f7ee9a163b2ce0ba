//! What an index of words is told: of a message its words, its sender and its kind, and of a search which those have to be. It is
//! SQLite's FTS5 with its simplest tokenizer and the columns `text`, `sender` and `kind`; what is indexed how is said here alone, for
//! devices and servers.

use serde_json::value::RawValue;

use super::{Phrase, terms};
use crate::UserId;
use crate::body::Content;

/// What the index has of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The terms of its texts, in their order.
    pub text: String,
    /// The sender, as one term.
    pub sender: String,
    /// The tags of its elements' kinds.
    pub kind: String,
}

impl Document {
    /// Of a message with this sender; `None` if its body cannot be read.
    #[must_use]
    pub fn of(sender: &[u8], body: &RawValue) -> Option<Self> {
        let content = Content::read(body).ok()?;
        let mut text = String::new();
        for part in content.searchable() {
            for term in terms(part) {
                text.push_str(&term.text);
                text.push(' ');
            }
            // A term that nobody can ask for, so that no phrase reaches from one text into the next.
            text.push_str("\u{B7} ");
        }
        Some(Self { text, sender: hex(sender), kind: content.tags().join(" ") })
    }
}

/// What documents are searched for: all conditions hold for each that is found.
#[derive(Debug, Clone, Copy)]
pub struct Conditions<'a> {
    /// What stands in the text; empty for any.
    pub phrases: &'a [Phrase],
    /// Whether all phrases have to stand there, or one of them.
    pub all: bool,
    /// The senders; empty for everybody.
    pub senders: &'a [UserId],
    /// The tags of kinds; empty for all.
    pub types: &'a [String],
}

impl Conditions<'_> {
    /// Whether they hold for a message, as an index finds it. Without a condition nothing is found.
    #[must_use]
    pub fn hold(&self, sender: &UserId, body: &RawValue) -> bool {
        let Ok(content) = Content::read(body) else { return false };
        let texts = content.searchable();
        let stands = |phrase: &Phrase| texts.iter().any(|text| phrase.is_in(text));
        let phrases = match self.all {
            true => self.phrases.iter().all(stands),
            false => self.phrases.is_empty() || self.phrases.iter().any(stands),
        };
        let is_kind = |tag: &str| self.types.iter().any(|wanted| letters(wanted).eq_ignore_ascii_case(tag));
        let kind = self.types.is_empty() || content.tags().into_iter().any(is_kind);
        let is_open = self.phrases.is_empty() && self.senders.is_empty() && self.types.is_empty();
        !is_open && phrases && kind && (self.senders.is_empty() || self.senders.contains(sender))
    }

    /// The expression for the index, empty without a condition. Every term stands between quotation marks and has letters and
    /// digits only.
    #[must_use]
    pub fn expression(&self) -> String {
        let phrases = self.phrases.iter().map(|phrase| {
            let terms: Vec<&str> = phrase.terms().collect();
            format!("\"{}\"{}", terms.join(" "), if phrase.is_open() { "*" } else { "" })
        });
        let senders = self.senders.iter().map(|user| hex(user.as_str().as_bytes()));
        let conditions = [
            ("text", phrases.collect::<Vec<_>>().join(if self.all { " AND " } else { " OR " })),
            ("sender", one_of(senders)),
            ("kind", one_of(self.types.iter().map(|tag| letters(tag)))),
        ];
        let conditions = conditions.iter().filter(|(_, condition)| !condition.is_empty());
        let conditions: Vec<_> =
            conditions.map(|(column, condition)| format!("{column} : ({condition})")).collect();
        conditions.join(" AND ")
    }
}

fn one_of(terms: impl Iterator<Item = String>) -> String {
    terms.map(|term| format!("\"{term}\"")).collect::<Vec<_>>().join(" OR ")
}

/// Only letters and digits, of which tags consist.
fn letters(tag: &str) -> String {
    tag.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// A name as one term.
fn hex(name: &[u8]) -> String {
    name.iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|half| char::from_digit(half.into(), 16))
        .collect()
}
