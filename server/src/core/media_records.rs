//! Records of uploaded files, and the removal of those that no message names.

use tim_protocol::UnixMillis;
use uuid::Uuid;

use super::keys::UserKey;

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// The application.
    pub app: u32,
    /// Its name in messages.
    pub id: Uuid,
    /// Who uploaded it.
    pub owner: UserKey,
    /// SHA-256 of the original's bytes, in hexadecimal: the name of its file.
    pub sha256: String,
    /// Bytes of the original.
    pub size: u64,
    /// When it was uploaded, or named last.
    pub time: UnixMillis,
}

/// A file to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutMedia {
    /// Its record, with the server's clock.
    pub media: Media,
    /// The files that it names, if it is a merger: they stay as long as it does.
    pub names: Vec<Uuid>,
    /// The nonce of its upload ticket, which is valid only once.
    pub ticket: Uuid,
    /// The most bytes that its owner may have stored, this file included; 0 for any number.
    pub quota: u64,
}

/// Which records are to be removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoveMedia {
    /// Only files that were uploaded, or named last, by then.
    pub until: UnixMillis,
    /// Most records at once; fewer where they are mergers that name many files.
    pub max: u32,
    /// Digests of removed records whose bytes are gone from the disk.
    pub erased: Vec<String>,
    /// Digests of bytes on the disk that may have no record.
    pub unrecorded: Vec<String>,
    /// Nothing is done if a user lacks this room.
    pub room: Option<Room>,
}

/// The room that an upload needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Whose files it is for.
    pub owner: UserKey,
    /// Bytes.
    pub size: u64,
    /// The most bytes that the owner may have stored, these included; 0 for any number.
    pub quota: u64,
}

/// What was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemovedMedia {
    /// The records.
    pub removed: MediaSum,
    /// Digests of bytes that have no record any more, also of earlier removals: they can be erased from the disk.
    pub to_erase: Vec<String>,
}

/// A number of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MediaSum {
    /// How many.
    pub files: u64,
    /// The bytes of their originals.
    pub bytes: u64,
}
