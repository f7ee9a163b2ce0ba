//! Creates messages, one function for each kind. Sends nothing, and needs no server.

use std::time::{SystemTime, UNIX_EPOCH};

use tim_protocol::body::{Body, Element as _, FileBody, ImageBody, LocationBody, TextBody};
use tim_protocol::media::{FileType, Rendition, RenditionType};
use tim_protocol::{Code, ConversationId, ConversationType, MessageId, UserId};
use uuid::Uuid;

use super::Tim;
use crate::driver::LocalFile;
use crate::driver::file_source::FileSource;
use crate::driver::progress::Progress;
use crate::error::TimError;
use crate::message::{CreateOptions, Flow, Message, Payload, SendStatus, receiver};

impl Tim {
    /// Creates a text message to a user (`to` is a userID, the type C2C) or a group (a groupID). It can be shown at once; [`Tim::send_message`] sends it. `options` may be a [`Priority`](crate::message::Priority)
    /// alone.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. Those of [`ConversationType::with`] for the receiver,
    /// [`Code::MESSAGE_BODY_INVALID`] for no text, [`Code::MESSAGE_TOO_LONG`] for more than 12 KB together with the options;
    /// [`Code::CONVERSATION_TYPE_INVALID`] for mentions outside a group, [`Code::BAD_REQUEST`] for more than 30.
    pub fn create_text_message(
        &self,
        to: &str,
        conversation_type: ConversationType,
        text: &str,
        options: impl Into<CreateOptions>,
    ) -> Result<Message, TimError> {
        self.create_message(to, conversation_type, TextBody { text: text.to_owned() }, options)
    }

    /// Creates a location message: a place on Earth, in degrees, and its name (may be empty).
    ///
    /// # Errors
    /// As [`Tim::create_text_message`]; [`Code::MESSAGE_BODY_INVALID`] for a longitude that is not -180 to 180, or a
    /// latitude that is not -90 to 90.
    pub fn create_location_message(
        &self,
        to: &str,
        conversation_type: ConversationType,
        description: &str,
        (longitude, latitude): (f64, f64),
        options: impl Into<CreateOptions>,
    ) -> Result<Message, TimError> {
        self.create_message(
            to,
            conversation_type,
            LocationBody { description: description.to_owned(), longitude, latitude },
            options,
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
    /// The gate's: see [`Tim::get_conversation_list`]. Those of [`ConversationType::with`], [`Code::IMAGE_MISSING`],
    /// [`Code::FILE_UNREADABLE`], [`Code::FILE_EMPTY`], [`Code::IMAGE_TOO_LARGE`], [`Code::IMAGE_TYPE_INVALID`],
    /// [`Code::IMAGE_DAMAGED`], [`Code::IMAGE_DIMENSIONS`], [`Code::IMAGE_NEEDS_MEMORY`]; for bytes also
    /// [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`].
    pub fn create_image_message(
        &self,
        to: &str,
        conversation_type: ConversationType,
        image: impl Into<FileSource>,
        options: impl Into<CreateOptions>,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<Message, TimError> {
        let (me, to) = (self.admitted()?, conversation_type.with(to)?);
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
        self.with_file(new_message(me, to, options, body)?, (source, FileType::Image), progress)
    }

    /// Makes a file message, of a file or of its bytes, up to 100 MB. `name` is what receivers see; empty, it is the file's
    /// own. In all else as [`Tim::create_image_message`].
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. Those of [`ConversationType::with`], [`Code::FILE_UNREADABLE`],
    /// [`Code::FILE_EMPTY`], [`Code::FILE_TOO_LARGE`], [`Code::MESSAGE_BODY_INVALID`] for a name that is longer than 256
    /// bytes, or missing for bytes; for bytes also [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`].
    pub fn create_file_message(
        &self,
        to: &str,
        conversation_type: ConversationType,
        file: impl Into<FileSource>,
        name: &str,
        options: impl Into<CreateOptions>,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<Message, TimError> {
        let (me, to) = (self.admitted()?, conversation_type.with(to)?);
        let source = file.into();
        let file_size = source.size(FileType::File)?;
        let file_name = if name.is_empty() { name_of(&source) } else { name.to_owned() };
        let body = FileBody { uuid: Uuid::nil(), file_name, file_size, file_url: String::new() };
        self.with_file(new_message(me, to, options, body)?, (source, FileType::File), progress)
    }

    /// Creates a message of any kind without a file.
    ///
    /// # Errors
    /// As [`Tim::create_text_message`]; those of the kind's [`Element::check`](tim_protocol::body::Element::check).
    pub fn create_message(
        &self,
        to: &str,
        conversation_type: ConversationType,
        body: impl Into<Body>,
        options: impl Into<CreateOptions>,
    ) -> Result<Message, TimError> {
        new_message(self.admitted()?, conversation_type.with(to)?, options, body)
    }

    /// Keeps the file of a message until it is sent.
    fn with_file(
        &self,
        message: Message,
        (source, file_type): (FileSource, FileType),
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<Message, TimError> {
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
    to: ConversationId,
    options: impl Into<CreateOptions>,
    body: impl Into<Body>,
) -> Result<Message, TimError> {
    let (body, CreateOptions { priority, cloud_custom_data, at_user_list }) = (body.into(), options.into());
    body.check()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let written = body.write()?;
    let message = Message {
        id: MessageId::try_from(Uuid::now_v7()).map_err(|_| Code::PANICKED)?,
        to: receiver(&from, &to),
        conversation_id: to,
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
        is_excluded_from_unread_count: false,
        is_excluded_from_last_message: false,
        cloud_custom_data,
        at_user_list,
        local_path: None,
        payload: Payload::Body(body),
    };
    let attributes = message.attributes();
    attributes.check(&message.conversation_id)?;
    attributes.write_beside(&written)?;
    Ok(message)
}
