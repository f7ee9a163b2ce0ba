//! A page has no paths for image views: it has addresses.

use std::path::PathBuf;
use std::sync::Arc;

use tim_protocol::{Code, UserId};

use super::cache::Cached;
use crate::driver::progress::Progress;
use crate::driver::{Commands, InstanceState};
use crate::error::TimError;

/// A file that is asked for.
#[allow(dead_code, reason = "what names a file, as elsewhere")]
pub(crate) struct CachedFile {
    pub(crate) user: UserId,
    pub(crate) message: Cached,
    pub(crate) is_placed: bool,
    pub(crate) place: Option<usize>,
    pub(crate) url: String,
    pub(crate) name: String,
    pub(crate) progress: Progress,
    pub(crate) max_bytes: u64,
    pub(crate) shared: Arc<InstanceState>,
    pub(crate) commands: Commands,
}

impl CachedFile {
    /// # Errors
    /// [`Code::UNSUPPORTED`].
    pub(crate) async fn run(self) -> Result<PathBuf, TimError> {
        let message = "a page has no files: use getAttachmentUrl".to_owned();
        Err(TimError { code: Code::UNSUPPORTED, message })
    }
}
