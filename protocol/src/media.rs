//! Files of messages: what a message tells about one, and what an upload comes to.
//!
//! The bytes never travel in frames. A client asks for a ticket, uploads with it over HTTP, and sends a message that names
//! what it uploaded.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::word::numbers;
use crate::{Code, limits};

numbers! {
    /// What kind of file it is, by TIM's numbers. It decides what the server makes of the file.
    FileType {
        /// A picture: the server makes two smaller sizes of it.
        Image = 1,
        /// Any file: it is kept as it is.
        File = 255,
    }
}

impl FileType {
    /// Whether a file of so many bytes may be sent.
    ///
    /// # Errors
    /// [`Code::FILE_EMPTY`]; [`Code::IMAGE_TOO_LARGE`] from [`limits::IMAGE_BYTES`] on; [`Code::FILE_TOO_LARGE`] over
    /// [`limits::FILE_BYTES`]; [`Code::VALUE_UNKNOWN`] for a type of a later version.
    pub fn check_size(self, size: u64) -> Result<(), Code> {
        match self {
            _ if size == 0 => Err(Code::FILE_EMPTY),
            Self::Image if size >= limits::IMAGE_BYTES => Err(Code::IMAGE_TOO_LARGE),
            Self::File if size > limits::FILE_BYTES => Err(Code::FILE_TOO_LARGE),
            Self::Image | Self::File => Ok(()),
            Self::Other(_) => Err(Code::VALUE_UNKNOWN),
        }
    }
}

numbers! {
    /// Which of an attachment's renditions.
    RenditionType {
        /// As it was uploaded.
        Original = 0,
        /// A picture of at most 198 px on the shorter side and 2,970 on the longer.
        Thumb = 1,
        /// A picture of at most 720 px on the shorter side and 10,800 on the longer.
        Large = 2,
    }
}

/// One form in which an attachment can be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rendition {
    /// Which one.
    #[serde(rename = "type")]
    pub rendition_type: RenditionType,
    /// Bytes.
    pub size: u64,
    /// Pixels across; 0 for what is no picture.
    pub width: u32,
    /// Pixels down; 0 for what is no picture.
    pub height: u32,
    /// Where it is, without a ticket: a path on the server, or a full address if the host's own uploader stored
    /// it elsewhere. Empty before the upload.
    pub url: String,
}

/// What an upload comes to: the body of the server's HTTP reply, and what a host's uploader answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// The file's identity.
    pub uuid: Uuid,
    /// The forms in which it can be fetched, the original first.
    pub renditions: Vec<Rendition>,
}

impl Uploaded {
    /// Whether every rendition is somewhere, be that on the own server or elsewhere.
    #[must_use]
    pub fn is_somewhere(&self) -> bool {
        self.each_url(|url| !url.is_empty())
    }

    /// Whether every rendition is on the own server.
    #[must_use]
    pub fn is_on_the_server(&self) -> bool {
        self.each_url(|url| url.starts_with('/'))
    }

    /// Whether every rendition is where receivers can fetch it: on the own server, or on the web, where nobody on the way
    /// can read or change it.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        self.each_url(|url| url.starts_with('/') || url.starts_with("https://"))
    }

    /// Where a rendition is.
    #[must_use]
    pub fn url(&self, rendition: RenditionType) -> Option<&str> {
        let found = self.renditions.iter().find(|it| it.rendition_type == rendition)?;
        Some(&found.url)
    }

    fn each_url(&self, holds: impl Fn(&str) -> bool) -> bool {
        !self.renditions.is_empty() && self.renditions.iter().all(|rendition| holds(&rendition.url))
    }
}

/// The file that goes with a message, as its body tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What kind of file it is.
    pub file_type: FileType,
    /// What its sender calls it; empty if it has no name.
    pub name: String,
    /// Where it is; without addresses before the upload.
    pub uploaded: Uploaded,
}
