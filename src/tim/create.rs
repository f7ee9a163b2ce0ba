//! Creates messages, one function for each kind. Sends nothing, and needs no server.

use std::time::{SystemTime, UNIX_EPOCH};

use tim_protocol::body::{Body, Element as _, FileBody, ImageBody, LocationBody, TextBody};
use tim_protocol::media::{FileType, Rendition, RenditionType};
use tim_protocol::{Code, ConversationId, MessageId, UserId};
use uuid::Uuid;

use super::Tim;
use crate::driver::LocalFile;
use crate::driver::file_source::FileSource;
use crate::driver::progress::Progress;
use crate::error::TimError;
use crate::message::{Flow, Message, Payload, Priority, SendStatus};

impl Tim {
    /// Creates a text message. It can be shown at once; [`Tim::send_message`] sends it.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::CONVERSATION_TYPE_INVALID`] for the conversation of
    /// system notices, [`Code::MESSAGE_BODY_INVALID`] for no text, [`Code::MESSAGE_TOO_LONG`] for a text over 12 KB.
    pub fn create_text_message(
        &self,
        to: &ConversationId,
        text: &str,
        priority: Priority,
    ) -> Result<Message, TimError> {
        self.create_message(to, TextBody { text: text.to_owned() }, priority)
    }

    /// Creates a location message: a place on Earth, in degrees, and its name (may be empty).
    ///
    /// # Errors
    /// As [`Tim::create_text_message`]; [`Code::MESSAGE_BODY_INVALID`] for a longitude that is not -180 to 180, or a
    /// latitude that is not -90 to 90.
    pub fn create_location_message(
        &self,
        to: &ConversationId,
        description: &str,
        (longitude, latitude): (f64, f64),
        priority: Priority,
    ) -> Result<Message, TimError> {
        self.create_message(
            to,
            LocationBody { description: description.to_owned(), longitude, latitude },
            priority,
        )
    }

    /// Creates a picture message, from a file or from bytes: JPEG, PNG, GIF, BMP or WebP, under 20 MB. It can be shown
    /// at once: it has the picture's width and height, and [`Message::local_path`]. [`Tim::send_message`] uploads and
    /// sends it; meanwhile `progress` is told 0 to 100, growing, on a thread that it may block. Until it is sent a file
    /// has to stay where it is; bytes are written to a file of the engine. Of more than 256 messages with files that
    /// were never sent, or more than 100 MB of files of the engine's, the oldest cannot be sent any more. A logout
    /// forgets them.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::CONVERSATION_TYPE_INVALID`], [`Code::IMAGE_MISSING`],
    /// [`Code::FILE_UNREADABLE`], [`Code::FILE_EMPTY`], [`Code::IMAGE_TOO_LARGE`], [`Code::IMAGE_TYPE_INVALID`],
    /// [`Code::IMAGE_DAMAGED`], [`Code::IMAGE_DIMENSIONS`], [`Code::IMAGE_NEEDS_MEMORY`]; for bytes also
    /// [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`].
    pub fn create_image_message(
        &self,
        to: &ConversationId,
        image: impl Into<FileSource>,
        priority: Priority,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<Message, TimError> {
        self.admitted()?;
        let source = image.into();
        let (size, header) = source.image()?;
        // The server reports the dimensions of the smaller renditions when it has created them.
        let rendition = |rendition_type, size, (width, height)| {
            let url = String::new();
            Rendition { rendition_type, size, width, height, url }
        };
        let body = ImageBody {
            uuid: Uuid::nil(),
            image_format: header.format,
            image_info_array: vec![
                rendition(RenditionType::Original, size, header.shown()),
                rendition(RenditionType::Thumb, 0, (0, 0)),
                rendition(RenditionType::Large, 0, (0, 0)),
            ],
        };
        self.create_with_file(to, body, priority, (source, FileType::Image), progress)
    }

    /// Makes a file message, of a file or of its bytes, up to 100 MB. `name` is what receivers see; empty, it is the file's
    /// own. In all else as [`Tim::create_image_message`].
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::CONVERSATION_TYPE_INVALID`], [`Code::FILE_UNREADABLE`],
    /// [`Code::FILE_EMPTY`], [`Code::FILE_TOO_LARGE`], [`Code::MESSAGE_BODY_INVALID`] for a name that is longer than 256
    /// bytes, or missing for bytes; for bytes also [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`].
    pub fn create_file_message(
        &self,
        to: &ConversationId,
        file: impl Into<FileSource>,
        name: &str,
        priority: Priority,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<Message, TimError> {
        self.admitted()?;
        let source = file.into();
        let file_size = source.size(FileType::File)?;
        let file_name = if name.is_empty() { name_of(&source) } else { name.to_owned() };
        let body = FileBody { uuid: Uuid::nil(), file_name, file_size, file_url: String::new() };
        self.create_with_file(to, body, priority, (source, FileType::File), progress)
    }

    /// Creates a message of any kind without a file.
    ///
    /// # Errors
    /// As [`Tim::create_text_message`]; those of the kind's [`Element::check`](tim_protocol::body::Element::check).
    pub fn create_message(
        &self,
        to: &ConversationId,
        body: impl Into<Body>,
        priority: Priority,
    ) -> Result<Message, TimError> {
        let (me, body) = (self.admitted()?, body.into());
        body.check()?;
        body.write()?;
        new_message(me, to, priority, body)
    }

    fn create_with_file(
        &self,
        to: &ConversationId,
        body: impl Into<Body>,
        priority: Priority,
        (source, file_type): (FileSource, FileType),
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<Message, TimError> {
        let message = self.create_message(to, body, priority)?;
        let shared = &self.inner.shared;
        let (source, copied) = match source {
            FileSource::Path(path) => (path, 0),
            FileSource::Bytes(bytes) => {
                (shared.files.write(&message.from, message.id, &bytes)?, bytes.len() as u64)
            }
        };
        let local_path = Some(source.clone());
        let progress = Progress::to(&self.inner.runtime, progress);
        let file = LocalFile { source, file_type, copied, progress, is_sent: false };
        shared.add_file(message.id, file);
        Ok(Message { local_path, ..message })
    }
}

/// The own name of a file; empty for bytes.
fn name_of(source: &FileSource) -> String {
    match source {
        FileSource::Path(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        FileSource::Bytes(_) => String::new(),
    }
}

/// A message that is not sent yet.
fn new_message(
    from: UserId,
    to: &ConversationId,
    priority: Priority,
    body: Body,
) -> Result<Message, TimError> {
    if *to == ConversationId::System {
        return Err(Code::CONVERSATION_TYPE_INVALID.into());
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    Ok(Message {
        id: MessageId::try_from(Uuid::now_v7()).map_err(|_| Code::PANICKED)?,
        conversation_id: to.clone(),
        from,
        flow: Flow::Out,
        sequence: 0,
        time: now,
        client_time: now,
        status: SendStatus::UnSend,
        error_code: None,
        priority,
        nick: String::new(),
        avatar: String::new(),
        is_revoked: false,
        revoker: None,
        is_read: true,
        is_peer_read: false,
        excluded_from_unread_count: false,
        local_path: None,
        payload: Payload::Body(body),
    })
}
