//! A recording, such as a voice message.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Element;
use crate::Fault;
use crate::bounds::number;
use crate::media::{Attachment, FileType, Uploaded};

/// What an audio message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioBody {
    /// The uploaded recording.
    pub uuid: Uuid,
    /// Its address without a ticket: a path on the server, or a full URL if the host's own uploader stored it
    /// elsewhere. Empty before the upload.
    pub url: String,
    /// Size in bytes.
    pub size: u64,
    /// How long it is, in seconds, as its sender says.
    pub second: u32,
}

impl Element for AudioBody {
    fn label(&self) -> &'static str {
        "[Voice]"
    }

    fn check(&self) -> Result<(), Fault> {
        number("size", self.size)
    }

    fn attachments(&self) -> Vec<Attachment> {
        let uploaded = Uploaded::original_only(self.uuid, self.size, &self.url);
        vec![Attachment { file_type: FileType::Audio, name: String::new(), uploaded }]
    }

    fn attach(&mut self, _: usize, uploaded: Uploaded) -> Result<(), Fault> {
        let original = uploaded.original()?;
        self.size = original.size;
        self.url.clone_from(&original.url);
        self.uuid = uploaded.uuid;
        Ok(())
    }
}
