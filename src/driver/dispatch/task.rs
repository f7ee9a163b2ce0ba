//! The task that calls listeners in a page, where there is one thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Notify, watch};

use super::shared::{DispatchShared, Next};
use crate::driver::runtime;
use crate::error::TimError;

/// The task. Cheap to clone.
#[derive(Clone)]
pub(super) struct Thread {
    is_calling: Arc<AtomicBool>,
    wake: Arc<Notify>,
    ended: watch::Receiver<bool>,
}

impl Thread {
    pub(super) fn start(shared: Arc<DispatchShared>) -> Result<Self, TimError> {
        let (end, ended) = watch::channel(false);
        let is_calling = Arc::<AtomicBool>::default();
        let wake = Arc::<Notify>::default();
        let (calls, woken) = (Arc::clone(&is_calling), Arc::clone(&wake));
        runtime::handle()?.spawn(async move {
            run(&shared, &calls, &woken).await;
            let _ = end.send(true);
        });
        Ok(Self { is_calling, wake, ended })
    }

    /// Events wait, or the end.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
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

async fn run(shared: &DispatchShared, is_calling: &AtomicBool, woken: &Notify) {
    loop {
        let next = DispatchShared::next(&mut shared.lock());
        match next {
            Next::Deliver(batch, listeners) => {
                is_calling.store(true, Ordering::Relaxed);
                shared.deliver_all(batch, &listeners);
                is_calling.store(false, Ordering::Relaxed);
            }
            Next::Wait => woken.notified().await,
            Next::End(_) => return,
        }
    }
}
