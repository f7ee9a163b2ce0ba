//! Files of messages: how a message describes one, and the result of an upload.
//!
//! A file's bytes are not sent in frames: the client asks for an upload ticket, uploads over HTTP, and sends a message
//! that refers to the upload.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::word::numbers;
use crate::{Code, Fault, limits};

numbers! {
    /// The type of a file, with TIM's numbers. It decides which renditions the server creates.
    FileType {
        /// A picture: the server makes two smaller sizes of it.
        Image = 1,
        /// A video.
        Video = 2,
        /// A recording.
        Audio = 3,
        /// The messages of a merger: the server keeps the files that they name for as long as it keeps the merger.
        Merger = 4,
        /// Any other file: stored unchanged, as videos and recordings are.
        File = 255,
    }
}

impl FileType {
    /// Checks whether a file of this size may be sent.
    ///
    /// # Errors
    /// [`Code::FILE_EMPTY`]; [`Code::IMAGE_TOO_LARGE`] from [`limits::IMAGE_BYTES`] on; [`Code::AUDIO_TOO_LARGE`] over
    /// [`limits::AUDIO_BYTES`]; [`Code::VIDEO_TOO_LARGE`] and [`Code::FILE_TOO_LARGE`] over [`limits::FILE_BYTES`], the latter for a
    /// merger over [`limits::MERGER_FILE_BYTES`];
    /// [`Code::VALUE_UNKNOWN`] for a type of a later version.
    pub fn check_size(self, size: u64) -> Result<(), Code> {
        match self {
            _ if size == 0 => Err(Code::FILE_EMPTY),
            Self::Image if size >= limits::IMAGE_BYTES => Err(Code::IMAGE_TOO_LARGE),
            Self::Audio if size > limits::AUDIO_BYTES => Err(Code::AUDIO_TOO_LARGE),
            Self::Video if size > limits::FILE_BYTES => Err(Code::VIDEO_TOO_LARGE),
            Self::File if size > limits::FILE_BYTES => Err(Code::FILE_TOO_LARGE),
            Self::Merger if size > limits::MERGER_FILE_BYTES => Err(Code::FILE_TOO_LARGE),
            Self::Image | Self::Video | Self::Audio | Self::Merger | Self::File => Ok(()),
            Self::Other(_) => Err(Code::VALUE_UNKNOWN),
        }
    }
}

numbers! {
    /// The renditions of an attachment.
    RenditionType {
        /// The file as uploaded.
        Original = 0,
        /// A picture of at most 198 px on the shorter side and 2,970 on the longer.
        Thumb = 1,
        /// A picture of at most 720 px on the shorter side and 10,800 on the longer.
        Large = 2,
        /// The picture that stands for a video until it is played: the original of the video's second file.
        Snapshot = 3,
    }
}

/// A rendition of an attachment: a form in which it can be downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rendition {
    /// The type of the rendition.
    #[serde(rename = "type")]
    pub rendition_type: RenditionType,
    /// Size in bytes.
    pub size: u64,
    /// Width in pixels; 0 if it is not a picture.
    pub width: u32,
    /// Height in pixels; 0 if it is not a picture.
    pub height: u32,
    /// Its address without a ticket: a path on the server, or a full URL if the host's own uploader stored it
    /// elsewhere. Empty before the upload.
    pub url: String,
}

/// The result of an upload: the body of the server's HTTP response, and the answer of a host's uploader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// The ID of the file.
    pub uuid: Uuid,
    /// The renditions, the original first.
    pub renditions: Vec<Rendition>,
}

impl Uploaded {
    /// A file that has no other rendition than the original.
    #[must_use]
    pub fn original_only(uuid: Uuid, size: u64, url: &str) -> Self {
        let rendition_type = RenditionType::Original;
        let original = Rendition { rendition_type, size, width: 0, height: 0, url: url.to_owned() };
        Self { uuid, renditions: vec![original] }
    }

    /// The file as it was uploaded.
    ///
    /// # Errors
    /// [`Code::UPLOAD_FAILED`], with the reason, if the uploader did not name it.
    pub fn original(&self) -> Result<&Rendition, Fault> {
        let original = self.renditions.iter().find(|it| it.rendition_type == RenditionType::Original);
        original
            .ok_or_else(|| Fault::with_text(Code::UPLOAD_FAILED, "the uploader did not name the original"))
    }

    /// Whether every rendition has an address, on the user's own server or elsewhere.
    #[must_use]
    pub fn has_addresses(&self) -> bool {
        self.each_url(|url| !url.is_empty())
    }

    /// Whether the user's own server stores every rendition.
    #[must_use]
    pub fn is_on_own_server(&self) -> bool {
        self.each_url(|url| url.starts_with('/'))
    }

    /// Whether receivers can fetch every rendition: from the user's own server, or over https from elsewhere.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        self.each_url(|url| url.starts_with('/') || url.starts_with("https://"))
    }

    /// The address of a rendition.
    #[must_use]
    pub fn url(&self, rendition: RenditionType) -> Option<&str> {
        let found = self.renditions.iter().find(|it| it.rendition_type == rendition)?;
        Some(&found.url)
    }

    fn each_url(&self, holds: impl Fn(&str) -> bool) -> bool {
        !self.renditions.is_empty() && self.renditions.iter().all(|rendition| holds(&rendition.url))
    }
}

/// A file attached to a message, as described by its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The type of the file.
    pub file_type: FileType,
    /// The name that the sender gave it; empty if it has none.
    pub name: String,
    /// The renditions; without addresses before the upload.
    pub uploaded: Uploaded,
}
