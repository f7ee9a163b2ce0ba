//! Uploads of the files in the outbox: a few at a time, the oldest first, and one file of a message after another.
//!
//! A broken connection or an exhausted share says nothing about a file: such an upload is repeated however often it
//! takes. Other failures count, and after some the message is refused.

use serde_json::value::RawValue;
use tim_protocol::media::Uploaded;
use tim_protocol::{Code, Fault, MessageId};

use super::Outbox;
use super::file::{attached, attachments};
use crate::machine::context::Context;
use crate::machine::io::Output;

/// How often a failed upload is repeated.
const UPLOAD_TRIES: u32 = 3;
/// Minimum delay after a failure of the network, in milliseconds. Longer than a probe of the connection takes, which
/// shows whether the failure is one of the upload.
const AFTER_NETWORK_MS: u32 = 5_000;

impl Outbox {
    /// Starts uploads.
    pub(in crate::machine) fn pump_uploads(&mut self, cx: &mut Context) {
        while let Some((message, file)) = self.queue.take_upload(cx.now()) {
            let Some(entry) = self.queue.entry(message) else { continue };
            let attachments = attachments(&entry.row.message);
            let mut left = attachments.iter().enumerate().skip(entry.uploaded);
            // One that a host's uploader stored elsewhere is there.
            let next = left.find(|(_, it)| !it.uploaded.has_addresses() || it.uploaded.is_on_own_server());
            match next {
                Some((place, _)) => {
                    self.queue.change(message, |entry| entry.uploaded = place);
                    cx.output(Output::Upload { message, file, attachments, place });
                }
                // A later version of this program wrote it.
                None if attachments.is_empty() => {
                    self.upload_ended(cx, message, Err(Fault::new(Code::MESSAGE_INVALID)), false);
                }
                None => {
                    self.queue.change(message, |entry| {
                        (entry.is_uploading, entry.uploaded) = (false, attachments.len());
                    });
                    self.uploaded(cx, message, None);
                }
            }
        }
    }

    /// An upload has ended. One that `starts_anew` on the next connection failed because of something else than its file.
    pub(in crate::machine) fn upload_ended(
        &mut self,
        cx: &mut Context,
        id: MessageId,
        result: Result<Uploaded, Fault>,
        starts_anew: bool,
    ) {
        let Some(entry) = self.queue.entry(id).filter(|entry| entry.is_uploading) else { return };
        let (failures, is_interrupted) = (entry.upload_failures, entry.is_interrupted);
        let (body, place) = (&entry.row.message.body, entry.uploaded);
        let before = attachments(&entry.row.message).into_iter().nth(place);
        let was_on_the_server = before.is_some_and(|it| it.uploaded.is_on_own_server());
        let body = result.and_then(|uploaded| attached(body, place, uploaded));
        self.queue.change(id, |entry| {
            entry.is_uploading = false;
            entry.is_interrupted = false;
        });
        match body {
            Ok(body) => self.uploaded(cx, id, Some(body)),
            // It starts anew on the next connection.
            Err(fault) if starts_anew || (is_interrupted && fault.code.is_retryable()) => {}
            Err(fault) if fault.code == Code::TOO_FAST => self.try_later(cx, id, fault.retry_after),
            Err(fault) if fault.code.is_retryable() && failures < UPLOAD_TRIES => {
                let pause = if fault.code == Code::NETWORK_ERROR { AFTER_NETWORK_MS } else { 0 };
                self.queue.change(id, |entry| entry.upload_failures += 1);
                self.try_later(cx, id, fault.retry_after.max(Some(pause)));
            }
            // The image was uploaded in an earlier epoch and cannot be uploaded again: the message is sent as it was.
            Err(_) if was_on_the_server => self.uploaded(cx, id, None),
            Err(fault) => self.give_up(cx, id, fault),
        }
    }

    /// A file has been uploaded; `body` is the new body of its message, if it changed. Once it was the last one, the
    /// copies are kept for a while.
    fn uploaded(&mut self, cx: &mut Context, id: MessageId, body: Option<Box<RawValue>>) {
        let mut copy = None;
        self.queue.change(id, |entry| {
            if let Some(body) = body {
                entry.row.message.body = body;
            }
            (entry.tries, entry.upload_failures) = (0, 0);
            entry.uploaded += 1;
            copy = entry.row.upload.take_if(|_| attachments(&entry.row.message).len() <= entry.uploaded);
        });
        self.keep_row(cx, id);
        if copy.is_some() {
            cx.output(Output::Uploaded(id));
        }
    }

    /// Stops all uploads at the end of the login.
    pub(in crate::machine) fn cancel_uploads(&mut self, cx: &mut Context) {
        for id in self.queue.uploading() {
            cx.output(Output::CancelUpload(id));
        }
    }
}
