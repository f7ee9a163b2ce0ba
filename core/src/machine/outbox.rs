//! The outbox: messages are stored before the first attempt, and retried until the server accepts or refuses them.
//!
//! One message per conversation is in flight at a time, the oldest first, so that messages keep their order. A message
//! whose file is still being uploaded does not hold up others.

pub(super) mod pending;
mod queue;

use std::path::PathBuf;

use serde_json::value::RawValue;
use tim_protocol::body::{Body, Element as _};
use tim_protocol::call::Sent;
use tim_protocol::media::{Attachment, Uploaded};
use tim_protocol::message::Message as WireMessage;
use tim_protocol::{Code, ConversationId, Fault, MessageId};

use super::calls::Purpose;
use super::io::{CallId, Output, Return};
use super::trace::Trace;
use super::{Data, Machine};
use crate::message::{Message, Payload, SendStatus};
use crate::stored::{Change, OutboxRow};
use queue::Entry;
pub(super) use queue::Outbox;

/// How often an upload is retried while connected.
const UPLOAD_TRIES: u32 = 3;
/// Delay before a gap below an acknowledged own message is fetched, in milliseconds.
const GAP_PATIENCE_MS: i64 = 300;

/// The file attached to a message.
fn attachment(message: &WireMessage) -> Option<Attachment> {
    Body::read(&message.body).ok()?.attachment()
}

/// Whether a message's file was put on the server.
pub fn is_on_own_server(message: &WireMessage) -> bool {
    attachment(message).is_some_and(|attachment| attachment.uploaded.is_on_own_server())
}

/// Whether a code refuses the file itself, so that a retry cannot succeed.
fn is_of_the_file(code: Code) -> bool {
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
fn attached(body: &RawValue, uploaded: Uploaded) -> Result<Box<RawValue>, Fault> {
    if !uploaded.is_reachable() {
        let why = "the uploader named an address that is not https";
        return Err(Fault::with_text(Code::UPLOAD_FAILED, why));
    }
    let mut body = Body::read(body).map_err(|_| Code::INTERNAL)?;
    body.attach(uploaded)?;
    Ok(body.write()?)
}

impl Machine {
    pub(super) fn send(&mut self, call: CallId, message: &Message, upload: Option<PathBuf>) {
        match self.accept(message, upload.is_some()) {
            Ok(wire) => {
                let position = self.data.outbox.end();
                let row = OutboxRow { position, message: wire, refusal: None, upload };
                let id = row.message.to.clone();
                self.store(Change::Outbox(row.clone()));
                self.batch.durable = true;
                self.data.outbox.insert(row, Some(call));
                self.trace(|| Trace::Queued { message: message.id, to: id.clone() });
                self.data.conversation(&id);
                self.invalidate_view(&id);
            }
            Err(code) => self.complete_call(call, Err(Fault::new(code))),
        }
    }

    fn accept(&self, message: &Message, is_to_upload: bool) -> Result<WireMessage, Code> {
        let me = self.me().ok_or(Code::NOT_LOGGED_IN)?;
        if message.from != me || message.sequence != 0 || self.data.outbox.entry(message.id).is_some() {
            return Err(Code::MESSAGE_INVALID);
        }
        if message.conversation_id == ConversationId::System {
            return Err(Code::CONVERSATION_TYPE_INVALID);
        }
        if self.data.outbox.is_full() {
            return Err(Code::OUTBOX_FULL);
        }
        let Payload::Body(body) = &message.payload else { return Err(Code::MESSAGE_INVALID) };
        // A message whose file has been uploaded is sent as it is.
        let is_missing = body.attachment().is_some_and(|it| !it.uploaded.has_addresses());
        if is_missing && !is_to_upload {
            return Err(Code::MESSAGE_INVALID);
        }
        body.check().map_err(|fault| fault.code)?;
        Ok(WireMessage {
            id: message.id,
            from: me,
            to: message.conversation_id.clone(),
            sequence: 0,
            unread_index: 0,
            by_sender: 0,
            // The server's clock, which also orders the other messages.
            time: self.server_now(),
            client_time: message.client_time,
            priority: message.priority,
            excluded_from_unread_count: message.excluded_from_unread_count,
            nick: String::new(),
            avatar: String::new(),
            revoked: None,
            body: body.write()?,
        })
    }

    pub(super) fn resend(&mut self, call: CallId, id: MessageId) {
        let Some(entry) = self.data.outbox.entry(id).filter(|entry| entry.call.is_none()) else {
            return self.complete_call(call, Err(Fault::new(Code::MESSAGE_INVALID)));
        };
        if entry.row.refusal.is_some() && self.data.outbox.is_full() {
            return self.complete_call(call, Err(Fault::new(Code::OUTBOX_FULL)));
        }
        if let Some(code) = entry.row.refusal.filter(|code| is_of_the_file(*code)) {
            return self.complete_call(call, Err(Fault::new(code)));
        }
        self.data.outbox.change(id, |entry| {
            entry.row.refusal = None;
            entry.tries = 0;
            entry.not_before = 0;
            entry.call = Some(call);
        });
        self.keep_row(id);
    }

    /// Cancels a message that waits or was refused.
    pub(super) fn cancel(&mut self, call: CallId, id: MessageId) {
        let Some(entry) = self.data.outbox.entry(id) else {
            return self.complete_call(call, Err(Fault::new(Code::NOTHING_TO_CANCEL)));
        };
        let (to, waiting) = (entry.row.message.to.clone(), entry.call);
        if self.is_asked(&Purpose::Send(to, id)) {
            return self.complete_call(call, Err(Fault::new(Code::MESSAGE_ON_ITS_WAY)));
        }
        self.discard(id);
        self.complete_message_call(waiting, Err(Fault::new(Code::CANCELLED)));
        self.complete_call(call, Ok(Return::Done));
    }

    /// Removes a message that will not be sent, with all that was kept for it.
    fn discard(&mut self, id: MessageId) {
        let Some(Entry { row, is_uploading, .. }) = self.data.outbox.remove(id) else { return };
        self.store(Change::OutboxDone(id));
        self.batch.durable = true;
        if is_uploading {
            self.push_output(Output::CancelUpload(id));
        }
        if attachment(&row.message).is_some() {
            self.push_output(Output::RemoveCopy(id));
        }
        self.forget_if_empty(&row.message.to);
        self.invalidate_view(&row.message.to);
    }

    /// A file is on the server; its copy is kept for a while.
    fn keep_copy(&mut self, message: MessageId, copy: Option<PathBuf>) {
        if copy.is_some() {
            self.push_output(Output::Uploaded(message));
        }
    }

    /// Removes a conversation that exists only because of messages that will not be sent.
    fn forget_if_empty(&mut self, id: &ConversationId) {
        let Data { conversations, outbox, groups, .. } = &mut self.data;
        let is_member = matches!(id, ConversationId::Group(group) if groups.contains_key(group));
        let is_unknown = conversations.get(id).is_some_and(|conv| conv.row.head == 0);
        if is_unknown && !is_member && outbox.lacks(id) {
            conversations.remove(id);
        }
    }

    /// Stores an entry as it is now.
    fn keep_row(&mut self, id: MessageId) {
        if let Some(entry) = self.data.outbox.entry(id) {
            let row = entry.row.clone();
            let to = row.message.to.clone();
            self.store(Change::Outbox(row));
            self.batch.durable = true;
            self.invalidate_view(&to);
        }
    }

    /// Sends the next message of each conversation, and starts uploads.
    pub(super) fn pump_outbox(&mut self) {
        let now = self.now.monotonic;
        if self.may_upload() {
            while let Some((message, file)) = self.data.outbox.take_upload(now) {
                self.upload(message, file);
            }
        }
        while let Some(send) = self.data.outbox.take_send(now) {
            self.ask(Purpose::Send(send.to.clone(), send.id), send);
        }
    }

    fn upload(&mut self, message: MessageId, file: PathBuf) {
        let entry = self.data.outbox.entry(message);
        match entry.and_then(|entry| attachment(&entry.row.message)) {
            Some(attachment) => self.push_output(Output::Upload { message, file, attachment }),
            // A later version of this program wrote it.
            None => self.upload_ended(message, Err(Fault::new(Code::MESSAGE_INVALID))),
        }
    }

    /// An upload gets its ticket through a call, which has to pass the gate.
    fn may_upload(&self) -> bool {
        self.link.is_live() && self.refusal().is_none()
    }

    /// The server's answer to a send.
    pub(super) fn sent(&mut self, to: &ConversationId, id: MessageId, result: Result<Sent, Fault>) {
        self.data.outbox.answered(to);
        let place = result.as_ref().map(|sent| sent.sequence).map_err(|fault| fault.code);
        self.trace(|| Trace::Sent { message: id, to: to.clone(), result: place });
        let Some(entry) = self.data.outbox.entry(id) else { return };
        let mut message = entry.row.message.clone();
        match result {
            Ok(Sent { sequence, unread_index, by_sender, time, nick, avatar }) => {
                message.sequence = sequence;
                message.unread_index = unread_index;
                message.by_sender = by_sender;
                message.time = time;
                message.nick = nick;
                message.avatar = avatar;
                let conversation = message.to.clone();
                self.arrived(&conversation, message);
                self.advance(&conversation, GAP_PATIENCE_MS);
            }
            Err(fault) if fault.code.is_retryable() => self.try_later(id, fault.retry_after),
            Err(fault) => self.give_up(id, fault),
        }
    }

    /// A message of this user came from the server: if it is in the outbox, it has been accepted.
    pub(super) fn leave_outbox(&mut self, message: &WireMessage) -> bool {
        let Some(entry) = self.data.outbox.remove(message.id) else { return false };
        let conversation = message.to.clone();
        self.store(Change::OutboxDone(message.id));
        self.store(Change::RecentSent(message.clone()));
        self.store(Change::Messages(conversation.clone(), vec![message.clone()]));
        if entry.is_uploading {
            self.push_output(Output::CancelUpload(message.id));
        }
        self.keep_copy(message.id, entry.row.upload);
        if let Some(me) = self.me() {
            let marks = self.data.conversation(&conversation).marks();
            let message = Message::from_wire(&me, message, SendStatus::Success, marks);
            match entry.call {
                Some(_) => self.complete_message_call(entry.call, Ok(message)),
                None => self.batch.settled.push(message),
            }
        }
        true
    }

    fn try_later(&mut self, id: MessageId, retry_after: Option<u32>) {
        let tries = self.data.outbox.entry(id).map_or(0, |entry| entry.tries);
        let pause = self.backoff(tries).max(retry_after.map_or(0, i64::from));
        let not_before = self.now.monotonic + pause;
        self.data.outbox.change(id, |entry| {
            entry.tries = tries.saturating_add(1);
            entry.not_before = not_before;
        });
    }

    fn give_up(&mut self, id: MessageId, fault: Fault) {
        let (mut call, mut copy) = (None, None);
        self.data.outbox.change(id, |entry| {
            entry.row.refusal = Some(fault.code);
            call = entry.call.take();
            copy = entry.row.upload.take_if(|_| is_of_the_file(fault.code));
        });
        self.keep_row(id);
        if copy.is_some() {
            self.push_output(Output::RemoveCopy(id));
        }
        match call {
            Some(_) => self.complete_message_call(call, Err(fault)),
            None => self.batch.settled.extend(self.data.outbox.shown(id)),
        }
        while let Some(oldest) = self.data.outbox.one_too_many() {
            self.discard(oldest);
        }
    }

    pub(super) fn upload_ended(&mut self, id: MessageId, result: Result<Uploaded, Fault>) {
        let Some(entry) = self.data.outbox.entry(id).filter(|entry| entry.is_uploading) else { return };
        let (tries, message) = (entry.tries, &entry.row.message);
        let was_on_the_server = is_on_own_server(message);
        let body = result.and_then(|uploaded| attached(&message.body, uploaded));
        self.data.outbox.change(id, |entry| entry.is_uploading = false);
        match body {
            Ok(body) => self.uploaded(id, Some(body)),
            // An upload that failed because of a broken connection, a logout or an exhausted share is retried later.
            Err(fault)
                if !self.may_upload()
                    || fault.code == Code::TOO_FAST
                    || (fault.code.is_retryable() && tries < UPLOAD_TRIES) =>
            {
                self.try_later(id, fault.retry_after);
            }
            // The image was uploaded in an earlier epoch and cannot be uploaded again: the message is sent as it was.
            Err(_) if was_on_the_server => self.uploaded(id, None),
            Err(fault) => self.give_up(id, fault),
        }
    }

    /// A file has been uploaded; `body` is the new body of its message, if it changed.
    fn uploaded(&mut self, id: MessageId, body: Option<Box<RawValue>>) {
        let mut copy = None;
        self.data.outbox.change(id, |entry| {
            if let Some(body) = body {
                entry.row.message.body = body;
            }
            entry.tries = 0;
            copy = entry.row.upload.take();
        });
        self.keep_row(id);
        self.keep_copy(id, copy);
    }

    /// Stops all uploads at the end of the login.
    pub(super) fn cancel_uploads(&mut self) {
        for id in self.data.outbox.uploading() {
            self.push_output(Output::CancelUpload(id));
        }
    }

    pub(super) fn outbox_due(&self) -> Option<i64> {
        if self.link.is_live() { self.data.outbox.due(self.now.monotonic) } else { None }
    }
}
