//! Pictures: messages that show one, and their bytes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tim_protocol::media::{ImageBody, ImageInfo, ImageType};
use tim_protocol::{Code, ConversationId};
use uuid::Uuid;

use super::messages::new_message;
use super::{Tim, unexpected};
use crate::driver::Picture;
use crate::driver::files::{self, ImageSource};
use crate::driver::progress::Progress;
use crate::error::TimError;
use crate::machine::io::{Call, Return};
use crate::message::{Message, Payload, Priority};

impl Tim {
    /// Makes a picture message, of a file or of its bytes: JPEG, PNG, GIF, BMP or WebP, under 20 MB.
    /// [`Tim::send_message`] uploads and sends it; meanwhile `progress` is told 0 to 100, growing, on a thread that it
    /// may block. Until it is sent a file has to stay where it is, and bytes stay in memory; of more than 256 that were
    /// never sent, or more than 100 MB of them, the oldest cannot be sent any more. A logout forgets them.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::CONVERSATION_TYPE_INVALID`], [`Code::IMAGE_MISSING`],
    /// [`Code::FILE_UNREADABLE`], [`Code::FILE_EMPTY`], [`Code::IMAGE_TOO_LARGE`], [`Code::IMAGE_TYPE_INVALID`].
    pub fn create_image_message(
        &self,
        to: &ConversationId,
        image: impl Into<ImageSource>,
        priority: Priority,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<Message, TimError> {
        let me = self.admitted()?;
        let source = image.into();
        let checked = files::check(&source)?;
        // How large it is to be shown, the server tells when it has looked at it.
        let info = |image_type, size| ImageInfo { image_type, size, width: 0, height: 0, url: String::new() };
        let body = ImageBody {
            uuid: Uuid::nil(),
            image_format: checked.format,
            image_info_array: vec![
                info(ImageType::Original, checked.size),
                info(ImageType::Thumb, 0),
                info(ImageType::Large, 0),
            ],
        };
        let message = new_message(me, to, priority, Payload::Image(body))?;
        let picture = Picture { source, progress: Progress::to(progress) };
        self.inner.shared.add_picture(message.id, picture);
        Ok(message)
    }

    /// Copies a created picture to where it survives the end of the app. Nothing to do for any other message.
    pub(super) async fn keep_picture(&self, message: &Message) -> Result<Option<PathBuf>, TimError> {
        let Payload::Image(image) = &message.payload else { return Ok(None) };
        let Some(source) = self.inner.shared.source(message.id) else {
            // One that is somewhere already is sent as it is.
            let is_somewhere = image.image_info_array.iter().all(|info| !info.url.is_empty());
            return if is_somewhere { Ok(None) } else { Err(Code::MESSAGE_INVALID.into()) };
        };
        let (shared, user, id) = (Arc::clone(&self.inner.shared), message.from.clone(), message.id);
        let keep = move || {
            let copy = shared.files.keep(&user, id, &source)?;
            shared.kept(id, copy.clone());
            Ok(Some(copy))
        };
        self.inner.runtime.spawn_blocking(keep).await.map_err(|_| unexpected())?
    }

    /// Saves a picture of a message in one of its sizes as a file, which is there whole or not at all; one that exists
    /// is replaced. `progress` is told 0 to 100, growing, on a thread that it may block.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] if the message shows no picture or is
    /// not sent yet, [`Code::MEDIA_NOT_FOUND`], [`Code::NETWORK_ERROR`], [`Code::STORAGE_FULL`], or
    /// [`Code::DATA_DIR_UNUSABLE`] if the file cannot be written.
    pub async fn download_image(
        &self,
        message: &Message,
        size: ImageType,
        target: &Path,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<(), TimError> {
        self.admitted()?;
        let Payload::Image(image) = &message.payload else { return Err(Code::MESSAGE_INVALID.into()) };
        let info = image.image_info_array.iter().find(|info| info.image_type == size);
        let url = info.map(|info| info.url.clone()).filter(|url| !url.is_empty());
        let url = url.ok_or(Code::MESSAGE_INVALID)?;
        let from = if url.starts_with('/') { self.ticket(url).await? } else { url };
        let (shared, target, progress) =
            (Arc::clone(&self.inner.shared), target.to_owned(), Progress::to(progress));
        let saved =
            self.inner.runtime.spawn(async move { shared.download(&from, &target, &progress).await }).await;
        saved.map_err(|_| unexpected())?
    }

    async fn ticket(&self, url: String) -> Result<String, TimError> {
        match self.call(Call::DownloadTicket(url)).await? {
            Return::Ticket(path) => Ok(path),
            _ => Err(unexpected()),
        }
    }
}
