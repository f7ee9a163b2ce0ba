//! Downloads, the cache, and addresses of the files of messages.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tim_protocol::media::RenditionType;
use tim_protocol::{Code, Fault, MessageId};

use super::{Tim, unexpected};
use crate::driver::Download;
use crate::driver::cache::Cache;
use crate::driver::download;
use crate::driver::progress::Progress;
use crate::error::TimError;
use crate::message::{Flow, Message};

impl Tim {
    /// Saves the file of a message in one of its renditions, atomically; an existing file is replaced. `progress` is
    /// called with increasing values from 0 to 100 on a thread that it may block.
    ///
    /// A connection that breaks is made again, and the download goes on. If it ends early nevertheless, or the login or the
    /// app ends, what came lies beside `target`, under its name with `.partial` at the end, for a week: the same call goes on
    /// with it.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] if the message has no such file or is
    /// not sent yet, [`Code::MEDIA_NOT_FOUND`], also for an address that is not `https`, [`Code::NETWORK_ERROR`],
    /// [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`] if the file cannot be written, or [`Code::CANCELLED`] if
    /// [`Tim::cancel_download`] or the end of the login came first: then `target` is as it was.
    pub async fn download_attachment(
        &self,
        message: &Message,
        rendition: RenditionType,
        target: &Path,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<(), TimError> {
        self.admitted()?;
        let url = url_of(message, rendition)?;
        self.download(message.id, url, target, Progress::to(&self.inner.runtime, progress)).await
    }

    async fn download(
        &self,
        message: MessageId,
        url: String,
        target: &Path,
        progress: Progress,
    ) -> Result<(), TimError> {
        let download = Download {
            message,
            url,
            target: target.to_owned(),
            is_resumable: true,
            progress,
            guard: self.inner.shared.download(target.to_owned()),
            shared: Arc::clone(&self.inner.shared),
            commands: self.inner.commands.clone(),
        };
        let task = self.inner.shared.tasks.spawn_on(download.run(), &self.inner.runtime);
        task.await.map_err(|_| unexpected())?
    }

    /// The path of the file of a message on this device, in one of its renditions, for image views and players. A file that is
    /// here is answered at once, also offline: that of an own message, or one in the cache. Otherwise it is loaded into the cache,
    /// as [`Tim::download_attachment`] loads it; calls for one file at the same time load it once. Do not change the file.
    ///
    /// The cache keeps the files used last, up to [`crate::options::TimOptions::cache_bytes`] for each user; the one loaded last
    /// stays in any case. [`Message::local_path`] is there as long as the original is. A file leaves with its message: revoked,
    /// deleted, or with the history. A system or an app may empty the folder `cache` at any time.
    ///
    /// # Errors
    /// As [`Tim::download_attachment`]; [`Code::STORAGE_FULL`] if there is no room with an empty cache either.
    pub async fn get_attachment_file(
        &self,
        message: &Message,
        rendition: RenditionType,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<PathBuf, TimError> {
        let me = self.admitted()?;
        let (place, _) = place_of(rendition);
        let own = match rendition {
            RenditionType::Original | RenditionType::Snapshot if message.flow == Flow::Out => {
                self.inner.shared.files.kept(&me, message.id, place)
            }
            _ => None,
        };
        if let Some(own) = own {
            return Ok(own);
        }
        let (url, attachments) = (url_of(message, rendition)?, message.payload.attachments());
        let name = attachments.get(place).filter(|_| rendition == RenditionType::Original);
        let cache = Cache::of(&self.inner.shared.files, &me);
        let file = cache.path(message.id, &url, name.map_or("", |it| &it.name));
        let _turn = self.inner.shared.loading.alone(&file).await;
        if cache.use_now(&file) {
            return Ok(file);
        }
        cache.make_room(&file).map_err(|why| Fault::with_text(Code::DATA_DIR_UNUSABLE, why.to_string()))?;
        let progress = Progress::to(&self.inner.runtime, progress);
        let loaded = self.download(message.id, url.clone(), &file, progress.clone()).await;
        if loaded.as_ref().is_err_and(|why| why.code == Code::STORAGE_FULL) {
            cache.sweep(0, &file);
            self.download(message.id, url, &file, progress).await?;
        } else {
            loaded?;
        }
        cache.sweep(self.inner.cache_bytes, &file);
        Ok(file)
    }

    /// The full address of the file of a message, in one of its renditions, as an image view takes it: a plain `GET` gives the
    /// bytes, as often as wanted, until ten minutes later; then it is refused with 403 and [`Code::TICKET_EXPIRED`]. Call
    /// this again for a fresh one. The address differs each time: let caches remember the message's ID and the rendition.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] if the message has no such file or is
    /// not sent yet, [`Code::MEDIA_NOT_FOUND`], also for an address that is not `https`, [`Code::TIMEOUT`].
    pub async fn get_attachment_url(
        &self,
        message: &Message,
        rendition: RenditionType,
    ) -> Result<String, TimError> {
        self.admitted()?;
        let url = url_of(message, rendition)?;
        if url.starts_with("https://") {
            return Ok(url);
        }
        if !url.starts_with('/') {
            // A peer chose it.
            return Err(TimError {
                code: Code::MEDIA_NOT_FOUND,
                message: "the file has no https address".into(),
            });
        }
        let path = download::ticket(&self.inner.commands, &url).await?;
        Ok(self.inner.shared.server.web(&path))
    }

    /// Ends the download into this file (several, if there are), and answers when it has ended: [`Tim::download_attachment`]
    /// fails with [`Code::CANCELLED`], and nothing of it is left. A file that was there before stays as it was.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::NOTHING_TO_CANCEL`] if no download into exactly this path
    /// is under way: then the file is there, unless it failed.
    pub async fn cancel_download(&self, target: &Path) -> Result<(), TimError> {
        self.admitted()?;
        self.inner.shared.cancel_download(target).await
    }
}

/// Which file of a message a rendition is of, and which of that.
fn place_of(rendition: RenditionType) -> (usize, RenditionType) {
    match rendition {
        RenditionType::Snapshot => (1, RenditionType::Original),
        of => (0, of),
    }
}

/// The address of a file in a message.
pub(super) fn url_of(message: &Message, rendition: RenditionType) -> Result<String, Code> {
    let (place, of) = place_of(rendition);
    let attachments = message.payload.attachments();
    let url = attachments.get(place).and_then(|it| it.uploaded.url(of)).filter(|url| !url.is_empty());
    url.map(str::to_owned).ok_or(Code::MESSAGE_INVALID)
}
