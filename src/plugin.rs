//! What a host may bring: its own way of uploading files.
//!
//! Without a plugin the engine uploads to its own server.

use std::path::PathBuf;
use std::sync::Arc;

pub use tim_protocol::media::{FileType, Rendition, RenditionType, Uploaded};

use crate::error::TimError;

/// Where an uploader reports how far it has come.
pub type UploadProgress = Arc<dyn Fn(u8) + Send + Sync>;

/// A file that is to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadFile {
    /// Where it is on this device.
    pub path: PathBuf,
    /// What kind of file it is.
    pub file_type: FileType,
    /// What its sender calls it; empty if it has no name.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// Uploads a file somewhere and tells where it is. Called on a thread of its own, which it may block.
pub trait UploadPlugin: Send + Sync + 'static {
    /// Uploads a file, reports 0 to 100 to `progress` (from any thread; after the end it does nothing), and describes what
    /// was uploaded: of a picture all three sizes, of another file the original, each with an `https` address that receivers
    /// can fetch. Anything else counts as [`tim_protocol::Code::UPLOAD_FAILED`].
    ///
    /// # Errors
    /// Whatever the host says. What may pass ([`tim_protocol::Code::is_retryable`], as
    /// [`tim_protocol::Code::UPLOAD_FAILED`] is, which fits where no other does) is tried again up to three times after
    /// growing pauses, and anew with every connection; then, and with any other code at once, the message fails with it.
    fn upload(&self, file: &UploadFile, progress: UploadProgress) -> Result<Uploaded, TimError>;
}

/// A plugin to register.
#[derive(Clone)]
pub enum Plugin {
    /// Takes the place of the built-in uploader (`tim-upload-plugin`).
    Upload(Arc<dyn UploadPlugin>),
}
