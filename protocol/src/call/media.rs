//! Tickets to upload and download over HTTP.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Check;
use crate::bounds::out_of;
use crate::media::FileType;
use crate::{Fault, UnixMillis, UserId};

/// Asks for a ticket to upload one file over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UploadTicketRequest {
    /// The type of the file.
    pub file_type: FileType,
    /// Its size in bytes, as [`FileType::check_size`] allows it.
    pub size: u64,
    /// The SHA-256 of its bytes, as 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// A ticket: a permission to upload or download that expires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Path and query on the server to PUT to or GET from; contains the ticket.
    pub path: String,
    /// When the ticket expires.
    pub expires: UnixMillis,
}

/// Asks for a ticket to download a file that is named in a message that the user may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownloadTicketRequest {
    /// The path found in the message ([`crate::media::Rendition::url`]).
    pub url: String,
}

/// Asks for what the device signs addresses of files with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRequest {}

/// What a device signs addresses of files with, until it expires. The ticket for a path is the grant, a point, and the
/// HMAC-SHA256 of the path in lower-case hexadecimal, keyed with the ASCII text of `key`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What each ticket begins with.
    pub grant: String,
    /// The key that follows from it, known to the server and this device.
    pub key: String,
    /// When tickets made with it expire.
    pub expires: UnixMillis,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl Check for UploadTicketRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        self.file_type.check_size(self.size)?;
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if self.sha256.len() == 64 && self.sha256.bytes().all(is_digit) {
            Ok(())
        } else {
            Err(out_of("sha256", "has 64 lower-case hexadecimal digits"))
        }
    }
}

impl Check for DownloadTicketRequest {}

impl Check for GrantRequest {}

verbs! {
    /// The requests about files.
    MediaRequest -> MediaReply {
        Session by User: UploadTicket(UploadTicketRequest) = "media.upload" -> Ticket,
        Session by User: DownloadTicket(DownloadTicketRequest) = "media.download" -> Ticket,
        Session by User: Grant(GrantRequest) = "media.grant" -> Grant,
    }
}
