//! Downloads of files into the memory of a page.

use std::path::PathBuf;
use std::sync::Arc;

use tim_protocol::call::DownloadTicketRequest;
use tim_protocol::{Code, Fault, MessageId, UserId};

use super::files::Files;
use super::http;
use crate::driver::cancel::CancelGuard;
use crate::driver::progress::Progress;
use crate::driver::{Commands, InstanceState};
use crate::error::TimError;

/// The parameters of a download.
pub(crate) struct Download {
    pub(crate) message: MessageId,
    /// A path on the user's own server, which needs a ticket, or a full URL.
    pub(crate) url: String,
    /// The path under which it is kept.
    pub(crate) target: PathBuf,
    pub(crate) is_resumable: bool,
    /// A larger file is not kept: [`Code::FILE_TOO_LARGE`].
    pub(crate) max_bytes: u64,
    pub(crate) progress: Progress,
    pub(crate) guard: CancelGuard,
    pub(crate) shared: Arc<InstanceState>,
    pub(crate) commands: Commands,
}

impl Download {
    /// Downloads the file, and reports 100 before it succeeds.
    pub(crate) async fn run(self) -> Result<(), TimError> {
        let bytes = self.guard.run_until_cancelled(self.load()).await??;
        if bytes.len() as u64 > self.max_bytes {
            return Err(Code::FILE_TOO_LARGE.into());
        }
        self.guard.commit()?;
        self.shared.files.put(self.target.clone(), bytes.into());
        self.progress.note(100);
        self.progress.flushed().await;
        Ok(())
    }

    async fn load(&self) -> Result<Vec<u8>, Fault> {
        let url = if self.url.starts_with('/') {
            let path = ticket(&self.commands, &self.url).await;
            self.shared.server.web(&path.map_err(|why| Fault::with_text(why.code, why.message))?)
        } else if self.url.starts_with("https://") {
            self.url.clone()
        } else {
            // A peer chose it.
            return Err(Code::MEDIA_NOT_FOUND.into());
        };
        http::get(&url).await
    }
}

/// Nothing of a download that ended early stays.
pub(crate) fn sweep(_: &Files, _: &UserId) {}

/// The path of a file on the user's own server, with a ticket.
pub(crate) async fn ticket(commands: &Commands, url: &str) -> Result<String, TimError> {
    Ok(commands.ask(DownloadTicketRequest { url: url.to_owned() }).await?.path)
}
