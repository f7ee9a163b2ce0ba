//! Work that may block its thread: a store, which does while it is polled, and files. For the task of an instance alone.

use std::future::poll_fn;
use std::pin::pin;

pub(super) use tokio::task::block_in_place as in_place;

/// Polls a future of the store where it may block its thread.
pub(super) async fn may_block<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| in_place(|| future.as_mut().poll(context))).await
}
