//! How far an upload or download has come, told to whoever asked for it.
//!
//! The host's code runs on a thread that may block, never on one that drives instances.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

type Tell = Box<dyn FnMut(u8) + Send>;

thread_local! {
    /// Whose host this thread is telling now, by the address of its `told`; null if nobody's.
    static TELLING: Cell<*const AtomicU8> = const { Cell::new(std::ptr::null()) };
}

/// Where progress goes.
#[derive(Clone)]
pub(crate) struct Progress {
    tell: Arc<Mutex<Tell>>,
    /// The last percentage told, plus one.
    told: Arc<AtomicU8>,
    /// Nothing is told any more.
    ended: Arc<AtomicBool>,
}

impl Progress {
    pub(crate) fn to(tell: impl FnMut(u8) + Send + 'static) -> Self {
        Self { tell: Arc::new(Mutex::new(Box::new(tell))), told: Arc::default(), ended: Arc::default() }
    }

    /// A transfer begins; what an earlier try told is not told again.
    pub(crate) fn begin(&self) {
        self.ended.store(false, Ordering::Release);
    }

    /// The transfer has ended, well or not: whoever still reports is not heard.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }

    /// Nobody wants to know.
    pub(crate) fn silent() -> Self {
        Self::to(|_| {})
    }

    /// Tells how many percent are done, unless that was told before.
    pub(crate) async fn report(&self, percent: u8) {
        if self.told.load(Ordering::Acquire) <= percent {
            let this = self.clone();
            let _ = tokio::task::spawn_blocking(move || this.report_now(percent)).await;
        }
    }

    /// As [`Progress::report`], on this thread.
    pub(crate) fn report_now(&self, percent: u8) {
        let me = Arc::as_ptr(&self.told);
        // A host that reports progress while it is told of progress would wait for itself.
        if TELLING.get() == me {
            return;
        }
        let mut tell = self.tell.lock().unwrap_or_else(PoisonError::into_inner);
        if self.ended.load(Ordering::Acquire) {
            return;
        }
        if self.told.fetch_max(percent + 1, Ordering::AcqRel) <= percent {
            let outer = TELLING.replace(me);
            // A host's panic is the host's; the transfer goes on.
            let _ = catch_unwind(AssertUnwindSafe(|| tell(percent)));
            TELLING.set(outer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_reports_while_it_is_told_does_not_wait_for_itself() {
        let (progress, told) = (Arc::new(Mutex::new(None::<Progress>)), Arc::new(Mutex::new(Vec::new())));
        let (again, note) = (Arc::clone(&progress), Arc::clone(&told));
        let made = Progress::to(move |percent| {
            note.lock().unwrap().push(percent);
            let me = again.lock().unwrap().clone();
            if let Some(me) = me {
                me.report_now(percent + 1);
            }
        });
        *progress.lock().unwrap() = Some(made.clone());
        made.report_now(10);
        made.report_now(20);
        assert_eq!(*told.lock().unwrap(), [10, 20]);
    }
}
