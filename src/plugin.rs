//! What a host may bring: its own way of uploading pictures.
//!
//! Without a plugin the engine uploads to its own server.

use std::path::Path;
use std::sync::Arc;

use tim_protocol::media::ImageBody;

use crate::error::TimError;

/// Where an uploader reports how far it has come.
pub type UploadProgress = Arc<dyn Fn(u8) + Send + Sync>;

/// Uploads a picture somewhere and tells where it is. Called on a thread of its own, which it may block.
pub trait UploadPlugin: Send + Sync + 'static {
    /// Uploads `file`, reports 0 to 100 to `progress` (from any thread; after the end it does nothing), and describes what
    /// was uploaded: all three sizes, each with an `https` address that receivers can fetch. Anything else counts as
    /// [`tim_protocol::Code::UPLOAD_FAILED`].
    ///
    /// # Errors
    /// Whatever the host says. What may pass ([`tim_protocol::Code::is_retryable`], as
    /// [`tim_protocol::Code::UPLOAD_FAILED`] is, which fits where no other does) is tried again up to three times after
    /// growing pauses, and anew with every connection; then, and with any other code at once, the message fails with it.
    fn upload(&self, file: &Path, progress: UploadProgress) -> Result<ImageBody, TimError>;
}

/// A plugin to register.
#[derive(Clone)]
pub enum Plugin {
    /// Takes the place of the built-in uploader (`tim-upload-plugin`).
    Upload(Arc<dyn UploadPlugin>),
}
