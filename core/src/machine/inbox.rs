//! Received messages, put in order and emitted once; mutations; receipts; and the requests that fill gaps.
//!
//! A message is emitted when all earlier ones have been. A message that arrives out of order waits in its
//! conversation's stash. The gap is fetched after a short delay, because the reply to an own send or the next push
//! often fills it.
//!
//! Messages above the baseline sequence are always new. Messages up to it are new only if their time is not before
//! `news_since`.

use tim_protocol::call::{
    HistoryPage, HistoryRequest, MutationPage, MutationsRequest, ReadRequest, ReadUpTo,
};
use tim_protocol::conversation::ConversationState;
use tim_protocol::frame::Push;
use tim_protocol::message::{Message as WireMessage, MessageChange, Mutation, Receipt};
use tim_protocol::{ConversationId, Fault, limits};

use super::Machine;
use super::calls::Purpose;
use super::conversation::tip_of;
use super::io::{MessageEvent, Output, Query};
use super::unreadable::Unreadable;
use crate::message::{Message, SendStatus};
use crate::stored::Change;

/// Delay before a gap is fetched, in milliseconds.
const GAP_PATIENCE_MS: i64 = 300;
/// Delay before a request that brought nothing is repeated, in milliseconds.
const ASK_AGAIN_MS: i64 = 2_000;
/// Maximum number of missed messages, and of messages read at once by the other side, that are emitted per
/// conversation; the newest.
pub(super) const MAX_EMITTED: u64 = 300;

impl Machine {
    pub(super) fn pushed(&mut self, push: Push) {
        match push {
            Push::Message(message) => self.live_message(message),
            Push::Mutation(mutation) => self.mutation(mutation),
            Push::Receipt(receipt) => self.receipt(&receipt),
            Push::Change(change) => self.changed(change),
            Push::Lag => self.want_sync(super::sync::LATEST),
            Push::Kicked(kicked) => self.kicked(kicked.reason),
            Push::Unknown => self.count_unreadable(Unreadable::Push, 1),
        }
    }

    fn live_message(&mut self, message: WireMessage) {
        let Some(me) = self.me() else { return };
        let id = ConversationId::seen_by(&me, &message.from, &message.to);
        let conv = self.data.conversation(&id);
        if conv.row.gone {
            // The message was sent before the user left, or after the user rejoined; then the sync that reports the
            // rejoining fetches it.
            return;
        }
        conv.row.baseline_seq.get_or_insert(message.sequence.saturating_sub(1));
        self.arrived(&id, message);
        self.advance(&id, GAP_PATIENCE_MS);
    }

    /// Files a received message.
    pub(super) fn arrived(&mut self, id: &ConversationId, mut message: WireMessage) {
        let Some(me) = self.me() else { return };
        let is_own = message.from == me && self.leave_outbox(&message);
        let conv = self.data.conversation(id);
        conv.apply_revoked(&mut message);
        conv.note(&me, &message);
        if message.sequence > conv.row.emitted_seq {
            if is_own {
                conv.own_seqs.push(message.sequence);
            }
            conv.stash(message);
        }
        self.touch(id);
    }

    /// Stores and emits the messages that are next in order; a remaining gap is fetched after `patience` milliseconds.
    pub(super) fn advance(&mut self, id: &ConversationId, patience: i64) {
        let Some(me) = self.me() else { return };
        let ask_at = self.now.monotonic + patience;
        let since = self.data.news_since(id);
        let conv = self.data.conversation(id);
        let next = conv.take_next();
        conv.ask_missing_at =
            conv.is_missing().then(|| conv.ask_missing_at.map_or(ask_at, |at| at.min(ask_at)));
        if let (Some(first), Some(last)) = (next.first(), next.last()) {
            let (low, high) = (first.sequence, last.sequence);
            conv.complete(low, high);
            let own = std::mem::take(&mut conv.own_seqs);
            let marks = conv.marks();
            let baseline_seq = conv.row.baseline_seq.unwrap_or(u64::MAX);
            let is_news = |message: &&WireMessage| message.sequence > baseline_seq || message.time >= since;
            for message in next.iter().filter(is_news).filter(|message| !own.contains(&message.sequence)) {
                conv.note_emitted(message.sequence);
                self.batch.received.push(Message::from_wire(&me, message, SendStatus::Success, marks));
            }
            conv.own_seqs = own.into_iter().filter(|sequence| *sequence > high).collect();
            for tip in next.iter().filter_map(tip_of) {
                self.apply_tip(&tip, id);
            }
            self.store(Change::Messages(id.clone(), next));
            self.store(Change::Complete(id.clone(), low, high));
        }
        self.touch(id);
    }

    /// Applies the state of a conversation from a sync. Messages of the initial sync are history.
    pub(super) fn apply_state(&mut self, mut state: ConversationState, is_initial_sync: bool) {
        let id = state.conversation_id.clone();
        if state.gone {
            if let Some(conv) = self.data.conversations.get_mut(&id).filter(|conv| !conv.row.gone) {
                conv.leave();
                self.touch(&id);
            }
            return;
        }
        let conv = self.data.conversation(&id);
        let is_new = conv.row.head == 0;
        let is_history = is_initial_sync && conv.row.emitted_seq == 0 && conv.ranges.is_empty();
        conv.row.gone = false;
        let (head_before, read_before) = (conv.row.head, conv.row.peer_read);
        conv.merge(&state);
        let read_now = conv.row.peer_read;
        let baseline_seq = *conv.row.baseline_seq.get_or_insert(state.head);
        if is_new {
            // Messages fetched from now on already contain earlier revocations. In a conversation that was known
            // before, a message may be stored unrevoked, such as an own message acknowledged before the first page.
            conv.row.mutation_seq = conv.row.mutation_seq.max(state.mutation_head);
        }
        let latest = std::mem::take(&mut state.latest);
        let places = (latest.len() + latest.unreadable) as u64;
        let latest =
            self.fill_gaps(&id, latest, state.head.saturating_add(1).saturating_sub(places), state.head);
        // Messages pushed before the initial sync are new; those below them are history.
        let history = if is_history { baseline_seq } else { state.head.saturating_sub(MAX_EMITTED) };
        self.keep_history(&id, history, &latest);
        for message in latest {
            self.arrived(&id, message);
        }
        self.advance(&id, 0);
        if state.head >= head_before {
            self.update_group_counts(&id, state.member_count, state.owner_id);
        }
        if read_now > read_before && !is_new && !is_history {
            self.emit_read_by_peer(&id, read_before, read_now);
        }
    }

    /// Treats everything up to `up_to` as history: stores the messages at hand and emits none.
    fn keep_history(&mut self, id: &ConversationId, up_to: u64, latest: &[WireMessage]) {
        let conv = self.data.conversation(id);
        if up_to <= conv.row.emitted_seq {
            return;
        }
        conv.row.emitted_seq = up_to;
        conv.stash = conv.stash.split_off(&(up_to + 1));
        let here: Vec<WireMessage> = latest.iter().filter(|it| it.sequence <= up_to).cloned().collect();
        if let (Some(first), Some(last)) = (here.first(), here.last()) {
            let (low, high) = (first.sequence, last.sequence);
            conv.complete(low, high);
            self.store(Change::Messages(id.clone(), here));
            self.store(Change::Complete(id.clone(), low, high));
        }
    }

    /// Handles messages that fill a gap; of a large gap the newest come first.
    pub(super) fn missing_came(&mut self, id: &ConversationId, result: Result<HistoryPage, Fault>) {
        let Some(conv) = self.data.conversations.get_mut(id) else { return };
        let page = match result {
            Ok(page) => page,
            Err(fault) => {
                if !fault.code.is_retryable() {
                    // The user may no longer read the conversation, so nothing is missing.
                    conv.row.emitted_seq = conv.row.head;
                    self.touch(id);
                }
                return self.postpone(id, fault.retry_after);
            }
        };
        conv.row.first_visible_seq = conv.row.first_visible_seq.max(page.first_visible_seq);
        let before = (conv.row.emitted_seq, conv.missing_up_to());
        conv.row.emitted_seq = conv.row.emitted_seq.max(conv.row.first_visible_seq.saturating_sub(1));
        conv.ask_missing_at = None;
        for message in self.fill_gaps(id, page.messages, page.low, page.high) {
            self.arrived(id, message);
        }
        self.advance(id, 0);
        let conv = self.data.conversation(id);
        if before == (conv.row.emitted_seq, conv.missing_up_to()) {
            self.postpone(id, None);
        }
    }

    fn mutation(&mut self, mutation: Mutation) {
        let Some(me) = self.me() else { return };
        let id = ConversationId::seen_by(&me, &mutation.from, &mutation.to);
        let conv = self.data.conversation(&id);
        conv.row.mutation_head = conv.row.mutation_head.max(mutation.mutation_seq);
        if mutation.mutation_seq > conv.row.mutation_seq {
            conv.stash_mutation(mutation);
        }
        self.apply_mutations(&id);
    }

    /// A revocation made by this device: the caller gets the result, and no event is emitted.
    pub(super) fn own_mutation(&mut self, mutation: Mutation) {
        let Some(me) = self.me() else { return };
        let id = ConversationId::seen_by(&me, &mutation.from, &mutation.to);
        let conv = self.data.conversation(&id);
        conv.row.mutation_head = conv.row.mutation_head.max(mutation.mutation_seq);
        if mutation.mutation_seq == conv.row.mutation_seq + 1 {
            conv.row.mutation_seq += 1;
            conv.count_revoked(&me, &mutation);
        }
        self.carry_out(&id, &mutation);
        self.apply_mutations(&id);
    }

    fn apply_mutations(&mut self, id: &ConversationId) {
        let Some(me) = self.me() else { return };
        loop {
            let conv = self.data.conversation(id);
            conv.mutation_stash = conv.mutation_stash.split_off(&(conv.row.mutation_seq + 1));
            let Some(next) = conv.mutation_stash.remove(&(conv.row.mutation_seq + 1)) else { break };
            conv.row.mutation_seq += 1;
            conv.count_revoked(&me, &next);
            if self.carry_out(id, &next) {
                let query = changed(id, &next);
                self.batch.after_received.push(Output::EmitMessages { query, kind: MessageEvent::Revoked });
            }
        }
        self.touch(id);
    }

    /// Applies a mutation to its message; false if this version does not know the change.
    fn carry_out(&mut self, id: &ConversationId, mutation: &Mutation) -> bool {
        let MessageChange::Revoked(revocation) = &mutation.change else {
            self.count_unreadable(Unreadable::Mutation, 1);
            return false;
        };
        self.data.conversation(id).revoke(mutation.sequence, revocation);
        self.store(Change::Revoked(id.clone(), mutation.sequence, revocation.clone()));
        if self.me().as_ref() == Some(&mutation.from) {
            self.push_output(Output::RemoveCopiesOf(changed(id, mutation)));
        }
        self.touch(id);
        true
    }

    pub(super) fn mutations_came(&mut self, id: &ConversationId, result: Result<MutationPage, Fault>) {
        let page = match result {
            Ok(page) => page,
            Err(fault) => {
                let conv = self.data.conversation(id);
                if !fault.code.is_retryable() {
                    conv.row.mutation_head = conv.row.mutation_seq;
                }
                return self.postpone(id, fault.retry_after);
            }
        };
        self.count_unreadable(Unreadable::Mutation, page.mutations.unreadable);
        let before = self.data.conversation(id).row.mutation_seq;
        for mutation in page.mutations {
            let conv = self.data.conversation(id);
            if mutation.mutation_seq > conv.row.mutation_seq {
                // The mutation sequences in between belong to messages that this user may not see.
                conv.row.mutation_seq = mutation.mutation_seq - 1;
                conv.stash_mutation(mutation);
                self.apply_mutations(id);
            }
        }
        let conv = self.data.conversation(id);
        conv.row.mutation_seq = conv.row.mutation_seq.max(page.up_to);
        if conv.row.mutation_seq == before && conv.wants_mutations() {
            self.postpone(id, None);
        }
        self.apply_mutations(id);
    }

    /// Delays further requests about a conversation, at least as long as the server asked for.
    pub(super) fn postpone(&mut self, id: &ConversationId, retry_after: Option<u32>) {
        let until = self.now.monotonic + retry_after.map_or(0, i64::from).max(ASK_AGAIN_MS);
        self.data.conversation(id).retry_at = until;
    }

    fn receipt(&mut self, receipt: &Receipt) {
        let Some(me) = self.me() else { return };
        let id = ConversationId::seen_by(&me, &receipt.from, &receipt.to);
        let Some(conv) = self.data.conversations.get_mut(&id) else { return };
        if receipt.from == me {
            conv.read_elsewhere(receipt);
        } else if receipt.sequence > conv.row.peer_read {
            let before = std::mem::replace(&mut conv.row.peer_read, receipt.sequence);
            self.emit_read_by_peer(&id, before, receipt.sequence);
        }
        self.touch(&id);
    }

    /// Emits that the other side has read the messages above `before`, up to `high`.
    fn emit_read_by_peer(&mut self, id: &ConversationId, before: u64, high: u64) {
        let low = before.max(high.saturating_sub(MAX_EMITTED)) + 1;
        let query = Query { conversation: id.clone(), low, high, own_only: true };
        self.batch.after_received.push(Output::EmitMessages { query, kind: MessageEvent::ReadByPeer });
    }

    /// Marks everything in a conversation as read: locally at once, on the server when the connection allows.
    pub(super) fn set_read(&mut self, id: &ConversationId) {
        let Some(conv) = self.data.conversations.get_mut(id) else { return };
        if conv.row.head > conv.row.read {
            conv.read_all();
            conv.row.read_pending = conv.row.head;
            self.touch(id);
        }
    }

    pub(super) fn read_confirmed(&mut self, id: &ConversationId, result: Result<ReadUpTo, Fault>) {
        let Some(conv) = self.data.conversations.get_mut(id) else { return };
        let is_over = match &result {
            Ok(read) => read.sequence >= conv.row.read_pending,
            Err(fault) => !fault.code.is_retryable(),
        };
        if let Ok(upto) = &result {
            conv.read_confirmed(upto);
        }
        if is_over {
            conv.row.read_pending = 0;
            self.touch(id);
        } else {
            self.postpone(id, result.err().and_then(|fault| fault.retry_after));
        }
    }

    /// Sends the requests that conversations need. None before the initial sync, which sets the positions.
    pub(super) fn pump_inbox(&mut self) {
        if self.data.sync.awaits_initial_sync() {
            return;
        }
        let now = self.now.monotonic;
        let wanting: Vec<ConversationId> = self.data.wanting.iter().cloned().collect();
        for id in wanting {
            let Some(conv) = self.data.conversations.get(&id).filter(|conv| conv.wants()) else {
                self.data.wanting.remove(&id);
                continue;
            };
            if conv.retry_at > now {
                continue;
            }
            let missing = conv.is_missing() && conv.ask_missing_at.is_none_or(|at| at <= now);
            let (low, high) = (conv.row.emitted_seq + 1, conv.missing_up_to());
            let (after, mutations) = (conv.row.mutation_seq, conv.wants_mutations());
            let read = conv.row.read_pending;
            if missing && self.data.is_stranger(&id) {
                // Which messages are new depends on when the user joined, which a sync reports.
                self.data.conversation(&id).ask_missing_at = Some(now + ASK_AGAIN_MS);
                self.want_sync(super::sync::LATEST);
                self.pump_sync();
            } else if missing && low <= high {
                let limit = limits::HISTORY_PAGE;
                self.ask(
                    Purpose::Missing(id.clone()),
                    HistoryRequest { conversation_id: id.clone(), low, high, limit },
                );
            }
            if mutations {
                self.ask(
                    Purpose::Mutations(id.clone()),
                    MutationsRequest { conversation_id: id.clone(), after },
                );
            }
            if read > 0 {
                self.ask(Purpose::Read(id.clone()), ReadRequest { conversation_id: id, sequence: read });
            }
        }
    }

    pub(super) fn inbox_due(&self) -> Option<i64> {
        if !self.link.is_live() {
            return None;
        }
        let waiting = self.data.wanting.iter().filter_map(|id| self.data.conversations.get(id));
        let deadlines =
            waiting.flat_map(|conv| [conv.ask_missing_at, Some(conv.retry_at)].into_iter().flatten());
        deadlines.filter(|due| *due > self.now.monotonic).min()
    }
}

/// The message that a mutation changes.
fn changed(id: &ConversationId, mutation: &Mutation) -> Query {
    Query { conversation: id.clone(), low: mutation.sequence, high: mutation.sequence, own_only: false }
}
