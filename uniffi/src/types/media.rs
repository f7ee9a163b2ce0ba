//! Files of messages, for both APIs.

use serde::{Deserialize, Serialize};
use tim::protocol::media as engine;

use super::{invalid, signed, small, unsigned, unsigned_small};
use crate::error::TimError;

/// The renditions of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum RenditionType {
    /// The file as uploaded.
    Original,
    /// A picture of at most 198 px on the shorter side and 2,970 on the longer.
    Thumb,
    /// A picture of at most 720 px on the shorter side and 10,800 on the longer.
    Large,
    /// The picture that stands for a video until it is played.
    Snapshot,
}

impl TryFrom<engine::RenditionType> for RenditionType {
    type Error = &'static str;
    fn try_from(kind: engine::RenditionType) -> Result<Self, Self::Error> {
        match kind {
            engine::RenditionType::Original => Ok(Self::Original),
            engine::RenditionType::Thumb => Ok(Self::Thumb),
            engine::RenditionType::Large => Ok(Self::Large),
            engine::RenditionType::Snapshot => Ok(Self::Snapshot),
            engine::RenditionType::Other(_) => {
                Err("a rendition is 0 (original), 1 (thumbnail), 2 (large) or 3 (snapshot)")
            }
        }
    }
}

impl From<RenditionType> for engine::RenditionType {
    fn from(kind: RenditionType) -> Self {
        match kind {
            RenditionType::Original => Self::Original,
            RenditionType::Thumb => Self::Thumb,
            RenditionType::Large => Self::Large,
            RenditionType::Snapshot => Self::Snapshot,
        }
    }
}

impl From<RenditionType> for u32 {
    fn from(kind: RenditionType) -> Self {
        engine::RenditionType::from(kind).into()
    }
}

impl TryFrom<u32> for RenditionType {
    type Error = &'static str;
    fn try_from(number: u32) -> Result<Self, Self::Error> {
        engine::RenditionType::from(number).try_into()
    }
}

/// A rendition of an attachment: a form in which it can be downloaded.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rendition {
    /// The type of the rendition.
    pub r#type: RenditionType,
    /// Size in bytes.
    pub size: i64,
    /// Width in pixels; 0 if it is not a picture.
    pub width: i32,
    /// Height in pixels; 0 if it is not a picture.
    pub height: i32,
    /// Where it is: a path on the server, or a full address. `getAttachmentUrl` converts it to an address for an image
    /// view.
    pub url: String,
}

impl Rendition {
    /// Converts a rendition; `None` for one of a later version.
    pub(crate) fn shown(rendition: engine::Rendition) -> Option<Self> {
        let engine::Rendition { rendition_type, size, width, height, url } = rendition;
        Some(Self {
            r#type: rendition_type.try_into().ok()?,
            size: signed(size),
            width: small(width),
            height: small(height),
            url,
        })
    }
}

impl TryFrom<Rendition> for engine::Rendition {
    type Error = TimError;
    fn try_from(rendition: Rendition) -> Result<Self, TimError> {
        let Rendition { r#type, size, width, height, url } = rendition;
        Ok(Self {
            rendition_type: r#type.into(),
            size: unsigned(size)?,
            width: unsigned_small(width)?,
            height: unsigned_small(height)?,
            url,
        })
    }
}

/// The answer of a host's uploader: the addresses of the file.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
pub struct Uploaded {
    /// The ID of the file, a UUID.
    pub uuid: String,
    /// Of a picture all three renditions, in the order original, thumbnail, large; of another file the original. Each has an
    /// address that receivers can fetch.
    pub renditions: Vec<Rendition>,
}

impl TryFrom<Uploaded> for engine::Uploaded {
    type Error = TimError;
    fn try_from(uploaded: Uploaded) -> Result<Self, TimError> {
        let Uploaded { uuid, renditions } = uploaded;
        Ok(Self {
            uuid: uuid.parse().map_err(|_| invalid("the uuid of what was uploaded is a UUID"))?,
            renditions: renditions.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
        })
    }
}

/// A file to be uploaded by the host's uploader.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UploadFile {
    /// Its path on this device.
    pub path: String,
    /// The type of the file, with TIM's numbers: 1 for a picture, 2 for a video, 3 for a recording, 255 for any other file.
    pub file_type: i32,
    /// The name that the sender gave it; of a video `video.` and its format; empty if it has none.
    pub file_name: String,
    /// Size in bytes.
    pub size: i64,
}

impl From<&tim::plugin::UploadFile> for UploadFile {
    fn from(file: &tim::plugin::UploadFile) -> Self {
        let tim::plugin::UploadFile { path, file_type, name, size } = file;
        Self {
            path: path.display().to_string(),
            file_type: small((*file_type).into()),
            file_name: name.clone(),
            size: signed(*size),
        }
    }
}
