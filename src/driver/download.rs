//! Downloads of files. A download ends with the login in which it began, or when it is cancelled.
//!
//! One whose connection breaks is continued, after pauses like those between connections. What is there of one that ends
//! early stays for a later one, except where the app cancels it.

use std::time::Duration;

use tim_protocol::{Code, Fault, UserId};
use tokio::time::Instant;

use super::addresses::ticket;
use super::fetch::fetch;
use super::files::Files;
use super::http::{CHUNK, log_end};
use super::partial::{self, Partial};
use super::requested::Download;
use super::source::Source;
use crate::error::TimError;
use crate::machine::longest_pause_ms;

/// Most attempts in a row that bring next to nothing.
const MAX_FAILURES: u32 = 6;

impl Download {
    /// Downloads the file, and reports 100 before it succeeds.
    pub(crate) async fn run(self) -> Result<(), TimError> {
        let began = Instant::now();
        let saved = self.save().await;
        log_end("download", self.message, began, saved.as_ref().err().map(|why| why.code));
        if saved.is_ok() {
            let _ = self.guard.run_until_cancelled(self.progress.flushed()).await;
        }
        self.progress.end();
        saved
    }

    async fn save(&self) -> Result<(), TimError> {
        let user = self.shared.user().filter(|_| self.is_resumable);
        let records = user.map(|user| self.shared.files.downloads(&user));
        let mut partial = Partial::open(&self.target, &self.url, records).await;
        let saved = match self.load(&mut partial).await.and_then(|()| self.guard.commit()) {
            Ok(()) => partial.complete(&self.target).await,
            Err(why) => Err(why),
        };
        match &saved {
            Ok(()) => self.progress.note(100),
            Err(why) if self.is_to_be_continued(why.code) => partial.keep().await,
            Err(_) => partial.discard().await,
        }
        Ok(saved?)
    }

    /// Whether a later download of the same file may go on where this one ended: not what the app cancelled, nor what no
    /// server has any more, nor what found no room.
    fn is_to_be_continued(&self, why: Code) -> bool {
        !self.guard.is_cancelled_by_app() && (why.is_retryable() || self.guard.is_login_over())
    }

    /// Loads the whole file, in as many attempts as it takes while most of them bring something.
    async fn load(&self, partial: &mut Partial) -> Result<(), Fault> {
        let (mut failures, mut reached) = (0, partial.length());
        loop {
            let Err(why) = self.attempt(partial).await else { return Ok(()) };
            if !partial.has_begun() || !why.code.is_retryable() {
                return Err(why);
            }
            // What comes again after a beginning anew is no progress.
            if partial.length() >= reached + CHUNK as u64 {
                (failures, reached) = (0, partial.length());
            }
            failures += 1;
            if failures > MAX_FAILURES {
                return Err(why);
            }
            let asked = Duration::from_millis(why.retry_after.unwrap_or(0).into());
            self.guard.run_until_cancelled(tokio::time::sleep(pause(failures - 1).max(asked))).await?;
        }
    }

    /// Each has a ticket of its own: without a connection it waits for one.
    async fn attempt(&self, partial: &mut Partial) -> Result<(), Fault> {
        let Self { url, max_bytes, progress, guard, shared, commands, .. } = self;
        let source = if url.starts_with('/') {
            let path = guard.run_until_cancelled(ticket(commands, url)).await?;
            Source::own(shared.server.clone(), path.map_err(|why| Fault::with_text(why.code, why.message))?)
        } else {
            let source = Source::elsewhere(url, &shared.server);
            source.map_err(|why| Fault::with_text(why.code, why.message))?
        };
        if !partial.is_whole() {
            fetch(source, partial, (progress, guard), *max_bytes).await?;
        }
        partial.verify().await
    }
}

/// Forgets what is there of a user's downloads that nobody went on with.
pub(super) fn sweep(files: &Files, user: &UserId) {
    partial::sweep(&files.downloads(user));
}

/// A random pause, so that not all downloads begin again at once when a server does.
fn pause(failures: u32) -> Duration {
    let (_, random) = uuid::Uuid::now_v7().as_u64_pair();
    Duration::from_millis(random % (longest_pause_ms(failures) + 1))
}
