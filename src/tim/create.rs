//! Creates messages, one function for each kind. Sends nothing, and needs no server.

use tim_protocol::attributes::Attributes;
use tim_protocol::body::{
    Appended, AudioBody, Content, CustomBody, FaceBody, FileBody, ImageBody, LocationBody, TextBody,
    VideoBody, check_types,
};
use tim_protocol::media::{FileType, Rendition, RenditionType};
use tim_protocol::{Code, ConversationId, ConversationType, MessageId, UserId};
use uuid::Uuid;

use super::Tim;
use crate::driver::clock;
use crate::driver::file_source::FileSource;
use crate::driver::local_files::{LocalFile, LocalFiles};
use crate::driver::progress::Progress;
use crate::error::TimError;
use crate::message::{CreateOptions, Flow, Message, Payload, SendStatus, receiver};

impl Tim {
    /// Creates a text message to a user (`to` is a userID, the type C2C) or a group (a groupID). It can be
    /// shown at once; [`Tim::send_message`] sends it. `options` may be a [`Priority`](crate::message::Priority) alone.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. Those of [`ConversationType::with`] for the receiver,
    /// [`Code::MESSAGE_BODY_INVALID`] for no text, [`Code::MESSAGE_TOO_LONG`] for more than 12 KB together with the options;
    /// [`Code::CONVERSATION_TYPE_INVALID`] for mentions outside a group, [`Code::BAD_REQUEST`] for more than 30; the same for receivers
    /// outside a group, for none, one who is named twice, more than 50, and receivers together with mentions or read receipts;
    /// [`Code::ELEMENT_NOT_APPENDABLE`] for an element of a kind that is not appended, [`Code::TOO_MANY_ELEMENTS`] for more than 20 in all.
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

    /// Creates a custom message: content of the application's own.
    ///
    /// # Errors
    /// As [`Tim::create_text_message`]; [`Code::MESSAGE_BODY_INVALID`] if all three texts are empty.
    pub fn create_custom_message(
        &self,
        to: &str,
        conversation_type: ConversationType,
        custom: CustomBody,
        options: impl Into<CreateOptions>,
    ) -> Result<Message, TimError> {
        self.create_message(to, conversation_type, custom, options)
    }

    /// Creates a face message: a sticker of the application's own set.
    ///
    /// # Errors
    /// As [`Tim::create_text_message`].
    pub fn create_face_message(
        &self,
        to: &str,
        conversation_type: ConversationType,
        face: FaceBody,
        options: impl Into<CreateOptions>,
    ) -> Result<Message, TimError> {
        self.create_message(to, conversation_type, face, options)
    }

    /// Creates a message with the content of another one, as this version reads it, and with its custom data unless
    /// `options` has some. A file is not uploaded again.
    ///
    /// # Errors
    /// As [`Tim::create_text_message`]; [`Code::FORWARD_INVALID`] for a message that was not sent, is revoked, of the server, or of
    /// a kind that this version does not know.
    pub fn create_forward_message(
        &self,
        to: &str,
        conversation_type: ConversationType,
        message: &Message,
        options: impl Into<CreateOptions>,
    ) -> Result<Message, TimError> {
        let mut options = options.into();
        let content = passed_on(message).ok_or(Code::FORWARD_INVALID)?;
        if options.cloud_custom_data.is_empty() {
            options.cloud_custom_data.clone_from(&message.cloud_custom_data);
        }
        self.create_message(to, conversation_type, content, options)
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
        self.with_files(new_message(me, to, options, body)?, [(source, FileType::Image)], progress)
    }

    /// Creates an audio message, such as a voice message: a recording of any format, up to 28 MB, that lasts so many
    /// seconds. In all else as [`Tim::create_image_message`].
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. Those of [`ConversationType::with`], [`Code::FILE_UNREADABLE`],
    /// [`Code::FILE_EMPTY`], [`Code::AUDIO_TOO_LARGE`]; for bytes also [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`].
    pub fn create_audio_message(
        &self,
        to: &str,
        conversation_type: ConversationType,
        (audio, second): (impl Into<FileSource>, u32),
        options: impl Into<CreateOptions>,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<Message, TimError> {
        let (me, to) = (self.admitted()?, conversation_type.with(to)?);
        let source = audio.into();
        let size = source.size(FileType::Audio)?;
        let body = AudioBody { uuid: Uuid::nil(), url: String::new(), size, second };
        self.with_files(new_message(me, to, options, body)?, [(source, FileType::Audio)], progress)
    }

    /// Creates a video message: a video up to 100 MB, and its snapshot. It can be shown at once: it has the snapshot's
    /// width and height, [`Message::local_path`] and [`Message::local_snapshot_path`]. In all else as
    /// [`Tim::create_image_message`]; `progress` is told of both files together.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. Those of [`ConversationType::with`], [`Code::FILE_UNREADABLE`],
    /// [`Code::FILE_EMPTY`], [`Code::VIDEO_TOO_LARGE`], [`Code::MESSAGE_BODY_INVALID`] for a format that is not 1 to 16
    /// letters and digits; for the snapshot those of [`Tim::create_image_message`] for its picture;
    /// for bytes also [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`].
    pub fn create_video_message(
        &self,
        to: &str,
        conversation_type: ConversationType,
        video: VideoFile,
        options: impl Into<CreateOptions>,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<Message, TimError> {
        let (me, to) = (self.admitted()?, conversation_type.with(to)?);
        let VideoFile { video, format, second, snapshot } = video;
        let (snapshot_size, header) = snapshot.image()?;
        let (snapshot_width, snapshot_height) = header.shown();
        let body = VideoBody {
            video_uuid: Uuid::nil(),
            video_url: String::new(),
            video_size: video.size(FileType::Video)?,
            video_format: if format.is_empty() { extension_of(&video) } else { format },
            video_second: second,
            snapshot_uuid: Uuid::nil(),
            snapshot_url: String::new(),
            snapshot_width,
            snapshot_height,
            snapshot_size,
        };
        let files = [(video, FileType::Video), (snapshot, FileType::Image)];
        self.with_files(new_message(me, to, options, body)?, files, progress)
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
        self.with_files(new_message(me, to, options, body)?, [(source, FileType::File)], progress)
    }

    /// Creates a message of any kind without a file.
    ///
    /// # Errors
    /// As [`Tim::create_text_message`]; those of the kind's [`Element::check`](tim_protocol::body::Element::check).
    pub fn create_message(
        &self,
        to: &str,
        conversation_type: ConversationType,
        content: impl Into<Content>,
        options: impl Into<CreateOptions>,
    ) -> Result<Message, TimError> {
        new_message(self.admitted()?, conversation_type.with(to)?, options, content)
    }

    /// Keeps the files of a message until it is sent.
    pub(super) fn with_files(
        &self,
        message: Message,
        files: impl IntoIterator<Item = (FileSource, FileType)>,
        progress: impl FnMut(u8) + Send + 'static,
    ) -> Result<Message, TimError> {
        let shared = &self.inner.shared;
        let local = |(place, (source, file_type))| {
            let (source, copied) = match source {
                FileSource::Path(path) => (path, 0),
                FileSource::Bytes(bytes) => {
                    let at = (&message.from, message.id, place);
                    (shared.files.write(at, &bytes)?, bytes.len() as u64)
                }
            };
            Ok(LocalFile { source, file_type, copied })
        };
        let files: Result<Vec<_>, TimError> = files.into_iter().enumerate().map(local).collect();
        let files = files.inspect_err(|_| shared.files.remove_copies(&message.from, message.id))?;
        let mut paths = files.iter().map(|file| file.source.clone());
        let (local_path, local_snapshot_path) = (paths.next(), paths.next());
        let progress = Progress::to(&self.inner.runtime, progress);
        shared.add_files(message.id, LocalFiles { files, progress, is_sent: false });
        Ok(Message { local_path, local_snapshot_path, ..message })
    }
}

/// A video to be sent, and the picture that stands for it until it is played.
#[derive(Debug, Clone)]
pub struct VideoFile {
    /// The video.
    pub video: FileSource,
    /// Its format, such as `mp4`; empty for the extension of the file.
    pub format: String,
    /// How long it is, in seconds.
    pub second: u32,
    /// The picture: JPEG, PNG, GIF, BMP or WebP, under 20 MB.
    pub snapshot: FileSource,
}

/// The content of a message that may be sent again as it is.
pub(super) fn passed_on(message: &Message) -> Option<Content> {
    let content = message.content()?;
    let is_sent = message.status == SendStatus::Success && !message.is_revoked;
    let is_known = check_types(&content.elements).is_ok();
    (is_sent && is_known && !content.body.lacks_addresses() && content.check().is_ok()).then_some(content)
}

/// The own name of a file; empty for bytes.
fn name_of(source: &FileSource) -> String {
    match source {
        FileSource::Path(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        FileSource::Bytes(_) => String::new(),
    }
}

/// The extension of a file, in lower case; empty for bytes.
fn extension_of(source: &FileSource) -> String {
    match source {
        FileSource::Path(path) => path.extension().unwrap_or_default().to_string_lossy().to_lowercase(),
        FileSource::Bytes(_) => String::new(),
    }
}

/// A message that is not sent yet.
pub(super) fn new_message(
    from: UserId,
    to: ConversationId,
    options: impl Into<CreateOptions>,
    content: impl Into<Content>,
) -> Result<Message, TimError> {
    let CreateOptions {
        priority,
        cloud_custom_data,
        at_user_list,
        need_read_receipt,
        receiver_list,
        elements,
    } = options.into();
    let mut content = content.into();
    content.elements.extend(elements.into_iter().map(Appended::from));
    content.check()?;
    let now = clock::wall();
    let (written, reserve) = (content.write()?, content.body.reserve());
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
        name_card: String::new(),
        is_revoked: false,
        revoker: None,
        revoke_reason: String::new(),
        is_modified: false,
        version: 0,
        is_pinned: false,
        pin_operator: None,
        reaction_list: Vec::new(),
        need_read_receipt,
        read_receipt_info: None,
        is_read: true,
        is_peer_read: false,
        is_excluded_from_unread_count: receiver_list.is_some(),
        is_excluded_from_last_message: false,
        is_online_only: false,
        cloud_custom_data,
        at_user_list,
        receiver_list: receiver_list.clone().unwrap_or_default(),
        local_path: None,
        local_snapshot_path: None,
        local_custom_data: String::new(),
        local_custom_int: 0,
        payload: Payload::Body(content.body),
        elements: content.elements.into_iter().map(Payload::from).collect(),
    };
    let attributes = Attributes { receiver_list: receiver_list.map(Into::into), ..message.attributes() };
    attributes.check(&message.conversation_id)?;
    attributes.write_beside(&written, reserve)?;
    Ok(message)
}
