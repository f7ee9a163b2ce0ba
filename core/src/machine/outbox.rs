//! The outbox: messages are stored before the first attempt, and retried until the server accepts or refuses them. It also
//! keeps those that the app inserted on this device, which are never sent.
//!
//! One message per conversation is in flight at a time, the oldest first, so that messages keep their order. A message
//! whose file is still being uploaded does not hold up others.
//!
//! `queue` has the rows and finds the next one, `uploads` uploads files, `file` reads what a body says of its file.

pub(super) mod file;
mod queue;
mod uploads;

use std::path::PathBuf;

use tim_protocol::call::{SendTargetedRequest, Sent};
use tim_protocol::message::Message as WireMessage;
use tim_protocol::{Code, ConversationId, Fault, MessageId, UserId};

use super::context::Context;
use super::io::{CallId, Output, Return};
use super::purpose::Purpose;
use super::trace::Trace;
use crate::message::{Message, ReadMarks, SendStatus};
use crate::sorted_set::SortedSet;
use crate::stored::{Change, OutboxRow, OutboxState};
use file::{attachments, is_of_the_file};
use queue::{Entry, Queue};

/// The messages that the server does not have.
#[derive(Default)]
pub(super) struct Outbox {
    queue: Queue,
    /// Conversations whose messages here changed since [`Outbox::take_changed`].
    changed: SortedSet<ConversationId>,
}

impl Outbox {
    /// Replaces the contents with what is stored. After an epoch change the same messages are there, and their calls
    /// still wait.
    pub(super) fn load(&mut self, me: &UserId, rows: Vec<OutboxRow>) {
        let callers = self.queue.callers();
        self.queue = Queue::load(me, rows);
        self.queue.wait(callers);
        self.changed = self.queue.conversations().collect();
    }

    /// The conversations whose messages here changed.
    pub(super) fn take_changed(&mut self) -> SortedSet<ConversationId> {
        std::mem::take(&mut self.changed)
    }

    /// Whether a conversation has nothing here.
    pub(super) fn lacks(&self, id: &ConversationId) -> bool {
        self.queue.lacks(id)
    }

    /// The message that is shown after a message of this time.
    pub(super) fn newest(&self, id: &ConversationId, time: i64) -> Option<Message> {
        self.queue.newest(id, time)
    }

    /// A message that is here, as the app sees it.
    pub(super) fn shown(&self, id: MessageId) -> Option<Message> {
        self.queue.shown(id)
    }

    /// Whether a message waits to be sent.
    pub(super) fn is_waiting(&self, id: MessageId) -> bool {
        self.queue.shown(id).is_some_and(|message| message.status == SendStatus::UnSend)
    }

    /// The messages of a conversation: the refused and inserted ones by time, and the waiting ones.
    pub(super) fn pending(&self, id: &ConversationId) -> (Vec<Message>, Vec<Message>) {
        self.queue.pending(id)
    }

    /// The files that wait to be uploaded, or are being.
    pub(super) fn copies(&self) -> impl Iterator<Item = PathBuf> {
        self.queue.copies()
    }

    pub(super) fn send(
        &mut self,
        cx: &mut Context,
        call: CallId,
        message: &Message,
        upload: Option<PathBuf>,
    ) {
        let accepted = match self.queue.is_full() {
            true => Err(Code::OUTBOX_FULL),
            false => self.accept(cx, message, upload.is_some()),
        };
        match accepted {
            Ok(wire) => {
                let (id, to) = (wire.id, wire.to.clone());
                let state = OutboxState::Waiting;
                let row = OutboxRow { position: self.queue.end(), message: wire, state, upload };
                self.put(cx, row, Some(call));
                cx.trace(|| Trace::Queued { message: id, to });
            }
            Err(code) => cx.complete(call, Err(Fault::new(code))),
        }
    }

    /// Stores a message here.
    fn put(&mut self, cx: &mut Context, row: OutboxRow, call: Option<CallId>) {
        cx.store(Change::Outbox(row.clone()));
        cx.make_durable();
        self.changed.insert(row.message.to.clone());
        self.queue.insert(row, call);
    }

    /// Stores a message that only this device has, as if `sender` had written it now.
    ///
    /// # Errors
    /// As [`Self::accept`]; [`Code::BAD_REQUEST`] if there are too many, or if somebody wrote it who has no part in the conversation.
    pub(super) fn insert(
        &mut self,
        cx: &mut Context,
        message: &Message,
        sender: UserId,
    ) -> Result<Message, Fault> {
        let wire = self.accept(cx, message, false)?;
        if self.queue.is_full_of_inserted() {
            let text = "1,000 messages are inserted on this device: delete some";
            return Err(Fault::with_text(Code::BAD_REQUEST, text));
        }
        if matches!(&wire.to, ConversationId::C2c(other) if *other != sender && wire.from != sender) {
            let text = "the sender is none of the two who write in this conversation";
            return Err(Fault::with_text(Code::BAD_REQUEST, text));
        }
        let (id, message) = (wire.id, WireMessage { from: sender, ..wire });
        let state = OutboxState::Inserted;
        self.put(cx, OutboxRow { position: self.queue.end(), message, state, upload: None }, None);
        self.queue.shown(id).ok_or_else(|| Fault::new(Code::INTERNAL))
    }

    fn accept(&self, cx: &Context, message: &Message, is_to_upload: bool) -> Result<WireMessage, Code> {
        let me = cx.me().ok_or(Code::NOT_LOGGED_IN)?;
        if message.from != me
            || message.sequence != 0
            || message.is_online_only
            || self.queue.entry(message.id).is_some()
        {
            return Err(Code::MESSAGE_INVALID);
        }
        if message.conversation_id == ConversationId::System {
            return Err(Code::CONVERSATION_TYPE_INVALID);
        }
        let content = message.content().ok_or(Code::MESSAGE_INVALID)?;
        // A message whose files have been uploaded is sent as it is.
        if content.body.lacks_addresses() && !is_to_upload {
            return Err(Code::MESSAGE_INVALID);
        }
        content.check().map_err(|fault| fault.code)?;
        let attributes = message.attributes();
        attributes.check(&message.conversation_id).map_err(|fault| fault.code)?;
        let (reserve, body) = (content.body.reserve(), content.write()?);
        Ok(WireMessage {
            client_time: message.client_time,
            priority: message.priority,
            excluded_from_unread_count: message.is_excluded_from_unread_count,
            attributes: attributes.write_beside(&body, reserve)?,
            // By the server's clock, which also orders the other messages.
            ..WireMessage::bare(message.id, me, message.conversation_id.clone(), cx.server_now(), body)
        })
    }

    pub(super) fn resend(&mut self, cx: &mut Context, call: CallId, id: MessageId) {
        let entry = self.queue.entry(id).filter(|entry| entry.call.is_none());
        let refused = match entry.map(|entry| entry.row.state) {
            None | Some(OutboxState::Inserted) => Some(Code::MESSAGE_INVALID),
            Some(OutboxState::Refused(_)) if self.queue.is_full() => Some(Code::OUTBOX_FULL),
            Some(OutboxState::Refused(code)) => Some(code).filter(|code| is_of_the_file(*code)),
            Some(OutboxState::Waiting) => None,
        };
        if let Some(code) = refused {
            return cx.complete(call, Err(Fault::new(code)));
        }
        self.queue.change(id, |entry| {
            entry.row.state = OutboxState::Waiting;
            entry.tries = 0;
            entry.upload_failures = 0;
            entry.not_before = 0;
            entry.call = Some(call);
        });
        self.keep_row(cx, id);
    }

    /// Cancels a message that waits or was refused.
    pub(super) fn cancel(&mut self, cx: &mut Context, call: CallId, id: MessageId) {
        let is_inserted = self.queue.entry(id).is_some_and(|entry| entry.row.state == OutboxState::Inserted);
        let checked = match is_inserted {
            true => Err(Fault::new(Code::NOTHING_TO_CANCEL)),
            false => self.check_discard(id, Code::NOTHING_TO_CANCEL),
        };
        if checked.is_ok() {
            self.take_back(cx, id);
        }
        cx.complete(call, checked.map(|()| Return::Done));
    }

    /// Whether a message is here and can be taken back.
    ///
    /// # Errors
    /// `lacking` if it is not here, [`Code::MESSAGE_ON_ITS_WAY`] while the server's answer is awaited.
    pub(super) fn check_discard(&self, id: MessageId, lacking: Code) -> Result<(), Fault> {
        match self.queue.entry(id) {
            None => Err(Fault::new(lacking)),
            Some(entry) if self.queue.is_in_flight(entry) => Err(Fault::new(Code::MESSAGE_ON_ITS_WAY)),
            Some(_) => Ok(()),
        }
    }

    /// Removes a message that is here. The call that waits for it fails with [`Code::CANCELLED`].
    pub(super) fn take_back(&mut self, cx: &mut Context, id: MessageId) {
        let waiting = self.queue.entry(id).and_then(|entry| entry.call);
        self.discard(cx, id);
        if let Some(waiting) = waiting {
            cx.complete(waiting, Err(Fault::new(Code::CANCELLED)));
        }
    }

    /// Removes the messages of a conversation that do not wait to be sent.
    pub(super) fn discard_at_rest(&mut self, cx: &mut Context, id: &ConversationId) {
        for message in self.queue.at_rest(id) {
            self.discard(cx, message);
        }
    }

    /// Removes the messages that the app inserted in a conversation.
    pub(super) fn discard_inserted(&mut self, cx: &mut Context, id: &ConversationId) {
        for message in self.queue.inserted(id) {
            self.discard(cx, message);
        }
    }

    /// Removes a message that will not be sent, with all that was kept for it.
    fn discard(&mut self, cx: &mut Context, id: MessageId) {
        let Some(Entry { row, is_uploading, .. }) = self.queue.remove(id) else { return };
        cx.store(Change::OutboxDone(id));
        cx.store(Change::ForgetLocal(id, row.message.from.clone()));
        cx.make_durable();
        if is_uploading {
            cx.output(Output::CancelUpload(id));
        }
        if !attachments(&row.message).is_empty() {
            cx.output(Output::RemoveCopy(id));
        }
        self.changed.insert(row.message.to);
    }

    /// Stores an entry as it is now.
    fn keep_row(&mut self, cx: &mut Context, id: MessageId) {
        if let Some(entry) = self.queue.entry(id) {
            self.changed.insert(entry.row.message.to.clone());
            cx.store(Change::Outbox(entry.row.clone()));
            cx.make_durable();
        }
    }

    /// Sends the next message of each conversation.
    pub(super) fn pump(&mut self, cx: &mut Context) {
        while let Some(send) = self.queue.take_send(cx.now()) {
            let purpose = Purpose::Send(send.to.clone(), send.id);
            if send.is_targeted() {
                cx.ask(purpose, SendTargetedRequest(send))
            } else {
                cx.ask(purpose, send)
            }
        }
    }

    /// Handles the reply to a send. An accepted message leaves the outbox and is returned with its sequence; `marks` are
    /// the read marks of its conversation.
    pub(super) fn answered(
        &mut self,
        cx: &mut Context,
        (to, id): (&ConversationId, MessageId),
        result: Result<Sent, Fault>,
        marks: ReadMarks,
    ) -> Option<WireMessage> {
        self.queue.answered(to);
        let outcome = result.as_ref().map(|sent| sent.sequence).map_err(|fault| fault.code);
        cx.trace(|| Trace::Sent { message: id, to: to.clone(), result: outcome });
        match result {
            Ok(answer) => {
                let Sent { sequence, unread_index, by_sender, time, nick, avatar, name_card, .. } = answer;
                let Sent { receipts, mutation_seq, .. } = answer;
                let mut entry = self.queue.remove(id)?;
                self.changed.insert(to.clone());
                let sent = entry.row.message;
                let sent = WireMessage { nick, avatar, name_card, receipts, ..sent };
                entry.row.message = WireMessage { sequence, unread_index, by_sender, time, ..sent };
                // What changed meanwhile is not stored as it was, but fetched as it is.
                let is_as_sent = mutation_seq == 0;
                let message = acknowledged(cx, entry, is_as_sent, marks);
                return Some(WireMessage { mutation_seq, ..message });
            }
            Err(fault) if fault.code.is_retryable() => self.try_later(cx, id, fault.retry_after),
            Err(fault) => self.give_up(cx, id, fault),
        }
        None
    }

    /// A message of this user came from the server: if it is here, it has been accepted.
    pub(super) fn came(&mut self, cx: &mut Context, message: &WireMessage, marks: ReadMarks) -> bool {
        let Some(mut entry) = self.queue.remove(message.id) else { return false };
        self.changed.insert(entry.row.message.to.clone());
        let sent = entry.row.message;
        let WireMessage { sequence, unread_index, by_sender, time, .. } = *message;
        entry.row.message = if message.removed {
            // It came without what it says.
            WireMessage { sequence, unread_index, by_sender, time, ..sent }
        } else {
            message.clone()
        };
        acknowledged(cx, entry, true, marks);
        true
    }

    fn try_later(&mut self, cx: &mut Context, id: MessageId, retry_after: Option<u32>) {
        let tries = self.queue.entry(id).map_or(0, |entry| entry.tries);
        let not_before = cx.now() + cx.backoff(tries).max(retry_after.map_or(0, i64::from));
        self.queue.change(id, |entry| {
            entry.tries = tries.saturating_add(1);
            entry.not_before = not_before;
        });
    }

    fn give_up(&mut self, cx: &mut Context, id: MessageId, fault: Fault) {
        let (mut call, mut copy) = (None, None);
        self.queue.change(id, |entry| {
            entry.row.state = OutboxState::Refused(fault.code);
            call = entry.call.take();
            copy = entry.row.upload.take_if(|_| is_of_the_file(fault.code));
        });
        self.keep_row(cx, id);
        if copy.is_some() {
            cx.output(Output::RemoveCopy(id));
        }
        match (call, self.queue.shown(id)) {
            (Some(call), _) => cx.complete(call, Err(fault)),
            (None, Some(refused)) => cx.settled(refused),
            (None, None) => {}
        }
        while let Some(oldest) = self.queue.one_too_many() {
            self.discard(cx, oldest);
        }
    }

    /// The connection was lost: nothing is in flight any more, and uploads that fail because of it are not to blame.
    pub(super) fn connection_lost(&mut self) {
        self.queue.connection_lost();
    }

    /// Takes the calls that wait for messages.
    pub(super) fn take_callers(&mut self) -> Vec<CallId> {
        self.queue.take_callers()
    }

    /// When the next upload or message becomes due.
    pub(super) fn due(&self, now: i64) -> Option<i64> {
        self.queue.due(now)
    }
}

/// Stores that a message was accepted, and completes its call; returns the message.
fn acknowledged(cx: &mut Context, entry: Entry, is_stored: bool, marks: ReadMarks) -> WireMessage {
    let Entry { row: OutboxRow { message, upload, .. }, call, is_uploading, .. } = entry;
    cx.store(if is_stored { Change::Acknowledged(message.clone()) } else { Change::OutboxDone(message.id) });
    if is_uploading {
        cx.output(Output::CancelUpload(message.id));
    }
    if upload.is_some() {
        cx.output(Output::Uploaded(message.id));
    }
    let shown = Message::from_wire(&message.from, &message, SendStatus::Success, marks);
    match call {
        Some(call) => cx.complete(call, Ok(Return::Message(Box::new(shown)))),
        None => cx.settled(shown),
    }
    message
}
