//! Downloads of files. Each belongs to the login that it began in, and ends with it, or when it is cancelled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tim_protocol::call::DownloadTicket;
use tim_protocol::frame::Fault;
use tim_protocol::{Code, MessageId};
use tokio::sync::watch;
use tokio::time::Instant;

use super::progress::{Progress, log_end};
use super::source::Source;
use super::{Commands, Shared, http};
use crate::error::TimError;

/// What ends all that belongs to it: a login, or whoever cancels. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Scope {
    end: watch::Sender<Option<Code>>,
}

impl Scope {
    /// Ends what belongs to it with this number, and what would begin too. The first number counts.
    pub(super) fn end(&self, code: Code) {
        self.end.send_if_modified(|end| end.replace(end.unwrap_or(code)).is_none());
    }

    /// Waits until nothing is under way that belongs to it.
    pub(super) async fn left(&self) {
        self.end.closed().await;
    }

    pub(super) fn share(&self) -> Share {
        Share { end: self.end.subscribe() }
    }
}

/// What belongs to a scope holds this for as long as it is under way.
pub(super) struct Share {
    end: watch::Receiver<Option<Code>>,
}

impl Share {
    /// Waits until the scope ends. One that nobody can end any more never does.
    async fn over(&self) -> Code {
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
    open: BTreeMap<u64, (PathBuf, Scope)>,
}

impl Downloads {
    pub(super) fn add(&mut self, target: PathBuf) -> (u64, Share) {
        let scope = Scope::default();
        let share = scope.share();
        self.last += 1;
        self.open.insert(self.last, (target, scope));
        (self.last, share)
    }

    /// From now on it cannot be cancelled; false if it was.
    pub(super) fn close(&mut self, number: u64) -> bool {
        self.open.remove(&number).is_some()
    }

    /// Takes out those into this file.
    pub(super) fn take(&mut self, target: &Path) -> Vec<Scope> {
        self.open.extract_if(.., |_, (into, _)| into == target).map(|(_, (_, scope))| scope).collect()
    }
}

/// A download's right to go on: until its login ends, or somebody cancels it.
pub(crate) struct Leave {
    number: u64,
    login: Share,
    own: Share,
    shared: Arc<Shared>,
}

impl Leave {
    pub(super) fn new(shared: Arc<Shared>, login: Share, (number, own): (u64, Share)) -> Self {
        Self { number, login, own, shared }
    }

    /// Waits for something, but not beyond the end of the leave.
    pub(super) async fn within<T>(&self, what: impl Future<Output = T>) -> Result<T, Fault> {
        tokio::select! {
            biased;
            code = self.login.over() => Err(Fault::new(code)),
            code = self.own.over() => Err(Fault::new(code)),
            done = what => Ok(done),
        }
    }

    /// The file is about to be in its place: whoever cancels now is too late.
    pub(super) fn keep(&self) -> Result<(), Fault> {
        if self.shared.close_download(self.number) { Ok(()) } else { Err(Fault::new(Code::CANCELLED)) }
    }
}

impl Drop for Leave {
    fn drop(&mut self) {
        self.shared.close_download(self.number);
    }
}

/// What a download needs.
pub(crate) struct Download {
    /// Whose file it is.
    pub(crate) message: MessageId,
    /// A path on the own server, for which a ticket is asked, or a full address.
    pub(crate) url: String,
    pub(crate) target: PathBuf,
    pub(crate) progress: Progress,
    pub(crate) leave: Leave,
    pub(crate) shared: Arc<Shared>,
    pub(crate) commands: Commands,
}

impl Download {
    /// Downloads, and tells 100 before it ends well.
    pub(crate) async fn run(self) -> Result<(), TimError> {
        let began = Instant::now();
        let saved = self.save().await;
        log_end("download", self.message, began, saved.as_ref().err().map(|why| why.code));
        if saved.is_ok() {
            let _ = self.leave.within(self.progress.told()).await;
        }
        self.progress.end();
        saved
    }

    async fn save(&self) -> Result<(), TimError> {
        let Self { url, target, progress, leave, shared, .. } = self;
        let source = if url.starts_with('/') {
            let path = leave.within(ticket(&self.commands, url)).await??;
            Source::own(shared.server.clone(), path)
        } else {
            Source::elsewhere(url, &shared.server)?
        };
        Ok(http::download(source, target, progress, leave).await?)
    }
}

/// The path of a file on the own server, with leave to fetch it.
pub(crate) async fn ticket(commands: &Commands, url: &str) -> Result<String, TimError> {
    Ok(commands.ask(DownloadTicket { url: url.to_owned() }).await?.path)
}
