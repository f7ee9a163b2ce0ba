//! Downloads of files into the memory of a page.

use tim_protocol::{Code, Fault, UserId};

use super::addresses::ticket;
use super::files::Files;
use super::http;
use super::requested::Download;
use crate::error::TimError;

impl Download {
    /// Downloads the file, and reports 100 before it succeeds.
    pub(crate) async fn run(self) -> Result<(), TimError> {
        let bytes = self.guard.run_until_cancelled(self.load()).await??;
        if bytes.len() as u64 > self.max_bytes {
            return Err(Code::FILE_TOO_LARGE.into());
        }
        self.guard.commit()?;
        self.shared.files.put(self.target.clone(), bytes.into());
        self.progress.note(100);
        self.progress.flushed().await;
        Ok(())
    }

    async fn load(&self) -> Result<Vec<u8>, Fault> {
        let url = if self.url.starts_with('/') {
            let path = ticket(&self.commands, &self.url).await;
            self.shared.server.web(&path.map_err(|why| Fault::with_text(why.code, why.message))?)
        } else if self.url.starts_with("https://") {
            self.url.clone()
        } else {
            // A peer chose it.
            return Err(Code::MEDIA_NOT_FOUND.into());
        };
        http::get(&url).await
    }
}

/// Nothing of a download that ended early stays.
pub(crate) fn sweep(_: &Files, _: &UserId) {}
