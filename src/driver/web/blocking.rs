//! In a page nothing may block: a store that takes time is awaited.

pub(crate) async fn may_block<F: Future>(future: F) -> F::Output {
    future.await
}

pub(crate) fn in_place<T>(work: impl FnOnce() -> T) -> T {
    work()
}
