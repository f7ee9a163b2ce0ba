//! Waits for a store, which may block its thread while it is polled. For the task of an instance alone.

use std::future::poll_fn;
use std::pin::pin;

use tokio::task::block_in_place;

/// Polls a future of the store where it may block its thread.
pub(super) async fn may_block<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| block_in_place(|| future.as_mut().poll(context))).await
}
