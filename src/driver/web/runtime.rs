//! The page's one thread runs everything, as promises.

use std::pin::Pin;

use tokio_util::task::TaskTracker;
use wasm_bindgen_futures::spawn_local;

use crate::error::TimError;

/// A call on its way: it stays on the page's one thread.
pub type Task<T> = Pin<Box<dyn Future<Output = T>>>;

/// What elsewhere tells of work that panicked. In a page it ends everything.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Runs tasks.
#[derive(Clone, Copy)]
pub(crate) struct Runtime;

impl Runtime {
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        spawn_local(task);
    }
}

pub(crate) fn handle() -> Result<Runtime, TimError> {
    Ok(Runtime)
}

/// Runs a task, and waits for its end.
pub(crate) async fn run_on<T>(
    _: &Runtime,
    tasks: &TaskTracker,
    task: impl Future<Output = T>,
) -> Result<T, TimError> {
    Ok(tasks.track_future(task).await)
}

/// Does some work, at once.
pub(crate) async fn spawn_blocking<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    Ok(work())
}
