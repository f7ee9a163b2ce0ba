//! The tokio runtime of the process: created on first use, never dropped.
//!
//! The engine does not run its tasks on the host's threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::time::Duration;

use once_cell::sync::OnceCell;
use tim_protocol::Code;
use tokio::runtime::Builder;
pub(crate) use tokio::runtime::Handle as Runtime;
pub(crate) use tokio::task::spawn_blocking;
use tokio_util::task::TaskTracker;

use crate::error::TimError;

/// Worker threads. The only host code they run is the log sink, which must not block.
const WORKERS: usize = 2;
/// Maximum number of blocking threads, for files and for the host's callbacks, which may wait for each other. Threads
/// are created on demand, so the system's limit applies first.
const MAX_BLOCKED: usize = 1 << 16;
/// Keep-alive of idle blocking threads, and the interval at which one is used so that at least one always exists: if
/// the system refuses new threads and there is none, tokio panics.
const STAYS: Duration = Duration::from_secs(300);
const NEEDED_EVERY: Duration = Duration::from_secs(100);

/// A call on its way.
pub type Task<T> = Pin<Box<dyn Future<Output = T> + Send>>;

static RUNTIME: OnceCell<tokio::runtime::Runtime> = OnceCell::new();

/// The runtime.
///
/// # Errors
/// [`Code::RUNTIME_FAILED`] if the system refuses new threads.
pub(crate) fn handle() -> Result<Runtime, TimError> {
    let made = RUNTIME.get_or_try_init(|| {
        // Where the system refuses a thread, this panics instead of telling.
        catch_unwind(make).unwrap_or_else(|_| Err(std::io::ErrorKind::OutOfMemory.into()))
    });
    made.map(|runtime| runtime.handle().clone()).map_err(|why| TimError {
        code: Code::RUNTIME_FAILED,
        message: format!("the engine's threads could not be started: {why}"),
    })
}

/// Runs a task, and waits for its end; it goes on if nobody waits any more.
///
/// # Errors
/// [`Code::PANICKED`].
pub(crate) async fn run_on<T: Send + 'static>(
    runtime: &Runtime,
    tasks: &TaskTracker,
    task: impl Future<Output = T> + Send + 'static,
) -> Result<T, TimError> {
    tasks.spawn_on(task, runtime).await.map_err(|_| Code::PANICKED.into())
}

fn make() -> std::io::Result<tokio::runtime::Runtime> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(MAX_BLOCKED)
        .thread_keep_alive(STAYS)
        .thread_name("tim-engine")
        .enable_io()
        .enable_time()
        .build()?;
    let first = catch_unwind(AssertUnwindSafe(|| runtime.spawn_blocking(|| ())));
    if first.is_err() {
        runtime.shutdown_background();
        return Err(std::io::ErrorKind::OutOfMemory.into());
    }
    runtime.spawn(async {
        loop {
            tokio::time::sleep(NEEDED_EVERY).await;
            let _ = spawn_blocking(|| ()).await;
        }
    });
    Ok(runtime)
}
