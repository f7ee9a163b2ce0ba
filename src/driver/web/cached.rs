//! A page has no paths for image views: it has addresses.

use std::path::PathBuf;

use tim_protocol::Code;

use super::requested::CachedFile;
use crate::error::TimError;

impl CachedFile {
    /// # Errors
    /// [`Code::UNSUPPORTED`].
    pub(crate) async fn run(self) -> Result<PathBuf, TimError> {
        let message = "a page has no files: use getAttachmentUrl".to_owned();
        Err(TimError { code: Code::UNSUPPORTED, message })
    }
}
