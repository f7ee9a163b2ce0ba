//! Tickets to upload and download over HTTP.

use serde::{Deserialize, Serialize};

use super::Check;
use crate::bounds::out_of;
use crate::{Code, Fault, UserId, limits};

/// Asks for leave to upload one picture over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadTicket {
    /// Its size in bytes; strictly below [`crate::limits::IMAGE_BYTES`].
    pub size: u64,
    /// The SHA-256 of its bytes, as 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// Leave to upload or download, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Path and query on the server to PUT to or GET from; contains the ticket.
    pub path: String,
    /// When it ends, in milliseconds since 1970.
    pub expires: i64,
}

/// Asks for leave to download a picture that a visible message names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownloadTicket {
    /// The path found in the message ([`crate::media::ImageInfo::url`]).
    pub url: String,
}

impl Check for UploadTicket {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        if self.size == 0 {
            return Err(Fault::new(Code::FILE_EMPTY));
        }
        if self.size >= limits::IMAGE_BYTES {
            return Err(Fault::new(Code::IMAGE_TOO_LARGE));
        }
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if self.sha256.len() == 64 && self.sha256.bytes().all(is_digit) {
            Ok(())
        } else {
            Err(out_of("sha256", "has 64 lower-case hexadecimal digits"))
        }
    }
}

impl Check for DownloadTicket {}

verbs! {
    /// What is asked about files.
    MediaRequest -> MediaReply {
        Session UploadTicket = "media.upload" -> Ticket,
        Session DownloadTicket = "media.download" -> Ticket,
    }
}
