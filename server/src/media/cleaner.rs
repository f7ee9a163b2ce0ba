//! Removes files that no message names any more: first their records, a few in each commit, then their bytes.
//!
//! What is to be erased is noted in the commit that removes the last record of it, so that a crash in between leaves
//! nothing behind. Equal files share their bytes, so nothing is erased while an upload puts a file in its place.

use std::sync::Arc;
use std::time::Duration;

use tim_protocol::{Code, Fault, UnixMillis};
use tokio::task::block_in_place;
use tokio::time::sleep;

use super::Media;
use crate::core::ops::{MediaSum, RemoveMedia, Write, WriteReply};
use crate::store::Store;

/// Most records of one commit.
const AT_ONCE: u32 = 64;
/// The pause between two commits, in which others get their turn.
const PAUSE: Duration = Duration::from_millis(200);

impl Media {
    /// Removes what no message names of the files that were uploaded, or named last, by this time. Returns how much it was.
    ///
    /// Errors: those of a failing disk; what was removed by then stays removed.
    pub(crate) async fn clean(&self, store: &dyn Store, until: UnixMillis) -> Result<MediaSum, Fault> {
        block_in_place(|| self.incoming.sweep());
        let mut sum = MediaSum::default();
        loop {
            let placing = Arc::clone(&self.placing).write_owned().await;
            let asked = RemoveMedia { until, max: AT_ONCE, ..RemoveMedia::default() };
            let WriteReply::Removed(found) = store.write(Write::RemoveMedia(asked)).await?.answer else {
                return Err(Fault::new(Code::INTERNAL));
            };
            let files = Arc::clone(&self.files);
            let erasing = tokio::spawn(async move { (files.erase(found.to_erase).await, placing) });
            let (erased, placing) = erasing.await.map_err(|_| Code::INTERNAL)?;
            sum.files += found.removed.files;
            sum.bytes += found.removed.bytes;
            if found.removed.files == 0 && erased.is_empty() {
                return Ok(sum);
            }
            // Before others may put files in their place, of which nothing may be forgotten.
            store.write(Write::RemoveMedia(RemoveMedia { erased, ..RemoveMedia::default() })).await?;
            drop(placing);
            sleep(PAUSE).await;
        }
    }
}
