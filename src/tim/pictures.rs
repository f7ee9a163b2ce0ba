//! Pictures: messages that show one, and their bytes.

use std::path::Path;
use std::sync::Arc;

use tim_protocol::media::{ImageBody, ImageInfo, ImageType};
use tim_protocol::{Code, ConversationId};
use uuid::Uuid;

use super::messages::new_message;
use super::{Tim, unexpected};
use crate::driver::download;
use crate::driver::files::{self, ImageSource};
use crate::driver::progress::Progress;
use crate::driver::{Download, Picture};
use crate::error::TimError;
use crate::message::{Message, Payload, Priority};

impl Tim {
    /// Makes a picture message, of a file or of its bytes: JPEG, PNG, GIF, BMP or WebP, under 20 MB. It can be shown at
    /// once: it has the picture's width and height, and [`Message::local_path`]. [`Tim::send_message`] uploads and sends
    /// it; meanwhile `progress` is told 0 to 100, growing, on a thread that it may block. Until it is sent a file has to
    /// stay where it is; bytes are written into a file of the engine's. Of more than 256 that were never sent, or more
    /// than 100 MB of such files, the oldest cannot be sent any more. A logout forgets them.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::CONVERSATION_TYPE_INVALID`], [`Code::IMAGE_MISSING`],
    /// [`Code::FILE_UNREADABLE`], [`Code::FILE_EMPTY`], [`Code::IMAGE_TOO_LARGE`], [`Code::IMAGE_TYPE_INVALID`],
    /// [`Code::IMAGE_DAMAGED`], [`Code::IMAGE_DIMENSIONS`], [`Code::IMAGE_NEEDS_MEMORY`]; for bytes also
    /// [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`].
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
        // How large its smaller sizes are, the server tells when it has made them.
        let info = |image_type, size, (width, height)| {
            let url = String::new();
            ImageInfo { image_type, size, width, height, url }
        };
        let body = ImageBody {
            uuid: Uuid::nil(),
            image_format: checked.format,
            image_info_array: vec![
                info(ImageType::Original, checked.size, checked.dimensions),
                info(ImageType::Thumb, 0, (0, 0)),
                info(ImageType::Large, 0, (0, 0)),
            ],
        };
        let message = new_message(me.clone(), to, priority, Payload::Image(body))?;
        let shared = &self.inner.shared;
        let (source, copied) = match source {
            ImageSource::Path(path) => (path, 0),
            ImageSource::Bytes(bytes) => (shared.files.write(&me, message.id, &bytes)?, checked.size),
        };
        let local_path = Some(source.clone());
        let progress = Progress::to(&self.inner.runtime, progress);
        shared.add_picture(message.id, Picture { source, copied, progress, is_sent: false });
        Ok(Message { local_path, ..message })
    }

    /// Saves a picture of a message in one of its sizes as a file, which is there whole or not at all; one that exists
    /// is replaced. `progress` is told 0 to 100, growing, on a thread that it may block.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] if the message shows no picture or is
    /// not sent yet, [`Code::MEDIA_NOT_FOUND`], also for an address that is not `https`, [`Code::NETWORK_ERROR`],
    /// [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`] if the file cannot be written, or [`Code::CANCELLED`] if
    /// [`Tim::cancel_download`] or the end of the login came first: then nothing was saved.
    pub async fn download_image(
        &self,
        message: &Message,
        size: ImageType,
        target: &Path,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<(), TimError> {
        self.admitted()?;
        let url = url_of(message, size)?;
        let download = Download {
            message: message.id,
            url: url.to_owned(),
            target: target.to_owned(),
            progress: Progress::to(&self.inner.runtime, progress),
            leave: self.inner.shared.download(target.to_owned()),
            shared: Arc::clone(&self.inner.shared),
            commands: self.inner.commands.clone(),
        };
        self.inner.runtime.spawn(download.run()).await.map_err(|_| unexpected())?
    }

    /// The full address of a picture of a message in one of its sizes, as an image view takes it: a plain `GET` gives the
    /// bytes, as often as wanted, until ten minutes later; then it is refused with 403 and [`Code::TICKET_EXPIRED`]. Call
    /// this again for a fresh one. The address differs each time: let caches remember the message's ID and the size.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] if the message shows no picture or is
    /// not sent yet, [`Code::MEDIA_NOT_FOUND`], [`Code::TIMEOUT`].
    pub async fn get_image_address(&self, message: &Message, size: ImageType) -> Result<String, TimError> {
        self.admitted()?;
        let url = url_of(message, size)?;
        if !url.starts_with('/') {
            return Ok(url.to_owned());
        }
        let path = download::ticket(&self.inner.commands, url).await?;
        Ok(self.inner.shared.server.web(&path))
    }

    /// Ends the download into this file (several, if there are), and answers when it has ended: [`Tim::download_image`]
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

/// Where a picture of a message is, as the message says.
fn url_of(message: &Message, size: ImageType) -> Result<&str, Code> {
    let Payload::Image(image) = &message.payload else { return Err(Code::MESSAGE_INVALID) };
    let info = image.image_info_array.iter().find(|info| info.image_type == size);
    info.map(|info| info.url.as_str()).filter(|url| !url.is_empty()).ok_or(Code::MESSAGE_INVALID)
}
