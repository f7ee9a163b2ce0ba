//! Pictures: what a message tells about one, and the tickets that move its bytes over HTTP.
//!
//! The bytes never travel in frames. A client asks for a ticket, uploads with it, and sends a message that names
//! what it uploaded.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Code;
use crate::word::numbers;

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

    /// Whether a user may send it.
    ///
    /// # Errors
    /// [`Code::VALUE_UNKNOWN`] for a size of a later version, which this one could not give out;
    /// [`Code::MESSAGE_BODY_INVALID`] if the sizes are not [complete](Self::is_complete).
    pub fn check_sendable(&self) -> Result<(), Code> {
        if self.image_info_array.iter().any(|info| matches!(info.image_type, ImageType::Other(_))) {
            Err(Code::VALUE_UNKNOWN)
        } else if self.is_complete() {
            Ok(())
        } else {
            Err(Code::MESSAGE_BODY_INVALID)
        }
    }

    /// Whether every size is on the own server.
    #[must_use]
    pub fn is_on_the_server(&self) -> bool {
        self.is_complete() && self.image_info_array.iter().all(|info| info.url.starts_with('/'))
    }

    /// Whether every size is where receivers can fetch it: on the own server, or on the web, where nobody on the way can
    /// read or change it.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        let mut urls = self.image_info_array.iter().map(|info| &info.url);
        urls.all(|url| url.starts_with('/') || url.starts_with("https://"))
    }
}

numbers! {
    /// Which of a picture's sizes.
    ImageType {
        /// As it was uploaded.
        Original = 0,
        /// At most 198 px on the shorter side and 2,970 on the longer.
        Thumb = 1,
        /// At most 720 px on the shorter side and 10,800 on the longer.
        Large = 2,
    }
}

numbers! {
    /// A picture's format, by TIM's numbers.
    ImageFormat {
        /// JPEG.
        Jpeg = 1,
        /// GIF.
        Gif = 2,
        /// PNG.
        Png = 3,
        /// BMP.
        Bmp = 4,
        /// WebP.
        Webp = 5,
        /// None of the above, or not yet known.
        Unknown = 255,
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
