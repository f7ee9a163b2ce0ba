//! Downloads of files. A download ends with the login in which it began, or when it is cancelled.

use std::path::PathBuf;
use std::sync::Arc;

use tim_protocol::MessageId;
use tim_protocol::call::DownloadTicketRequest;
use tokio::time::Instant;

use super::cancel::CancelGuard;
use super::progress::{Progress, log_end};
use super::source::Source;
use super::{Commands, InstanceState, http};
use crate::error::TimError;

/// The parameters of a download.
pub(crate) struct Download {
    /// The message of the file.
    pub(crate) message: MessageId,
    /// A path on the user's own server, which needs a ticket, or a full URL.
    pub(crate) url: String,
    pub(crate) target: PathBuf,
    pub(crate) progress: Progress,
    pub(crate) guard: CancelGuard,
    pub(crate) shared: Arc<InstanceState>,
    pub(crate) commands: Commands,
}

impl Download {
    /// Downloads the file, and reports 100 before it succeeds.
    pub(crate) async fn run(self) -> Result<(), TimError> {
        let began = Instant::now();
        let saved = self.save().await;
        log_end("download", self.message, began, saved.as_ref().err().map(|why| why.code));
        if saved.is_ok() {
            let _ = self.guard.run_until_cancelled(self.progress.flushed()).await;
        }
        self.progress.end();
        saved
    }

    async fn save(&self) -> Result<(), TimError> {
        let Self { url, target, progress, guard, shared, .. } = self;
        let source = if url.starts_with('/') {
            let path = guard.run_until_cancelled(ticket(&self.commands, url)).await??;
            Source::own(shared.server.clone(), path)
        } else {
            Source::elsewhere(url, &shared.server)?
        };
        Ok(http::download(source, target, progress, guard).await?)
    }
}

/// The path of a file on the user's own server, with a ticket.
pub(crate) async fn ticket(commands: &Commands, url: &str) -> Result<String, TimError> {
    Ok(commands.ask(DownloadTicketRequest { url: url.to_owned() }).await?.path)
}
