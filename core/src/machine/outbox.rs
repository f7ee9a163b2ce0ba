//! Messages on their way out: stored before the first attempt, tried until the server says where they stand or that
//! they never will.
//!
//! One per conversation is under way at a time, the oldest first, so that a sender's messages keep their order. A
//! picture that is still being uploaded lets others pass.

pub(super) mod pending;
mod queue;

use std::path::PathBuf;

use serde_json::value::RawValue;
use tim_protocol::body::{Body, Element as _};
use tim_protocol::call::Sent;
use tim_protocol::frame::Fault;
use tim_protocol::media::{Attachment, Uploaded};
use tim_protocol::message::Message as Wire;
use tim_protocol::{Code, ConversationId, MessageId};

use super::calls::Purpose;
use super::io::{CallId, Output, Return};
use super::trace::Trace;
use super::{Data, Machine};
use crate::message::{Message, Payload, SendStatus};
use crate::stored::{Change, OutboxRow};
use queue::Entry;
pub(super) use queue::Outbox;

/// How often an upload is tried while there is a connection.
const UPLOAD_TRIES: u32 = 3;
/// How long the answer to an own message is given to close a gap before it, in milliseconds.
const GAP_PATIENCE_MS: i64 = 300;

/// The file that goes with a message.
fn attachment(message: &Wire) -> Option<Attachment> {
    Body::read(&message.body).ok()?.attachment()
}

/// Whether a message's file was put on the server.
pub fn is_on_the_server(message: &Wire) -> bool {
    attachment(message).is_some_and(|attachment| attachment.uploaded.is_on_the_server())
}

/// Whether a refusal lies in the file itself, so that no other attempt can pass.
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

/// A body whose file was put where its receivers can fetch it.
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
                self.turn.durable = true;
                self.data.outbox.insert(row, Some(call));
                self.trace(|| Trace::Queued { message: message.id, to: id.clone() });
                self.data.conversation(&id);
                self.show_anew(&id);
            }
            Err(code) => self.give(call, Err(Fault::new(code))),
        }
    }

    fn accept(&self, message: &Message, is_to_upload: bool) -> Result<Wire, Code> {
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
        // One whose file is somewhere already is sent as it is.
        let is_missing = body.attachment().is_some_and(|it| !it.uploaded.is_somewhere());
        if is_missing && !is_to_upload {
            return Err(Code::MESSAGE_INVALID);
        }
        body.check().map_err(|fault| fault.code)?;
        Ok(Wire {
            id: message.id,
            from: me,
            to: message.conversation_id.clone(),
            sequence: 0,
            countable: 0,
            by_sender: 0,
            // Others see the server's clock, and so does the order in which this one is shown.
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
            return self.give(call, Err(Fault::new(Code::MESSAGE_INVALID)));
        };
        if entry.row.refusal.is_some() && self.data.outbox.is_full() {
            return self.give(call, Err(Fault::new(Code::OUTBOX_FULL)));
        }
        if let Some(code) = entry.row.refusal.filter(|code| is_of_the_file(*code)) {
            return self.give(call, Err(Fault::new(code)));
        }
        self.data.outbox.change(id, |entry| {
            entry.row.refusal = None;
            entry.tries = 0;
            entry.not_before = 0;
            entry.call = Some(call);
        });
        self.keep_row(id);
    }

    /// Takes a message back that has not left: it waits, or was refused.
    pub(super) fn cancel(&mut self, call: CallId, id: MessageId) {
        let Some(entry) = self.data.outbox.entry(id) else {
            return self.give(call, Err(Fault::new(Code::NOTHING_TO_CANCEL)));
        };
        let (to, waiting) = (entry.row.message.to.clone(), entry.call);
        if self.is_asked(&Purpose::Send(to, id)) {
            return self.give(call, Err(Fault::new(Code::MESSAGE_ON_ITS_WAY)));
        }
        self.discard(id);
        self.give_message(waiting, Err(Fault::new(Code::CANCELLED)));
        self.give(call, Ok(Return::Done));
    }

    /// Removes a message that will not be sent, with all that was kept for it.
    fn discard(&mut self, id: MessageId) {
        let Some(Entry { row, is_uploading, .. }) = self.data.outbox.remove(id) else { return };
        self.store(Change::OutboxDone(id));
        self.turn.durable = true;
        if is_uploading {
            self.then(Output::CancelUpload(id));
        }
        if attachment(&row.message).is_some() {
            self.then(Output::RemoveCopy(id));
        }
        self.forget_if_empty(&row.message.to);
        self.show_anew(&row.message.to);
    }

    /// A file that is on the server: its copy stays for a while.
    fn keep_copy(&mut self, message: MessageId, copy: Option<PathBuf>) {
        if copy.is_some() {
            self.then(Output::Uploaded(message));
        }
    }

    /// A conversation that was begun here by nothing but messages that will not be sent.
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
            self.turn.durable = true;
            self.show_anew(&to);
        }
    }

    /// Tries what may be tried: one message in each conversation, every upload.
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
            Some(attachment) => self.then(Output::Upload { message, file, attachment }),
            // A later version of this program wrote it.
            None => self.upload_ended(message, Err(Fault::new(Code::MESSAGE_INVALID))),
        }
    }

    /// An upload asks for its ticket by a call, which passes as the app's do.
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
            Ok(Sent { sequence, countable, by_sender, time, nick, avatar }) => {
                message.sequence = sequence;
                message.countable = countable;
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

    /// A message of the own user's came from the server: if it is one of ours, it has its place now.
    pub(super) fn leave_outbox(&mut self, message: &Wire) -> bool {
        let Some(entry) = self.data.outbox.remove(message.id) else { return false };
        let conversation = message.to.clone();
        self.store(Change::OutboxDone(message.id));
        self.store(Change::SentRing(message.clone()));
        self.store(Change::Messages(conversation.clone(), vec![message.clone()]));
        if entry.is_uploading {
            self.then(Output::CancelUpload(message.id));
        }
        self.keep_copy(message.id, entry.row.upload);
        if let Some(me) = self.me() {
            let marks = self.data.conversation(&conversation).marks();
            let message = Message::from_wire(&me, message, SendStatus::Success, marks);
            match entry.call {
                Some(_) => self.give_message(entry.call, Ok(message)),
                None => self.turn.ended.push(message),
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
            self.then(Output::RemoveCopy(id));
        }
        match call {
            Some(_) => self.give_message(call, Err(fault)),
            None => self.turn.ended.extend(self.data.outbox.shown(id)),
        }
        while let Some(oldest) = self.data.outbox.one_too_many() {
            self.discard(oldest);
        }
    }

    pub(super) fn upload_ended(&mut self, id: MessageId, result: Result<Uploaded, Fault>) {
        let Some(entry) = self.data.outbox.entry(id).filter(|entry| entry.is_uploading) else { return };
        let (tries, message) = (entry.tries, &entry.row.message);
        let was_on_the_server = is_on_the_server(message);
        let body = result.and_then(|uploaded| attached(&message.body, uploaded));
        self.data.outbox.change(id, |entry| entry.is_uploading = false);
        match body {
            Ok(body) => self.uploaded(id, Some(body)),
            // A break or a logout is not the upload's fault: it begins anew with the next connection or login. Nor is it
            // that the user's other uploads take up the share; this one waits for them.
            Err(fault)
                if !self.may_upload()
                    || fault.code == Code::TOO_FAST
                    || (fault.code.is_retryable() && tries < UPLOAD_TRIES) =>
            {
                self.try_later(id, fault.retry_after);
            }
            // It was on the server in an earlier life of its data, and cannot be put there again: it is sent as it was.
            Err(_) if was_on_the_server => self.uploaded(id, None),
            Err(fault) => self.give_up(id, fault),
        }
    }

    /// A file need not be uploaded any more, and this is the body that shows it, if it is another one.
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

    /// The login ends: nothing is uploaded any more.
    pub(super) fn cancel_uploads(&mut self) {
        for id in self.data.outbox.uploading() {
            self.then(Output::CancelUpload(id));
        }
    }

    pub(super) fn outbox_due(&self) -> Option<i64> {
        if self.link.is_live() { self.data.outbox.due(self.now.monotonic) } else { None }
    }
}
