//! In a page the host's futures are woken where they are: there is one thread.

/// Awaits a call.
pub(crate) async fn offload<T>(call: impl Future<Output = T>) -> T {
    call.await
}
