//! Bounds of what users write, so that it fits every frame that may carry it.
//!
//! A frame is limited by [`limits::DEPTH`] and [`limits::SERVER_FRAME_BYTES`]; a client closes the connection on a
//! frame that exceeds them. A body has narrower limits, which the server checks once when it accepts the body, so every
//! frame that carries it later stays within its own.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Code, Fault, UserId, codec, json, limits};

/// Checks that a body and the attributes beside it fit every frame, unknown fields included. [`crate::body::Body`] and
/// [`crate::attributes::Attributes`] check their meaning.
///
/// # Errors
/// [`Code::MESSAGE_BODY_TOO_LONG`] for more than [`limits::BODY_BYTES`] in all; [`Code::MESSAGE_BODY_TOO_DEEP`] over
/// [`limits::BODY_DEPTH`]; [`Code::MESSAGE_BODY_INVALID`], with the reason, for JSON that some parsers reject: half of
/// a surrogate pair, or a number beyond the range of a double.
pub fn check_content(body: &RawValue, attributes: Option<&RawValue>) -> Result<(), Fault> {
    let attributes_len = attributes.map_or(0, |attributes| attributes.get().len());
    if body.get().len() + attributes_len > limits::BODY_BYTES {
        return Err(Fault::new(Code::MESSAGE_BODY_TOO_LONG));
    }
    check_json("body", body)?;
    attributes.map_or(Ok(()), |attributes| check_json("attributes", attributes))
}

/// Checks that a JSON text nests as deep as it may, and that every parser takes it.
fn check_json(field: &str, text: &RawValue) -> Result<(), Fault> {
    if !codec::nests_within(text.get(), limits::BODY_DEPTH) {
        return Err(Fault::new(Code::MESSAGE_BODY_TOO_DEEP));
    }
    // A syntax error names its place and never quotes the text.
    serde_json::from_str::<serde_json::Value>(text.get()).map(drop).map_err(|why| {
        let text = format!("the message's {field} has half a surrogate pair or too large a number: {why}");
        Fault::with_text(Code::MESSAGE_BODY_INVALID, text)
    })
}

/// A body that fits every frame: the body itself, or only its type if it exceeds the limits of [`check_content`] because
/// it was stored before they existed.
#[must_use]
pub fn within_frames(body: &RawValue) -> Cow<'_, RawValue> {
    #[derive(Deserialize)]
    struct Tag {
        #[serde(rename = "type")]
        kind: String,
    }
    if body.get().len() <= limits::BODY_BYTES && codec::nests_within(body.get(), limits::BODY_DEPTH) {
        return Cow::Borrowed(body);
    }
    let kind = json::read::<Tag>(body.get()).map(|tag| tag.kind).unwrap_or_default();
    Cow::Owned(written(&serde_json::json!({ "type": kind })))
}

/// A value of the protocol as JSON text.
#[must_use]
pub fn written(value: &impl Serialize) -> Box<RawValue> {
    // Every value of the protocol can be written.
    serde_json::value::to_raw_value(value).unwrap_or_default()
}

/// Checks that a number is at most 2^53 - 1, which every language represents exactly.
///
/// # Errors
/// [`Code::BAD_REQUEST`] over [`limits::NUMBER`], with the field's name.
pub fn number(field: &str, value: u64) -> Result<(), Fault> {
    if value <= limits::NUMBER { Ok(()) } else { Err(out_of(field, "is a number from 0 to 2^53 - 1")) }
}

/// Checks how many users a request names.
///
/// # Errors
/// [`Code::BAD_REQUEST`] for none, or more than [`limits::USERS_PER_CALL`].
pub fn user_count(users: &[UserId]) -> Result<(), Fault> {
    if (1..=limits::USERS_PER_CALL).contains(&users.len()) {
        Ok(())
    } else {
        Err(out_of("userIDList", &format!("names 1 to {} users", limits::USERS_PER_CALL)))
    }
}

/// Like [`number`], and the value must not be 0.
///
/// # Errors
/// As [`number`].
pub fn at_least_one(field: &str, value: u64) -> Result<(), Fault> {
    if value == 0 { Err(out_of(field, "is a number from 1 to 2^53 - 1")) } else { number(field, value) }
}

/// The refusal of a field that is outside its range.
#[must_use]
pub fn out_of(field: &str, range: &str) -> Fault {
    Fault::with_text(Code::BAD_REQUEST, format!("{field} {range}"))
}

/// The room of a page: how many bytes of JSON its items may take together.
#[derive(Debug)]
pub struct PageRoom {
    taken: usize,
    max: usize,
}

impl PageRoom {
    /// An empty page of so many bytes.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { taken: 0, max }
    }

    /// Takes room for a further item. False if it does not fit; the first one always does.
    pub fn take(&mut self, item: &impl Serialize) -> bool {
        self.take_bytes(encoded_len(item))
    }

    /// The same, for an item of which the size is known.
    pub fn take_bytes(&mut self, bytes: usize) -> bool {
        let taken = self.taken + bytes + 1;
        let fits = self.taken == 0 || taken <= self.max;
        if fits {
            self.taken = taken;
        }
        fits
    }
}

/// The size of a value as JSON, in bytes, for limiting pages by their encoded size.
#[must_use]
pub fn encoded_len(value: &impl Serialize) -> usize {
    #[derive(Default)]
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count::default();
    // Counting does not fail, and every value of the protocol can be written.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    /// A text whose payload has an unknown field, so that the whole nests `depth` levels.
    fn nested(depth: usize) -> Box<RawValue> {
        let (open, close) = ("[".repeat(depth - 2), "]".repeat(depth - 2));
        raw(&format!(r#"{{"type":"TIMTextElem","payload":{{"text":"hi","later":{open}{close}}}}}"#))
    }

    #[test]
    fn a_page_takes_its_first_item_and_what_fits_after_it() {
        let mut room = PageRoom::new(10);
        assert!(room.take(&"far too long for it"));
        assert!(!room.take(&""));
        let mut room = PageRoom::new(10);
        assert!(room.take(&"123") && room.take(&"1"), "six bytes with quotes and comma, then four");
        assert!(!room.take(&0));
    }

    #[test]
    fn a_body_nests_as_deep_as_it_may_and_no_deeper() {
        assert_eq!(check_content(&nested(limits::BODY_DEPTH), None), Ok(()));
        let refused = check_content(&nested(limits::BODY_DEPTH + 1), None).unwrap_err();
        assert_eq!(refused.code, Code::MESSAGE_BODY_TOO_DEEP);
    }

    #[test]
    fn what_some_parsers_refuse_is_refused_with_its_place() {
        for (unknown, reason) in
            [(r#""\ud800""#, "hex escape at line 1 column 62"), ("1e999", "out of range")]
        {
            let body = format!(r#"{{"type":"TIMTextElem","payload":{{"text":"hi"}},"later":{unknown}}}"#);
            let refused = check_content(&raw(&body), None).unwrap_err();
            assert_eq!(refused.code, Code::MESSAGE_BODY_INVALID);
            assert!(refused.text.contains(reason), "{}", refused.text);
        }
    }

    #[test]
    fn a_stored_body_that_is_too_deep_keeps_its_type_only() {
        let too_deep = nested(limits::BODY_DEPTH + 1);
        let deep = within_frames(&too_deep);
        assert_eq!(deep.get(), r#"{"type":"TIMTextElem"}"#);
        let fine = nested(limits::BODY_DEPTH);
        assert_eq!(within_frames(&fine).get(), fine.get());
        let long = format!(r#"{{"type":"TIMTextElem","x":"{}"}}"#, "x".repeat(limits::BODY_BYTES));
        assert_eq!(within_frames(&raw(&long)).get(), r#"{"type":"TIMTextElem"}"#);
    }
}
