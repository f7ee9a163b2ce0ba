//! Downloads of pictures. Each belongs to the login that it began in, and ends with it.

use std::path::PathBuf;
use std::sync::Arc;

use tim_protocol::Code;
use tim_protocol::frame::Fault;
use tokio::sync::watch;

use super::progress::Progress;
use super::{Answer, Commands, Shared, http};
use crate::error::TimError;
use crate::machine::io::{Call, Return};

/// A login, as far as it ends what belongs to it. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Login {
    end: watch::Sender<Option<Code>>,
}

impl Login {
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

/// What belongs to a login holds this for as long as it is under way.
pub(crate) struct Share {
    end: watch::Receiver<Option<Code>>,
}

impl Share {
    /// Waits for something, but not beyond the end of the login.
    pub(super) async fn within<T>(&self, what: impl Future<Output = T>) -> Result<T, Fault> {
        tokio::select! {
            biased;
            code = self.over() => Err(Fault::new(code)),
            done = what => Ok(done),
        }
    }

    async fn over(&self) -> Code {
        let end = self.end.clone().wait_for(Option::is_some).await.map(|end| *end);
        end.ok().flatten().unwrap_or(Code::DESTROYED)
    }
}

/// What a download needs.
pub(crate) struct Download {
    /// A path on the own server, for which a ticket is asked, or a full address.
    pub(crate) url: String,
    pub(crate) target: PathBuf,
    pub(crate) progress: Progress,
    pub(crate) login: Share,
    pub(crate) shared: Arc<Shared>,
    pub(crate) commands: Commands,
}

impl Download {
    /// Downloads, and tells 100 before it ends well.
    pub(crate) async fn run(self) -> Result<(), TimError> {
        let saved = self.save().await;
        if saved.is_ok() {
            let _ = self.login.within(self.progress.told()).await;
        }
        self.progress.end();
        saved
    }

    async fn save(&self) -> Result<(), TimError> {
        let Self { url, target, progress, login, shared, .. } = self;
        if !url.starts_with('/') {
            let (server, path) = http::split(url, shared.extra_roots.as_deref())?;
            return Ok(http::download(&server, &path, target, progress, login).await?);
        }
        let path = login.within(self.ticket()).await??;
        Ok(http::download(&shared.server, &path, target, progress, login).await?)
    }

    async fn ticket(&self) -> Result<String, TimError> {
        match self.commands.call(Call::DownloadTicket(self.url.clone())).await? {
            Answer::Return(Return::Ticket(path)) => Ok(path),
            _ => Err(Code::PANICKED.into()),
        }
    }
}
