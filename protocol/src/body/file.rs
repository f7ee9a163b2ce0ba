//! Any file, as it is.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Element;
use crate::bounds::number;
use crate::media::{Attachment, FileType, Uploaded};
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
    fn label(&self) -> &'static str {
        "[File]"
    }

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

    fn attachments(&self) -> Vec<Attachment> {
        let uploaded = Uploaded::original_only(self.uuid, self.file_size, &self.file_url);
        vec![Attachment { file_type: FileType::File, name: self.file_name.clone(), uploaded }]
    }

    fn attach(&mut self, _: usize, uploaded: Uploaded) -> Result<(), Fault> {
        let original = uploaded.original()?;
        // The file may have grown since the message was created.
        self.file_size = original.size;
        self.file_url.clone_from(&original.url);
        self.uuid = uploaded.uuid;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Rendition, RenditionType};

    #[test]
    fn a_file_takes_over_where_it_is_and_how_large() {
        let file = || FileBody {
            uuid: Uuid::nil(),
            file_name: "minutes.pdf".into(),
            file_size: 3,
            file_url: String::new(),
        };
        let original = Rendition {
            rendition_type: RenditionType::Original,
            size: 5,
            width: 0,
            height: 0,
            url: "/media/1/2/0".into(),
        };
        let mut attached = file();
        attached.attach(0, Uploaded { uuid: Uuid::max(), renditions: vec![original.clone()] }).unwrap();
        let expected = FileBody { uuid: Uuid::max(), file_size: 5, file_url: original.url.clone(), ..file() };
        assert_eq!(attached, expected);
        let thumb = Rendition { rendition_type: RenditionType::Thumb, ..original };
        let why = file().attach(0, Uploaded { uuid: Uuid::nil(), renditions: vec![thumb] }).unwrap_err();
        assert_eq!(why.code, Code::UPLOAD_FAILED);
    }
}
