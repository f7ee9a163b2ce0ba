//! The one tokio runtime of the process: made at the first need, never dropped.
//!
//! Hosts have threads of their own and call from any of them; nothing of the engine's ever runs on those.

use once_cell::sync::OnceCell;
use tim_protocol::Code;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::TimError;

/// Threads that drive instances. Of a host's code they run its log sink alone, which must not block.
const WORKERS: usize = 2;

static RUNTIME: OnceCell<Runtime> = OnceCell::new();

/// The runtime.
///
/// # Errors
/// [`Code::RUNTIME_FAILED`] if the system refuses new threads.
pub(crate) fn handle() -> Result<Handle, TimError> {
    let made = RUNTIME.get_or_try_init(|| {
        Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("tim-engine")
            .enable_io()
            .enable_time()
            .build()
    });
    made.map(|runtime| runtime.handle().clone()).map_err(|why| TimError {
        code: Code::RUNTIME_FAILED,
        reason: format!("the engine's threads could not be started: {why}"),
    })
}
