//! What comes in: messages put in order and told once, mutations, read marks, and the pulls that fill gaps.
//!
//! A message is told when every one before it has been. One that comes early waits in its conversation's stash; what is
//! missing is asked for after a moment, because the answer to an own send or a neighbouring push often brings it.
//!
//! What comes after the place where a conversation stood when it was met is news, whatever the server's clock does. Only of
//! what stood there already time decides.

use tim_protocol::call::{History, HistoryPage, MutationPage, Mutations, Read, ReadUpTo};
use tim_protocol::conversation::ConversationState;
use tim_protocol::frame::{Fault, Push};
use tim_protocol::message::{Message as Wire, MessageChange, Mutation, Receipt};
use tim_protocol::{ConversationId, limits};

use super::Machine;
use super::calls::Purpose;
use super::conversation::tip_of;
use super::io::{MessageEvent, Output, Query};
use super::unreadable::Unreadable;
use crate::message::{Message, SendStatus};
use crate::stored::Change;

/// How long a gap is given to close by itself, in milliseconds.
const GAP_PATIENCE_MS: i64 = 300;
/// A question that brought nothing is asked again after this, in milliseconds.
const ASK_AGAIN_MS: i64 = 2_000;
/// Of more missed messages than this, and of more that the other side read at once, only the newest are told.
pub(super) const MOST_TOLD: u64 = 300;

impl Machine {
    pub(super) fn pushed(&mut self, push: Push) {
        match push {
            Push::Message(message) => self.live_message(message),
            Push::Mutation(mutation) => self.mutation(mutation),
            Push::Receipt(receipt) => self.receipt(&receipt),
            Push::Change(change) => self.changed(change),
            Push::Lag => self.want_sync(super::sync::LATEST),
            Push::Kicked(kicked) => self.kicked(kicked.reason),
            Push::Unknown => self.pass_over(Unreadable::Push, 1),
        }
    }

    fn live_message(&mut self, message: Wire) {
        let Some(me) = self.me() else { return };
        let id = ConversationId::seen_by(&me, &message.from, &message.to);
        let conv = self.data.conversation(&id);
        if conv.row.gone {
            // Sent before the user left, or after they came back: then the sync that says so asks for it.
            return;
        }
        conv.row.met.get_or_insert(message.sequence.saturating_sub(1));
        self.arrived(&id, message);
        self.advance(&id, GAP_PATIENCE_MS);
    }

    /// Puts a message where it belongs.
    pub(super) fn arrived(&mut self, id: &ConversationId, mut message: Wire) {
        let Some(me) = self.me() else { return };
        let is_own = message.from == me && self.leave_outbox(&message);
        let conv = self.data.conversation(id);
        conv.apply_revoked(&mut message);
        conv.note(&me, &message);
        if message.sequence > conv.row.told {
            if is_own {
                conv.own.push(message.sequence);
            }
            conv.stash(message);
        }
        self.touch(id);
    }

    /// Stores and tells what is next in line; what is still missing is asked for after `patience` milliseconds.
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
            let own = std::mem::take(&mut conv.own);
            let marks = conv.marks();
            let met = conv.row.met.unwrap_or(u64::MAX);
            let is_news = |message: &&Wire| message.sequence > met || message.time >= since;
            for message in next.iter().filter(is_news).filter(|message| !own.contains(&message.sequence)) {
                conv.note_told(message.sequence);
                self.turn.received.push(Message::from_wire(&me, message, SendStatus::Success, marks));
            }
            conv.own = own.into_iter().filter(|sequence| *sequence > high).collect();
            for tip in next.iter().filter_map(tip_of) {
                self.tip_told(&tip, id);
            }
            self.store(Change::Messages(id.clone(), next));
            self.store(Change::Complete(id.clone(), low, high));
        }
        self.touch(id);
    }

    /// Takes in what a sync says of a conversation. In the first picture of a new device messages are history, not news.
    pub(super) fn apply_state(&mut self, mut state: ConversationState, is_picture: bool) {
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
        let is_history = is_picture && conv.row.told == 0 && conv.ranges.is_empty();
        conv.row.gone = false;
        let (head_before, read_before) = (conv.row.head, conv.row.peer_read);
        conv.merge(&state);
        let read_now = conv.row.peer_read;
        let met = *conv.row.met.get_or_insert(state.head);
        if is_new {
            // Whatever is asked for from now on comes with what was taken back before. Of a conversation that was heard of
            // earlier something may be stored as it was sent: an own message that got its place before the first page.
            conv.row.mutation = conv.row.mutation.max(state.mutation_head);
        }
        let latest = std::mem::take(&mut state.latest);
        let places = (latest.len() + latest.unreadable) as u64;
        let latest =
            self.in_every_place(&id, latest, state.head.saturating_add(1).saturating_sub(places), state.head);
        // What was pushed before the picture came is news, and makes no news of what stands before it.
        let history = if is_history { met } else { state.head.saturating_sub(MOST_TOLD) };
        self.keep_history(&id, history, &latest);
        for message in latest {
            self.arrived(&id, message);
        }
        self.advance(&id, 0);
        if state.head >= head_before {
            self.group_stands(&id, state.member_count, state.owner_id);
        }
        if read_now > read_before && !is_new && !is_history {
            self.tell_read_by_peer(&id, read_before, read_now);
        }
    }

    /// Everything up to here is history: what of it is at hand is stored, and none of it told.
    fn keep_history(&mut self, id: &ConversationId, up_to: u64, latest: &[Wire]) {
        let conv = self.data.conversation(id);
        if up_to <= conv.row.told {
            return;
        }
        conv.row.told = up_to;
        conv.stash = conv.stash.split_off(&(up_to + 1));
        let here: Vec<Wire> = latest.iter().filter(|it| it.sequence <= up_to).cloned().collect();
        if let (Some(first), Some(last)) = (here.first(), here.last()) {
            let (low, high) = (first.sequence, last.sequence);
            conv.complete(low, high);
            self.store(Change::Messages(id.clone(), here));
            self.store(Change::Complete(id.clone(), low, high));
        }
    }

    /// Messages that were missing in front of others, newest first if there are many.
    pub(super) fn missing_came(&mut self, id: &ConversationId, result: Result<HistoryPage, Fault>) {
        let Some(conv) = self.data.conversations.get_mut(id) else { return };
        let page = match result {
            Ok(page) => page,
            Err(fault) => {
                if !fault.code.is_retryable() {
                    // Somebody who may no longer look has nothing to miss.
                    conv.row.told = conv.row.head;
                    self.touch(id);
                }
                return self.calm_down(id, fault.retry_after);
            }
        };
        conv.row.floor = conv.row.floor.max(page.floor);
        let before = (conv.row.told, conv.missing_up_to());
        conv.row.told = conv.row.told.max(conv.row.floor.saturating_sub(1));
        conv.ask_missing_at = None;
        for message in self.in_every_place(id, page.messages, page.low, page.high) {
            self.arrived(id, message);
        }
        self.advance(id, 0);
        let conv = self.data.conversation(id);
        if before == (conv.row.told, conv.missing_up_to()) {
            self.calm_down(id, None);
        }
    }

    fn mutation(&mut self, mutation: Mutation) {
        let Some(me) = self.me() else { return };
        let id = ConversationId::seen_by(&me, &mutation.from, &mutation.to);
        let conv = self.data.conversation(&id);
        conv.row.mutation_head = conv.row.mutation_head.max(mutation.mutation);
        if mutation.mutation > conv.row.mutation {
            conv.stash_mutation(mutation);
        }
        self.apply_mutations(&id);
    }

    /// A message this device took back itself: its caller knows, nobody else here has to be told.
    pub(super) fn own_mutation(&mut self, mutation: Mutation) {
        let Some(me) = self.me() else { return };
        let id = ConversationId::seen_by(&me, &mutation.from, &mutation.to);
        let conv = self.data.conversation(&id);
        conv.row.mutation_head = conv.row.mutation_head.max(mutation.mutation);
        if mutation.mutation == conv.row.mutation + 1 {
            conv.row.mutation += 1;
            conv.count_revoked(&me, &mutation);
        }
        self.carry_out(&id, &mutation);
        self.apply_mutations(&id);
    }

    fn apply_mutations(&mut self, id: &ConversationId) {
        let Some(me) = self.me() else { return };
        loop {
            let conv = self.data.conversation(id);
            conv.mutation_stash = conv.mutation_stash.split_off(&(conv.row.mutation + 1));
            let Some(next) = conv.mutation_stash.remove(&(conv.row.mutation + 1)) else { break };
            conv.row.mutation += 1;
            conv.count_revoked(&me, &next);
            if self.carry_out(id, &next) {
                let query = changed(id, &next);
                self.turn.late.push(Output::EmitMessages { query, kind: MessageEvent::Revoked });
            }
        }
        self.touch(id);
    }

    /// Does to a message what happened to it; whether this version knows what that is.
    fn carry_out(&mut self, id: &ConversationId, mutation: &Mutation) -> bool {
        let MessageChange::Revoked(revocation) = &mutation.change else {
            self.pass_over(Unreadable::Mutation, 1);
            return false;
        };
        self.data.conversation(id).revoke(mutation.sequence, revocation);
        self.store(Change::Revoked(id.clone(), mutation.sequence, revocation.clone()));
        if self.me().as_ref() == Some(&mutation.from) {
            self.then(Output::RemoveCopiesOf(changed(id, mutation)));
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
                    conv.row.mutation_head = conv.row.mutation;
                }
                return self.calm_down(id, fault.retry_after);
            }
        };
        self.pass_over(Unreadable::Mutation, page.mutations.unreadable);
        let before = self.data.conversation(id).row.mutation;
        for mutation in page.mutations {
            let conv = self.data.conversation(id);
            if mutation.mutation > conv.row.mutation {
                // The numbers in between belong to messages this user may not see.
                conv.row.mutation = mutation.mutation - 1;
                conv.stash_mutation(mutation);
                self.apply_mutations(id);
            }
        }
        let conv = self.data.conversation(id);
        conv.row.mutation = conv.row.mutation.max(page.up_to);
        if conv.row.mutation == before && conv.wants_mutations() {
            self.calm_down(id, None);
        }
        self.apply_mutations(id);
    }

    /// Asks nothing more about a conversation for a moment, or for as long as the server wishes.
    pub(super) fn calm_down(&mut self, id: &ConversationId, retry_after: Option<u32>) {
        let until = self.now.monotonic + retry_after.map_or(0, i64::from).max(ASK_AGAIN_MS);
        self.data.conversation(id).calm_until = until;
    }

    fn receipt(&mut self, receipt: &Receipt) {
        let Some(me) = self.me() else { return };
        let id = ConversationId::seen_by(&me, &receipt.from, &receipt.to);
        let Some(conv) = self.data.conversations.get_mut(&id) else { return };
        if receipt.from == me {
            conv.read_elsewhere(receipt);
        } else if receipt.sequence > conv.row.peer_read {
            let before = std::mem::replace(&mut conv.row.peer_read, receipt.sequence);
            self.tell_read_by_peer(&id, before, receipt.sequence);
        }
        self.touch(&id);
    }

    /// The other side has read what stands after `before`, up to `high`.
    fn tell_read_by_peer(&mut self, id: &ConversationId, before: u64, high: u64) {
        let low = before.max(high.saturating_sub(MOST_TOLD)) + 1;
        let query = Query { conversation: id.clone(), low, high, own_only: true };
        self.turn.late.push(Output::EmitMessages { query, kind: MessageEvent::ReadByPeer });
    }

    /// Marks everything in a conversation as read: here at once, on the server as soon as it can be told.
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
            self.calm_down(id, result.err().and_then(|fault| fault.retry_after));
        }
    }

    /// Asks for what conversations want. Before the first picture nothing is missing: it tells where each stands.
    pub(super) fn pump_inbox(&mut self) {
        if self.data.sync.is_blank() {
            return;
        }
        let now = self.now.monotonic;
        let wanting: Vec<ConversationId> = self.data.wanting.iter().cloned().collect();
        for id in wanting {
            let Some(conv) = self.data.conversations.get(&id).filter(|conv| conv.wants()) else {
                self.data.wanting.remove(&id);
                continue;
            };
            if conv.calm_until > now {
                continue;
            }
            let missing = conv.is_missing() && conv.ask_missing_at.is_none_or(|at| at <= now);
            let (low, high) = (conv.row.told + 1, conv.missing_up_to());
            let (after, mutations) = (conv.row.mutation, conv.wants_mutations());
            let read = conv.row.read_pending;
            if missing && self.data.is_stranger(&id) {
                // Which messages are news depends on when the user joined: a sync tells.
                self.data.conversation(&id).ask_missing_at = Some(now + ASK_AGAIN_MS);
                self.want_sync(super::sync::LATEST);
                self.pump_sync();
            } else if missing && low <= high {
                let limit = limits::HISTORY_PAGE;
                self.ask(
                    Purpose::Missing(id.clone()),
                    History { conversation_id: id.clone(), low, high, limit },
                );
            }
            if mutations {
                self.ask(Purpose::Mutations(id.clone()), Mutations { conversation_id: id.clone(), after });
            }
            if read > 0 {
                self.ask(Purpose::Read(id.clone()), Read { conversation_id: id, sequence: read });
            }
        }
    }

    pub(super) fn inbox_due(&self) -> Option<i64> {
        if !self.link.is_live() {
            return None;
        }
        let waiting = self.data.wanting.iter().filter_map(|id| self.data.conversations.get(id));
        let dues =
            waiting.flat_map(|conv| [conv.ask_missing_at, Some(conv.calm_until)].into_iter().flatten());
        dues.filter(|due| *due > self.now.monotonic).min()
    }
}

/// The message that a mutation changes.
fn changed(id: &ConversationId, mutation: &Mutation) -> Query {
    Query { conversation: id.clone(), low: mutation.sequence, high: mutation.sequence, own_only: false }
}
