//! A store in memory: for browsers without another one, and for tests. What was stored is there as long as its [`MemoryPlace`].
//!
//! Nothing of it is on a disk, so nothing can be damaged, and every change can be made. It does no work later. [`super::kept`] keeps its
//! rows elsewhere.

mod key;
mod log;
mod rows;
mod search;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tim_protocol::conversation::{self, Cursor};
use tim_protocol::group::Group;
use tim_protocol::message::{Message, MessageChange};
use tim_protocol::profile::Profile;
use tim_protocol::receive::ReceiveOpt;
use tim_protocol::{ConversationId, Fault, GroupId, List, MessageId, UnixMillis, UserId};

use self::key::Key;
pub use self::key::Row;
use self::log::Log;
use super::{Opened, RECENT_SENT, Store};
use crate::search::{Found, Search};
use crate::signaling::Invitation;
use crate::stored::{
    Change, LocalChange, LocalData, OutboxRow, OutboxState, Query, Snapshot, SyncState, relation_key,
};

/// Where the database of one user is kept. Clones are the same place.
#[derive(Debug, Clone, Default)]
pub struct MemoryPlace(Arc<Mutex<Data>>);

/// A database in memory.
#[derive(Debug)]
pub struct MemoryStore(pub(super) MemoryPlace);

/// What is stored of one user.
#[derive(Debug, Default)]
pub(super) struct Data {
    sync: SyncState,
    logs: BTreeMap<ConversationId, Log>,
    outbox: BTreeMap<u64, OutboxRow>,
    /// The last acknowledged messages as they were sent, numbered in the order of their acknowledgements.
    sent: BTreeMap<u64, Message>,
    pub(super) beside: HashMap<(MessageId, UserId), LocalData>,
    profile: Option<Profile>,
    receive_opt: ReceiveOpt,
    relations: BTreeMap<String, conversation::Change>,
    blacklist: BTreeSet<UserId>,
    groups: BTreeMap<GroupId, Group>,
    outdated_groups: BTreeMap<GroupId, u64>,
    invitations: BTreeMap<String, Invitation>,
    drafts: BTreeMap<ConversationId, String>,
    profiles: BTreeMap<UserId, Profile>,
    profiles_as_of: UnixMillis,
    /// Whether rows are kept elsewhere.
    is_kept: bool,
    /// The rows that changed since they were kept.
    touched: BTreeSet<Key>,
    /// How many messages were since those that are kept were counted.
    added: usize,
}

impl MemoryPlace {
    pub(super) fn data(&self) -> MutexGuard<'_, Data> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    type Location = MemoryPlace;

    async fn open(at: &MemoryPlace) -> Result<Opened<Self>, Fault> {
        Ok(Opened { store: Self(at.clone()), snapshot: at.data().snapshot(), set_aside: None })
    }

    async fn rebuild(at: &MemoryPlace) -> Result<String, Fault> {
        at.data().rescue();
        Ok("memory".to_owned())
    }

    async fn snapshot(&mut self) -> Result<Snapshot, Fault> {
        Ok(self.0.data().snapshot())
    }

    async fn apply(&mut self, changes: &[Change], _durable: bool) -> Result<(), Fault> {
        let mut data = self.0.data();
        changes.iter().for_each(|change| data.apply(change));
        Ok(())
    }

    async fn messages(&mut self, me: &UserId, query: &Query) -> Result<Vec<Message>, Fault> {
        Ok(self.0.data().messages(me, query))
    }

    async fn find(&mut self, ids: &[MessageId]) -> Result<Vec<Message>, Fault> {
        let data = self.0.data();
        Ok(data.all_messages().filter(|message| ids.contains(&message.id)).cloned().collect())
    }

    async fn keep_local(&mut self, id: MessageId, change: &LocalChange) -> Result<bool, Fault> {
        Ok(self.0.data().keep_local(id, change))
    }

    async fn local(&mut self, messages: &[(MessageId, UserId)]) -> Result<Vec<LocalData>, Fault> {
        let data = self.0.data();
        Ok(messages.iter().map(|message| data.beside.get(message).cloned().unwrap_or_default()).collect())
    }

    async fn catch_up(&mut self) -> Result<bool, Fault> {
        Ok(false)
    }

    async fn search(&mut self, search: &Search) -> Result<Found, Fault> {
        Ok(search::search(&self.0.data().logs, search))
    }
}

/// Sets what is stored under a key, or removes it.
fn set<K: Ord + Clone, V: Clone>(map: &mut BTreeMap<K, V>, key: &K, value: Option<&V>) {
    match value {
        Some(value) => _ = map.insert(key.clone(), value.clone()),
        None => _ = map.remove(key),
    }
}

impl Data {
    fn snapshot(&self) -> Snapshot {
        Snapshot {
            sync: self.sync,
            conversations: self.logs.values().map(Log::stored).collect(),
            outbox: self.outbox.values().cloned().collect(),
            profile: self.profile.clone(),
            receive_opt: self.receive_opt,
            relations: self.relations.values().cloned().collect(),
            blacklist: self.blacklist.iter().cloned().collect(),
            groups: self.groups.values().cloned().collect(),
            outdated_groups: self.outdated_groups.clone().into_iter().collect(),
            invitations: self.invitations.values().cloned().collect(),
            drafts: self.drafts.clone().into_iter().collect(),
            profiles: self.profiles.values().cloned().collect(),
            profiles_as_of: self.profiles_as_of,
        }
    }

    /// A conversation that changes.
    fn changed(&mut self, id: &ConversationId) -> &mut Log {
        self.touch(Key::Log(id.clone()));
        self.log(id)
    }

    fn log(&mut self, id: &ConversationId) -> &mut Log {
        self.logs.entry(id.clone()).or_insert_with(|| Log::new(id.clone()))
    }

    fn all_messages(&self) -> impl Iterator<Item = &Message> {
        self.logs.values().flat_map(Log::messages)
    }

    fn messages(&self, me: &UserId, query: &Query) -> Vec<Message> {
        let Some(log) = self.logs.get(&query.conversation) else { return Vec::new() };
        let is_wanted = |message: &&Message| !query.own_only || message.from == *me;
        log.range(query.low, query.high).filter(is_wanted).cloned().collect()
    }

    /// Forgets what a rebuilt store does not have.
    pub(super) fn rescue(&mut self) {
        let Self { sync, outbox, sent, is_kept, .. } = std::mem::take(self);
        let cursor = Cursor { epoch: sync.cursor.epoch, version: 0 };
        let sync = SyncState { cursor, ..SyncState::default() };
        *self = Self { sync, outbox, sent, is_kept, ..Self::default() };
    }

    pub(super) fn apply(&mut self, change: &Change) {
        match change {
            Change::Reset => self.reset(),
            Change::Sync(state) => {
                self.touch(Key::Sync);
                self.sync = *state;
            }
            Change::Conversation(row) => self.changed(&row.id).row.clone_from(row),
            Change::Messages(id, messages) => {
                let log = self.changed(id);
                messages.iter().for_each(|message| _ = log.add(message));
                messages.iter().for_each(|message| self.touch(Key::Message(id.clone(), message.sequence)));
            }
            Change::Complete(id, low, high) => self.changed(id).complete(*low, *high),
            Change::Removed(id, low, high) => {
                let gone = self.changed(id).remove(*low, *high);
                self.forget(id, gone);
            }
            Change::Cleared(id, floor) => {
                let gone = self.changed(id).clear(*floor);
                self.forget(id, gone);
            }
            Change::Mutated(id, mutation) => {
                self.touch(Key::Message(id.clone(), mutation.sequence));
                if self.changed(id).mutate(mutation) && matches!(mutation.change, MessageChange::Revoked(_)) {
                    self.forget_sent(|sent| sent.to == *id && sent.sequence == mutation.sequence);
                }
            }
            Change::Receipts(id, receipts) => {
                self.changed(id).confirm(receipts);
                receipts.iter().for_each(|it| self.touch(Key::Message(id.clone(), it.sequence)));
            }
            Change::Outbox(row) => {
                self.outbox_done(row.message.id);
                self.touch(Key::Outbox(row.position));
                self.outbox.insert(row.position, row.clone());
            }
            Change::OutboxDone(id) => self.outbox_done(*id),
            Change::ForgetLocal(id, sender) => self.forget_beside((*id, sender.clone())),
            Change::Acknowledged(message) => self.acknowledged(message),
            other => self.apply_entity(other),
        }
    }

    /// Applies what is beside conversations and messages.
    fn apply_entity(&mut self, change: &Change) {
        let touched = match change {
            Change::Profile(profile) => {
                self.profile = Some(profile.clone());
                Key::Profile
            }
            Change::ReceiveOpt(opt) => {
                self.receive_opt = *opt;
                Key::ReceiveOpt
            }
            Change::Relation(told) => {
                let Some((key, is_there)) = relation_key(told) else { return };
                set(&mut self.relations, &key, Some(&**told).filter(|_| is_there));
                Key::Relation(key)
            }
            Change::Person(user, profile) => {
                set(&mut self.profiles, user, profile.as_deref());
                Key::Person(user.clone())
            }
            Change::ProfilesAsOf(time) => {
                self.profiles_as_of = *time;
                Key::ProfilesAsOf
            }
            Change::Blacklist(user, is_listed) => {
                if *is_listed {
                    self.blacklist.insert(user.clone());
                } else {
                    self.blacklist.remove(user);
                }
                Key::Blacklist(user.clone())
            }
            Change::Group(id, group) => {
                set(&mut self.groups, id, group.as_deref());
                Key::Group(id.clone())
            }
            Change::OutdatedGroup(id, number) => {
                set(&mut self.outdated_groups, id, number.as_ref());
                Key::OutdatedGroup(id.clone())
            }
            Change::Invitation(id, invitation) => {
                set(&mut self.invitations, id, invitation.as_deref());
                Key::Invitation(id.clone())
            }
            Change::Draft(id, text) => {
                set(&mut self.drafts, id, text.as_ref());
                Key::Draft(id.clone())
            }
            _ => return,
        };
        self.touch(touched);
    }

    fn forget(&mut self, id: &ConversationId, gone: Vec<Message>) {
        for message in gone {
            self.touch(Key::Message(id.clone(), message.sequence));
            self.forget_beside((message.id, message.from));
        }
    }

    fn forget_beside(&mut self, message: (MessageId, UserId)) {
        if self.beside.remove(&message).is_some() {
            self.touch(Key::Beside(message));
        }
    }

    fn forget_sent(&mut self, is_gone: impl Fn(&Message) -> bool) {
        let gone = self.sent.iter().filter(|(_, sent)| is_gone(sent)).map(|(number, _)| *number);
        for number in gone.collect::<Vec<_>>() {
            self.sent.remove(&number);
            self.touch(Key::Sent(number));
        }
    }

    fn outbox_done(&mut self, id: MessageId) {
        let done = self.outbox.values().filter(|row| row.message.id == id).map(|row| row.position);
        for position in done.collect::<Vec<_>>() {
            self.outbox.remove(&position);
            self.touch(Key::Outbox(position));
        }
    }

    /// Moves a message from the outbox to its conversation, and keeps it as sent lately unless it changed since.
    fn acknowledged(&mut self, message: &Message) {
        self.outbox_done(message.id);
        self.touch(Key::Message(message.to.clone(), message.sequence));
        let stored = self.changed(&message.to).add(message);
        if stored.revoked.is_none() && stored.version == 0 {
            self.forget_sent(|sent| sent.id == stored.id);
            let number = self.sent.last_key_value().map_or(0, |(last, _)| last + 1);
            self.sent.insert(number, stored);
            self.touch(Key::Sent(number));
        }
        if self.sent.len() > RECENT_SENT as usize
            && let Some((number, _)) = self.sent.pop_first()
        {
            self.touch(Key::Sent(number));
        }
    }

    /// Keeps something beside the messages with this ID that are stored or in the outbox. Gives whether there are any.
    pub(super) fn keep_local(&mut self, id: MessageId, change: &LocalChange) -> bool {
        let waiting = self.outbox.values().map(|row| &row.message);
        let with_id = self.all_messages().chain(waiting).filter(|message| message.id == id);
        let senders: BTreeSet<UserId> = with_id.map(|message| message.from.clone()).collect();
        for sender in &senders {
            self.touch(Key::Beside((id, sender.clone())));
            let data = self.beside.entry((id, sender.clone())).or_default();
            match change {
                LocalChange::Data(text) => data.custom_data.clone_from(text),
                LocalChange::Int(number) => data.custom_int = *number,
            }
        }
        self.beside.retain(|_, data| *data != LocalData::default());
        !senders.is_empty()
    }

    /// Keeps the outbox and the drafts, and appends the messages that were sent lately to it.
    fn reset(&mut self) {
        self.touch_all();
        let Self { mut outbox, sent, mut beside, drafts, is_kept, touched, .. } = std::mem::take(self);
        let is_waiting = |id: MessageId| {
            outbox.values().any(|row| row.message.id == id && row.state != OutboxState::Inserted)
        };
        let again: Vec<Message> = sent.into_values().filter(|message| !is_waiting(message.id)).collect();
        let last = outbox.last_key_value().map_or(0, |(position, _)| *position);
        for (position, message) in (last + 1..).zip(again) {
            outbox.retain(|_, row| row.message.id != message.id);
            let state = OutboxState::Waiting;
            outbox.insert(position, OutboxRow { position, message: as_sent(message), state, upload: None });
        }
        beside.retain(|(id, sender), _| {
            outbox.values().any(|row| row.message.id == *id && row.message.from == *sender)
        });
        *self = Self { outbox, beside, drafts, is_kept, touched, ..Self::default() };
        self.touch_all();
    }
}

/// A message without what the server of the epoch before gave it.
fn as_sent(message: Message) -> Message {
    Message {
        sequence: 0,
        unread_index: 0,
        by_sender: 0,
        mutation_seq: 0,
        pin: None,
        reactions: List::default(),
        receipts: None,
        ..message
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::super::conformance;
    use super::*;

    /// Nothing in memory is waited for.
    fn done(test: impl Future<Output = ()>) {
        assert_eq!(pin!(test).poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()));
    }

    #[test]
    fn memory_keeps_the_promises_of_a_store() {
        let new = MemoryPlace::default;
        done(conformance::snapshot::<MemoryStore>(&new()));
        done(conformance::messages::<MemoryStore>(&new()));
        done(conformance::revoked::<MemoryStore>(&new()));
        done(conformance::cleared::<MemoryStore>(&new()));
        done(conformance::removed::<MemoryStore>(&new()));
        done(conformance::modified::<MemoryStore>(&new()));
        done(conformance::reacted::<MemoryStore>(&new()));
        done(conformance::confirmed::<MemoryStore>(&new()));
        done(conformance::beside::<MemoryStore>(&new()));
        done(conformance::another_epoch::<MemoryStore>(&new()));
        done(conformance::rebuilt::<MemoryStore>(&new()));
    }

    #[test]
    fn memory_finds_what_an_index_finds() {
        let new = MemoryPlace::default;
        done(conformance::found::<MemoryStore>(&new()));
        done(conformance::found_until_it_is_gone::<MemoryStore>(&new()));
        done(conformance::found_after_others_are_cleared::<MemoryStore>(&new()));
    }

    #[test]
    fn what_was_stored_is_there_after_any_number_of_restarts() {
        (0..256).for_each(|seed| done(conformance::restarts::<MemoryStore>(&MemoryPlace::default(), seed)));
    }
}
