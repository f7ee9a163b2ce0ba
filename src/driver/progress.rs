//! How far an upload or download has come, told to whoever asked for it, and how it ended, told to the log.
//!
//! Whoever moves bytes notes a percentage and goes on. One task tells what was noted, in order and one call at a time, on a
//! thread that the host may block, and under no lock: a host's code may wait there for whoever notes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tim_protocol::{Code, MessageId};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use super::dial::ms_since;
use crate::log::{self, LogLevel};

type Tell = Box<dyn FnMut(u8) + Send>;

/// Where progress goes.
#[derive(Clone)]
pub(crate) struct Progress {
    noted: Arc<Mutex<Noted>>,
    told: watch::Receiver<Option<u8>>,
    /// Nothing is told any more.
    ended: Arc<AtomicBool>,
}

/// What was noted last; percentages grow, so no more than 101 wait to be told.
struct Noted {
    last: Option<u8>,
    to_tell: mpsc::UnboundedSender<u8>,
}

impl Progress {
    pub(crate) fn to(runtime: &Handle, tell: impl FnMut(u8) + Send + 'static) -> Self {
        let (progress, noted, told) = Self::channel();
        runtime.spawn(tell_all(Box::new(tell), noted, told, Arc::clone(&progress.ended)));
        progress
    }

    /// Nobody wants to know.
    pub(crate) fn silent() -> Self {
        Self::channel().0
    }

    fn channel() -> (Self, mpsc::UnboundedReceiver<u8>, watch::Sender<Option<u8>>) {
        let (to_tell, noted) = mpsc::unbounded_channel();
        let (teller, told) = watch::channel(None);
        let last = Arc::new(Mutex::new(Noted { last: None, to_tell }));
        (Self { noted: last, told, ended: Arc::default() }, noted, teller)
    }

    /// A transfer begins; what an earlier try told is not told again.
    pub(crate) fn begin(&self) {
        self.ended.store(false, Ordering::Release);
    }

    /// The transfer has ended, well or not: whoever still reports is not heard, and what waits is not told.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }

    /// So many percent are done: to be told soon, unless as much was noted before.
    pub(crate) fn note(&self, percent: u8) {
        // Nothing that can panic runs under the lock.
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.last < Some(percent) && !self.ended.load(Ordering::Acquire) {
            noted.last = Some(percent);
            // Where nobody wants to know, there is no receiver.
            let _ = noted.to_tell.send(percent);
        }
    }

    /// Waits until everything that was noted so far has been told.
    pub(crate) async fn told(&self) {
        let last = self.noted.lock().unwrap_or_else(PoisonError::into_inner).last;
        // Where nobody wants to know, there is no sender, and nothing to wait for.
        let _ = self.told.clone().wait_for(|told| *told >= last).await;
    }
}

/// Logs how a message's `upload` or `download` ended, which began then. Never where the picture is: its address may be signed.
pub(super) fn log_end(transfer: &str, message: MessageId, began: Instant, refusal: Option<Code>) {
    let ms = ms_since(began);
    match refusal {
        None => {
            log::write(LogLevel::Debug, format_args!("{transfer} for message {message} done after {ms} ms"))
        }
        Some(code) => log::write(
            LogLevel::Debug,
            format_args!("{transfer} for message {message} failed after {ms} ms: {code} {}", code.name()),
        ),
    }
}

/// Tells a host what is noted, until nobody can note any more.
async fn tell_all(
    mut tell: Tell,
    mut noted: mpsc::UnboundedReceiver<u8>,
    told: watch::Sender<Option<u8>>,
    ended: Arc<AtomicBool>,
) {
    while let Some(percent) = noted.recv().await {
        let ended = Arc::clone(&ended);
        let call = move || {
            if !ended.load(Ordering::Acquire) {
                // A host's panic is the host's; the transfer goes on.
                let _ = catch_unwind(AssertUnwindSafe(|| tell(percent)));
            }
            tell
        };
        let Ok(returned) = spawn_blocking(call).await else { return };
        tell = returned;
        told.send_replace(Some(percent));
    }
    // What it holds is the host's, and may block where it goes.
    spawn_blocking(move || drop(tell));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn a_host_may_wait_for_others_who_report_while_it_is_told() {
        let (mine, own) = channel::<Progress>();
        let (say, heard) = channel();
        let progress = Progress::to(&Handle::current(), move |percent| {
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
        progress.told().await;
        progress.told().await;
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), [10, 20, 30]);
    }

    #[tokio::test]
    async fn percentages_grow_and_nothing_is_told_after_the_end() {
        let (say, heard) = channel();
        let progress = Progress::to(&Handle::current(), move |percent| say.send(percent).unwrap());
        for percent in [0, 50, 30, 50, 60] {
            progress.note(percent);
        }
        progress.told().await;
        progress.end();
        progress.note(70);
        progress.begin();
        progress.note(60);
        progress.note(80);
        progress.told().await;
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), [0, 50, 60, 80]);
    }
}
