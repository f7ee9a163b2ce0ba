//! Plugins of the host: uploading files.
//!
//! Without a plugin the engine uploads to its own server.

use std::path::PathBuf;
use std::sync::Arc;

pub use tim_protocol::media::{FileType, Rendition, RenditionType, Uploaded};

use crate::error::TimError;

/// Receives the progress of an uploader.
pub type UploadProgress = Arc<dyn Fn(u8) + Send + Sync>;

/// A file to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadFile {
    /// Its path on this device.
    pub path: PathBuf,
    /// The type of the file.
    pub file_type: FileType,
    /// The name that the sender gave it; of a video `video.` and its format; empty if it has none.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
}

/// Uploads a file and returns its addresses. A video message has two: the video, and then its snapshot, a picture. Called on a thread that it may block; an instance has at most four calls at a
/// time.
///
/// A call cannot be stopped. If its message is cancelled or its user logs out, its result is not used; it counts among the
/// four until it returns, and its file is not uploaded again before that.
pub trait UploadPlugin: Send + Sync + 'static {
    /// Uploads a file, reports 0 to 100 to `progress` (from any thread; after the end it does nothing), and describes what
    /// was uploaded: of a picture all three sizes (the original is enough for a video's snapshot), of another file the original, each with an `https` address that receivers
    /// can fetch. Anything else counts as [`tim_protocol::Code::UPLOAD_FAILED`].
    ///
    /// # Errors
    /// An error of the host's choice. Retryable codes ([`tim_protocol::Code::is_retryable`];
    /// [`tim_protocol::Code::UPLOAD_FAILED`] if no other fits) are retried up to three times with backoff, and again
    /// with every connection; after that, and with any other code at once, the message fails with the code.
    fn upload(&self, file: &UploadFile, progress: UploadProgress) -> Result<Uploaded, TimError>;
}

/// A plugin to register.
#[derive(Clone)]
pub enum Plugin {
    /// Takes the place of the built-in uploader (`tim-upload-plugin`).
    Upload(Arc<dyn UploadPlugin>),
}
