//! Pictures: what a message tells about one, and the tickets that move its bytes over HTTP.
//!
//! The bytes never travel in frames. A client asks for a ticket, uploads with it, and sends a message that names
//! what it uploaded.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The payload of a picture message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageBody {
    /// The uploaded picture.
    pub uuid: Uuid,
    /// Its format.
    pub image_format: ImageFormat,
    /// Original, thumbnail and large preview, in this order.
    pub image_info_array: Vec<ImageInfo>,
}

impl ImageBody {
    /// Whether all three sizes are described, each once.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let kinds: Vec<ImageType> = self.image_info_array.iter().map(|info| info.image_type).collect();
        kinds == [ImageType::Original, ImageType::Thumb, ImageType::Large]
    }

    /// Whether every size is where receivers can fetch it: on the own server, or on the web, where nobody on the way can
    /// read or change it.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        let mut urls = self.image_info_array.iter().map(|info| &info.url);
        urls.all(|url| url.starts_with('/') || url.starts_with("https://"))
    }
}

/// Which of a picture's three sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum ImageType {
    /// As it was uploaded.
    Original,
    /// At most 198 px on the shorter side and 2,970 on the longer.
    Thumb,
    /// At most 720 px on the shorter side and 10,800 on the longer.
    Large,
}

impl From<ImageType> for u32 {
    fn from(kind: ImageType) -> Self {
        match kind {
            ImageType::Original => 0,
            ImageType::Thumb => 1,
            ImageType::Large => 2,
        }
    }
}

impl TryFrom<u32> for ImageType {
    type Error = &'static str;
    fn try_from(number: u32) -> Result<Self, Self::Error> {
        match number {
            0 => Ok(Self::Original),
            1 => Ok(Self::Thumb),
            2 => Ok(Self::Large),
            _ => Err("an image type is 0 (original), 1 (thumbnail) or 2 (large)"),
        }
    }
}

/// A picture's format, by TIM's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "u32", into = "u32")]
pub enum ImageFormat {
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// PNG.
    Png,
    /// BMP.
    Bmp,
    /// WebP.
    Webp,
    /// None of the above, or not yet known.
    Unknown,
}

impl From<ImageFormat> for u32 {
    fn from(format: ImageFormat) -> Self {
        match format {
            ImageFormat::Jpeg => 1,
            ImageFormat::Gif => 2,
            ImageFormat::Png => 3,
            ImageFormat::Bmp => 4,
            ImageFormat::Webp => 5,
            ImageFormat::Unknown => 255,
        }
    }
}

impl From<u32> for ImageFormat {
    fn from(number: u32) -> Self {
        match number {
            1 => Self::Jpeg,
            2 => Self::Gif,
            3 => Self::Png,
            4 => Self::Bmp,
            5 => Self::Webp,
            _ => Self::Unknown,
        }
    }
}

/// One of a picture's sizes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageInfo {
    /// Which size.
    #[serde(rename = "type")]
    pub image_type: ImageType,
    /// Bytes.
    pub size: u64,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Where it is, without a ticket: a path on the server, or a full address if the host's own uploader stored
    /// it elsewhere.
    pub url: String,
}

/// What a server answers to a finished upload (the body of the HTTP reply).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Uploaded {
    /// The payload to put into the message.
    pub image: ImageBody,
}
