//! The bodies of messages, one file for each kind.
//!
//! A kind is declared once, in a file of its own (its payload, and what [`Element`] asks of it), and has a line in the
//! list below with its tag. A body travels and is stored as the bytes its sender wrote ([`RawValue`]); [`Body`] is its
//! typed reading, used to check it once when the server accepts it, and to show it in the engine. A body of an unknown
//! type is kept and shown as unknown, never dropped. [`Content`] is a body with the elements that are appended to it.

mod audio;
mod content;
mod custom;
mod face;
mod file;
mod group_tip;
mod image;
mod location;
mod merger;
mod system_notice;
mod text;
mod video;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

pub use audio::AudioBody;
pub use content::{
    Appended, Content, Kept, LINE_CHARS, appended, appended_text, check_elements, check_types, elements_of,
    with_elements,
};
pub use custom::CustomBody;
pub use face::FaceBody;
pub use file::FileBody;
pub use group_tip::{GroupTip, GroupTipType};
pub use image::{ImageBody, ImageFormat};
pub use location::LocationBody;
pub use merger::{MergedBody, MergedMessage, MergerBody, MergerFile, layers};
pub use system_notice::{NoticeGroup, NoticeType, SystemNotice};
pub use text::TextBody;
pub use video::VideoBody;

use crate::media::{Attachment, Uploaded};
use crate::{Code, Fault, json, limits};

/// The properties of a kind of body.
pub trait Element {
    /// What a list shows of it before [`Element::searchable`], such as `[File]`; empty if that says everything.
    fn label(&self) -> &'static str;

    /// Whether a user may send it.
    ///
    /// # Errors
    /// [`Code::MESSAGE_BODY_INVALID`] for a body that is incomplete or that only the server writes; other codes depend
    /// on the kind.
    fn check(&self) -> Result<(), Fault>;

    /// The texts that a search looks at.
    fn searchable(&self) -> Vec<&str> {
        Vec::new()
    }

    /// The attached files, as many before an upload as after it.
    fn attachments(&self) -> Vec<Attachment> {
        Vec::new()
    }

    /// Sets the addresses of the uploaded file at this place of [`Element::attachments`].
    ///
    /// # Errors
    /// [`Code::UPLOAD_FAILED`], with the reason, if this does not describe such a file.
    fn attach(&mut self, place: usize, uploaded: Uploaded) -> Result<(), Fault> {
        let _ = (place, uploaded);
        Ok(())
    }
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $kind:ident($payload:ty) = $tag:literal),* $(,)?) => {
        /// The content of a message.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(tag = "type", content = "payload")]
        pub enum Body {
            $($(#[$doc])* #[serde(rename = $tag)] $kind($payload),)*
        }

        impl Body {
            /// The tags of all kinds.
            pub const TAGS: &[&str] = &[$($tag),*];

            /// The tag of its kind, such as `TIMTextElem`.
            #[must_use]
            pub fn tag(&self) -> &'static str {
                match self { $(Self::$kind(_) => $tag,)* }
            }

            /// The body of a kind, out of its payload's text.
            fn of(tag: &str, payload: &str) -> Result<Self, BodyProblem> {
                match tag {
                    $($tag => json::read(payload).map(Self::$kind).map_err(|_| BodyProblem::Malformed),)*
                    _ => Err(BodyProblem::UnknownType),
                }
            }

            fn element(&self) -> &dyn Element {
                match self { $(Self::$kind(payload) => payload,)* }
            }

            fn element_mut(&mut self) -> &mut dyn Element {
                match self { $(Self::$kind(payload) => payload,)* }
            }
        }

        $(impl From<$payload> for Body {
            fn from(payload: $payload) -> Self {
                Self::$kind(payload)
            }
        })*
    };
}

bodies! {
    /// A text.
    Text(TextBody) = "TIMTextElem",
    /// A picture in three sizes.
    Image(ImageBody) = "TIMImageElem",
    /// A recording.
    Audio(AudioBody) = "TIMSoundElem",
    /// A video, and a picture that stands for it.
    Video(VideoBody) = "TIMVideoFileElem",
    /// Any file, as it is.
    File(FileBody) = "TIMFileElem",
    /// A place on Earth.
    Location(LocationBody) = "TIMLocationElem",
    /// Content of the application's own.
    Custom(CustomBody) = "TIMCustomElem",
    /// A sticker of the application's own set.
    Face(FaceBody) = "TIMFaceElem",
    /// Several messages as one.
    Merger(MergerBody) = "TIMRelayElem",
    /// A group tip: an event in a group, written by the server into the group's log.
    GroupTip(GroupTip) = "TIMGroupTipElem",
    /// A notice from the server to one user.
    GroupSystemNotice(SystemNotice) = "TIMGroupSystemNoticeElem",
}

/// Why a body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyProblem {
    /// The type is one this version does not know.
    UnknownType,
    /// The type is known, but the payload does not fit it.
    Malformed,
}

impl Body {
    /// Reads a body that came from the wire or from the store.
    ///
    /// # Errors
    /// See [`BodyProblem`].
    pub fn read(raw: &RawValue) -> Result<Self, BodyProblem> {
        #[derive(Deserialize)]
        struct Tagged<'a> {
            #[serde(rename = "type", borrow)]
            kind: std::borrow::Cow<'a, str>,
            #[serde(borrow)]
            payload: Option<&'a RawValue>,
        }
        let Tagged { kind, payload } = json::read(raw.get()).map_err(|_| BodyProblem::Malformed)?;
        Self::of(&kind, payload.map_or("null", RawValue::get))
    }

    /// Reads a body that a user sends.
    ///
    /// # Errors
    /// [`Code::BODY_TYPE_UNKNOWN`] or [`Code::MESSAGE_BODY_INVALID`].
    pub fn read_sent(raw: &RawValue) -> Result<Self, Fault> {
        Self::read(raw).map_err(|problem| match problem {
            BodyProblem::UnknownType => Fault::new(Code::BODY_TYPE_UNKNOWN),
            BodyProblem::Malformed => Fault::new(Code::MESSAGE_BODY_INVALID),
        })
    }

    /// Whether its sender may write another of the same kind in its place: it has no file, and nothing of others.
    #[must_use]
    pub fn is_modifiable(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Custom(_) | Self::Face(_) | Self::Location(_))
    }

    /// Whether it may be appended to another element: the same kinds, none of which has a file.
    #[must_use]
    pub fn is_appendable(&self) -> bool {
        self.is_modifiable()
    }

    /// Whether a file of it has not been uploaded.
    #[must_use]
    pub fn lacks_addresses(&self) -> bool {
        self.attachments().iter().any(|it| !it.uploaded.has_addresses())
    }

    /// Bytes that stay free for the addresses of its files, which it does not have before the upload.
    #[must_use]
    pub fn reserve(&self) -> usize {
        if self.lacks_addresses() { limits::ADDRESSES_BYTES } else { 0 }
    }

    /// The JSON text to send or store.
    ///
    /// # Errors
    /// [`Code::MESSAGE_TOO_LONG`] if it is over [`limits::BODY_BYTES`].
    pub fn write(&self) -> Result<Box<RawValue>, Code> {
        let raw = serde_json::value::to_raw_value(self).map_err(|_| Code::MESSAGE_BODY_INVALID)?;
        if raw.get().len() > limits::BODY_BYTES { Err(Code::MESSAGE_TOO_LONG) } else { Ok(raw) }
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::read(&raw).map_err(|problem| D::Error::custom(format_args!("the body: {problem:?}")))
    }
}

impl Element for Body {
    fn check(&self) -> Result<(), Fault> {
        self.element().check()
    }

    fn label(&self) -> &'static str {
        self.element().label()
    }

    fn searchable(&self) -> Vec<&str> {
        self.element().searchable()
    }

    fn attachments(&self) -> Vec<Attachment> {
        self.element().attachments()
    }

    fn attach(&mut self, place: usize, uploaded: Uploaded) -> Result<(), Fault> {
        self.element_mut().attach(place, uploaded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_looks_at_what_people_wrote() {
        let searchable = |json: &str| {
            let body: Body = serde_json::from_str(json).unwrap();
            body.searchable().join("|")
        };
        let text = r#"{"type": "TIMTextElem", "payload": {"text": "tea at four"}}"#;
        assert_eq!(searchable(text), "tea at four");
        let place = r#"{"type": "TIMLocationElem", "payload": {"description": "the tea house", "longitude": 91, "latitude": 30}}"#;
        assert_eq!(searchable(place), "the tea house");
        let id = uuid::Uuid::nil();
        let file = format!(
            r#"{{"type": "TIMFileElem", "payload": {{"uuid": "{id}", "fileName": "list.txt", "fileSize": 3, "fileUrl": ""}}}}"#
        );
        assert_eq!(searchable(&file), "list.txt");
        let picture = format!(
            r#"{{"type": "TIMImageElem", "payload": {{"uuid": "{id}", "imageFormat": 1, "imageInfoArray": []}}}}"#
        );
        assert_eq!(searchable(&picture), "");
    }
}
