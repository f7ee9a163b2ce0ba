//! The file of a message in the outbox, as the message's body describes it.

use serde_json::value::RawValue;
use tim_protocol::body::{Body, Element as _};
use tim_protocol::media::{Attachment, Uploaded};
use tim_protocol::message::Message;
use tim_protocol::{Code, Fault};

/// The file attached to a message.
pub(super) fn attachment(message: &Message) -> Option<Attachment> {
    Body::read(&message.body).ok()?.attachment()
}

/// Whether a message's file was put on the server.
pub fn is_on_own_server(message: &Message) -> bool {
    attachment(message).is_some_and(|attachment| attachment.uploaded.is_on_own_server())
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
    )
}

/// The body with an uploaded file that its receivers can fetch.
pub(super) fn attached(body: &RawValue, uploaded: Uploaded) -> Result<Box<RawValue>, Fault> {
    if !uploaded.is_reachable() {
        let why = "the uploader named an address that is not https";
        return Err(Fault::with_text(Code::UPLOAD_FAILED, why));
    }
    let mut body = Body::read(body).map_err(|_| Code::INTERNAL)?;
    body.attach(uploaded)?;
    Ok(body.write()?)
}
