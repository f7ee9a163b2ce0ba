//! Messages on their way out: stored before the first attempt, tried until the server says where they stand or that
//! they never will.
//!
//! One per conversation is under way at a time, the oldest first, so that a sender's messages keep their order. A
//! picture that is still being uploaded lets others pass.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use tim_protocol::call::{Send, Sent};
use tim_protocol::frame::Fault;
use tim_protocol::media::ImageBody;
use tim_protocol::message::{Body, Message as Wire, TextBody};
use tim_protocol::{Code, ConversationId, MessageId, UserId};

use super::calls::Purpose;
use super::io::{CallId, Output, Return};
use super::{Data, Machine};
use crate::message::{Message, Payload, ReadMarks, SendStatus};
use crate::store::{Change, OutboxRow};

/// Most messages that may wait.
const MOST_WAITING: usize = 10_000;
/// How often an upload is tried while there is a connection.
const UPLOAD_TRIES: u32 = 3;
/// How long the answer to an own message is given to close a gap before it, in milliseconds.
const GAP_PATIENCE_MS: i64 = 300;

/// The outbox.
#[derive(Default)]
pub(super) struct Outbox {
    me: Option<UserId>,
    rows: BTreeMap<u64, Entry>,
    places: BTreeMap<MessageId, u64>,
    by_conversation: BTreeMap<ConversationId, BTreeSet<u64>>,
}

struct Entry {
    row: OutboxRow,
    /// Who waits for it.
    call: Option<CallId>,
    tries: u32,
    /// Not to be tried before this, on the monotonic clock.
    not_before: i64,
    is_uploading: bool,
}

impl Outbox {
    pub(super) fn load(me: &UserId, rows: Vec<OutboxRow>) -> Self {
        let mut outbox = Self { me: Some(me.clone()), ..Self::default() };
        for row in rows {
            outbox.insert(row, None);
        }
        outbox
    }

    fn insert(&mut self, row: OutboxRow, call: Option<CallId>) {
        self.places.insert(row.message.id, row.position);
        self.by_conversation.entry(row.message.to.clone()).or_default().insert(row.position);
        self.rows.insert(row.position, Entry { row, call, tries: 0, not_before: 0, is_uploading: false });
    }

    fn remove(&mut self, id: MessageId) -> Option<Entry> {
        let entry = self.rows.remove(&self.places.remove(&id)?)?;
        let to = &entry.row.message.to;
        if let Some(positions) = self.by_conversation.get_mut(to) {
            positions.remove(&entry.row.position);
            if positions.is_empty() {
                self.by_conversation.remove(to);
            }
        }
        Some(entry)
    }

    fn entry(&mut self, id: MessageId) -> Option<&mut Entry> {
        self.rows.get_mut(self.places.get(&id)?)
    }

    /// The conversations that have something waiting.
    pub(super) fn conversations(&self) -> Vec<ConversationId> {
        self.by_conversation.keys().cloned().collect()
    }

    /// The newest that waits in a conversation, as the app sees it.
    pub(super) fn newest(&self, id: &ConversationId) -> Option<Message> {
        let position = self.by_conversation.get(id)?.last()?;
        let row = &self.rows.get(position)?.row;
        Some(Message::from_wire(self.me.as_ref()?, &row.message, row.status, ReadMarks::default()))
    }

    /// Who waits for what.
    pub(super) fn callers(&self) -> Vec<(MessageId, CallId)> {
        self.rows.values().filter_map(|entry| Some((entry.row.message.id, entry.call?))).collect()
    }

    /// Lets callers wait for messages that are here.
    pub(super) fn wait(&mut self, callers: Vec<(MessageId, CallId)>) {
        for (id, call) in callers {
            if let Some(entry) = self.entry(id) {
                entry.call = Some(call);
            }
        }
    }

    /// Everybody who waits; they wait no longer.
    pub(super) fn take_callers(&mut self) -> Vec<CallId> {
        self.rows.values_mut().filter_map(|entry| entry.call.take()).collect()
    }

    /// The message to try next in each conversation, if it may be tried now.
    fn next(&self, now: i64) -> Vec<Send> {
        let first = |positions: &BTreeSet<u64>| {
            let entries = positions.iter().filter_map(|position| self.rows.get(position));
            entries
                .into_iter()
                .find(|entry| entry.row.status == SendStatus::UnSend && entry.row.upload.is_none())
        };
        let next = self.by_conversation.values().filter_map(first).filter(|entry| entry.not_before <= now);
        next.map(|entry| request(&entry.row.message)).collect()
    }

    fn uploads(&self, now: i64) -> Vec<(MessageId, PathBuf)> {
        let waiting = self.rows.values().filter(|entry| {
            entry.row.status == SendStatus::UnSend && !entry.is_uploading && entry.not_before <= now
        });
        waiting.filter_map(|entry| Some((entry.row.message.id, entry.row.upload.clone()?))).collect()
    }
}

fn request(message: &Wire) -> Send {
    Send {
        id: message.id,
        to: message.to.clone(),
        client_time: message.client_time,
        priority: message.priority,
        excluded_from_unread_count: message.excluded_from_unread_count,
        body: message.body.clone(),
    }
}

/// Whether whoever gets a picture can fetch it.
fn is_somewhere(image: &ImageBody) -> bool {
    image.is_complete() && image.image_info_array.iter().all(|info| !info.url.is_empty())
}

impl Machine {
    pub(super) fn send(&mut self, call: CallId, message: &Message, upload: Option<PathBuf>) {
        match self.accept(message, upload.is_some()) {
            Ok(wire) => {
                let position = self.data.outbox.rows.last_key_value().map_or(1, |(last, _)| last + 1);
                let row = OutboxRow { position, message: wire, status: SendStatus::UnSend, upload };
                let id = row.message.to.clone();
                self.store(Change::Outbox(row.clone()));
                self.turn.durable = true;
                self.data.outbox.insert(row, Some(call));
                self.data.conversation(&id);
                self.show_anew(&id);
            }
            Err(code) => self.give(call, Err(Fault::new(code))),
        }
    }

    fn accept(&self, message: &Message, is_to_upload: bool) -> Result<Wire, Code> {
        let me = self.me().ok_or(Code::NOT_LOGGED_IN)?;
        if message.from != me || message.sequence != 0 || self.data.outbox.places.contains_key(&message.id) {
            return Err(Code::MESSAGE_INVALID);
        }
        if message.conversation_id == ConversationId::System {
            return Err(Code::CONVERSATION_TYPE_INVALID);
        }
        if self.data.outbox.rows.len() >= MOST_WAITING {
            return Err(Code::OUTBOX_FULL);
        }
        let body = match &message.payload {
            Payload::Text(text) if text.is_empty() => return Err(Code::MESSAGE_BODY_INVALID),
            Payload::Text(text) => Body::Text(TextBody { text: text.clone() }),
            // One that is somewhere already is sent as it is.
            Payload::Image(image) if is_to_upload || is_somewhere(image) => Body::Image(image.clone()),
            _ => return Err(Code::MESSAGE_INVALID),
        };
        Ok(Wire {
            id: message.id,
            from: me,
            to: message.conversation_id.clone(),
            sequence: 0,
            countable: 0,
            time: message.client_time,
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
        entry.row.status = SendStatus::UnSend;
        entry.tries = 0;
        entry.not_before = 0;
        entry.call = Some(call);
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
        self.remove_copy(id, row.upload);
        self.forget_if_empty(&row.message.to);
        self.show_anew(&row.message.to);
    }

    /// A picture's copy goes once what is stored names it no more.
    fn remove_copy(&mut self, message: MessageId, copy: Option<PathBuf>) {
        if let Some(file) = copy {
            self.then(Output::RemoveCopy { message, file });
        }
    }

    /// A conversation that was begun here by nothing but messages that will not be sent.
    fn forget_if_empty(&mut self, id: &ConversationId) {
        let Data { conversations, outbox, groups, .. } = &mut self.data;
        let is_member = matches!(id, ConversationId::Group(group) if groups.contains_key(group));
        let is_unknown = conversations.get(id).is_some_and(|conv| conv.row.head == 0);
        if is_unknown && !is_member && !outbox.by_conversation.contains_key(id) {
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
        let uploads = if self.may_upload() { self.data.outbox.uploads(now) } else { Vec::new() };
        for (message, file) in uploads {
            if let Some(entry) = self.data.outbox.entry(message) {
                entry.is_uploading = true;
            }
            self.then(Output::Upload { message, file });
        }
        let busy: BTreeSet<ConversationId> = self
            .asked()
            .filter_map(|purpose| match purpose {
                Purpose::Send(to, _) => Some(to.clone()),
                _ => None,
            })
            .collect();
        for send in self.data.outbox.next(now) {
            if !busy.contains(&send.to) {
                self.ask(Purpose::Send(send.to.clone(), send.id), send);
            }
        }
    }

    /// An upload asks for its ticket by a call, which passes as the app's do.
    fn may_upload(&self) -> bool {
        self.link.is_live() && self.refusal().is_none()
    }

    /// The server's answer to a send.
    pub(super) fn sent(&mut self, id: MessageId, result: Result<Sent, Fault>) {
        let Some(entry) = self.data.outbox.entry(id) else { return };
        let mut message = entry.row.message.clone();
        match result {
            Ok(Sent { sequence, countable, time, nick, avatar }) => {
                message.sequence = sequence;
                message.countable = countable;
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
        self.remove_copy(message.id, entry.row.upload);
        if let (Some(call), Some(me)) = (entry.call, self.me()) {
            let marks = self.data.conversation(&conversation).marks();
            self.give_message(Some(call), Ok(Message::from_wire(&me, message, SendStatus::Success, marks)));
        }
        true
    }

    fn try_later(&mut self, id: MessageId, retry_after: Option<u32>) {
        let tries = self.data.outbox.entry(id).map_or(0, |entry| entry.tries);
        let pause = self.backoff(tries).max(retry_after.map_or(0, i64::from));
        let not_before = self.now.monotonic + pause;
        if let Some(entry) = self.data.outbox.entry(id) {
            entry.tries = tries.saturating_add(1);
            entry.not_before = not_before;
        }
    }

    fn give_up(&mut self, id: MessageId, fault: Fault) {
        let Some(entry) = self.data.outbox.entry(id) else { return };
        entry.row.status = SendStatus::Fail;
        let call = entry.call.take();
        self.keep_row(id);
        self.give_message(call, Err(fault));
    }

    pub(super) fn upload_ended(&mut self, id: MessageId, result: Result<ImageBody, Fault>) {
        let is_due = self.may_upload();
        let Some(entry) = self.data.outbox.entry(id).filter(|entry| entry.is_uploading) else { return };
        entry.is_uploading = false;
        let body = result.and_then(|image| {
            let is_complete = image.is_complete();
            let body = Body::Image(image).write().map_err(Fault::from)?;
            let lacking = Fault::with_text(Code::UPLOAD_FAILED, "the uploader did not name all three sizes");
            if is_complete { Ok(body) } else { Err(lacking) }
        });
        match body {
            Ok(body) => {
                entry.row.message.body = body;
                entry.tries = 0;
                let copy = entry.row.upload.take();
                self.keep_row(id);
                self.remove_copy(id, copy);
            }
            // A break or a logout is not the upload's fault: it begins anew with the next connection or login.
            Err(fault) if !is_due || (fault.code.is_retryable() && entry.tries < UPLOAD_TRIES) => {
                self.try_later(id, fault.retry_after);
            }
            Err(fault) => self.give_up(id, fault),
        }
    }

    /// The login ends: nothing is uploaded any more.
    pub(super) fn cancel_uploads(&mut self) {
        let running: Vec<MessageId> =
            self.data.outbox.rows.values().filter(|it| it.is_uploading).map(|it| it.row.message.id).collect();
        for id in running {
            self.then(Output::CancelUpload(id));
        }
    }

    pub(super) fn outbox_due(&self) -> Option<i64> {
        if !self.link.is_live() {
            return None;
        }
        let waiting = self.data.outbox.rows.values().filter(|entry| entry.row.status == SendStatus::UnSend);
        waiting.map(|entry| entry.not_before).filter(|due| *due > self.now.monotonic).min()
    }
}
