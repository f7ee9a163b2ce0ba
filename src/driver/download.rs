//! Downloads of files. A download ends with the login in which it began, or when it is cancelled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tim_protocol::call::DownloadTicketRequest;
use tim_protocol::{Code, Fault, MessageId};
use tokio::sync::watch;
use tokio::time::Instant;

use super::progress::{Progress, log_end};
use super::source::Source;
use super::{Commands, InstanceState, http};
use crate::error::TimError;

/// Cancels all operations that belong to it. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct CancelSource {
    end: watch::Sender<Option<Code>>,
}

impl CancelSource {
    /// Cancels its current and future operations with this code. Only the first code counts.
    pub(super) fn end(&self, code: Code) {
        self.end.send_if_modified(|end| end.replace(end.unwrap_or(code)).is_none());
    }

    /// Waits until all its operations have ended.
    pub(super) async fn finished(&self) {
        self.end.closed().await;
    }

    pub(super) fn token(&self) -> CancelToken {
        CancelToken { end: self.end.subscribe() }
    }
}

/// Held by an operation while it is in progress.
pub(super) struct CancelToken {
    end: watch::Receiver<Option<Code>>,
}

impl CancelToken {
    /// Waits for the cancellation; for ever if nothing can cancel it any more.
    async fn cancelled(&self) -> Code {
        let end = self.end.clone().wait_for(Option::is_some).await.map(|end| *end);
        match end.ok().flatten() {
            Some(code) => code,
            None => std::future::pending().await,
        }
    }
}

/// The downloads that are under way and can be cancelled.
#[derive(Default)]
pub(super) struct Downloads {
    last: u64,
    open: BTreeMap<u64, (PathBuf, CancelSource)>,
}

impl Downloads {
    pub(super) fn add(&mut self, target: PathBuf) -> (u64, CancelToken) {
        let scope = CancelSource::default();
        let share = scope.token();
        self.last += 1;
        self.open.insert(self.last, (target, scope));
        (self.last, share)
    }

    /// Makes the download uncancellable; false if it was cancelled already.
    pub(super) fn close(&mut self, number: u64) -> bool {
        self.open.remove(&number).is_some()
    }

    /// Takes the downloads into this file.
    pub(super) fn take(&mut self, target: &Path) -> Vec<CancelSource> {
        self.open.extract_if(.., |_, (into, _)| into == target).map(|(_, (_, scope))| scope).collect()
    }
}

/// Cancels a download when its login ends or when the app cancels it.
pub(crate) struct CancelGuard {
    number: u64,
    login: CancelToken,
    own: CancelToken,
    shared: Arc<InstanceState>,
}

impl CancelGuard {
    pub(super) fn new(
        shared: Arc<InstanceState>,
        login: CancelToken,
        (number, own): (u64, CancelToken),
    ) -> Self {
        Self { number, login, own, shared }
    }

    /// Awaits a future, unless the download is cancelled first.
    pub(super) async fn run_until_cancelled<T>(&self, what: impl Future<Output = T>) -> Result<T, Fault> {
        tokio::select! {
            biased;
            code = self.login.cancelled() => Err(Fault::new(code)),
            code = self.own.cancelled() => Err(Fault::new(code)),
            done = what => Ok(done),
        }
    }

    /// Commits the download just before the file is renamed: from now on it cannot be cancelled.
    pub(super) fn commit(&self) -> Result<(), Fault> {
        if self.shared.close_download(self.number) { Ok(()) } else { Err(Fault::new(Code::CANCELLED)) }
    }
}

impl Drop for CancelGuard {
    fn drop(&mut self) {
        self.shared.close_download(self.number);
    }
}

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
