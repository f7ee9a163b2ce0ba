//! The rows of the outbox, indexed so that finding the next one does not need a scan.

use std::path::PathBuf;

use tim_protocol::attributes::Attributes;
use tim_protocol::call::SendRequest;
use tim_protocol::{ConversationId, MessageId, UserId};

use crate::machine::io::{CallId, MAX_UPLOADS};
use crate::message::{Flow, Message, ReadMarks, SendStatus};
use crate::sorted::SortedMap;
use crate::sorted_set::SortedSet;
use crate::stored::{OutboxRow, OutboxState};

/// Most messages that may wait.
const MAX_WAITING: usize = 10_000;
/// Maximum number of refused messages that are kept; the newest.
const MAX_FAILED: usize = 1_000;
/// Most messages that the app may insert on this device.
const MAX_INSERTED: usize = 1_000;

/// The rows, and what is to be done with them.
#[derive(Default)]
pub(super) struct Queue {
    me: Option<UserId>,
    rows: SortedMap<u64, Entry>,
    places: SortedMap<MessageId, u64>,
    by_conversation: SortedMap<ConversationId, SortedSet<u64>>,
    failed: SortedSet<u64>,
    inserted: SortedSet<u64>,
    /// Uploads by the time of their next attempt.
    uploads: SortedSet<(i64, u64)>,
    /// Messages that are ready to be sent, by conversation.
    ready: SortedMap<ConversationId, SortedSet<u64>>,
    /// The files that are being uploaded.
    uploading: SortedSet<u64>,
    /// The message in flight of each conversation.
    in_flight: SortedMap<ConversationId, MessageId>,
    /// The first message of each conversation without one in flight, by the time of its next attempt. May contain stale
    /// entries.
    send_queue: SortedSet<(i64, u64)>,
}

pub(super) struct Entry {
    pub(super) row: OutboxRow,
    /// The call that waits for it.
    pub(super) call: Option<CallId>,
    /// Attempts since the last success; the backoff depends on it.
    pub(super) tries: u32,
    /// How often its upload has failed on this connection.
    pub(super) upload_failures: u32,
    /// The earliest next attempt, on the monotonic clock.
    pub(super) not_before: i64,
    pub(super) is_uploading: bool,
    /// How many of its files were uploaded, or found on the server, since the message came here.
    pub(super) uploaded: usize,
    /// The connection was lost since the upload began.
    pub(super) is_interrupted: bool,
}

impl Entry {
    fn is_to_upload(&self) -> bool {
        self.row.state == OutboxState::Waiting && self.row.upload.is_some() && !self.is_uploading
    }

    fn is_ready(&self) -> bool {
        self.row.state == OutboxState::Waiting && self.row.upload.is_none()
    }
}

impl Queue {
    pub(super) fn load(me: &UserId, rows: Vec<OutboxRow>) -> Self {
        let mut queue = Self { me: Some(me.clone()), ..Self::default() };
        for row in rows {
            queue.insert(row, None);
        }
        queue
    }

    pub(super) fn insert(&mut self, row: OutboxRow, call: Option<CallId>) {
        let position = row.position;
        self.places.insert(row.message.id, position);
        self.by_conversation.entry(row.message.to.clone()).or_default().insert(position);
        let entry = Entry {
            row,
            call,
            tries: 0,
            upload_failures: 0,
            not_before: 0,
            is_uploading: false,
            uploaded: 0,
            is_interrupted: false,
        };
        self.put(position, entry);
    }

    pub(super) fn remove(&mut self, id: MessageId) -> Option<Entry> {
        let position = self.places.remove(&id)?;
        let entry = self.take(position)?;
        take_out(&mut self.by_conversation, &entry.row.message.to, position);
        self.line_up(&entry.row.message.to);
        Some(entry)
    }

    pub(super) fn entry(&self, id: MessageId) -> Option<&Entry> {
        self.rows.get(self.places.get(&id)?)
    }

    pub(super) fn change(&mut self, id: MessageId, change: impl FnOnce(&mut Entry)) {
        if let Some(position) = self.places.get(&id).copied()
            && let Some(mut entry) = self.take(position)
        {
            change(&mut entry);
            self.put(position, entry);
        }
    }

    /// The position of the next message.
    pub(super) fn end(&self) -> u64 {
        self.rows.last_key_value().map_or(1, |(last, _)| last + 1)
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() - self.failed.len() - self.inserted.len() >= MAX_WAITING
    }

    /// Whether no more messages may be inserted.
    pub(super) fn is_full_of_inserted(&self) -> bool {
        self.inserted.len() >= MAX_INSERTED
    }

    /// The oldest that was refused, if there are too many.
    pub(super) fn one_too_many(&self) -> Option<MessageId> {
        let oldest = self.failed.first().filter(|_| self.failed.len() > MAX_FAILED)?;
        self.rows.get(oldest).map(|entry| entry.row.message.id)
    }

    /// Whether a conversation has nothing here.
    pub(super) fn lacks(&self, id: &ConversationId) -> bool {
        !self.by_conversation.contains_key(id)
    }

    /// The messages of a conversation that do not wait to be sent.
    pub(super) fn at_rest(&self, id: &ConversationId) -> Vec<MessageId> {
        self.rows_of(id).filter(|row| is_at_rest(row)).map(|row| row.message.id).collect()
    }

    /// The messages that the app inserted in a conversation.
    pub(super) fn inserted(&self, id: &ConversationId) -> Vec<MessageId> {
        let inserted = self.rows_of(id).filter(|row| row.state == OutboxState::Inserted);
        inserted.map(|row| row.message.id).collect()
    }

    /// The conversations that have something here.
    pub(super) fn conversations(&self) -> impl Iterator<Item = ConversationId> {
        self.by_conversation.keys().cloned()
    }

    /// The message of the outbox that is shown after a message of this time: the last waiting one, or the last one
    /// refused or inserted since.
    pub(super) fn newest(&self, id: &ConversationId, time: i64) -> Option<Message> {
        let is_shown =
            |row: &&OutboxRow| !Attributes::of(row.message.attributes.as_deref()).excluded_from_last_message;
        let rows = || self.rows_of(id).rev();
        let waiting = rows().filter(|row| !is_at_rest(row)).find(is_shown);
        let newest = waiting.or_else(|| {
            let at_rest = rows().filter(|row| is_at_rest(row) && row.message.time >= time);
            at_rest.filter(is_shown).max_by_key(|row| (row.message.time, row.position))
        });
        newest.and_then(|row| self.view(row))
    }

    /// The messages of a conversation in the outbox: the refused and inserted ones by time, and the waiting ones.
    pub(super) fn pending(&self, id: &ConversationId) -> (Vec<Message>, Vec<Message>) {
        let (at_rest, waiting): (Vec<_>, Vec<_>) = self.rows_of(id).partition(|row| is_at_rest(row));
        let shown =
            |rows: Vec<_>| -> Vec<Message> { rows.into_iter().filter_map(|row| self.view(row)).collect() };
        let (mut at_rest, waiting) = (shown(at_rest), shown(waiting));
        at_rest.sort_by_key(|message| message.time);
        (at_rest, waiting)
    }

    /// A message that is here, as the app sees it.
    pub(super) fn shown(&self, id: MessageId) -> Option<Message> {
        self.view(&self.entry(id)?.row)
    }

    fn rows_of(&self, id: &ConversationId) -> impl DoubleEndedIterator<Item = &OutboxRow> {
        let positions = self.by_conversation.get(id).into_iter().flatten();
        positions.filter_map(|position| Some(&self.rows.get(position)?.row))
    }

    fn view(&self, row: &OutboxRow) -> Option<Message> {
        let me = self.me.as_ref()?;
        let seen = |status| Message::from_wire(me, &row.message, status, ReadMarks::default());
        Some(match row.state {
            OutboxState::Waiting => seen(SendStatus::UnSend),
            OutboxState::Refused(code) => Message { error_code: Some(code), ..seen(SendStatus::Fail) },
            OutboxState::Inserted => {
                let seen = seen(SendStatus::LocalImported);
                let to = match (&seen.conversation_id, seen.flow) {
                    (ConversationId::C2c(_), Flow::In) => me.to_string(),
                    _ => seen.to,
                };
                Message { is_read: true, to, ..seen }
            }
        })
    }

    /// The waiting calls, by message.
    pub(super) fn callers(&self) -> Vec<(MessageId, CallId)> {
        self.rows.values().filter_map(|entry| Some((entry.row.message.id, entry.call?))).collect()
    }

    /// Restores the waiting calls.
    pub(super) fn wait(&mut self, callers: Vec<(MessageId, CallId)>) {
        for (id, call) in callers {
            self.change(id, |entry| entry.call = Some(call));
        }
    }

    /// Takes all waiting calls.
    pub(super) fn take_callers(&mut self) -> Vec<CallId> {
        self.rows.values_mut().filter_map(|entry| entry.call.take()).collect()
    }

    /// The messages whose files are being uploaded.
    pub(super) fn uploading(&self) -> Vec<MessageId> {
        let rows = self.uploading.iter().filter_map(|position| self.rows.get(position));
        rows.map(|entry| entry.row.message.id).collect()
    }

    /// The files that wait to be uploaded, or are being.
    pub(super) fn copies(&self) -> impl Iterator<Item = PathBuf> {
        self.rows.values().filter_map(|entry| entry.row.upload.clone())
    }

    /// Takes the oldest message with a file whose upload may start now, and where the copies of its files are.
    pub(super) fn take_upload(&mut self, now: i64) -> Option<(MessageId, PathBuf)> {
        if self.uploading.len() >= MAX_UPLOADS {
            return None;
        }
        let position = self.uploads.range(..=(now, u64::MAX)).map(|(_, position)| *position).min()?;
        let row = &self.rows.get(&position)?.row;
        let (id, file) = (row.message.id, row.upload.clone()?);
        self.change(id, |entry| entry.is_uploading = true);
        Some((id, file))
    }

    /// Takes a message that may be sent now.
    pub(super) fn take_send(&mut self, now: i64) -> Option<SendRequest> {
        while let Some(next) = self.send_queue.first().copied().filter(|(due, _)| *due <= now) {
            self.send_queue.remove(&next);
            let Some(entry) = self.rows.get(&next.1).filter(|entry| entry.not_before <= now) else {
                continue;
            };
            let message = &entry.row.message;
            let first = self.ready.get(&message.to).and_then(SortedSet::first);
            if first == Some(&next.1) && !self.in_flight.contains_key(&message.to) {
                self.in_flight.insert(message.to.clone(), message.id);
                return Some(SendRequest {
                    id: message.id,
                    to: message.to.clone(),
                    client_time: message.client_time,
                    priority: message.priority,
                    excluded_from_unread_count: message.excluded_from_unread_count,
                    attributes: message.attributes.clone().map(Into::into),
                    body: message.body.clone(),
                });
            }
        }
        None
    }

    /// The message in flight of a conversation was answered.
    pub(super) fn answered(&mut self, to: &ConversationId) {
        self.in_flight.remove(to);
        self.line_up(to);
    }

    /// Whether a message was sent and not answered yet.
    pub(super) fn is_in_flight(&self, entry: &Entry) -> bool {
        self.in_flight.get(&entry.row.message.to) == Some(&entry.row.message.id)
    }

    /// Marks nothing as in flight, and the uploads as interrupted.
    pub(super) fn connection_lost(&mut self) {
        self.in_flight.clear();
        for entry in self.rows.values_mut() {
            entry.upload_failures = 0;
            entry.is_interrupted = entry.is_uploading;
        }
        let conversations: Vec<ConversationId> = self.ready.keys().cloned().collect();
        for to in conversations {
            self.line_up(&to);
        }
    }

    /// When the next upload or message becomes due.
    pub(super) fn due(&self, now: i64) -> Option<i64> {
        let next =
            |deadlines: &SortedSet<(i64, u64)>| deadlines.range((now + 1, 0)..).next().map(|(due, _)| *due);
        [next(&self.uploads), next(&self.send_queue)].into_iter().flatten().min()
    }

    fn put(&mut self, position: u64, entry: Entry) {
        if entry.row.state == OutboxState::Inserted {
            self.inserted.insert(position);
        } else if is_at_rest(&entry.row) {
            self.failed.insert(position);
        } else if entry.is_uploading {
            self.uploading.insert(position);
        } else if entry.is_to_upload() {
            self.uploads.insert((entry.not_before, position));
        } else if entry.is_ready() {
            self.ready.entry(entry.row.message.to.clone()).or_default().insert(position);
        }
        let to = entry.row.message.to.clone();
        self.rows.insert(position, entry);
        self.line_up(&to);
    }

    fn take(&mut self, position: u64) -> Option<Entry> {
        let entry = self.rows.remove(&position)?;
        self.failed.remove(&position);
        self.inserted.remove(&position);
        self.uploading.remove(&position);
        self.uploads.remove(&(entry.not_before, position));
        take_out(&mut self.ready, &entry.row.message.to, position);
        Some(entry)
    }

    /// Schedules the first ready message of a conversation, unless one is in flight.
    fn line_up(&mut self, to: &ConversationId) {
        if !self.in_flight.contains_key(to)
            && let Some(first) = self.ready.get(to).and_then(SortedSet::first)
            && let Some(entry) = self.rows.get(first)
        {
            self.send_queue.insert((entry.not_before, *first));
        }
    }
}

/// Whether a message does not wait to be sent.
fn is_at_rest(row: &OutboxRow) -> bool {
    row.state != OutboxState::Waiting
}

fn take_out(lines: &mut SortedMap<ConversationId, SortedSet<u64>>, of: &ConversationId, position: u64) {
    if let Some(line) = lines.get_mut(of) {
        line.remove(&position);
        if line.is_empty() {
            lines.remove(of);
        }
    }
}
