//! What a message says: its first element, and the elements that are appended to it.
//!
//! The appended ones are the list `elements` of the body, which readers of an earlier version pass over. They have no files, so whatever
//! concerns files looks at the first element alone.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::{Body, BodyProblem, Element as _};
use crate::{Code, Fault, bounds, json, limits};

/// The field of a body that has the appended elements.
const FIELD: &str = "elements";

/// Most characters of a [`Content::line`].
pub const LINE_CHARS: usize = 100;

/// Something to be read in a body: known to this version, or of a later one.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Kept<T> {
    /// Of a kind that this version knows.
    Known(Box<T>),
    /// Of a kind of a later version, kept as it came.
    Unknown(Box<RawValue>),
}

impl<T> Kept<T> {
    /// What this version knows.
    #[must_use]
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(known) => Some(known),
            Self::Unknown(_) => None,
        }
    }
}

impl<T: PartialEq> PartialEq for Kept<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(one), Self::Known(other)) => one == other,
            (Self::Unknown(one), Self::Unknown(other)) => one.get() == other.get(),
            (Self::Known(_), Self::Unknown(_)) | (Self::Unknown(_), Self::Known(_)) => false,
        }
    }
}

/// An element that is appended to the first one of a message.
pub type Appended = Kept<Body>;

impl From<Body> for Appended {
    fn from(body: Body) -> Self {
        Self::Known(Box::new(body))
    }
}

impl Appended {
    fn read(raw: &RawValue) -> Self {
        match Body::read(raw).ok().filter(Body::is_appendable) {
            Some(body) => Self::Known(Box::new(body)),
            None => Self::Unknown(raw.to_owned()),
        }
    }

    /// Whether a user may send it, as far as this version knows its kind.
    fn check(&self) -> Result<(), Fault> {
        let read = match self {
            Self::Known(body) => return check_appended(body),
            Self::Unknown(raw) => Body::read(raw),
        };
        match read {
            Ok(body) => check_appended(&body),
            Err(BodyProblem::UnknownType) => Ok(()),
            Err(BodyProblem::Malformed) => Err(Fault::with_text(
                Code::MESSAGE_BODY_INVALID,
                "elements is a list of elements, each with a type and its payload",
            )),
        }
    }
}

fn check_appended(body: &Body) -> Result<(), Fault> {
    if body.is_appendable() { body.check() } else { Err(Fault::new(Code::ELEMENT_NOT_APPENDABLE)) }
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Content {
    /// The first element, which readers of every version show.
    #[serde(flatten)]
    pub body: Body,
    /// The elements that are appended to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<Appended>,
}

impl<T: Into<Body>> From<T> for Content {
    fn from(body: T) -> Self {
        Self { body: body.into(), elements: Vec::new() }
    }
}

impl Content {
    /// Reads what came from the wire or from the store.
    ///
    /// # Errors
    /// As [`Body::read`]. What cannot be read among the appended elements is kept as unknown.
    pub fn read(raw: &RawValue) -> Result<Self, BodyProblem> {
        Ok(Self { body: Body::read(raw)?, elements: appended(raw) })
    }

    /// Reads what a user sends.
    ///
    /// # Errors
    /// [`Code::BODY_TYPE_UNKNOWN`] or [`Code::MESSAGE_BODY_INVALID`].
    pub fn read_sent(raw: &RawValue) -> Result<Self, Fault> {
        let content = Self { body: Body::read_sent(raw)?, elements: appended(raw) };
        check_types(&content.elements)?;
        Ok(content)
    }

    /// Whether a user may send it.
    ///
    /// # Errors
    /// Those of [`Body`]'s check for each element; [`Code::ELEMENT_NOT_APPENDABLE`] for another kind than
    /// [`Body::is_appendable`] among the appended ones, [`Code::TOO_MANY_ELEMENTS`] for more than [`limits::ELEMENTS`] in all.
    pub fn check(&self) -> Result<(), Fault> {
        self.body.check()?;
        check_elements(&self.elements)
    }

    /// The texts that a search looks at, of all elements.
    #[must_use]
    pub fn searchable(&self) -> Vec<&str> {
        self.known().flat_map(|body| body.searchable()).collect()
    }

    /// The tags of its kinds, each once.
    #[must_use]
    pub fn tags(&self) -> Vec<&'static str> {
        let mut tags = Vec::new();
        for body in self.known() {
            if !tags.contains(&body.tag()) {
                tags.push(body.tag());
            }
        }
        tags
    }

    /// What a list shows of it, in one line of at most [`LINE_CHARS`] characters: of each element a label in English unless it is a text,
    /// and the first of the texts that it has.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = String::new();
        for body in self.known() {
            let said = body.searchable();
            let words = said.first().into_iter().flat_map(|it| it.split_whitespace());
            let label = Some(body.label()).filter(|label| !label.is_empty());
            for word in label.into_iter().chain(words) {
                if line.len() > LINE_CHARS * 4 {
                    break;
                }
                line.push_str(if line.is_empty() { "" } else { " " });
                line.push_str(word);
            }
        }
        line.chars().take(LINE_CHARS).collect()
    }

    /// The JSON text to send or store.
    ///
    /// # Errors
    /// [`Code::MESSAGE_TOO_LONG`] if it is over [`limits::BODY_BYTES`].
    pub fn write(&self) -> Result<Box<RawValue>, Code> {
        let raw = serde_json::value::to_raw_value(self).map_err(|_| Code::MESSAGE_BODY_INVALID)?;
        if raw.get().len() > limits::BODY_BYTES { Err(Code::MESSAGE_TOO_LONG) } else { Ok(raw) }
    }

    fn known(&self) -> impl Iterator<Item = &Body> {
        [&self.body].into_iter().chain(self.elements.iter().filter_map(Kept::known))
    }
}

impl<'de> Deserialize<'de> for Kept<Content> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(match Content::read(&raw) {
            Ok(content) => Self::Known(Box::new(content)),
            Err(_) => Self::Unknown(raw),
        })
    }
}

/// The appended elements of a body of any kind.
#[must_use]
pub fn appended(body: &RawValue) -> Vec<Appended> {
    appended_text(body).map(|elements| elements_of(&elements)).unwrap_or_default()
}

/// The appended elements in the text of their list. Something that is no list is one that cannot be read.
#[must_use]
pub fn elements_of(elements: &RawValue) -> Vec<Appended> {
    match json::read::<Vec<&RawValue>>(elements.get()) {
        Ok(list) => list.into_iter().map(Appended::read).collect(),
        Err(_) => vec![Appended::Unknown(elements.to_owned())],
    }
}

/// The text of the list of appended elements in a body; `None` if there is none.
#[must_use]
pub fn appended_text(body: &RawValue) -> Option<Cow<'_, RawValue>> {
    #[derive(Deserialize)]
    struct Elements<'a> {
        #[serde(borrow)]
        elements: Option<&'a RawValue>,
    }
    match json::read::<Elements<'_>>(body.get()) {
        Ok(body) => body.elements.map(Cow::Borrowed),
        // With two lists one reader would take the one, and another the other.
        Err(_) => Some(Cow::Borrowed(body)),
    }
}

/// Whether elements may be appended, as far as this version knows their kinds.
///
/// # Errors
/// As [`Content::check`].
pub fn check_elements(elements: &[Appended]) -> Result<(), Fault> {
    if elements.len() >= limits::ELEMENTS {
        return Err(Fault::new(Code::TOO_MANY_ELEMENTS));
    }
    elements.iter().try_for_each(Appended::check)
}

/// Whether this version knows the kinds of all elements.
///
/// # Errors
/// [`Code::BODY_TYPE_UNKNOWN`].
pub fn check_types(elements: &[Appended]) -> Result<(), Fault> {
    let is_unknown =
        |it: &Appended| matches!(it, Kept::Unknown(raw) if Body::read(raw) == Err(BodyProblem::UnknownType));
    if elements.iter().any(is_unknown) { Err(Fault::new(Code::BODY_TYPE_UNKNOWN)) } else { Ok(()) }
}

/// A body with these elements appended in the place of its own, and everything else as it was.
#[must_use]
pub fn with_elements(body: &RawValue, elements: Option<&RawValue>) -> Box<RawValue> {
    let mut fields: BTreeMap<String, Box<RawValue>> = json::read(body.get()).unwrap_or_default();
    fields.remove(FIELD);
    if let Some(elements) = elements.filter(|elements| !elements_of(elements).is_empty()) {
        fields.insert(FIELD.to_owned(), elements.to_owned());
    }
    bounds::written(&fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    const PICTURE: &str = r#""type":"TIMImageElem","payload":{"uuid":"00000000-0000-0000-0000-000000000000","imageFormat":1,"imageInfoArray":[]}"#;
    const TEXT: &str = r#"{"type":"TIMTextElem","payload":{"text":"our tea"}}"#;
    const PLACE: &str = r#"{"type":"TIMLocationElem","payload":{"description":"the house","longitude":91.5,"latitude":30.5}}"#;

    fn with(elements: &str) -> Box<RawValue> {
        raw(&format!(r#"{{{PICTURE},"elements":{elements}}}"#))
    }

    fn code(elements: &str) -> Result<(), Code> {
        let text =
            raw(&format!(r#"{{"type":"TIMTextElem","payload":{{"text":"hi"}},"elements":{elements}}}"#));
        Content::read_sent(&text).and_then(|content| content.check()).map_err(|fault| fault.code)
    }

    #[test]
    fn content_is_written_as_it_was_read() {
        let text = with(&format!(r#"[{TEXT},{PLACE},{{"type":"TIMHologramElem","depth": 1.50}}]"#));
        let content = Content::read(&text).unwrap();
        assert_eq!(content.elements.len(), 3);
        assert_eq!(content.write().unwrap().get(), text.get());
        assert_eq!(content.searchable(), ["our tea", "the house"]);
        assert_eq!(content.tags(), ["TIMImageElem", "TIMTextElem", "TIMLocationElem"]);
        assert_eq!(content.line(), "[Image] our tea [Location] the house");
        let alone = raw(&format!("{{{PICTURE}}}"));
        assert_eq!(Content::read(&alone).unwrap().write().unwrap().get(), alone.get());
    }

    #[test]
    fn a_line_shows_the_kind_and_what_people_wrote() {
        let line = |tag: &str, payload: serde_json::Value| {
            let body = serde_json::json!({"type": tag, "payload": payload});
            Content::from(serde_json::from_value::<Body>(body).unwrap()).line()
        };
        let text = |text: &str| line("TIMTextElem", serde_json::json!({ "text": text }));
        assert_eq!(text("tea\n at \tfour "), "tea at four");
        assert_eq!(text(&"茶".repeat(5_000)), "茶".repeat(LINE_CHARS));
        assert_eq!(text(&"tea ".repeat(3_000)).len(), LINE_CHARS);
        let custom = |description: &str| {
            line("TIMCustomElem", serde_json::json!({"data": "gift", "description": description}))
        };
        assert_eq!([custom(""), custom("a gift")], ["[Custom message]", "[Custom message] a gift"]);
    }

    #[test]
    fn a_reader_keeps_what_it_does_not_know_among_the_elements() {
        let files = format!(r#"[{TEXT},{{{PICTURE}}},7,{{"type":"TIMTextElem"}}]"#);
        let content = Content::read(&with(&files)).unwrap();
        let known: Vec<_> = content.elements.iter().map(|it| it.known().is_some()).collect();
        assert_eq!(known, [true, false, false, false]);
        assert_eq!(Content::read(&with("{}")).unwrap().elements, [Appended::Unknown(raw("{}"))]);
        assert_eq!(Content::read(&with("null")).unwrap().elements, []);
    }

    #[test]
    fn few_elements_are_appended_and_only_of_kinds_without_files() {
        let many = |count: usize| format!("[{}]", vec![TEXT; count].join(","));
        assert_eq!(code("[]"), Ok(()));
        assert_eq!(code(&format!("[{TEXT},{PLACE}]")), Ok(()));
        assert_eq!(code(&many(limits::ELEMENTS - 1)), Ok(()));
        assert_eq!(code(&many(limits::ELEMENTS)), Err(Code::TOO_MANY_ELEMENTS));
        assert_eq!(code(&format!("[{TEXT},{{{PICTURE}}}]")), Err(Code::ELEMENT_NOT_APPENDABLE));
        let tip = r#"[{"type":"TIMGroupTipElem","payload":{"operatorID":"bob","operationType":1,"userIDList":[],"memberCount":1}}]"#;
        assert_eq!(code(tip), Err(Code::ELEMENT_NOT_APPENDABLE));
        assert_eq!(code(r#"[{"type":"TIMHologramElem"}]"#), Err(Code::BODY_TYPE_UNKNOWN));
        let empty = r#"[{"type":"TIMTextElem","payload":{"text":""}}]"#;
        for wrong in ["7", "{}", "[7]", r#"[{"type":"TIMTextElem"}]"#, empty] {
            assert_eq!(code(wrong), Err(Code::MESSAGE_BODY_INVALID), "{wrong}");
        }
    }

    #[test]
    fn other_elements_leave_the_first_one_as_it_was() {
        let before = raw(r#"{"type":"TIMTextElem","payload":{"text":"hi", "later":1.50},"elements":[1]}"#);
        let list = raw(&format!("[{TEXT}]"));
        let first = r#""payload":{"text":"hi", "later":1.50},"type":"TIMTextElem"}"#;
        assert_eq!(with_elements(&before, Some(&list)).get(), format!(r#"{{"elements":[{TEXT}],{first}"#));
        for none in [None, Some(raw("[]"))] {
            assert_eq!(with_elements(&before, none.as_deref()).get(), format!("{{{first}"));
        }
    }
}
