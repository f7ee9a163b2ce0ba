//! One conversation: its positions, which messages are here, and what is still missing.
//!
//! Unread counts, order and read state are computed from positions; nothing is ever counted up. Nothing here talks to
//! the server: [`super::inbox`] does, by what [`Conv::wants`].

use std::collections::BTreeMap;
use std::sync::Arc;

use tim_protocol::body::{Body, GroupTip, GroupTipType};
use tim_protocol::call::ReadUpTo;
use tim_protocol::conversation::ConversationState;
use tim_protocol::message::{Message as Wire, MessageChange, Mutation, Receipt, Revocation};
use tim_protocol::{ConversationId, GroupId, UserId};

use super::outbox::Outbox;
use super::{Data, Machine};
use crate::conversation::Conversation;
use crate::message::{Message, ReadMarks, SendStatus};
use crate::stored::{Change, ConversationRow, Ranges};

/// Most messages, and most mutations, that wait for those in front of them, and most revocations that older answers are
/// compared with. What is dropped is asked for in its turn, as it is now.
const MOST_STASHED: usize = 1_000;

/// One conversation of the user's.
pub(super) struct Conv {
    pub(super) row: ConversationRow,
    pub(super) ranges: Ranges,
    pub(super) newest: Option<Wire>,
    /// Messages that came before others that belong in front of them.
    pub(super) stash: BTreeMap<u64, Wire>,
    /// Sequences above `row.told` that this device sent itself.
    pub(super) own: Vec<u64>,
    /// When to ask for what is missing after `row.told`, on the monotonic clock.
    pub(super) ask_missing_at: Option<i64>,
    /// Until when nothing more is asked, because the last question found no answer.
    pub(super) calm_until: i64,
    pub(super) mutation_stash: BTreeMap<u64, Mutation>,
    /// What was taken back since the store was opened: an answer that was read before may come after.
    pub(super) revoked: BTreeMap<u64, Revocation>,
    view: Option<Arc<Conversation>>,
}

impl Conv {
    pub(super) fn new(id: ConversationId) -> Self {
        let row = ConversationRow {
            id,
            group_type: None,
            head: 0,
            mutation: 0,
            mutation_head: 0,
            countable: 0,
            read: 0,
            read_pending: 0,
            own: 0,
            base: 0,
            revoked_above_base: 0,
            revoked_up_to: 0,
            peer_read: 0,
            floor: 1,
            told: 0,
            met: None,
            undelivered: Vec::new(),
            active: 0,
            gone: false,
        };
        Self::load(row, Vec::new(), None)
    }

    pub(super) fn load(row: ConversationRow, ranges: Ranges, newest: Option<Wire>) -> Self {
        Self {
            ask_missing_at: (row.head > row.told && !row.gone).then_some(0),
            row,
            ranges,
            newest,
            stash: BTreeMap::new(),
            own: Vec::new(),
            calm_until: 0,
            mutation_stash: BTreeMap::new(),
            revoked: BTreeMap::new(),
            view: None,
        }
    }

    /// Whether something is to be asked of the server, now or later.
    pub(super) fn wants(&self) -> bool {
        !self.row.gone && (self.is_missing() || self.wants_mutations() || self.row.read_pending > 0)
    }

    /// Whether there are messages after what was told that are not here.
    pub(super) fn is_missing(&self) -> bool {
        self.row.head > self.row.told
    }

    pub(super) fn wants_mutations(&self) -> bool {
        self.row.mutation_head > self.row.mutation
    }

    /// The last missing message in front of what is stashed.
    pub(super) fn missing_up_to(&self) -> u64 {
        self.stash.keys().next().map_or(self.row.head, |first| first - 1)
    }

    /// Takes in what a sync says. Positions only grow: an answer may be older than what was pushed meanwhile.
    pub(super) fn merge(&mut self, state: &ConversationState) {
        let row = &mut self.row;
        row.group_type = state.group_type.or(row.group_type);
        if state.head >= row.head {
            row.head = state.head;
            row.countable = state.countable;
        }
        row.own = row.own.max(state.own);
        row.peer_read = row.peer_read.max(state.peer_read);
        row.floor = row.floor.max(state.floor);
        // From a mark that moved here meanwhile, mutations count as they come.
        if (state.read, state.mutation_head) >= (row.read, row.revoked_up_to) {
            row.revoked_above_base = state.revoked_above_base;
            row.revoked_up_to = state.mutation_head;
        }
        if state.read >= row.read {
            row.read = state.read;
            row.base = state.base;
        }
        row.mutation_head = row.mutation_head.max(state.mutation_head);
        row.told = row.told.max(row.floor.saturating_sub(1));
    }

    /// Notes that a message exists.
    pub(super) fn note(&mut self, me: &UserId, message: &Wire) {
        let row = &mut self.row;
        if message.sequence >= row.head {
            row.head = message.sequence;
            row.countable = message.countable;
        }
        row.active = row.active.max(message.time);
        if self.newest.as_ref().is_none_or(|newest| newest.sequence < message.sequence) {
            self.newest = Some(message.clone());
        }
        if message.from == *me {
            self.row.own = self.row.own.max(message.by_sender);
        }
        if is_own_joining(me, message) {
            let base = message.countable.saturating_sub(self.row.own);
            self.read_up_to(message.sequence.saturating_sub(1), base);
        }
    }

    /// The user comes to the conversation, perhaps not for the first time: what is known of it was said before.
    pub(super) fn enter(&mut self) {
        self.row.gone = false;
        self.read_all();
    }

    /// The own user has read everything that is known of.
    pub(super) fn read_all(&mut self) {
        self.read_up_to(self.row.head, self.row.countable.saturating_sub(self.row.own));
    }

    /// The own user has read up to here, where so many countable messages of others stand.
    fn read_up_to(&mut self, sequence: u64, base: u64) {
        if sequence > self.row.read {
            self.row.read = sequence;
            self.row.base = base;
            self.row.revoked_above_base = self.row.revoked_above_base.min(self.by_others_above());
        }
    }

    /// The server knows that the own user has read up to here.
    pub(super) fn read_confirmed(&mut self, upto: &ReadUpTo) {
        if upto.sequence == self.row.read {
            self.row.base = upto.base;
        }
    }

    /// The own user has read up to here on another device.
    pub(super) fn read_elsewhere(&mut self, receipt: &Receipt) {
        if receipt.sequence > self.row.read {
            self.row.read = receipt.sequence;
            self.row.base = receipt.base;
            self.row.revoked_above_base = receipt.revoked_above_base;
            self.row.revoked_up_to = self.row.revoked_up_to.max(receipt.mutation_head);
        }
    }

    /// The next mutation in line is known to unread.
    pub(super) fn count_revoked(&mut self, me: &UserId, mutation: &Mutation) {
        let row = &mut self.row;
        if row.mutation > row.revoked_up_to {
            row.revoked_up_to = row.mutation;
            let is_revoked = matches!(mutation.change, MessageChange::Revoked(_));
            let was_unread = mutation.countable > 0 && mutation.from != *me && mutation.sequence > row.read;
            row.revoked_above_base += u64::from(is_revoked && was_unread);
        }
    }

    /// A message was taken back.
    pub(super) fn revoke(&mut self, sequence: u64, revocation: &Revocation) {
        self.revoked.insert(sequence, revocation.clone());
        if self.revoked.len() > MOST_STASHED {
            self.revoked.pop_first();
        }
        for message in self.newest.iter_mut().chain(self.stash.get_mut(&sequence)) {
            if message.sequence == sequence {
                blank(message, revocation);
            }
        }
    }

    /// Applies what was taken back meanwhile to messages out of an older answer.
    pub(super) fn apply_revoked(&self, message: &mut Wire) {
        if let Some(revocation) = self.revoked.get(&message.sequence) {
            blank(message, revocation);
        }
    }

    /// Keeps a message until every one in front of it is here.
    pub(super) fn stash(&mut self, message: Wire) {
        self.stash.insert(message.sequence, message);
        if self.stash.len() > MOST_STASHED {
            self.stash.pop_last();
        }
    }

    /// Keeps a mutation until every one in front of it is here.
    pub(super) fn stash_mutation(&mut self, mutation: Mutation) {
        self.mutation_stash.insert(mutation.mutation, mutation);
        if self.mutation_stash.len() > MOST_STASHED {
            self.mutation_stash.pop_last();
        }
    }

    /// The messages that are next in line, told from now on.
    pub(super) fn take_next(&mut self) -> Vec<Wire> {
        let mut next = Vec::new();
        while let Some(message) = self.stash.remove(&(self.row.told + 1)) {
            self.row.told += 1;
            next.push(message);
        }
        self.stash = self.stash.split_off(&(self.row.told + 1));
        next
    }

    /// Notes that every message of a range is stored.
    pub(super) fn complete(&mut self, low: u64, high: u64) {
        self.ranges.push((low, high));
        self.ranges.sort_unstable();
        let mut merged: Ranges = Vec::with_capacity(self.ranges.len());
        for (low, high) in self.ranges.drain(..) {
            match merged.last_mut() {
                Some((_, end)) if low <= *end + 1 => *end = high.max(*end),
                _ => merged.push((low, high)),
            }
        }
        self.ranges = merged;
    }

    /// The newest part of a range that is not stored.
    pub(super) fn uncovered(&self, low: u64, high: u64) -> Option<(u64, u64)> {
        let mut top = high;
        for (from, to) in self.ranges.iter().rev() {
            if *to < low {
                break;
            }
            if *from > top {
                continue;
            }
            if *to < top {
                return Some((low.max(to + 1), top));
            }
            if *from <= low {
                return None;
            }
            top = from - 1;
        }
        (top >= low).then_some((low, top))
    }

    /// The user is no longer part of it.
    pub(super) fn leave(&mut self) {
        self.row.gone = true;
        self.row.read_pending = 0;
        self.stash.clear();
        self.ask_missing_at = None;
    }

    fn unread(&self) -> u64 {
        if self.row.group_type.is_some_and(|kind| !kind.counts_unread()) {
            return 0;
        }
        self.by_others_above().saturating_sub(self.row.revoked_above_base)
    }

    /// How many countable messages of others stand after the last one read.
    fn by_others_above(&self) -> u64 {
        self.row.countable.saturating_sub(self.row.own).saturating_sub(self.row.base)
    }

    pub(super) fn marks(&self) -> ReadMarks {
        ReadMarks { own: self.row.read, peer: self.row.peer_read }
    }

    fn build_view(&self, me: &UserId, outbox: &Outbox) -> Conversation {
        let newest = self
            .newest
            .as_ref()
            .map(|newest| Message::from_wire(me, newest, SendStatus::Success, self.marks()));
        let time = newest.as_ref().map_or(i64::MIN, |newest| newest.time);
        let last_message = outbox.newest(&self.row.id, time).or(newest);
        let last_time = last_message.as_ref().map_or(0, |message| message.time).max(self.row.active);
        Conversation {
            conversation_id: self.row.id.clone(),
            group_type: self.row.group_type,
            unread_count: self.unread(),
            last_message,
            read_sequence: self.row.read,
            peer_read_sequence: self.row.peer_read,
            last_time,
        }
    }
}

/// A tip's content, if a message is one.
pub(super) fn tip_of(message: &Wire) -> Option<GroupTip> {
    if !message.from.is_system() || !matches!(message.to, ConversationId::Group(_)) {
        return None;
    }
    match Body::read(&message.body) {
        Ok(Body::GroupTip(tip)) => Some(tip),
        _ => None,
    }
}

/// Whether a message is the tip that tells a group of this user's coming: unread counts from there.
fn is_own_joining(me: &UserId, message: &Wire) -> bool {
    let is_joining =
        |tip: &GroupTip| tip.operation_type == GroupTipType::Join && tip.user_id_list.contains(me);
    tip_of(message).as_ref().is_some_and(is_joining)
}

/// Removes what a message said, and keeps its type.
pub fn blank(message: &mut Wire, revocation: &Revocation) {
    message.revoked = Some(revocation.clone());
    #[derive(serde::Deserialize)]
    struct Tag<'a> {
        #[serde(rename = "type", borrow)]
        kind: std::borrow::Cow<'a, str>,
    }
    let kind = serde_json::from_str::<Tag<'_>>(message.body.get())
        .map(|tag| tag.kind.into_owned())
        .unwrap_or_default();
    if let Ok(body) = serde_json::value::to_raw_value(&serde_json::json!({ "type": kind, "payload": null })) {
        message.body = body;
    }
}

impl Data {
    /// A conversation, begun if it is new.
    pub(super) fn conversation(&mut self, id: &ConversationId) -> &mut Conv {
        let groups = &self.groups;
        self.conversations.entry(id.clone()).or_insert_with(|| {
            let mut conv = Conv::new(id.clone());
            if let ConversationId::Group(group) = id {
                conv.row.group_type = groups.get(group).map(|group| group.group_type);
            }
            conv
        })
    }

    /// Whether this is a group's conversation, and nobody has told yet that the user is in that group.
    pub(super) fn is_stranger(&self, id: &ConversationId) -> bool {
        matches!(id, ConversationId::Group(group) if !self.groups.contains_key(group))
    }

    /// Since when what stood in a conversation when it was met is news here, in milliseconds since 1970. A device does not
    /// announce what was said before its first picture, not even in a conversation that the picture lacks because it moved
    /// meanwhile; and a Meeting shows its members what was said before they came, but does not announce it.
    pub(super) fn news_since(&self, id: &ConversationId) -> i64 {
        let ConversationId::Group(group) = id else { return self.sync.since };
        self.joined(group).unwrap_or_default().max(self.sync.since)
    }

    /// When the user came to a group, in milliseconds since 1970.
    pub(super) fn joined(&self, group: &GroupId) -> Option<i64> {
        Some(self.groups.get(group)?.self_info.as_ref()?.join_time)
    }
}

impl Machine {
    /// A conversation's positions changed: store them, tell the list, and see what it wants now.
    pub(super) fn touch(&mut self, id: &ConversationId) {
        self.turn.touched.insert(id.clone());
        self.data.wanting.insert(id.clone());
    }

    /// The user came to a conversation, perhaps not for the first time: it is met where it stands now.
    pub(super) fn meet_anew(&mut self, id: &ConversationId) {
        if let Some(conv) = self.data.conversations.get_mut(id) {
            conv.row.met = None;
            self.touch(id);
        }
    }

    /// What a conversation shows changed, but not its positions.
    pub(super) fn show_anew(&mut self, id: &ConversationId) {
        if let Some(conv) = self.data.conversations.get_mut(id) {
            conv.view = None;
        }
        self.list.changed = true;
    }

    pub(super) fn store_touched(&mut self) {
        for id in std::mem::take(&mut self.turn.touched) {
            self.show_anew(&id);
            if let Some(conv) = self.data.conversations.get(&id) {
                self.turn.changes.push(Change::Conversation(conv.row.clone()));
            }
        }
    }

    /// All conversations, the most recently active first.
    pub(super) fn conversation_list(&mut self) -> Vec<Arc<Conversation>> {
        let Some(me) = self.me() else { return Vec::new() };
        let Data { conversations, outbox, .. } = &mut self.data;
        let mut list: Vec<Arc<Conversation>> = conversations
            .iter_mut()
            .filter(|(_, conv)| !conv.row.gone)
            .map(|(_, conv)| match &conv.view {
                Some(view) => Arc::clone(view),
                None => {
                    let view = Arc::new(conv.build_view(&me, outbox));
                    conv.view = Some(Arc::clone(&view));
                    view
                }
            })
            .collect();
        list.sort_by(|a, b| {
            b.last_time.cmp(&a.last_time).then_with(|| a.conversation_id.cmp(&b.conversation_id))
        });
        list
    }
}

#[cfg(test)]
mod ranges;
#[cfg(test)]
mod unread;
