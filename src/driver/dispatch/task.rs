//! The task that calls listeners in a page, where there is one thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Notify, watch};

use super::{DispatchShared, Next};
use crate::driver::runtime;
use crate::error::TimError;

/// Wakes the task.
#[derive(Default)]
pub(super) struct Wake(Notify);

impl Wake {
    pub(super) fn wake(&self) {
        self.0.notify_one();
    }
}

/// The task. Cheap to clone.
#[derive(Clone)]
pub(super) struct Thread {
    is_calling: Arc<AtomicBool>,
    ended: watch::Receiver<bool>,
}

impl Thread {
    pub(super) fn start(shared: Arc<DispatchShared>) -> Result<Self, TimError> {
        let (end, ended) = watch::channel(false);
        let is_calling = Arc::<AtomicBool>::default();
        let calls = Arc::clone(&is_calling);
        runtime::handle()?.spawn(async move {
            run(&shared, &calls).await;
            let _ = end.send(true);
        });
        Ok(Self { is_calling, ended })
    }

    /// Whether a listener is being called, which must not wait for itself.
    pub(super) fn is_this(&self) -> bool {
        self.is_calling.load(Ordering::Relaxed)
    }

    /// Waits for its end. No listener hangs: it would hold up this too.
    pub(super) async fn ended(&self, _: &DispatchShared) {
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }
}

async fn run(shared: &DispatchShared, is_calling: &AtomicBool) {
    loop {
        let next = DispatchShared::next(&mut shared.lock());
        match next {
            Next::Deliver(batch, listeners) => {
                is_calling.store(true, Ordering::Relaxed);
                shared.deliver_all(batch, &listeners);
                is_calling.store(false, Ordering::Relaxed);
            }
            Next::Wait => shared.wake.0.notified().await,
            Next::End(_) => return,
        }
    }
}
