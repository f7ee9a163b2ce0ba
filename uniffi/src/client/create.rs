//! Messages that are made here, one method for each kind. Nothing is sent.

use std::path::PathBuf;
use std::sync::Arc;

use tim::{MergerText, VideoFile};

use super::{ProgressListener, Tim, progress};
use crate::error::TimError;
use crate::types::{ConversationType, CreateOptions, Message, unsigned_small};

#[uniffi::export]
impl Tim {
    /// Makes a text message to a user or a group, to be shown at once; `sendMessage` sends it.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 or 2602 for a user or group that is none, 2106 for another type of conversation, 130110 for no text, 8001
    /// for more than 12 KB with the options. For `options` also 2106 if they mention users outside a group, 20001 if more than 30, 2002
    /// for one that is none; 130115 for elements that may not be appended, 130117 for more than 20 in all.
    #[uniffi::method(default(options = None))]
    pub fn create_text_message(
        &self,
        to: String,
        conversation_type: ConversationType,
        text: String,
        options: Option<CreateOptions>,
    ) -> Result<Message, TimError> {
        let options = usual(options)?;
        Ok(self.tim.create_text_message(&to, conversation_type.into(), &text, options)?.into())
    }

    /// Creates a location message: a place on Earth, in degrees, and its name (may be empty); `sendMessage` sends it.
    ///
    /// # Errors
    /// As of `createTextMessage`; 130110 for a longitude that is not -180 to 180, or a latitude that is not -90 to 90.
    #[uniffi::method(default(options = None))]
    pub fn create_location_message(
        &self,
        to: String,
        conversation_type: ConversationType,
        description: String,
        longitude: f64,
        latitude: f64,
        options: Option<CreateOptions>,
    ) -> Result<Message, TimError> {
        let (place, options) = ((longitude, latitude), usual(options)?);
        Ok(self
            .tim
            .create_location_message(&to, conversation_type.into(), &description, place, options)?
            .into())
    }

    /// Creates a custom message: content of the application's own, three texts of which one at least is not empty; `sendMessage`
    /// sends it.
    ///
    /// # Errors
    /// As of `createTextMessage`; 130110 if all three are empty.
    #[uniffi::method(default(options = None))]
    pub fn create_custom_message(
        &self,
        to: String,
        conversation_type: ConversationType,
        data: String,
        description: String,
        extension: String,
        options: Option<CreateOptions>,
    ) -> Result<Message, TimError> {
        let custom = tim::message::CustomBody { data, description, extension };
        let options = usual(options)?;
        Ok(self.tim.create_custom_message(&to, conversation_type.into(), custom, options)?.into())
    }

    /// Creates a face message: a sticker of the application's own set, by its number, and a text (may be empty); `sendMessage`
    /// sends it.
    ///
    /// # Errors
    /// As of `createTextMessage`.
    #[uniffi::method(default(options = None))]
    pub fn create_face_message(
        &self,
        to: String,
        conversation_type: ConversationType,
        index: i32,
        data: String,
        options: Option<CreateOptions>,
    ) -> Result<Message, TimError> {
        let face = tim::message::FaceBody { index, data };
        let options = usual(options)?;
        Ok(self.tim.create_face_message(&to, conversation_type.into(), face, options)?.into())
    }

    /// Creates a message with the content of another one, the `original`, and with its `cloudCustomData` unless `options` has
    /// some. A file is not
    /// uploaded again. `sendMessage` sends it.
    ///
    /// # Errors
    /// As of `createTextMessage`; 2453 for a message that was not sent, is revoked, of the server, or of a kind that this
    /// version does not know.
    #[uniffi::method(default(options = None))]
    pub fn create_forward_message(
        &self,
        to: String,
        conversation_type: ConversationType,
        original: Message,
        options: Option<CreateOptions>,
    ) -> Result<Message, TimError> {
        let (original, options) = (original.try_into()?, usual(options)?);
        Ok(self.tim.create_forward_message(&to, conversation_type.into(), &original, options)?.into())
    }

    /// Creates a merger: several messages as one, with a title, up to 5 lines of 100 characters that show what is in it, and a
    /// text for programs that do not know mergers; `sendMessage` sends it. One that has more than 11 KB, or in which others nest deep, is
    /// uploaded then: `downloadMergerMessage` gives its messages.
    ///
    /// # Errors
    /// As of `createTextMessage`; 2450 for no messages, more than 300, one that was not sent, is revoked, of the server, or of a
    /// kind that this version does not know, and for mergers in mergers, more than 100 deep; 130110 for too many or too long lines, or
    /// no `compatibleText`; of a large one 2402 for more than 5 MB, and `Storage`: 130168 or 6022.
    #[uniffi::method(default(options = None))]
    #[expect(clippy::too_many_arguments, reason = "those that TIM has, by name in every language")]
    pub fn create_merger_message(
        &self,
        to: String,
        conversation_type: ConversationType,
        message_list: Vec<Message>,
        title: String,
        abstract_list: Vec<String>,
        compatible_text: String,
        options: Option<CreateOptions>,
    ) -> Result<Message, TimError> {
        let messages = message_list.into_iter().map(TryInto::try_into).collect::<Result<Vec<_>, _>>()?;
        let (shown, options) = (MergerText { title, abstract_list, compatible_text }, usual(options)?);
        let conversation_type = conversation_type.into();
        Ok(self.tim.create_merger_message(&to, conversation_type, &messages, shown, options)?.into())
    }

    /// Makes a picture message of a file: JPEG, PNG, GIF, BMP or WebP, under 20 MB. It can be shown at once: it has the
    /// picture's width and height, and `localPath`. Looks at the file on the caller's thread; `sendMessage` uploads and sends
    /// it. Until then the file has to stay where it is.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 2251 for no path, 2401
    /// for a file that cannot be read, 7006 if it is empty, 2252 if it is no picture, 2253 if it has 20 MB or more.
    #[uniffi::method(default(options = None, on_progress = None))]
    pub fn create_image_message(
        &self,
        to: String,
        conversation_type: ConversationType,
        file: String,
        options: Option<CreateOptions>,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let (file, progress, options) = (PathBuf::from(file), progress(on_progress), usual(options)?);
        Ok(self.tim.create_image_message(&to, conversation_type.into(), file, options, progress)?.into())
    }

    /// Makes a picture message of a file's bytes, as `createImageMessage` does of a file. They are written into a file of the
    /// engine's, which `localPath` names. Of more than 256 files, or more than 100 MB of bytes, that were never sent, the oldest
    /// cannot be sent any more.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 7006 for no bytes, 2252
    /// if they are no picture, 2253 if there are 20 MB or more. `Storage`: 130168 or 6022 if they cannot be written.
    #[uniffi::method(default(options = None, on_progress = None))]
    pub fn create_image_message_from_bytes(
        &self,
        to: String,
        conversation_type: ConversationType,
        bytes: Vec<u8>,
        options: Option<CreateOptions>,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let (progress, options) = (progress(on_progress), usual(options)?);
        Ok(self.tim.create_image_message(&to, conversation_type.into(), bytes, options, progress)?.into())
    }

    /// Creates an audio message, such as a voice message: a recording of any format, up to 28 MB, that lasts `second`
    /// seconds. `localPath` names it. Looks at the file on the caller's thread; `sendMessage` uploads and sends it. Until
    /// then the file has to stay where it is.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 2401 for a file that
    /// cannot be read, 7006 if it is empty, 2301 if it has more than 28 MB, 20001 for a negative duration.
    #[uniffi::method(default(options = None, on_progress = None))]
    pub fn create_audio_message(
        &self,
        to: String,
        conversation_type: ConversationType,
        file: String,
        second: i32,
        options: Option<CreateOptions>,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let (audio, progress) = ((PathBuf::from(file), unsigned_small(second)?), progress(on_progress));
        let options = usual(options)?;
        Ok(self.tim.create_audio_message(&to, conversation_type.into(), audio, options, progress)?.into())
    }

    /// Creates a video message of a video, up to 100 MB, that lasts `second` seconds, and of its `snapshot`: a picture that
    /// stands for it until it is played, as of `createImageMessage`. `format` is such as `mp4`, empty for the file's
    /// extension. `localPath` and `localSnapshotPath` name the files. Looks at them on the caller's thread; `sendMessage`
    /// uploads and sends them. Until then they have to stay where they are.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 2401 for a file that
    /// cannot be read, 7006 if it is empty, 2351 if the video has more than 100 MB, 130110 for a format that is not 1
    /// to 16 letters and digits, 20001 for a negative duration; for the snapshot 2251 for no path, 2252 if it is no picture, 2253 if it has 20 MB
    /// or more.
    #[uniffi::method(default(options = None, on_progress = None))]
    #[expect(clippy::too_many_arguments, reason = "those that TIM has, by name in every language")]
    pub fn create_video_message(
        &self,
        to: String,
        conversation_type: ConversationType,
        file: String,
        format: String,
        second: i32,
        snapshot: String,
        options: Option<CreateOptions>,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let (video, snapshot) = (PathBuf::from(file).into(), PathBuf::from(snapshot).into());
        let video = VideoFile { video, format, second: unsigned_small(second)?, snapshot };
        let (progress, options) = (progress(on_progress), usual(options)?);
        Ok(self.tim.create_video_message(&to, conversation_type.into(), video, options, progress)?.into())
    }

    /// Makes a file message of any file, up to 100 MB; `name` is what receivers see, empty for the file's own. `localPath` names
    /// it. Looks at the file on the caller's thread; `sendMessage` uploads and sends it. Until then the file has to stay where
    /// it is.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 2401 for a file that
    /// cannot be read, 7006 if it is empty, 2402 if it has more than 100 MB, 130110 for a name longer than 256 bytes.
    #[uniffi::method(default(options = None, on_progress = None))]
    pub fn create_file_message(
        &self,
        to: String,
        conversation_type: ConversationType,
        file: String,
        name: String,
        options: Option<CreateOptions>,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let (file, progress, options) = (PathBuf::from(file), progress(on_progress), usual(options)?);
        Ok(self
            .tim
            .create_file_message(&to, conversation_type.into(), file, &name, options, progress)?
            .into())
    }

    /// Makes a file message of a file's bytes, as `createFileMessage` does of a file; it needs a name.
    ///
    /// # Errors
    /// As of `createFileMessage`. `Storage`: 130168 or 6022 if they cannot be written.
    #[uniffi::method(default(options = None, on_progress = None))]
    pub fn create_file_message_from_bytes(
        &self,
        to: String,
        conversation_type: ConversationType,
        bytes: Vec<u8>,
        name: String,
        options: Option<CreateOptions>,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let (progress, options) = (progress(on_progress), usual(options)?);
        Ok(self
            .tim
            .create_file_message(&to, conversation_type.into(), bytes, &name, options, progress)?
            .into())
    }
}

/// The options of a message for which a host names none.
fn usual(options: Option<CreateOptions>) -> Result<tim::message::CreateOptions, TimError> {
    options.unwrap_or_default().try_into()
}
