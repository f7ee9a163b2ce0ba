//! Mergers: several messages as one. A small one has its messages in its body. A larger one, or one in which mergers nest deeper than a
//! body may, has them in a file, which is uploaded like any other.

use std::path::Path;
use std::sync::Arc;

use tim_protocol::body::{Body, Element as _, MergedBody, MergedMessage, MergerBody, MergerFile, layers};
use tim_protocol::media::{FileType, RenditionType};
use tim_protocol::{Code, ConversationType, MessageId, UserId, bounds, codec, limits};
use uuid::Uuid;

use super::attachments::url_of;
use super::create::{new_message, passed_on};
use super::{Tim, unexpected};
use crate::driver::file_source::FileSource;
use crate::driver::progress::Progress;
use crate::driver::requested::Download;
use crate::driver::runtime::{run_on, spawn_blocking};
use crate::error::TimError;
use crate::message::{CreateOptions, Flow, Message, Payload, SendStatus};

impl Tim {
    /// Creates a merger: several messages as one, with a title, up to 5 lines of 100 characters that show what is in it, and a
    /// text for programs that do not know mergers. One that has more than 11 KB, or in which others nest deep, is uploaded when it is
    /// sent: [`Tim::download_merger_message`] gives its messages. Files of the messages are not uploaded again.
    ///
    /// # Errors
    /// As [`Tim::create_text_message`]; [`Code::MERGER_INVALID`] for no messages, more than 300, one that was not sent,
    /// is revoked, of the server, or of a kind that this version does not know, and for mergers in mergers, more than 100 deep;
    /// [`Code::MESSAGE_BODY_INVALID`] for too many or too long lines, or no text for other programs; for a large one also
    /// [`Code::FILE_TOO_LARGE`] for more than 5 MiB, [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`].
    pub fn create_merger_message(
        &self,
        to: &str,
        conversation_type: ConversationType,
        messages: &[Message],
        shown: MergerText,
        options: impl Into<CreateOptions>,
    ) -> Result<Message, TimError> {
        let (me, to) = (self.admitted()?, conversation_type.with(to)?);
        if !(1..=limits::MERGER_MESSAGES).contains(&messages.len()) {
            return Err(Code::MERGER_INVALID.into());
        }
        let merged = messages.iter().map(|message| merged(message).ok_or(Code::MERGER_INVALID));
        let message_list: Vec<MergedMessage> = merged.collect::<Result<_, _>>()?;
        let MergerText { title, abstract_list, compatible_text } = shown;
        let (download_key, download_size) = (String::new(), 0);
        let body = MergerBody {
            title,
            abstract_list,
            compatible_text,
            message_list,
            download_key,
            download_size,
            layers: 0,
        };
        body.check()?;
        let written = bounds::written(&Body::from(body.clone()));
        if written.get().len() <= limits::MERGER_BYTES
            && codec::nests_within(written.get(), limits::BODY_DEPTH)
        {
            return new_message(me, to, options, body);
        }
        let layers = layers(&body.message_list);
        let file = bounds::written(&MergerFile { message_list: body.message_list });
        let source = FileSource::Bytes(file.get().as_bytes().into());
        let download_size = source.size(FileType::Merger)?;
        let body = MergerBody { message_list: Vec::new(), download_size, layers, ..body };
        self.with_files(new_message(me, to, options, body)?, [(source, FileType::Merger)], |_| ())
    }

    /// The messages of a merger. Each can be passed on, its files downloaded and addressed, and its own messages asked for if it is a
    /// merger, as of a message that was received; what needs a place in a conversation it has not, and its `sequence` is 0. Of
    /// a merger that has its messages in its body nothing is downloaded.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MERGER_INVALID`] for a message that is no merger,
    /// [`Code::MERGER_KEY_INVALID`] for one whose messages the server does not have (any more), or that was not sent yet,
    /// [`Code::MERGER_DOWNLOAD_FAILED`] if they cannot be read; otherwise those of [`Tim::download_attachment`].
    pub async fn download_merger_message(&self, message: &Message) -> Result<Vec<Message>, TimError> {
        let me = self.admitted()?;
        let Payload::Body(Body::Merger(merger)) = &message.payload else {
            return Err(Code::MERGER_INVALID.into());
        };
        let list = if merger.is_stored() { self.stored(message).await? } else { merger.message_list.clone() };
        Ok(list.into_iter().map(|merged| seen(&me, message, merged)).collect())
    }

    /// The messages of a merger that are in a file.
    async fn stored(&self, message: &Message) -> Result<Vec<MergedMessage>, TimError> {
        // Its sender has the file.
        if let Some(path) = &message.local_path
            && let Ok(file) = self.read_merger(path).await
        {
            return Ok(file.message_list);
        }
        let url = url_of(message, RenditionType::Original).map_err(|_| Code::MERGER_KEY_INVALID)?;
        // A peer chose it: only the own server examined what was uploaded.
        if !url.starts_with('/') {
            return Err(Code::MERGER_KEY_INVALID.into());
        }
        let shared = &self.inner.shared;
        let target = shared.files.write((&self.admitted()?, fresh_id()?, 0), &[])?;
        let download = Download {
            message: message.id,
            url,
            target: target.clone(),
            is_resumable: false,
            max_bytes: limits::MERGER_FILE_BYTES,
            progress: Progress::silent(),
            guard: shared.download(target.clone()),
            shared: Arc::clone(shared),
            commands: self.inner.commands.clone(),
        };
        let came = run_on(&self.inner.runtime, &shared.tasks, download.run()).await?;
        let file = match came {
            Ok(()) => self.read_merger(&target).await,
            Err(why) if why.code == Code::MEDIA_NOT_FOUND => Err(Code::MERGER_KEY_INVALID.into()),
            Err(why) if why.code == Code::FILE_TOO_LARGE => Err(Code::MERGER_DOWNLOAD_FAILED.into()),
            Err(why) => Err(why),
        };
        // One that cannot be removed now is removed later as an old copy.
        shared.files.remove(&target);
        Ok(file?.message_list)
    }

    async fn read_merger(&self, path: &Path) -> Result<MergerFile, TimError> {
        let (path, files) = (path.to_owned(), self.inner.shared.files.clone());
        let read = spawn_blocking(move || files.read(&path, limits::MERGER_FILE_BYTES)).await;
        let bytes = read.map_err(|_| unexpected())?.ok_or(Code::MERGER_DOWNLOAD_FAILED)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Code::MERGER_DOWNLOAD_FAILED)?;
        Ok(MergerFile::read(text)?)
    }
}

fn fresh_id() -> Result<MessageId, Code> {
    MessageId::try_from(Uuid::now_v7()).map_err(|_| Code::PANICKED)
}

/// What is shown of a merger without its messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MergerText {
    /// What is shown above it.
    pub title: String,
    /// Lines that show what is in it: at most 5, of 100 characters each.
    pub abstract_list: Vec<String>,
    /// What programs show that do not know mergers; not empty.
    pub compatible_text: String,
}

/// A message as it goes into a merger.
fn merged(message: &Message) -> Option<MergedMessage> {
    let content = passed_on(message)?;
    Some(MergedMessage {
        id: message.id,
        from: message.from.clone(),
        nick: message.nick.clone(),
        avatar: message.avatar.clone(),
        time: message.time,
        cloud_custom_data: message.cloud_custom_data.clone(),
        body: MergedBody::Known(Box::new(content)),
    })
}

/// A message of a merger, as the reader of the merger sees it.
fn seen(me: &UserId, merger: &Message, merged: MergedMessage) -> Message {
    let MergedMessage { id, from, nick, avatar, time, cloud_custom_data, body } = merged;
    let (payload, elements) = match body {
        MergedBody::Known(content) => {
            (Payload::Body(content.body), content.elements.into_iter().map(Payload::from).collect())
        }
        MergedBody::Unknown(body) => (Payload::Unknown(body.get().to_owned()), Payload::appended(&body)),
    };
    Message {
        id,
        flow: if from == *me { Flow::Out } else { Flow::In },
        from,
        sequence: 0,
        time,
        client_time: time,
        status: SendStatus::Success,
        error_code: None,
        nick,
        avatar,
        is_modified: false,
        version: 0,
        is_pinned: false,
        pin_operator: None,
        reaction_list: Vec::new(),
        need_read_receipt: false,
        read_receipt_info: None,
        cloud_custom_data,
        at_user_list: Vec::new(),
        receiver_list: Vec::new(),
        local_path: None,
        local_snapshot_path: None,
        local_custom_data: String::new(),
        local_custom_int: 0,
        payload,
        elements,
        ..merger.clone()
    }
}
