//! The files of messages: saved, and addressed.

use std::path::Path;
use std::sync::Arc;

use super::{ProgressListener, Tim, progress};
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{Message, RenditionType};

#[uniffi::export]
impl Tim {
    /// Saves the file of a message in one of its renditions, atomically. If the connection breaks, it goes on; if it, the login
    /// or the app ends early, what came lies beside `target` (`.partial`) for a week, and the same call goes on with it.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for a message that has no such file or is not sent yet; 130140, 130141 or 130143 if the server
    /// has it no more or does not give it, 130143 for a file elsewhere that has no https address or is refused there. `Unreachable`:
    /// 2800 or 2801. `Storage`: 130168 or 6022 if the file cannot be written. `NotReady`: 130161 if `cancelDownload` ended it.
    #[uniffi::method(default(on_progress = None))]
    pub async fn download_attachment(
        &self,
        message: Message,
        rendition: RenditionType,
        target: String,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<(), TimError> {
        let message = message.try_into()?;
        let target = Path::new(&target);
        Ok(offload(self.tim.download_attachment(&message, rendition.into(), target, progress(on_progress)))
            .await?)
    }

    /// The path of the file of a message on this device, in one of its renditions, for image views and players. A file that is here
    /// is answered at once, also offline: that of an own message, or one in the cache. Otherwise it is loaded into the cache; calls
    /// for one file at the same time load it once. Do not change the file. The cache keeps the files used last, up to the
    /// `cacheBytes` of the options; `localPath` is there as long as the original is. A file leaves with its message.
    ///
    /// # Errors
    /// Those of `downloadAttachment`; 130168 if there is no room with an empty cache either.
    #[uniffi::method(default(on_progress = None))]
    pub async fn get_attachment_file(
        &self,
        message: Message,
        rendition: RenditionType,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<String, TimError> {
        let message = message.try_into()?;
        let file = self.tim.get_attachment_file(&message, rendition.into(), progress(on_progress));
        Ok(offload(file).await?.display().to_string())
    }

    /// The full address of the file of a message, in one of its renditions, as an image view or a player takes it: a plain `GET`
    /// gives the bytes, as often as wanted, for five to ten minutes; then it is refused with 403 and 130141. Call this again for a
    /// fresh one, whenever a view needs an address: it is signed on this device, and asks the server now and then only. The
    /// address is another one after some minutes: let caches remember the message's ID and the rendition.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for a message that has no such file or is not sent yet (its `localPath` shows it), 130143 for
    /// an address that is neither on the server nor `https`. `Unreachable`: 2800 or 2801.
    pub async fn get_attachment_url(
        &self,
        message: Message,
        rendition: RenditionType,
    ) -> Result<String, TimError> {
        let message = message.try_into()?;
        Ok(offload(self.tim.get_attachment_url(&message, rendition.into())).await?)
    }

    /// The messages of a merger. Each can be passed on, its files downloaded and addressed, and its own messages asked for if it is a
    /// merger, as of a message that was received; what needs a place in a conversation it has not, and its `sequence` is 0. Of
    /// a merger that has its messages in its body nothing is downloaded.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2450 for a message that is no merger, 2451 for one whose messages the server does not have (any
    /// more), or that was not sent yet, 2452 if they cannot be read. `Unreachable`: 2800 or 2801. `Storage`: 130168 or 6022.
    pub async fn download_merger_message(&self, message: Message) -> Result<Vec<Message>, TimError> {
        let message = message.try_into()?;
        let list = offload(self.tim.download_merger_message(&message)).await?;
        Ok(list.into_iter().map(Into::into).collect())
    }

    /// Ends every download into this file, named exactly as for `downloadAttachment`, which fails with 130161; nothing is left of
    /// it, and a file that was there before stays. Returns when they have ended.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 130171 if no download into this file is under way.
    pub async fn cancel_download(&self, target: String) -> Result<(), TimError> {
        Ok(offload(self.tim.cancel_download(Path::new(&target))).await?)
    }
}
