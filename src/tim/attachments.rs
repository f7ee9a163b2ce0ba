//! Downloads, the cache, and addresses of the files of messages.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tim_protocol::Code;
use tim_protocol::media::RenditionType;

use super::Tim;
use crate::driver::addresses;
use crate::driver::progress::Progress;
use crate::driver::requested::{CachedFile, Download};
use crate::driver::runtime::run_on;
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
        let download = Download {
            message: message.id,
            url,
            target: target.to_owned(),
            is_resumable: true,
            max_bytes: u64::MAX,
            progress: Progress::to(&self.inner.runtime, progress),
            guard: self.inner.shared.download(target.to_owned()),
            shared: Arc::clone(&self.inner.shared),
            commands: self.inner.commands.clone(),
        };
        run_on(&self.inner.runtime, &self.inner.shared.tasks, download.run()).await?
    }

    /// The path of the file of a message on this device, in one of its renditions, for image views and players. A file that is
    /// here is answered at once, also offline: that of an own message, or one in the cache. Otherwise it is loaded into the cache,
    /// as [`Tim::download_attachment`] loads it; calls for one file at the same time load it once. Do not change the file.
    ///
    /// The cache keeps the files used last, up to [`crate::options::TimOptions::cache_bytes`] for each user; the one loaded last
    /// stays in any case. Where the disk is full, the older half makes room. [`Message::local_path`] is there as long as the original
    /// is. A file leaves with its message: revoked, deleted, or with the history; those of messages in a merger leave the cache as old
    /// ones do. A system or an app may empty the folder `cache` at any time. A load goes on if this future is dropped, and ends
    /// with the login.
    ///
    /// # Errors
    /// As [`Tim::download_attachment`]; [`Code::MESSAGE_NOT_FOUND`] for a message that was revoked, or removed meanwhile.
    pub async fn get_attachment_file(
        &self,
        message: &Message,
        rendition: RenditionType,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<PathBuf, TimError> {
        let user = self.admitted()?;
        let (place, _) = place_of(rendition);
        let is_whole = matches!(rendition, RenditionType::Original | RenditionType::Snapshot);
        let (url, attachments) = (url_of(message, rendition)?, message.payload.attachments());
        let name = attachments.get(place).filter(|_| rendition == RenditionType::Original);
        let file = CachedFile {
            user,
            message: (message.id, message.from.clone()),
            is_placed: message.sequence > 0,
            place: Some(place).filter(|_| is_whole && message.flow == Flow::Out),
            url,
            name: name.map(|it| it.name.clone()).unwrap_or_default(),
            progress: Progress::to(&self.inner.runtime, progress),
            max_bytes: self.inner.cache_bytes,
            shared: Arc::clone(&self.inner.shared),
            commands: self.inner.commands.clone(),
        };
        run_on(&self.inner.runtime, &self.inner.shared.tasks, file.run()).await?
    }

    /// The full address of the file of a message, in one of its renditions, as an image view or a player takes it: a plain `GET`
    /// gives the bytes, as often as wanted, for five to ten minutes; then it is refused with 403 and [`Code::TICKET_EXPIRED`]. Call
    /// this again for a fresh one, whenever a view needs an address: it is signed on this device, and asks the server now and then
    /// only. The address is another one after some minutes: let caches remember the message's ID and the rendition.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] if the message has no such file or is
    /// not sent yet, [`Code::MEDIA_NOT_FOUND`] for an address that is neither on the server nor `https`, [`Code::TIMEOUT`]. A file
    /// that the server does not have is found missing when it is loaded.
    pub async fn get_attachment_url(
        &self,
        message: &Message,
        rendition: RenditionType,
    ) -> Result<String, TimError> {
        let user = self.admitted()?;
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
        let path = addresses::signed(&self.inner.commands, &self.inner.shared, &user, &url).await?;
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
