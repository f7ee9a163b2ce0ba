//! The one tokio runtime of the process: made at the first need, never dropped.
//!
//! Hosts have threads of their own and call from any of them; nothing of the engine's ever runs on those.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use once_cell::sync::OnceCell;
use tim_protocol::Code;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::spawn_blocking;

use crate::error::TimError;

/// Threads that drive instances. Of a host's code they run its log sink alone, which must not block.
const WORKERS: usize = 2;
/// Most threads for what may block: files, and a host's callbacks, which may wait for each other. Made when they are
/// needed; the system's own limit is the one that counts.
const MOST_BLOCKED: usize = 1 << 16;
/// How long one of those stays that has nothing to do, and how often one of them is given something: so that there always
/// is one. Where the system refuses others, what may block waits for it; if there were none, tokio would panic.
const STAYS: Duration = Duration::from_secs(300);
const NEEDED_EVERY: Duration = Duration::from_secs(100);

static RUNTIME: OnceCell<Runtime> = OnceCell::new();

/// The runtime.
///
/// # Errors
/// [`Code::RUNTIME_FAILED`] if the system refuses new threads.
pub(crate) fn handle() -> Result<Handle, TimError> {
    let made = RUNTIME.get_or_try_init(|| {
        // Where the system refuses a thread, this panics instead of telling.
        catch_unwind(make).unwrap_or_else(|_| Err(std::io::ErrorKind::OutOfMemory.into()))
    });
    made.map(|runtime| runtime.handle().clone()).map_err(|why| TimError {
        code: Code::RUNTIME_FAILED,
        reason: format!("the engine's threads could not be started: {why}"),
    })
}

fn make() -> std::io::Result<Runtime> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(MOST_BLOCKED)
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
