//! Received messages, put in order and emitted once, and own messages that were acknowledged.
//!
//! A message is emitted when all earlier ones have been. A message that arrives out of order waits in its
//! conversation's stash. The gap is fetched after a short delay, because the reply to an own send or the next push
//! often fills it.
//!
//! Messages above the baseline sequence are always new. Messages up to it are new only if their time is not before
//! `news_since`.

use tim_protocol::call::HistoryPage;
use tim_protocol::conversation::ConversationState;
use tim_protocol::message::Message as WireMessage;
use tim_protocol::{ConversationId, Fault, List};

use super::conversation::{MAX_EMITTED, Own, tip_of};
use super::{Conversations, Surroundings};
use crate::machine::context::Context;
use crate::machine::unreadable::{Unreadable, placeholder};
use crate::message::{Message, SendStatus};
use crate::stored::Change;

/// Delay before a gap is fetched, in milliseconds.
const GAP_PATIENCE_MS: i64 = 300;

impl Conversations {
    /// A message was pushed. [`Self::advance_pushed`] stores and emits it with others of its frame.
    pub(in crate::machine) fn pushed(&mut self, around: &mut Surroundings<'_>, message: WireMessage) {
        let Some(me) = around.cx.me() else { return };
        let id = ConversationId::seen_by(&me, &message.from, &message.to);
        let conv = self.entry(around.account, &id);
        if conv.row.gone {
            // The message was sent before the user left, or after the user rejoined; then the sync that reports the
            // rejoining fetches it.
            return;
        }
        // One from before the login may be late. Whether it is new, the initial sync tells.
        if around.awaited_since.is_none_or(|since| message.time >= since) {
            conv.row.baseline_seq.get_or_insert(message.sequence.saturating_sub(1));
        }
        // Of a message to others of the group only its place is told.
        self.learn_removed(around.cx, &id, std::slice::from_ref(&message));
        self.arrived(around, &id, message);
        self.pushed_to.insert(id);
    }

    /// Stores and emits the pushed messages that are next in order, once for each conversation.
    pub(in crate::machine) fn advance_pushed(&mut self, around: &mut Surroundings<'_>) {
        for id in std::mem::take(&mut self.pushed_to) {
            self.advance(around, &id, GAP_PATIENCE_MS);
        }
    }

    /// The server accepted a message of the outbox, which has stored it. Unless it is the next one, it waits for the
    /// earlier ones.
    pub(in crate::machine) fn acknowledged(
        &mut self,
        around: &mut Surroundings<'_>,
        mut message: WireMessage,
    ) {
        let (id, sequence) = (message.to.clone(), message.sequence);
        self.watch(around.cx, &id, &message);
        let conv = self.entry(around.account, &id);
        message.removed = conv.is_removed(sequence);
        if message.mutation_seq > 0 {
            // It changed since it was sent.
            conv.note_place(&message.from.clone(), &message);
            if sequence > conv.row.emitted_seq {
                conv.own.push(Own { sequence, is_stored: false });
            }
            return self.advance(around, &id, 0);
        }
        self.changed_meanwhile(around.cx, &id, sequence);
        let conv = self.entry(around.account, &id);
        conv.apply_mutated(&mut message);
        conv.note(&message.from.clone(), &message);
        if conv.is_next_and_last(sequence) {
            conv.row.emitted_seq = sequence;
            conv.ask_missing_at = None;
            conv.complete(sequence, sequence);
            around.cx.store(Change::Complete(id.clone(), sequence, sequence));
            around.signaling.hear(around.cx, &message, true, true);
            return self.touch(&id);
        }
        if sequence > conv.row.emitted_seq {
            conv.own.push(Own { sequence, is_stored: true });
            conv.stash(message);
        }
        self.advance(around, &id, GAP_PATIENCE_MS);
    }

    /// Files a received message. If it is in the outbox, it leaves it, stored.
    fn arrived(&mut self, around: &mut Surroundings<'_>, id: &ConversationId, mut message: WireMessage) {
        let Some(me) = around.cx.me() else { return };
        self.entry(around.account, id).apply_mutated(&mut message);
        let marks = self.marks(id);
        if message.from == me {
            self.watch(around.cx, id, &message);
        }
        let is_own = message.from == me && around.outbox.came(around.cx, &message, marks);
        let conv = self.entry(around.account, id);
        conv.note(&me, &message);
        if message.sequence > conv.row.emitted_seq {
            if is_own {
                conv.own.push(Own { sequence: message.sequence, is_stored: true });
            }
            conv.stash(message);
        }
        self.touch(id);
    }

    /// Stores and emits the messages that are next in order; a remaining gap is fetched after `patience` milliseconds.
    pub(super) fn advance(&mut self, around: &mut Surroundings<'_>, id: &ConversationId, patience: i64) {
        let Some(me) = around.cx.me() else { return };
        let ask_at = around.cx.now() + patience;
        let since = around.news_since(id);
        let conv = self.entry(around.account, id);
        let mut next = conv.take_next();
        conv.ask_missing_at =
            conv.is_missing().then(|| conv.ask_missing_at.map_or(ask_at, |at| at.min(ask_at)));
        if let (Some(first), Some(last)) = (next.first(), next.last()) {
            let (low, high) = (first.sequence, last.sequence);
            conv.complete(low, high);
            let marks = conv.marks();
            let baseline_seq = conv.row.baseline_seq.unwrap_or(u64::MAX);
            let is_news = |message: &WireMessage| message.sequence > baseline_seq || message.time >= since;
            // Those sent by this device are stored, unless they changed, and their callers know.
            let own = std::mem::take(&mut conv.own);
            conv.own = own.iter().copied().filter(|it| it.sequence > high).collect();
            let sent = |message: &WireMessage| own.iter().find(|it| it.sequence == message.sequence);
            for message in
                next.iter().filter(|message| is_news(message) && !conv.is_removed(message.sequence))
            {
                let is_own = sent(message).is_some();
                let invites = is_own || !conv.discards(&me, message);
                around.signaling.hear(around.cx, message, is_own, invites);
            }
            next.retain(|message| message.mutation_seq > 0 || !sent(message).is_some_and(|it| it.is_stored));
            next.retain(|message| !message.removed && !conv.is_removed(message.sequence));
            for message in next.iter().filter(|message| is_news(message)) {
                if sent(message).is_some() || conv.discards(&me, message) {
                    continue;
                }
                conv.note_emitted(message.sequence);
                around.cx.received(Message::from_wire(&me, message, SendStatus::Success, marks));
            }
            for tip in next.iter().filter_map(tip_of) {
                around.account.apply_tip(around.cx, &tip, id);
            }
            if !next.is_empty() {
                around.cx.store(Change::Messages(id.clone(), next));
            }
            around.cx.store(Change::Complete(id.clone(), low, high));
        }
        self.touch(id);
    }

    /// Applies the state of a conversation from a sync. Messages of the initial sync are history.
    pub(in crate::machine) fn apply_state(
        &mut self,
        around: &mut Surroundings<'_>,
        mut state: ConversationState,
        is_initial_sync: bool,
    ) {
        let id = state.conversation_id.clone();
        if state.gone {
            return self.leave(&id);
        }
        let conv = self.entry(around.account, &id);
        let is_new = conv.row.head == 0;
        let is_history = is_initial_sync && conv.row.emitted_seq == 0 && conv.ranges.is_empty();
        self.raise_floor(around.cx, &id, state.first_visible_seq);
        self.hidden_elsewhere(around.cx, &id, state.hidden_below);
        let conv = self.entry(around.account, &id);
        conv.row.gone = false;
        let (head_before, read_before) = (conv.row.head, conv.row.peer_read);
        conv.merge(&state);
        let read_now = conv.row.peer_read;
        let baseline_seq = *conv.row.baseline_seq.get_or_insert(state.head);
        if is_new {
            // Messages fetched from now on already contain earlier revocations, and tell what was removed. In a conversation
            // that was known before, a message may be stored unrevoked, such as an own message acknowledged before the first page.
            conv.row.mutation_seq = conv.row.mutation_seq.max(state.mutation_head);
            conv.row.removal_seq = conv.row.removal_seq.max(state.removals);
        }
        around.cx.count_unreadable(Unreadable::Message, state.mentions.unreadable);
        self.keep_last(around, &id, std::mem::take(&mut state.last_message));
        let latest = std::mem::take(&mut state.latest);
        let places = (latest.len() + latest.unreadable) as u64;
        let low = state.head.saturating_add(1).saturating_sub(places);
        let latest = self.fill_gaps(around.cx, &id, latest, (low, state.head));
        // Messages pushed before the initial sync are new; those below them are history.
        let history = if is_history { baseline_seq } else { state.head.saturating_sub(MAX_EMITTED) };
        self.keep_history(around.cx, &id, history, &latest);
        if is_history {
            let known: Vec<_> = latest.iter().filter(|it| it.sequence <= history).cloned().collect();
            around.signaling.hear_history(around.cx, &known);
        }
        for message in latest {
            self.arrived(around, &id, message);
        }
        self.advance(around, &id, 0);
        if state.head >= head_before {
            let (members, owner, info) = (state.member_count, state.owner_id, state.info_sequence);
            around.account.update_counts(around.cx, &id, members, owner, info);
        }
        if read_now > read_before && !is_new && !is_history {
            Self::emit_read_by_peer(around.cx, &id, read_before, read_now);
        }
    }

    /// Keeps the last message of a conversation if it stands before the newest ones.
    fn keep_last(&mut self, around: &mut Surroundings<'_>, id: &ConversationId, last: List<WireMessage>) {
        around.cx.count_unreadable(Unreadable::Message, last.unreadable);
        let (Some(me), Some(conv)) = (around.cx.me(), self.convs.get_mut(id)) else { return };
        for mut message in last {
            conv.apply_mutated(&mut message);
            if message.removed {
                continue;
            }
            conv.note(&me, &message);
            around.cx.store(Change::Messages(id.clone(), vec![message]));
        }
    }

    /// Treats everything up to `up_to` as history: stores the messages at hand and emits none.
    fn keep_history(&mut self, cx: &mut Context, id: &ConversationId, up_to: u64, latest: &[WireMessage]) {
        let Some(conv) = self.convs.get_mut(id).filter(|conv| up_to > conv.row.emitted_seq) else { return };
        conv.row.emitted_seq = up_to;
        conv.stash.retain(|sequence, _| *sequence > up_to);
        let mut here: Vec<WireMessage> = latest.iter().filter(|it| it.sequence <= up_to).cloned().collect();
        here.iter_mut().for_each(|message| conv.apply_mutated(message));
        if let (Some(first), Some(last)) = (here.first(), here.last()) {
            let (low, high) = (first.sequence, last.sequence);
            here.retain(|message| !message.removed);
            conv.complete(low, high);
            cx.store(Change::Messages(id.clone(), here));
            cx.store(Change::Complete(id.clone(), low, high));
        }
    }

    /// Handles messages that fill a gap; of a large gap the newest come first.
    pub(in crate::machine) fn missing_came(
        &mut self,
        around: &mut Surroundings<'_>,
        id: &ConversationId,
        result: Result<HistoryPage, Fault>,
    ) {
        let Some(conv) = self.convs.get_mut(id) else { return };
        let page = match result {
            Ok(page) => page,
            Err(fault) => {
                if !fault.code.is_retryable() {
                    // The user may no longer read the conversation, so nothing is missing.
                    conv.row.emitted_seq = conv.row.head;
                    self.touch(id);
                }
                return self.postpone(around.cx, id, fault.retry_after);
            }
        };
        let before = (conv.row.emitted_seq, conv.missing_up_to());
        conv.ask_missing_at = None;
        self.raise_floor(around.cx, id, page.first_visible_seq);
        for message in self.fill_gaps(around.cx, id, page.messages, (page.low, page.high)) {
            self.arrived(around, id, message);
        }
        self.advance(around, id, 0);
        let after = self.convs.get(id).map(|conv| (conv.row.emitted_seq, conv.missing_up_to()));
        if after == Some(before) {
            self.postpone(around.cx, id, None);
        }
    }

    /// The messages of a range, with placeholders for unreadable ones. Those that are marked as removed are removed here too. A list
    /// whose length does not match the range is returned without placeholders.
    pub(super) fn fill_gaps(
        &mut self,
        cx: &mut Context,
        id: &ConversationId,
        list: List<WireMessage>,
        (low, high): (u64, u64),
    ) -> Vec<WireMessage> {
        let List { items, unreadable } = list;
        cx.count_unreadable(Unreadable::Message, unreadable);
        self.learn_removed(cx, id, &items);
        let places = high.saturating_add(1).saturating_sub(low);
        let (Some(me), Some(conv)) = (cx.me(), self.convs.get(id)) else { return items };
        if unreadable == 0 || places != (items.len() + unreadable) as u64 {
            return items;
        }
        let row = &conv.row;
        // The time of the last activity by the server's clock if known, because this device's clock may have been
        // changed.
        let newest = if row.last_active > 0 { row.last_active } else { cx.server_now() };
        let mut read = items.into_iter().peekable();
        let mut all: Vec<WireMessage> = Vec::new();
        for sequence in low..=high {
            let message = read.next_if(|message| message.sequence == sequence).unwrap_or_else(|| {
                let before = all.last();
                let time = before.map_or(newest, |before| before.time);
                let unread_index = match before {
                    _ if sequence == row.head => row.unread_index,
                    Some(before) => before.unread_index,
                    None => row.unread_index,
                };
                WireMessage { sequence, unread_index, ..placeholder(&me, id, sequence, time) }
            });
            all.push(message);
        }
        all
    }
}
