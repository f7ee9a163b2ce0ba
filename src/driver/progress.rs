//! Progress of uploads and downloads, reported to the app.
//!
//! The transfer records percentages without waiting. A task reports them in order, one call at a time, on a thread that
//! the host may block, and without a lock, so that the host's code may wait for the transfer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tim_protocol::media::Attachment;
use tokio::sync::{mpsc, watch};

use super::runtime::{Runtime, spawn_blocking};

type ProgressCallback = Box<dyn FnMut(u8) + Send>;

/// The progress of a transfer.
#[derive(Clone)]
pub(crate) struct Progress {
    noted: Arc<Mutex<Noted>>,
    flushed: watch::Receiver<Option<u8>>,
    /// Between which percentages of the whole this is.
    range: (u8, u8),
    /// Nothing is reported any more.
    ended: Arc<AtomicBool>,
}

/// The last recorded percentage. Percentages increase, so at most 101 wait to be reported.
struct Noted {
    last: Option<u8>,
    unreported: mpsc::UnboundedSender<u8>,
}

impl Progress {
    pub(crate) fn to(runtime: &Runtime, callback: impl FnMut(u8) + Send + 'static) -> Self {
        let (progress, noted, flushed) = Self::channel();
        runtime.spawn(report_all(Box::new(callback), noted, flushed, Arc::clone(&progress.ended)));
        progress
    }

    /// Progress without a receiver.
    pub(crate) fn silent() -> Self {
        Self::channel().0
    }

    fn channel() -> (Self, mpsc::UnboundedReceiver<u8>, watch::Sender<Option<u8>>) {
        let (unreported, noted) = mpsc::unbounded_channel();
        let (flushed_sender, flushed) = watch::channel(None);
        let last = Arc::new(Mutex::new(Noted { last: None, unreported }));
        (Self { noted: last, flushed, range: (0, 100), ended: Arc::default() }, noted, flushed_sender)
    }

    /// A transfer begins. Percentages of an earlier attempt are not reported again.
    pub(crate) fn begin(&self) {
        self.ended.store(false, Ordering::Release);
    }

    /// The transfer has ended: further and waiting reports are dropped.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }

    /// The progress of a part of the transfer, which goes from one percentage to another.
    pub(super) fn part(&self, range: (u8, u8)) -> Self {
        Self { range, ..self.clone() }
    }

    /// Records a percentage, to be reported unless it is not an increase.
    pub(crate) fn note(&self, percent: u8) {
        let (from, to) = self.range;
        let part = u16::from(to.saturating_sub(from)) * u16::from(percent.min(100)) / 100;
        let percent = from.saturating_add(u8::try_from(part).unwrap_or(100));
        // Nothing that can panic runs under the lock.
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.last < Some(percent) && !self.ended.load(Ordering::Acquire) {
            noted.last = Some(percent);
            // Without a callback there is no receiver.
            let _ = noted.unreported.send(percent);
        }
    }

    /// Waits until everything recorded so far has been reported.
    pub(crate) async fn flushed(&self) {
        let last = self.noted.lock().unwrap_or_else(PoisonError::into_inner).last;
        // Without a callback there is no sender and nothing to wait for.
        let _ = self.flushed.clone().wait_for(|flushed| *flushed >= last).await;
    }
}

/// Between which percentages of a message's upload that of one of its files is.
pub(super) fn part_of(attachments: &[Attachment], place: usize) -> (u8, u8) {
    let size = |of: usize| {
        let originals = attachments.iter().take(of).filter_map(|it| it.uploaded.renditions.first());
        originals.fold(0_u64, |sum, it| sum.saturating_add(it.size))
    };
    let (total, end) = (size(attachments.len()).max(1), place + 1);
    let percent = |of: usize| u8::try_from(size(of).saturating_mul(100) / total).unwrap_or(100);
    (percent(place), if end < attachments.len() { percent(end).min(99) } else { 100 })
}

/// Reports recorded percentages to the host until the transfer is dropped.
async fn report_all(
    mut callback: ProgressCallback,
    mut noted: mpsc::UnboundedReceiver<u8>,
    flushed: watch::Sender<Option<u8>>,
    ended: Arc<AtomicBool>,
) {
    while let Some(percent) = noted.recv().await {
        let ended = Arc::clone(&ended);
        let call = move || {
            if !ended.load(Ordering::Acquire) {
                // A host's panic is the host's; the transfer goes on.
                let _ = catch_unwind(AssertUnwindSafe(|| callback(percent)));
            }
            callback
        };
        let Ok(returned) = spawn_blocking(call).await else { return };
        callback = returned;
        flushed.send_replace(Some(percent));
    }
    // The callback's captures belong to the host, and dropping them may block.
    let _ = spawn_blocking(move || drop(callback)).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn a_host_may_wait_for_others_who_report_while_it_is_told() {
        let (mine, own) = channel::<Progress>();
        let (say, heard) = channel();
        let progress = Progress::to(&Runtime::current(), move |percent| {
            if percent == 10 {
                let me = own.recv().unwrap();
                me.note(20);
                let other = std::thread::spawn(move || me.note(30));
                other.join().unwrap();
            }
            say.send(percent).unwrap();
        });
        mine.send(progress.clone()).unwrap();
        progress.note(10);
        progress.flushed().await;
        progress.flushed().await;
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), [10, 20, 30]);
    }

    #[tokio::test]
    async fn percentages_grow_and_nothing_is_told_after_the_end() {
        let (say, heard) = channel();
        let progress = Progress::to(&Runtime::current(), move |percent| say.send(percent).unwrap());
        for percent in [0, 50, 30, 50, 60] {
            progress.note(percent);
        }
        progress.flushed().await;
        progress.end();
        progress.note(70);
        progress.begin();
        progress.note(60);
        progress.note(80);
        progress.flushed().await;
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), [0, 50, 60, 80]);
    }
}
