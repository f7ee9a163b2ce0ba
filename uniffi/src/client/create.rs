//! Messages that are made here, one method for each kind. Nothing is sent.

use std::path::PathBuf;
use std::sync::Arc;

use super::{ProgressListener, Tim, progress};
use crate::error::TimError;
use crate::types::{Message, Priority, conversation_id};

#[uniffi::export]
impl Tim {
    /// Makes a text message for a conversation (`C2C` and a user, or `GROUP` and a group), to be shown at once; `sendMessage`
    /// sends it.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 2106 for one that takes no messages, 130110 for no text, 8001
    /// for one over 12 KB.
    pub fn create_text_message(
        &self,
        to: String,
        text: String,
        priority: Priority,
    ) -> Result<Message, TimError> {
        Ok(self.tim.create_text_message(&conversation_id(&to)?, &text, priority.into())?.into())
    }

    /// Creates a location message: a place on Earth, in degrees, and its name (may be empty); `sendMessage` sends it.
    ///
    /// # Errors
    /// As of `createTextMessage`; 130110 for a longitude that is not -180 to 180, or a latitude that is not -90 to 90.
    pub fn create_location_message(
        &self,
        to: String,
        description: String,
        longitude: f64,
        latitude: f64,
        priority: Priority,
    ) -> Result<Message, TimError> {
        let (to, place) = (conversation_id(&to)?, (longitude, latitude));
        Ok(self.tim.create_location_message(&to, &description, place, priority.into())?.into())
    }

    /// Makes a picture message of a file: JPEG, PNG, GIF, BMP or WebP, under 20 MB. It can be shown at once: it has the
    /// picture's width and height, and `localPath`. Looks at the file on the caller's thread; `sendMessage` uploads and sends
    /// it. Until then the file has to stay where it is.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 2106 for one that takes no messages; 2251 for no path, 2401
    /// for a file that cannot be read, 7006 if it is empty, 2252 if it is no picture, 2253 if it has 20 MB or more.
    pub fn create_image_message(
        &self,
        to: String,
        file: String,
        priority: Priority,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let (to, file) = (conversation_id(&to)?, PathBuf::from(file));
        Ok(self.tim.create_image_message(&to, file, priority.into(), progress(on_progress))?.into())
    }

    /// Makes a picture message of a file's bytes, as `createImageMessage` does of a file. They are written into a file of the
    /// engine's, which `localPath` names. Of more than 256 files, or more than 100 MB of bytes, that were never sent, the oldest
    /// cannot be sent any more.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 2106 for one that takes no messages; 7006 for no bytes, 2252
    /// if they are no picture, 2253 if there are 20 MB or more. `Storage`: 130168 or 6022 if they cannot be written.
    pub fn create_image_message_from_bytes(
        &self,
        to: String,
        bytes: Vec<u8>,
        priority: Priority,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let to = conversation_id(&to)?;
        Ok(self.tim.create_image_message(&to, bytes, priority.into(), progress(on_progress))?.into())
    }

    /// Makes a file message of any file, up to 100 MB; `name` is what receivers see, empty for the file's own. `localPath` names
    /// it. Looks at the file on the caller's thread; `sendMessage` uploads and sends it. Until then the file has to stay where
    /// it is.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 2106 for one that takes no messages; 2401 for a file that
    /// cannot be read, 7006 if it is empty, 2402 if it has more than 100 MB, 130110 for a name longer than 256 bytes.
    pub fn create_file_message(
        &self,
        to: String,
        file: String,
        name: String,
        priority: Priority,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let (to, file, told) = (conversation_id(&to)?, PathBuf::from(file), progress(on_progress));
        Ok(self.tim.create_file_message(&to, file, &name, priority.into(), told)?.into())
    }

    /// Makes a file message of a file's bytes, as `createFileMessage` does of a file; it needs a name.
    ///
    /// # Errors
    /// As of `createFileMessage`. `Storage`: 130168 or 6022 if they cannot be written.
    pub fn create_file_message_from_bytes(
        &self,
        to: String,
        bytes: Vec<u8>,
        name: String,
        priority: Priority,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let (to, told) = (conversation_id(&to)?, progress(on_progress));
        Ok(self.tim.create_file_message(&to, bytes, &name, priority.into(), told)?.into())
    }
}
