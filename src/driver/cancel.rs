//! Cancellation of what belongs to a login, and of single downloads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tim_protocol::{Code, Fault};
use tokio::sync::watch;

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

/// The downloads that are under way and can be cancelled. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Downloads(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    last: u64,
    downloads: BTreeMap<u64, (PathBuf, CancelSource)>,
}

impl Downloads {
    fn open(&self) -> MutexGuard<'_, Open> {
        // Nothing that can panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A download into this file begins, and belongs to the login.
    pub(super) fn begin(&self, target: PathBuf, login: CancelToken) -> CancelGuard {
        let scope = CancelSource::default();
        let own = scope.token();
        let mut open = self.open();
        open.last += 1;
        let number = open.last;
        open.downloads.insert(number, (target, scope));
        CancelGuard { number, login, own, downloads: self.clone() }
    }

    /// Makes the download uncancellable; false if it was cancelled already.
    fn close(&self, number: u64) -> bool {
        self.open().downloads.remove(&number).is_some()
    }

    /// Takes the downloads into this file.
    pub(super) fn take(&self, target: &Path) -> Vec<CancelSource> {
        let mut open = self.open();
        open.downloads.extract_if(.., |_, (into, _)| into == target).map(|(_, (_, scope))| scope).collect()
    }
}

/// Cancels a download when its login ends or when the app cancels it.
pub(crate) struct CancelGuard {
    number: u64,
    login: CancelToken,
    own: CancelToken,
    downloads: Downloads,
}

impl CancelGuard {
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
        if self.downloads.close(self.number) { Ok(()) } else { Err(Fault::new(Code::CANCELLED)) }
    }
}

impl Drop for CancelGuard {
    fn drop(&mut self) {
        self.downloads.close(self.number);
    }
}
