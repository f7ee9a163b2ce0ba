//! Cancellation of what belongs to a login, and of single downloads.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tim_protocol::{Code, Fault};
use tokio::sync::SetOnce;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Cancels all operations that have it, with a code. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Cancellation(Arc<SetOnce<Code>>);

impl Cancellation {
    /// Cancels current and future operations with this code. Only the first code counts.
    pub(super) fn cancel(&self, code: Code) {
        let _ = self.0.set(code);
    }

    fn is_cancelled(&self) -> bool {
        self.0.get().is_some()
    }

    async fn cancelled(&self) -> Code {
        *self.0.wait().await
    }
}

/// The downloads that are under way and can be cancelled. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Downloads(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    last: u64,
    downloads: Vec<(u64, OpenDownload)>,
}

/// A download that is under way.
pub(super) struct OpenDownload {
    target: PathBuf,
    pub(super) cancellation: Cancellation,
    /// Empty when the download has ended.
    pub(super) task: TaskTracker,
}

impl Downloads {
    fn open(&self) -> MutexGuard<'_, Open> {
        // Nothing that can panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A download into this file begins, and belongs to the login.
    pub(super) fn begin(&self, target: PathBuf, login: Cancellation) -> CancelGuard {
        let (own, task) = (Cancellation::default(), TaskTracker::new());
        task.close();
        let token = task.token();
        let mut open = self.open();
        open.last += 1;
        let number = open.last;
        open.downloads.push((number, OpenDownload { target, cancellation: own.clone(), task }));
        CancelGuard { number, login, own, downloads: self.clone(), _task: token }
    }

    /// Makes the download uncancellable; false if it was cancelled already.
    fn close(&self, number: u64) -> bool {
        self.open().downloads.extract_if(.., |(its, _)| *its == number).next().is_some()
    }

    /// Takes the downloads into this file.
    pub(super) fn take(&self, target: &Path) -> Vec<OpenDownload> {
        let mut open = self.open();
        open.downloads.extract_if(.., |(_, it)| it.target == target).map(|(_, it)| it).collect()
    }
}

/// Cancels a download when its login ends or when the app cancels it.
pub(crate) struct CancelGuard {
    number: u64,
    login: Cancellation,
    own: Cancellation,
    downloads: Downloads,
    _task: TaskTrackerToken,
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

    /// Whether the app cancelled this download.
    pub(super) fn is_cancelled_by_app(&self) -> bool {
        self.own.is_cancelled()
    }

    /// Whether the login has ended.
    pub(super) fn is_login_over(&self) -> bool {
        self.login.is_cancelled()
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
