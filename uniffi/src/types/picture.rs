//! Pictures, as both faces have them.

use serde::{Deserialize, Serialize};
use tim::protocol::media as engine;

use super::{invalid, signed, unsigned};
use crate::error::TimError;

/// Which of a picture's three sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum ImageType {
    /// As it was uploaded.
    Original,
    /// At most 198 px on the shorter side and 2,970 on the longer.
    Thumb,
    /// At most 720 px on the shorter side and 10,800 on the longer.
    Large,
}

impl TryFrom<engine::ImageType> for ImageType {
    type Error = &'static str;
    fn try_from(kind: engine::ImageType) -> Result<Self, Self::Error> {
        match kind {
            engine::ImageType::Original => Ok(Self::Original),
            engine::ImageType::Thumb => Ok(Self::Thumb),
            engine::ImageType::Large => Ok(Self::Large),
            engine::ImageType::Other(_) => Err("an image type is 0 (original), 1 (thumbnail) or 2 (large)"),
        }
    }
}

impl From<ImageType> for engine::ImageType {
    fn from(kind: ImageType) -> Self {
        match kind {
            ImageType::Original => Self::Original,
            ImageType::Thumb => Self::Thumb,
            ImageType::Large => Self::Large,
        }
    }
}

impl From<ImageType> for u32 {
    fn from(kind: ImageType) -> Self {
        engine::ImageType::from(kind).into()
    }
}

impl TryFrom<u32> for ImageType {
    type Error = &'static str;
    fn try_from(number: u32) -> Result<Self, Self::Error> {
        engine::ImageType::from(number).try_into()
    }
}

/// One of a picture's sizes.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageInfo {
    /// Which size.
    #[serde(rename = "type")]
    pub image_type: ImageType,
    /// Bytes.
    pub size: i64,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Where it is: a path on the server, or a full address. `getImageAddress` makes of it what an image view takes.
    pub url: String,
}

/// A picture: its three sizes, in the order original, thumbnail, large. Sizes of a later version are left out.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageBody {
    /// Its identity, a UUID.
    pub uuid: String,
    /// Its format, by TIM's numbers: 1 JPEG, 2 GIF, 3 PNG, 4 BMP, 5 WebP, 255 unknown.
    pub image_format: u32,
    /// The sizes.
    pub image_info_array: Vec<ImageInfo>,
}

impl From<engine::ImageBody> for ImageBody {
    fn from(body: engine::ImageBody) -> Self {
        let engine::ImageBody { uuid, image_format, image_info_array } = body;
        let info = |info| {
            let engine::ImageInfo { image_type, size, width, height, url } = info;
            Some(ImageInfo {
                image_type: image_type.try_into().ok()?,
                size: signed(size),
                width,
                height,
                url,
            })
        };
        Self {
            uuid: uuid.to_string(),
            image_format: image_format.into(),
            image_info_array: image_info_array.into_iter().filter_map(info).collect(),
        }
    }
}

impl TryFrom<ImageBody> for engine::ImageBody {
    type Error = TimError;
    fn try_from(body: ImageBody) -> Result<Self, TimError> {
        let ImageBody { uuid, image_format, image_info_array } = body;
        let info = |info| {
            let ImageInfo { image_type, size, width, height, url } = info;
            let size = unsigned(size)?;
            Ok(engine::ImageInfo { image_type: image_type.into(), size, width, height, url })
        };
        Ok(Self {
            uuid: uuid.parse().map_err(|_| invalid("a picture's uuid is a UUID"))?,
            image_format: image_format.into(),
            image_info_array: image_info_array.into_iter().map(info).collect::<Result<_, TimError>>()?,
        })
    }
}
