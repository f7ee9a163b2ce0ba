//! One conversation: its positions, which messages are stored, and which are missing.
//!
//! Unread counts, order and read state are computed from positions, never incremented. [`super::requests`] sends the
//! requests that [`Conv::wants`] reports.

use std::sync::Arc;

use tim_protocol::attributes::Attributes;
use tim_protocol::body::{Body, GroupTip, GroupTipType};
use tim_protocol::call::{MutationPage, ReadUpTo};
use tim_protocol::conversation::ConversationState;
use tim_protocol::message::{Message as WireMessage, MessageChange, Mutation};
use tim_protocol::{ConversationId, UnixMillis, UserId};

use crate::conversation::Conversation;
use crate::message::ReadMarks;
use crate::mutation::{mutate, supersedes};
use crate::ranges;
use crate::sorted::SortedMap;
use crate::stored::{ConversationRow, Ranges, StoredConversation};

/// Maximum number of messages and of mutations that wait for earlier ones, and of mutated messages whose mutations are
/// applied to late replies. What is dropped is fetched again when its turn comes.
const MAX_STASHED: usize = 1_000;

/// Maximum number of missed messages, and of messages read at once by the other side, that are emitted per
/// conversation; the newest.
pub(super) const MAX_EMITTED: u64 = 300;

/// A message that this device sent, and whose caller knows.
#[derive(Clone, Copy)]
pub(super) struct Own {
    pub(super) sequence: u64,
    /// The store has it. It has not if the message had changed by the time it was acknowledged.
    pub(super) is_stored: bool,
}

/// One conversation of the user's. Small, because the map of all of them keeps room for more.
pub(super) struct Conv {
    pub(super) row: Box<ConversationRow>,
    pub(super) ranges: Ranges,
    /// The messages that the user removed.
    pub(super) removed: Ranges,
    pub(super) newest: Option<Box<WireMessage>>,
    /// It was looked for in vain, or is being looked for.
    pub(super) is_last_sought: bool,
    /// Messages that were received out of order.
    pub(super) stash: SortedMap<u64, WireMessage>,
    /// The messages above `row.emitted_seq` that this device sent.
    pub(super) own: Vec<Own>,
    /// When to fetch the gap above `row.emitted_seq`, on the monotonic clock.
    pub(super) ask_missing_at: Option<i64>,
    /// No request is made before this time, because the last one brought nothing.
    pub(super) retry_at: i64,
    pub(super) mutation_stash: SortedMap<u64, Mutation>,
    /// The last page of mutations had more after it. What is pushed is not applied until they came: pages leave out what it
    /// supersedes, and a push does not tell all that holds.
    pub(super) is_paging: bool,
    /// The mutations of messages since the store was opened that nothing supersedes: a reply that was read before a mutation
    /// may arrive after it.
    mutated: SortedMap<u64, Vec<Mutation>>,
    /// The outbox has messages for it, which wait to be sent or were refused.
    pub(super) has_outbox: bool,
    /// How many unread messages the total has of this conversation.
    pub(super) in_total: u64,
    pub(super) view: Option<Arc<Conversation>>,
}

impl Conv {
    pub(super) fn new(id: ConversationId) -> Self {
        Self::load(StoredConversation::new(id))
    }

    pub(super) fn load(stored: StoredConversation) -> Self {
        let StoredConversation { row, ranges, removed, newest } = stored;
        Self {
            ask_missing_at: (row.head > row.emitted_seq && !row.gone).then_some(0),
            row,
            ranges,
            removed,
            is_last_sought: false,
            newest: newest.filter(|it| !Attributes::of(it.attributes.as_deref()).excluded_from_last_message),
            stash: SortedMap::new(),
            own: Vec::new(),
            retry_at: 0,
            mutation_stash: SortedMap::new(),
            is_paging: false,
            mutated: SortedMap::new(),
            has_outbox: false,
            in_total: 0,
            view: None,
        }
    }

    /// Whether something has to be requested from the server, now or later.
    pub(super) fn wants(&self) -> bool {
        let has_news =
            self.row.read_pending > 0 || self.row.unsent_settings.is_some() || self.has_unsent_removal();
        let is_behind = self.is_missing() || self.wants_mutations() || self.wants_removals();
        !self.row.gone && (is_behind || has_news)
    }

    /// Whether there is a gap above the emitted sequence.
    pub(super) fn is_missing(&self) -> bool {
        self.row.head > self.row.emitted_seq
    }

    pub(super) fn wants_mutations(&self) -> bool {
        self.row.mutation_head > self.row.mutation_seq
    }

    /// The end of the gap: the sequence before the first stashed message.
    pub(super) fn missing_up_to(&self) -> u64 {
        self.stash.keys().next().map_or(self.row.head, |first| first - 1)
    }

    /// Merges the state from a sync. Positions only grow, because the reply may be older than pushes received
    /// meanwhile. The first visible sequence was raised before.
    pub(super) fn merge(&mut self, state: &ConversationState) {
        let row = &mut self.row;
        row.group_type = state.group_type.or(row.group_type);
        if state.head >= row.head {
            row.head = state.head;
            row.unread_index = state.unread_index;
        }
        row.own = row.own.max(state.own);
        row.peer_read = row.peer_read.max(state.peer_read);
        row.mutation_head = row.mutation_head.max(state.mutation_head);
        if let Some(last) = state.last_shown {
            row.last_shown_seq = row.last_shown_seq.max(last.sequence);
            row.last_active = row.last_active.max(last.time);
        }
        self.keep_read(&state.read_state());
        self.merge_mentions(state);
        if let Some(settings) = &state.settings {
            self.keep_settings(settings);
        }
    }

    /// Updates the positions for a message that exists.
    pub(super) fn note(&mut self, me: &UserId, message: &WireMessage) {
        self.note_place(me, message);
        let attributes = Attributes::of(message.attributes.as_deref());
        if !attributes.excluded_from_last_message {
            self.note_shown(message);
        }
        if message.removed {
            return;
        }
        self.note_mention(me, message, &attributes);
        self.note_peer(message);
        if is_own_joining(me, message) {
            let unread_base = message.unread_index.saturating_sub(self.row.own);
            self.read_up_to(message.sequence.saturating_sub(1), unread_base);
        }
    }

    /// Updates the positions for a message of which only the place is known.
    pub(super) fn note_place(&mut self, me: &UserId, message: &WireMessage) {
        let row = &mut self.row;
        if message.sequence >= row.head {
            row.head = message.sequence;
            row.unread_index = message.unread_index;
        }
        if message.from == *me {
            row.own = row.own.max(message.by_sender);
        }
    }

    /// A message exists that may be the last one.
    fn note_shown(&mut self, message: &WireMessage) {
        self.row.last_active = self.row.last_active.max(message.time);
        self.row.last_shown_seq = self.row.last_shown_seq.max(message.sequence);
        let is_newer = self.newest.as_ref().is_none_or(|newest| newest.sequence < message.sequence);
        if is_newer && !message.removed && message.sequence >= self.row.first_visible_seq {
            self.newest = Some(Box::new(message.clone()));
        }
    }

    /// The user has (re)joined the conversation at this time: everything from before counts as read. If there are messages from
    /// after it, the tip of the joining and the next sync say how far.
    pub(super) fn enter(&mut self, since: UnixMillis) {
        self.row.gone = false;
        if self.newest.as_ref().is_none_or(|newest| newest.time < since) {
            self.read_all();
        }
    }

    /// Sets the read sequence to the head.
    pub(super) fn read_all(&mut self) {
        self.read_up_to(self.row.head, self.row.unread_index.saturating_sub(self.row.own));
    }

    /// Moves the read sequence forward, with its unread base.
    fn read_up_to(&mut self, sequence: u64, unread_base: u64) {
        if sequence > self.row.read {
            self.row.read = sequence;
            self.row.unread_base = unread_base;
            self.row.revoked_above_read = self.row.revoked_above_read.min(self.by_others_above());
            self.trim_mentions();
        }
    }

    /// The server confirmed a read sequence: takes over its unread base.
    pub(super) fn read_confirmed(&mut self, upto: &ReadUpTo) {
        if upto.sequence == self.row.read {
            self.row.unread_base = upto.unread_base;
        }
    }

    /// The server says that the user has read, on another device or by a call.
    pub(super) fn read_elsewhere(&mut self, upto: &ReadUpTo) {
        if upto.sequence > self.row.read {
            self.row.read = upto.sequence;
            self.row.unread_base = upto.unread_base;
            self.row.revoked_above_read = upto.revoked_above_read;
            self.row.revoked_up_to = self.row.revoked_up_to.max(upto.mutation_head);
            self.trim_mentions();
        }
    }

    /// Counts the mutation that was just applied, if it revokes an unread message.
    pub(super) fn count_revoked(&mut self, me: &UserId, mutation: &Mutation) {
        let (sequence, is_revoked) =
            (mutation.sequence, matches!(mutation.change, MessageChange::Revoked(_)));
        // One that this device removed counts as revoked for the server from now on.
        let is_unsent = is_revoked && ranges::has(&self.row.removed_unread, sequence);
        let is_removed = self.is_removed(sequence) && !is_unsent;
        let row = &mut self.row;
        if is_unsent {
            ranges::remove(&mut row.removed_unread, sequence, sequence);
        }
        if row.mutation_seq > row.revoked_up_to {
            row.revoked_up_to = row.mutation_seq;
            let was_unread =
                mutation.unread_index > 0 && mutation.from != *me && sequence > row.read && !is_removed;
            row.revoked_above_read += u64::from(is_revoked && was_unread);
        }
    }

    /// A message changed.
    pub(super) fn mutate(&mut self, mutation: &Mutation) {
        let sequence = mutation.sequence;
        if matches!(mutation.change, MessageChange::Revoked(_)) {
            self.forget_mention(sequence);
        }
        let known = self.mutated.entry(sequence).or_default();
        known.retain(|earlier| !supersedes(mutation, earlier));
        let place = known.partition_point(|earlier| earlier.mutation_seq < mutation.mutation_seq);
        known.insert(place, mutation.clone());
        if self.mutated.len() > MAX_STASHED {
            let oldest = self.mutated.iter().min_by_key(|(_, known)| known.last().map(|it| it.mutation_seq));
            if let Some(sequence) = oldest.map(|(sequence, _)| *sequence) {
                self.mutated.remove(&sequence);
            }
        }
        self.change(sequence, |message| mutate(message, mutation));
    }

    /// Changes a message where it is kept here.
    pub(super) fn change(&mut self, sequence: u64, change: impl Fn(&mut WireMessage) -> bool) {
        for message in self.newest.as_deref_mut().into_iter().chain(self.stash.get_mut(&sequence)) {
            if message.sequence == sequence {
                change(message);
            }
        }
    }

    /// Applies known mutations to a message from an older reply, and marks it if the user removed it.
    pub(super) fn apply_mutated(&self, message: &mut WireMessage) {
        message.removed |= self.is_removed(message.sequence);
        for mutation in self.mutated.get(&message.sequence).into_iter().flatten() {
            mutate(message, mutation);
        }
    }

    /// The known mutations of a message, in their order.
    pub(super) fn mutations_of(&self, sequence: u64) -> Vec<Mutation> {
        self.mutated.get(&sequence).cloned().unwrap_or_default()
    }

    /// Whether a message was revoked since the store was opened.
    pub(super) fn is_revoked(&self, sequence: u64) -> bool {
        let mut mutations = self.mutated.get(&sequence).into_iter().flatten();
        mutations.any(|mutation| matches!(mutation.change, MessageChange::Revoked(_)))
    }

    /// Keeps a message until all earlier ones are stored.
    pub(super) fn stash(&mut self, message: WireMessage) {
        self.stash.insert(message.sequence, message);
        if self.stash.len() > MAX_STASHED {
            self.stash.pop_last();
        }
    }

    /// Keeps a mutation until all earlier ones are applied.
    pub(super) fn stash_mutation(&mut self, mutation: Mutation) {
        if self.is_paging {
            return;
        }
        self.mutation_stash.insert(mutation.mutation_seq, mutation);
        if self.mutation_stash.len() > MAX_STASHED {
            self.mutation_stash.pop_last();
        }
    }

    /// Takes the mutation that follows the last one applied.
    pub(super) fn take_next_mutation(&mut self) -> Option<Mutation> {
        let next = self.row.mutation_seq + 1;
        self.mutation_stash.retain(|number, _| *number >= next);
        self.mutation_stash.remove(&next)
    }

    /// A page of mutations came. If there is more, what was pushed is not applied, because the page leaves out what it supersedes.
    pub(super) fn paged(&mut self, page: &MutationPage) {
        self.is_paging = page.more;
        if page.more {
            self.mutation_stash.clear();
            self.row.mutation_head = self.row.mutation_head.max(page.up_to.saturating_add(1));
        }
    }

    /// Whether a sequence directly follows the emitted sequence, and nothing above it is known.
    pub(super) fn is_next_and_last(&self, sequence: u64) -> bool {
        sequence == self.row.emitted_seq + 1 && sequence == self.row.head
    }

    /// Takes the messages that directly follow the emitted sequence, and advances it.
    pub(super) fn take_next(&mut self) -> Vec<WireMessage> {
        let mut next = Vec::new();
        while let Some(message) = self.stash.remove(&(self.row.emitted_seq + 1)) {
            self.row.emitted_seq += 1;
            next.push(message);
        }
        self.stash.retain(|sequence, _| *sequence > self.row.emitted_seq);
        next
    }

    /// Records a message that is about to be emitted; only the newest [`MAX_EMITTED`] stay.
    pub(super) fn note_emitted(&mut self, sequence: u64) {
        ranges::append(&mut self.row.undelivered, sequence);
        ranges::remove_up_to(&mut self.row.undelivered, sequence.saturating_sub(MAX_EMITTED));
    }

    /// The listeners have returned from everything up to a sequence; false if that was known.
    pub(super) fn delivered(&mut self, up_to: u64) -> bool {
        let is_news = self.row.undelivered.first().is_some_and(|(low, _)| *low <= up_to);
        ranges::remove_up_to(&mut self.row.undelivered, up_to);
        is_news
    }

    /// Adds a complete range, as far as it is visible.
    pub(super) fn complete(&mut self, low: u64, high: u64) {
        let low = low.max(self.row.first_visible_seq);
        if low > high {
            return;
        }
        ranges::add(&mut self.ranges, low, high);
        self.is_last_sought = false;
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

    /// The user no longer takes part in the conversation.
    pub(super) fn leave(&mut self) {
        self.row.gone = true;
        self.row.read_pending = 0;
        self.row.unsent_settings = None;
        self.stash.clear();
        self.ask_missing_at = None;
    }

    pub(super) fn unread(&self) -> u64 {
        if self.row.group_type.is_some_and(|kind| !kind.rules().counts_unread) {
            return 0;
        }
        self.by_others_above().saturating_sub(self.row.revoked_above_read + self.removed_unread())
    }

    /// How many counted messages of others stand above the read sequence.
    fn by_others_above(&self) -> u64 {
        self.row.unread_index.saturating_sub(self.row.own).saturating_sub(self.row.unread_base)
    }

    pub(super) fn marks(&self) -> ReadMarks {
        ReadMarks { own: self.row.read, peer: self.row.peer_read }
    }
}

/// The group tip in a message, if it is one.
pub(super) fn tip_of(message: &WireMessage) -> Option<GroupTip> {
    if !message.from.is_system() || !matches!(message.to, ConversationId::Group(_)) {
        return None;
    }
    match Body::read(&message.body) {
        Ok(Body::GroupTip(tip)) => Some(tip),
        _ => None,
    }
}

/// Whether a message is the tip of this user's joining, from which unread is counted.
fn is_own_joining(me: &UserId, message: &WireMessage) -> bool {
    let is_joining =
        |tip: &GroupTip| tip.operation_type == GroupTipType::Join && tip.user_id_list.contains(me);
    tip_of(message).as_ref().is_some_and(is_joining)
}

#[cfg(test)]
mod complete;
#[cfg(test)]
mod undelivered;
#[cfg(test)]
mod unread;
