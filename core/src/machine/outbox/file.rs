//! The files of a message in the outbox, as the message's body describes them.

use serde_json::value::RawValue;
use tim_protocol::body::{Body, Content, Element as _};
use tim_protocol::media::{Attachment, Uploaded};
use tim_protocol::message::Message;
use tim_protocol::{Code, Fault};

/// The files attached to a message.
pub(super) fn attachments(message: &Message) -> Vec<Attachment> {
    Body::read(&message.body).map(|body| body.attachments()).unwrap_or_default()
}

/// Whether a file of a message was put on the server.
pub fn is_on_own_server(message: &Message) -> bool {
    attachments(message).iter().any(|it| it.uploaded.is_on_own_server())
}

/// Whether a code refuses the file itself, so that a retry cannot succeed.
pub(super) fn is_of_the_file(code: Code) -> bool {
    matches!(
        code,
        Code::IMAGE_TYPE_INVALID
            | Code::IMAGE_TOO_LARGE
            | Code::IMAGE_DIMENSIONS
            | Code::IMAGE_DAMAGED
            | Code::IMAGE_NEEDS_MEMORY
            | Code::FILE_EMPTY
            | Code::FILE_TOO_LARGE
            | Code::AUDIO_TOO_LARGE
            | Code::VIDEO_TOO_LARGE
            | Code::MERGER_INVALID
    )
}

/// The body with the uploaded file at this place, which its receivers can fetch.
pub(super) fn attached(body: &RawValue, place: usize, uploaded: Uploaded) -> Result<Box<RawValue>, Fault> {
    if !uploaded.is_reachable() {
        let why = "the uploader named an address that is not https";
        return Err(Fault::with_text(Code::UPLOAD_FAILED, why));
    }
    let mut content = Content::read(body).map_err(|_| Code::INTERNAL)?;
    content.body.attach(place, uploaded)?;
    content.body.check().map_err(|why| Fault::with_text(Code::UPLOAD_FAILED, why.text))?;
    Ok(content.write()?)
}
