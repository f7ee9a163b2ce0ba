//! The files of a message that was created here, until they are uploaded.

use std::path::PathBuf;

use tim_protocol::media::FileType;

use super::progress::Progress;

/// A file that was created here.
#[derive(Clone)]
pub(crate) struct LocalFile {
    /// The host's, or the copy.
    pub(crate) source: PathBuf,
    pub(crate) file_type: FileType,
    /// How many bytes the copy has that was made when it was created; 0 if it is the host's file.
    pub(crate) copied: u64,
}

/// The files of a message that was created here, which have not been uploaded.
pub(crate) struct LocalFiles {
    /// In the order of [`tim_protocol::body::Element::attachments`].
    pub(crate) files: Vec<LocalFile>,
    pub(crate) progress: Progress,
    pub(crate) is_sent: bool,
}

impl LocalFiles {
    /// Forgets files that cannot be sent any more: each is passed to `remove` unless it was sent.
    pub(super) fn forget(self, remove: impl FnMut(&LocalFile)) {
        if !self.is_sent {
            self.files.iter().for_each(remove);
        }
    }
}
