//! Wakes the host's futures on blocking threads instead of the engine's worker threads.
//!
//! UniFFI runs a host's continuation on the thread that wakes the future. A coroutine that is not dispatched elsewhere
//! (Kotlin's `Dispatchers.Unconfined`) continues there, and would deadlock if it waited for the engine.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

thread_local! {
    /// Whether the engine was asked on this thread.
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// What a call's first step gives, and whether the engine was asked in it: what ends before that, its arguments have ended.
pub(crate) fn first_step<T>(step: impl FnOnce() -> T) -> (T, bool) {
    let outer = ASKED.replace(false);
    let given = step();
    (given, ASKED.replace(outer))
}

/// Polls a call on the host's thread, and wakes it on a blocking thread.
pub(crate) async fn offload<T>(call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    poll_fn(|host| {
        ASKED.set(true);
        let waker = Waker::from(Arc::new(OffloadedWaker(host.waker().clone())));
        call.as_mut().poll(&mut Context::from_waker(&waker))
    })
    .await
}

struct OffloadedWaker(Waker);

impl Wake for OffloadedWaker {
    fn wake(self: Arc<Self>) {
        match tim::runtime() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || self.0.wake_by_ref())),
            Err(_) => self.0.wake_by_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Barrier, mpsc};

    /// A continuation of a host's that waits for another call's end right where it is woken.
    struct Impatient(mpsc::Sender<()>);

    impl Wake for Impatient {
        fn wake(self: Arc<Self>) {
            let (runtime, (answer, answered)) = (tim::runtime().unwrap(), mpsc::channel());
            runtime.spawn(async move { answer.send(()) });
            answered.recv().unwrap();
            self.0.send(()).unwrap();
        }
    }

    #[test]
    fn what_waits_may_block_where_it_goes_on() {
        let (sender, went_on) = mpsc::channel();
        // More than the engine has threads.
        const CALLS: usize = 8;
        let all_begun = Arc::new(Barrier::new(CALLS + 1));
        let calls: Vec<_> = (0..CALLS)
            .map(|_| {
                let host = Waker::from(Arc::new(Impatient(sender.clone())));
                let (runtime, all_begun) = (tim::runtime().unwrap(), Arc::clone(&all_begun));
                let mut call =
                    Box::pin(offload(async move { runtime.spawn_blocking(move || all_begun.wait()).await }));
                assert!(call.as_mut().poll(&mut Context::from_waker(&host)).is_pending());
                call
            })
            .collect();
        all_begun.wait();
        for _ in &calls {
            went_on.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
        }
    }
}
