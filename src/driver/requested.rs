//! Files of messages that are asked for: what a download is told, and what is told who looks into the cache first. `download` and `cached`
//! carry it out.

use std::path::PathBuf;
use std::sync::Arc;

#[cfg(doc)]
use tim_protocol::Code;
use tim_protocol::{MessageId, UserId};

use super::cache::Cached;
use super::cancel::CancelGuard;
use super::progress::Progress;
use super::{Commands, InstanceState};

/// The parameters of a download.
pub(crate) struct Download {
    /// The message of the file.
    pub(crate) message: MessageId,
    /// A path on the user's own server, which needs a ticket, or a full URL.
    pub(crate) url: String,
    pub(crate) target: PathBuf,
    /// What comes of it stays for a later download.
    pub(crate) is_resumable: bool,
    /// A larger file is not loaded: [`Code::FILE_TOO_LARGE`].
    pub(crate) max_bytes: u64,
    pub(crate) progress: Progress,
    pub(crate) guard: CancelGuard,
    pub(crate) shared: Arc<InstanceState>,
    pub(crate) commands: Commands,
}

/// A file that is asked for.
pub(crate) struct CachedFile {
    /// Whose cache.
    pub(crate) user: UserId,
    pub(crate) message: Cached,
    /// The message has a place in a conversation, where it may be revoked or removed.
    pub(crate) is_placed: bool,
    /// Which of the copies of an own message it is, if it may be one.
    pub(crate) place: Option<usize>,
    /// As in [`Download`].
    pub(crate) url: String,
    /// Its name, or an empty one.
    pub(crate) name: String,
    pub(crate) progress: Progress,
    /// How many bytes the cache may have.
    pub(crate) max_bytes: u64,
    pub(crate) shared: Arc<InstanceState>,
    pub(crate) commands: Commands,
}
