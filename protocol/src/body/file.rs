//! Any file, as it is.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Element;
use crate::bounds::number;
use crate::media::{Attachment, FileType, Rendition, RenditionType, Uploaded};
use crate::{Code, Fault, limits};

/// What a file message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileBody {
    /// The uploaded file.
    pub uuid: Uuid,
    /// What its sender calls it: 1 to [`limits::FILE_NAME_BYTES`] bytes. A peer chose it: never a path to write to as it is.
    pub file_name: String,
    /// Size in bytes.
    pub file_size: u64,
    /// Its address without a ticket: a path on the server, or a full URL if the host's own uploader stored it
    /// elsewhere. Empty before the upload.
    pub file_url: String,
}

impl Element for FileBody {
    /// [`Code::MESSAGE_BODY_INVALID`], with the reason, for a name that is empty or too long.
    fn check(&self) -> Result<(), Fault> {
        number("fileSize", self.file_size)?;
        if (1..=limits::FILE_NAME_BYTES).contains(&self.file_name.len()) {
            Ok(())
        } else {
            Err(Fault::with_text(Code::MESSAGE_BODY_INVALID, "a file's name has 1 to 256 bytes"))
        }
    }

    fn searchable(&self) -> Vec<&str> {
        vec![&self.file_name]
    }

    fn attachment(&self) -> Option<Attachment> {
        let (size, url) = (self.file_size, self.file_url.clone());
        let original = Rendition { rendition_type: RenditionType::Original, size, width: 0, height: 0, url };
        let uploaded = Uploaded { uuid: self.uuid, renditions: vec![original] };
        Some(Attachment { file_type: FileType::File, name: self.file_name.clone(), uploaded })
    }

    fn attach(&mut self, uploaded: Uploaded) -> Result<(), Fault> {
        let Some(url) = uploaded.url(RenditionType::Original) else {
            return Err(Fault::with_text(Code::UPLOAD_FAILED, "the uploader did not name the original"));
        };
        self.file_url = url.to_owned();
        self.uuid = uploaded.uuid;
        Ok(())
    }
}
