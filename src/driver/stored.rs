//! The store of an instance's task: opening it, reading from it, and replacing a damaged one.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use tim_core::search::{Found, FoundIn, Search};
use tim_core::store::{Opened, Store};
use tim_protocol::media::RenditionType;
use tim_protocol::message::Message as WireMessage;
use tim_protocol::{Code, ConversationId, Fault, MessageId, UserId};

use super::blocking::{in_place, may_block};
use super::cache::Cache;
use super::{Driver, download};
use crate::event::{DeletedMessages, Event, MessageReadReceipt};
use crate::log::{self, LogLevel};
use crate::machine::io::{MessageEvent, Pending};
use crate::machine::is_on_own_server;
use crate::message::{Flow, Message, SendStatus};
use crate::search::{MessageSearchResult, MessageSearchResultItem, cursor, highlighted};
use crate::store::{DatabaseFile, LocalChange, LocalData, OutboxRow, Query, Snapshot};

/// So many sequences are read together before messages are deleted.
const READ_AT_ONCE: usize = 1_000;

/// The parts of a query that are read one after the other.
fn parts(query: &Query) -> impl Iterator<Item = Query> {
    (query.low..=query.high).step_by(READ_AT_ONCE).map(|low| {
        let high = query.high.min(low + READ_AT_ONCE as u64 - 1);
        Query { low, high, ..query.clone() }
    })
}

impl<S: Store<Location = DatabaseFile>> Driver<S> {
    pub(super) async fn open_store(&mut self, user: UserId) -> Result<Box<Snapshot>, Fault> {
        self.store = None;
        let is_paused = self.paused.as_ref() == Some(&user);
        let file = self.shared.files.database(&user)?;
        let Opened::<S> { store, mut snapshot, set_aside } = may_block(S::open(&file)).await?;
        if !is_paused || set_aside.is_some() {
            self.shared.dispatch.begin_store();
        }
        if let Some(aside) = set_aside {
            self.report_rebuilt(&aside);
        }
        in_place(|| self.find_copies(&user, &mut snapshot.outbox));
        self.sweep(&user, snapshot.outbox.iter().filter_map(|row| row.upload.clone()));
        in_place(|| download::sweep(&self.shared.files, &user));
        self.store = Some((user, store));
        (self.is_behind, self.paused) = (true, None);
        Ok(Box::new(snapshot))
    }

    /// Closes the store; returns whose it was.
    pub(super) fn close_store(&mut self) -> Option<UserId> {
        self.uploads.forget_all();
        self.paused = None;
        let (user, store) = self.store.take()?;
        in_place(|| drop(store));
        Some(user)
    }

    /// Sets the current paths of copies, because the system may have moved the data folder. Uploaded files of waiting
    /// messages are checked again before sending, because the epoch may have changed.
    fn find_copies(&self, user: &UserId, outbox: &mut [OutboxRow]) {
        let files = &self.shared.files;
        for row in outbox {
            let id = row.message.id;
            row.upload = match row.upload {
                Some(_) => Some(files.copy(user, id)),
                None if files.has_copies(user, id) && is_on_own_server(&row.message) => {
                    Some(files.copy(user, id))
                }
                None => None,
            };
        }
    }

    /// Removes copies of sent files if there are too many.
    fn sweep(&self, user: &UserId, waiting: impl Iterator<Item = PathBuf>) {
        let files = &self.shared.files;
        let created = self.shared.created().into_iter().map(|id| files.copy(user, id));
        let wanted: HashSet<PathBuf> = waiting.chain(created).collect();
        in_place(|| files.sweep(user, &wanted));
    }

    /// A message's files were uploaded: their copies now count as those of a sent one.
    pub(super) fn uploaded(&mut self, message: MessageId) {
        self.uploads.forget(message);
        self.shared.forget_files(message);
        if let Some((user, _)) = &self.store {
            self.sweep(user, self.machine.waiting_copies());
        }
    }

    /// A message with the paths of its files on this device, if there are any: the copies of own ones, and what is in the cache.
    fn with_copy(&self, message: Message) -> Message {
        let (attachments, user) = (message.payload.attachments(), self.store.as_ref().map(|(user, _)| user));
        let here = |place: usize| {
            let (attachment, user) = (attachments.get(place)?, user?);
            let files = &self.shared.files;
            let kept = (message.flow == Flow::Out).then(|| files.kept(user, message.id, place)).flatten();
            let cached = || {
                let url = attachment.uploaded.url(RenditionType::Original)?;
                Some(Cache::of(files, user).path(&(message.id, message.from.clone()), url, &attachment.name))
                    .filter(|it| it.is_file())
            };
            kept.or_else(cached)
        };
        Message { local_path: here(0), local_snapshot_path: here(1), ..message }
    }

    /// Sets the damaged store aside. If that fails it is retried when damage is found again.
    pub(super) async fn rebuild_store(&mut self) {
        let Some((user, store)) = self.store.take() else { return };
        in_place(|| drop(store));
        let rebuilt = match self.shared.files.database(&user) {
            Ok(file) => may_block(S::rebuild(&file)).await,
            Err(fault) => Err(fault),
        };
        match rebuilt {
            Ok(aside) => self.report_rebuilt(&aside),
            Err(fault) => log::write(
                LogLevel::Error,
                format_args!("the damaged database could not be set aside: {fault}"),
            ),
        }
    }

    fn report_rebuilt(&self, aside: &str) {
        log::write(LogLevel::Error, format_args!("a damaged database was set aside: {aside}"));
        let message = format!("{}: {aside}", Code::STORE_REBUILT.describe());
        self.shared.dispatch.emit(Event::Error { code: Code::STORE_REBUILT, message });
    }

    /// Messages as they are stored.
    pub(super) async fn wire_messages(&mut self, query: &Query) -> Result<Vec<WireMessage>, Fault> {
        let Some((me, store)) = &mut self.store else { return Err(Fault::new(Code::DATABASE_FAILED)) };
        may_block(store.messages(me, query)).await
    }

    async fn messages(&mut self, query: &Query) -> Result<Vec<Message>, Fault> {
        let found = self.wire_messages(query).await?;
        let Some((me, _)) = &self.store else { return Ok(Vec::new()) };
        let marks = self.machine.read_marks(&query.conversation);
        let seen = |message: &WireMessage| Message::from_wire(me, message, SendStatus::Success, marks);
        Ok(found.iter().map(seen).collect())
    }

    /// Removes the copies of a message's files. If that fails, they are removed later as the oldest copies of sent files.
    pub(super) fn remove_copy(&mut self, message: MessageId) {
        self.uploads.forget(message);
        self.shared.forget_files(message);
        if let Some((user, _)) = &self.store {
            in_place(|| self.shared.files.remove_copies(user, message));
        }
    }

    /// Remembers the messages that the next commit deletes, of which there may be many.
    pub(super) async fn note_deleted(&mut self, query: Query) -> Result<(), Fault> {
        let mut message_id_list = Vec::new();
        for part in parts(&query) {
            message_id_list.extend(self.wire_messages(&part).await?.into_iter().map(|message| message.id));
        }
        if !message_id_list.is_empty() {
            self.deleted.push(DeletedMessages { conversation_id: query.conversation, message_id_list });
        }
        Ok(())
    }

    /// Removes the copies of the files of these messages, of which there may be many: those of own ones, and those in the cache.
    pub(super) async fn remove_copies(&mut self, query: &Query) -> Result<(), Fault> {
        for part in parts(&Query { own_only: true, ..query.clone() }) {
            let messages = self.messages(&part).await?;
            // What was revoked does not tell whether it had one.
            let may_have_one =
                |message: &&Message| message.is_revoked || !message.payload.attachments().is_empty();
            messages.iter().filter(may_have_one).for_each(|message| self.remove_copy(message.id));
        }
        self.forget_cached(query).await
    }

    /// Removes the files of these messages from the cache. Of many messages, those that have files in it are looked up.
    async fn forget_cached(&mut self, query: &Query) -> Result<(), Fault> {
        let Some((me, store)) = &mut self.store else { return Ok(()) };
        let cache = Cache::of(&self.shared.files, me);
        let cached = in_place(|| cache.messages());
        if cached.is_empty() {
            return Ok(());
        }
        let found = if query.high.saturating_sub(query.low) < cached.len() as u64 {
            may_block(store.messages(me, &Query { own_only: false, ..query.clone() })).await?
        } else {
            let ids: Vec<MessageId> = cached.into_iter().map(|(id, _)| id).collect();
            may_block(store.find(&ids)).await?
        };
        let is_gone = |message: &&WireMessage| {
            let of = ConversationId::seen_by(me, &message.from, &message.to);
            of == query.conversation && (query.low..=query.high).contains(&message.sequence)
        };
        let gone = found.iter().filter(is_gone).map(|message| (message.id, message.from.clone())).collect();
        in_place(|| cache.forget(&gone));
        Ok(())
    }

    /// A page of messages with what stands between and behind them.
    pub(super) async fn page(&mut self, query: &Query, pending: Pending) -> Result<Vec<Message>, Fault> {
        let next = match pending.next.filter(|_| !pending.at_rest.is_empty()) {
            Some(next) => self.messages(&Query { low: next, high: next, ..query.clone() }).await?,
            None => Vec::new(),
        };
        let page = pending.merge(self.messages(query).await?, next.first().map(|message| message.time));
        self.with_local(page).await
    }

    /// Messages with what only this device knows of them: the paths of their files' copies, and what the app keeps beside them.
    async fn with_local(&mut self, messages: Vec<Message>) -> Result<Vec<Message>, Fault> {
        let Some((_, store)) = &mut self.store else { return Err(Fault::new(Code::DATABASE_FAILED)) };
        let known: Vec<_> = messages.iter().map(|message| (message.id, message.from.clone())).collect();
        let beside = may_block(store.local(&known)).await?;
        let completed = messages.into_iter().zip(beside).map(|(message, data)| self.completed(message, data));
        Ok(in_place(|| completed.collect()))
    }

    /// A message with what is kept beside it, and the paths of its files.
    fn completed(&self, message: Message, data: LocalData) -> Message {
        let LocalData { custom_data, custom_int } = data;
        let message = self.with_copy(message);
        Message { local_custom_data: custom_data, local_custom_int: custom_int, ..message }
    }

    /// A message with what only this device knows of it, as far as that can be read.
    pub(super) async fn shown(&mut self, message: Message) -> Message {
        let known = [(message.id, message.from.clone())];
        let beside = match &mut self.store {
            Some((_, store)) => may_block(store.local(&known)).await.unwrap_or_default().pop(),
            None => None,
        };
        in_place(|| self.completed(message, beside.unwrap_or_default()))
    }

    /// Keeps something beside a message on this device.
    pub(super) async fn keep_local(&mut self, id: MessageId, change: &LocalChange) -> Result<(), Fault> {
        let Some((_, store)) = &mut self.store else { return Err(Fault::new(Code::DATABASE_FAILED)) };
        match may_block(store.keep_local(id, change)).await? {
            true => Ok(()),
            false => Err(Fault::new(Code::MESSAGE_NOT_FOUND)),
        }
    }

    /// Emits how many read these messages.
    pub(super) async fn emit_receipts(
        &mut self,
        conversation: ConversationId,
        sequences: &[u64],
    ) -> Result<(), Fault> {
        let mut receipts = Vec::new();
        for sequence in sequences {
            let (low, high) = (*sequence, *sequence);
            let query = Query { conversation: conversation.clone(), low, high, own_only: true };
            match self.messages(&query).await {
                Ok(found) => receipts.extend(found.iter().filter_map(MessageReadReceipt::of)),
                Err(fault) => self.unread(fault)?,
            }
        }
        if !receipts.is_empty() {
            self.shared.dispatch.emit(Event::MessageReadReceiptReceived(receipts));
        }
        Ok(())
    }

    /// Does a part of what commits left for later. A failure is met again by what needs the work done.
    pub(super) async fn catch_up(&mut self) {
        let Some((_, store)) = &mut self.store else { return self.is_behind = false };
        self.is_behind = may_block(store.catch_up()).await.unwrap_or_else(|why| {
            log::write(LogLevel::Warn, format_args!("messages could not be indexed for searches: {why}"));
            false
        });
    }

    /// The messages with these IDs, in this order: those in the outbox, and those that are stored.
    pub(super) async fn find(
        &mut self,
        ids: &[MessageId],
        waiting: Vec<Message>,
    ) -> Result<Vec<Message>, Fault> {
        let Some((me, store)) = &mut self.store else { return Err(Fault::new(Code::DATABASE_FAILED)) };
        let found = may_block(store.find(ids)).await?;
        let seen = |message: &WireMessage| {
            let of = ConversationId::seen_by(me, &message.from, &message.to);
            Message::from_wire(me, message, SendStatus::Success, self.machine.read_marks(&of))
        };
        let found = waiting.into_iter().chain(found.iter().map(seen));
        // Of two senders' messages that have one ID, both are found.
        let mut by_id: HashMap<MessageId, Vec<Message>> = HashMap::new();
        found.for_each(|message| by_id.entry(message.id).or_default().push(message));
        self.with_local(ids.iter().filter_map(|id| by_id.remove(id)).flatten().collect()).await
    }

    /// What the server found in a search, or else what the store finds, as this user sees it.
    pub(super) async fn found(
        &mut self,
        search: &Search,
        found: Option<Box<Found>>,
    ) -> Result<MessageSearchResult, Fault> {
        let Some((me, store)) = &mut self.store else { return Err(Fault::new(Code::DATABASE_FAILED)) };
        let Found { total, results, next } = match found {
            Some(found) => *found,
            None => may_block(store.search(search)).await?,
        };
        let me = me.clone();
        let mut search_result_list = Vec::with_capacity(results.len());
        for FoundIn { conversation, count, messages } in results {
            let marks = self.machine.read_marks(&conversation);
            let seen = |it: &WireMessage| Message::from_wire(&me, it, SendStatus::Success, marks);
            let message_list = self.with_local(messages.iter().map(seen).collect()).await?;
            search_result_list.push(MessageSearchResultItem {
                conversation_id: conversation,
                message_count: count,
                highlight_list: message_list.iter().map(|it| highlighted(it, &search.phrases)).collect(),
                message_list,
            });
        }
        Ok(MessageSearchResult {
            total_count: total,
            cursor: next.map(|next| cursor(&search.conversation, next)),
            search_result_list,
        })
    }

    pub(super) async fn emit_messages(&mut self, query: &Query, kind: MessageEvent) -> Result<(), Fault> {
        let messages = match (self.messages(query).await, kind) {
            // Nothing is kept beside a message that just came.
            (Ok(messages), MessageEvent::Received) => Ok(messages),
            (Ok(messages), _) => self.with_local(messages).await,
            (failed, _) => failed,
        };
        match messages {
            Ok(messages) if messages.is_empty() => {}
            Ok(messages) => self.shared.dispatch.emit(match kind {
                MessageEvent::Received => Event::MessageReceived(messages),
                MessageEvent::Revoked => Event::MessageRevoked(messages),
                MessageEvent::Modified => Event::MessageModified(messages),
                MessageEvent::ReactionsUpdated => Event::MessageReactionsUpdated(messages),
                MessageEvent::ReadByPeer => Event::MessageReadByPeer(messages),
            }),
            Err(fault) => self.unread(fault)?,
        }
        Ok(())
    }

    /// What was to be emitted could not be read. Damage is given back.
    fn unread(&self, fault: Fault) -> Result<(), Fault> {
        if fault.code == Code::STORE_DAMAGED {
            return Err(fault);
        }
        self.shared.dispatch.emit(Event::Error { code: fault.code, message: fault.text });
        Ok(())
    }
}
