//! What the user removes for themselves: what was said in a conversation, and a conversation from the list. Here at once, on the
//! server and on the user's other devices when the connection allows.
//!
//! Both are numbers that only grow: the first visible sequence, and the head below which a conversation is hidden. What this
//! device removed is kept beside them until the server confirms it.

use tim_protocol::call::{
    ConversationRemoval, ConversationsRemoved, RemoveConversationsRequest, check_conversation_count,
};
use tim_protocol::conversation::{ReadState, Removed};
use tim_protocol::{Code, ConversationId, Fault, List, limits};

use super::conversation::Conv;
use super::{Conversations, Surroundings};
use crate::conversation::{ConversationFailure, ConversationResults, Removal};
use crate::machine::account::Account;
use crate::machine::context::Context;
use crate::machine::io::Output;
use crate::machine::outbox::Outbox;
use crate::machine::purpose::Purpose;
use crate::machine::unreadable::Unreadable;
use crate::ranges;
use crate::stored::{Change, Query};

impl Conv {
    /// Whether the list has it: not if the user removed it and nothing was said since.
    pub(super) fn is_listed(&self) -> bool {
        !self.row.gone && (self.row.head >= self.row.hidden_below || self.has_outbox)
    }

    pub(super) fn has_unsent_removal(&self) -> bool {
        self.row.floor_pending > 0 || self.row.hidden_pending > 0 || !self.row.unsent_removed.is_empty()
    }

    /// Messages before this sequence are not visible any more.
    fn forget_below(&mut self, floor: u64) {
        let row = &mut self.row;
        row.first_visible_seq = floor;
        row.emitted_seq = row.emitted_seq.max(floor - 1);
        ranges::remove_up_to(&mut row.undelivered, floor - 1);
        ranges::remove_up_to(&mut row.unsent_removed, floor - 1);
        ranges::remove_up_to(&mut row.removed_unread, floor - 1);
        ranges::remove_up_to(&mut self.ranges, floor - 1);
        ranges::remove_up_to(&mut self.removed, floor - 1);
        self.stash.retain(|sequence, _| *sequence >= floor);
        self.newest.take_if(|newest| newest.sequence < floor);
    }

    /// Takes over how far the user has read, unless more is known here. Whether its count of revoked and removed messages was
    /// taken over.
    pub(super) fn keep_read(&mut self, state: &ReadState) -> bool {
        let row = &mut self.row;
        // If the read sequence moved on this device meanwhile, revocations are counted as they arrive.
        let is_newest = state.mutation_head >= row.revoked_up_to && state.removals >= row.removal_head;
        let is_counted = state.read > row.read || (state.read == row.read && is_newest);
        row.removal_head = row.removal_head.max(state.removals);
        if is_counted {
            row.revoked_above_read = state.revoked_above_read;
            row.revoked_up_to = state.mutation_head;
        }
        if state.read >= row.read {
            row.read = state.read;
            row.unread_base = state.unread_base;
        }
        self.trim_mentions();
        is_counted
    }

    /// The server has carried out a removal of this device, or does not know how.
    fn removal_sent(&mut self, sent: &ConversationRemoval) {
        let row = &mut self.row;
        row.floor_pending = if row.floor_pending > sent.first_visible_seq { row.floor_pending } else { 0 };
        row.hidden_pending = if row.hidden_pending > sent.hidden_below { row.hidden_pending } else { 0 };
    }
}

impl Conversations {
    /// Removes conversations: here at once, on the server when the connection allows.
    ///
    /// # Errors
    /// Those of [`check_conversation_count`].
    pub(in crate::machine) fn remove(
        &mut self,
        (cx, account, outbox): (&mut Context, &Account, &mut Outbox),
        ids: Vec<ConversationId>,
        removal: Removal,
    ) -> Result<ConversationResults, Fault> {
        check_conversation_count(ids.len())?;
        cx.make_durable();
        let mut results = ConversationResults::default();
        for id in ids {
            if self.convs.get(&id).is_none_or(|conv| conv.row.gone) {
                results.failure_conversation_id_list.push(ConversationFailure::unknown(id));
                continue;
            }
            outbox.discard_at_rest(cx, &id);
            if removal.history {
                self.clear(cx, &id);
            }
            if removal.conversation {
                self.hide(cx, account, &id);
            }
            results.success_conversation_id_list.push(id);
        }
        Ok(results)
    }

    /// Removes what was said up to the head.
    fn clear(&mut self, cx: &mut Context, id: &ConversationId) {
        let Some(conv) = self.convs.get_mut(id) else { return };
        let floor = conv.row.head + 1;
        if floor > conv.row.first_visible_seq {
            conv.read_all();
            conv.row.floor_pending = floor;
            self.raise_floor(cx, id, floor);
        }
    }

    /// Removes a conversation from the list until its head grows. One that is there for messages of the outbox only is not
    /// known to the server.
    fn hide(&mut self, cx: &mut Context, account: &Account, id: &ConversationId) {
        let Some(conv) = self.convs.get_mut(id) else { return };
        let is_known = conv.row.head > 0 || account.is_member(id);
        if is_known && conv.row.head >= conv.row.hidden_below {
            conv.row.hidden_below = conv.row.head + 1;
            conv.row.hidden_pending = conv.row.hidden_below;
            self.touch(id);
        }
        self.forget_draft(cx, id);
    }

    /// What the user has begun to write goes with the conversation.
    fn forget_draft(&mut self, cx: &mut Context, id: &ConversationId) {
        if self.drafts.contains_key(id) {
            self.keep_draft(cx, id, String::new());
            self.list.changed.insert(id.clone());
        }
        if let Some(conv) = self.convs.get_mut(id) {
            conv.invalidate_view();
        }
    }

    /// The conversation was removed from the list up to a head, here or on another device.
    pub(super) fn hidden_elsewhere(&mut self, cx: &mut Context, id: &ConversationId, hidden_below: u64) {
        let Some(conv) = self.convs.get_mut(id).filter(|conv| hidden_below > conv.row.hidden_below) else {
            return;
        };
        conv.row.hidden_below = hidden_below;
        // In a new epoch its head is not known yet, and what this device kept was written since.
        if conv.row.head > 0 && hidden_below > conv.row.head {
            self.forget_draft(cx, id);
            self.emptied.insert(id.clone());
        }
    }

    /// Messages before this sequence are not visible any more: they leave the device, with the copies of their files.
    pub(super) fn raise_floor(&mut self, cx: &mut Context, id: &ConversationId, floor: u64) {
        let Some(conv) = self.convs.get_mut(id).filter(|conv| floor > conv.row.first_visible_seq) else {
            return;
        };
        let low = conv.row.first_visible_seq;
        if conv.row.head > 0 {
            let high = conv.row.head.min(floor - 1);
            let query = Query { conversation: id.clone(), low, high, own_only: false };
            cx.before_commit(Output::RemoveCopiesOf(query));
            cx.store(Change::Cleared(id.clone(), floor));
        }
        conv.forget_below(floor);
        if conv.row.head > 0 && floor > conv.row.head {
            self.emptied.insert(id.clone());
        }
        self.touch(id);
    }

    /// Sends the removals that wait, one request at a time.
    pub(super) fn pump_removals(&mut self, cx: &mut Context) {
        if self.asked_removals.is_some() {
            return;
        }
        let now = cx.now();
        let waiting = self.wanting.iter().filter_map(|id| {
            let conv = self.convs.get(id)?;
            let is_unsent = conv.row.floor_pending > 0 || conv.row.hidden_pending > 0;
            let is_due = !conv.row.gone && is_unsent && conv.retry_at <= now;
            is_due.then(|| ConversationRemoval {
                conversation_id: id.clone(),
                first_visible_seq: conv.row.floor_pending,
                hidden_below: conv.row.hidden_pending,
            })
        });
        let conversations: Vec<_> = waiting.take(limits::CONVERSATIONS_PER_CALL).collect();
        if !conversations.is_empty() {
            let request = RemoveConversationsRequest { conversations };
            cx.ask(Purpose::Removals, request.clone());
            self.asked_removals = Some(request);
        }
    }

    /// Handles the reply to removals of this device.
    pub(in crate::machine) fn removals_answered(
        &mut self,
        around: &mut Surroundings<'_>,
        result: Result<ConversationsRemoved, Fault>,
    ) {
        let Some(RemoveConversationsRequest { conversations }) = self.asked_removals.take() else { return };
        let reply = match result {
            Ok(reply) => reply,
            Err(fault) if fault.code.is_retryable() => {
                for asked in &conversations {
                    self.postpone(around.cx, &asked.conversation_id, fault.retry_after);
                }
                return;
            }
            Err(_) => ConversationsRemoved::default(),
        };
        self.removed_elsewhere(around, reply.conversations);
        for asked in conversations {
            let id = &asked.conversation_id;
            let refusal = reply.failures.iter().find(|failure| failure.conversation_id == *id);
            // Of a group that the user left meanwhile it is sent when the user is back, because it is removed here already.
            let is_later = |code: Code| {
                code.is_retryable() || [Code::GROUP_PERMISSION_DENIED, Code::GROUP_NOT_FOUND].contains(&code)
            };
            if refusal.is_some_and(|failure| is_later(failure.code)) {
                self.postpone(around.cx, id, None);
            } else if let Some(conv) = self.convs.get_mut(id) {
                conv.removal_sent(&asked);
                self.touch(id);
            }
        }
    }

    /// What the server has as removed now. Of a conversation that is not known here it comes with a sync.
    pub(in crate::machine) fn removed_elsewhere(
        &mut self,
        around: &mut Surroundings<'_>,
        list: List<Removed>,
    ) {
        around.cx.count_unreadable(Unreadable::Change, list.unreadable);
        for Removed { conversation_id: id, first_visible_seq, hidden_below, read } in list {
            self.raise_floor(around.cx, &id, first_visible_seq);
            self.hidden_elsewhere(around.cx, &id, hidden_below);
            if let Some(conv) = self.convs.get_mut(&id).filter(|conv| !conv.row.gone) {
                conv.keep_read(&read);
                // Messages that waited for removed ones are next now.
                self.advance(around, &id, 0);
                self.touch(&id);
            }
        }
    }
}
