//! A picture, in three sizes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Element;
use crate::bounds::number;
use crate::media::{Attachment, FileType, Rendition, RenditionType, Uploaded};
use crate::word::numbers;
use crate::{Code, Fault};

/// The contents of a picture message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageBody {
    /// The uploaded picture.
    pub uuid: Uuid,
    /// Its format.
    pub image_format: ImageFormat,
    /// Original, thumbnail and large preview, in this order.
    pub image_info_array: Vec<Rendition>,
}

numbers! {
    /// The format of an image, by TIM's numbers.
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

/// Whether these are the three sizes of a picture, each once.
fn are_complete(renditions: &[Rendition]) -> bool {
    let types = renditions.iter().map(|rendition| rendition.rendition_type);
    types.eq([RenditionType::Original, RenditionType::Thumb, RenditionType::Large])
}

impl Element for ImageBody {
    fn label(&self) -> &'static str {
        "[Image]"
    }

    /// [`Code::VALUE_UNKNOWN`] for an unknown size, which this version could not serve; [`Code::MESSAGE_BODY_INVALID`]
    /// if the three sizes are not there.
    fn check(&self) -> Result<(), Fault> {
        let sizes = &self.image_info_array;
        sizes.iter().try_for_each(|it| number("size", it.size))?;
        let is_other =
            |it: &Rendition| matches!(it.rendition_type, RenditionType::Snapshot | RenditionType::Other(_));
        if sizes.iter().any(is_other) {
            Err(Code::VALUE_UNKNOWN.into())
        } else if are_complete(sizes) {
            Ok(())
        } else {
            Err(Code::MESSAGE_BODY_INVALID.into())
        }
    }

    fn attachments(&self) -> Vec<Attachment> {
        let uploaded = Uploaded { uuid: self.uuid, renditions: self.image_info_array.clone() };
        vec![Attachment { file_type: FileType::Image, name: String::new(), uploaded }]
    }

    fn attach(&mut self, _: usize, uploaded: Uploaded) -> Result<(), Fault> {
        if !are_complete(&uploaded.renditions) {
            return Err(Fault::with_text(Code::UPLOAD_FAILED, "the uploader did not name all three sizes"));
        }
        self.uuid = uploaded.uuid;
        self.image_info_array = uploaded.renditions;
        Ok(())
    }
}
