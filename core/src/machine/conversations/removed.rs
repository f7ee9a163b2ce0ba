//! Messages that the user removed: a set of sequences of each conversation, which only grows. Here at once, on the server and on
//! the user's other devices when the connection allows.
//!
//! The server numbers the ranges that removals make. What this device removed is kept beside them until the server confirms it,
//! with those that count as unread for the server until then.

use tim_protocol::attributes::Attributes;
use tim_protocol::call::{RemovalPage, RemovalsRequest, RemoveMessagesRequest, check_removed_count};
use tim_protocol::conversation::RemovedMessages;
use tim_protocol::message::Message as WireMessage;
use tim_protocol::{Code, ConversationId, Fault, limits};

use super::Conversations;
use super::conversation::Conv;
use crate::machine::context::Context;
use crate::machine::io::Output;
use crate::machine::outbox::Outbox;
use crate::machine::purpose::Purpose;
use crate::machine::unreadable::Unreadable;
use crate::message::{Flow, Message};
use crate::ranges;
use crate::stored::{Change, Query, Ranges};

/// So many messages are looked at to find the last one that is left.
const LOOKED_AT: u64 = 100;

impl Conv {
    pub(super) fn is_removed(&self, sequence: u64) -> bool {
        ranges::has(&self.removed, sequence)
    }

    pub(super) fn wants_removals(&self) -> bool {
        self.row.removal_head > self.row.removal_seq
    }

    /// How many messages that this device removed are unread as far as the server knows.
    pub(super) fn removed_unread(&self) -> u64 {
        ranges::count_above(&self.row.removed_unread, self.row.read)
    }

    /// The messages of a range are not visible any more.
    pub(super) fn forget_range(&mut self, low: u64, high: u64) {
        ranges::add(&mut self.removed, low, high);
        self.complete(low, high);
        self.newest.take_if(|newest| (low..=high).contains(&newest.sequence));
        self.row.mentions.retain(|mention| !(low..=high).contains(&mention.sequence));
    }

    /// This device removes a message, which counts as unread or does not. False if it is not visible any more.
    pub(super) fn note_removal(&mut self, sequence: u64, counts: bool) -> bool {
        let is_visible = sequence >= self.row.first_visible_seq && !self.is_removed(sequence);
        if is_visible {
            ranges::add(&mut self.row.unsent_removed, sequence, sequence);
        }
        if is_visible && counts && sequence > self.row.read {
            ranges::add(&mut self.row.removed_unread, sequence, sequence);
        }
        is_visible
    }

    /// The server has removed a range. If its count of unread messages is taken over, those of it are not counted here.
    pub(super) fn range_sent(&mut self, (low, high): (u64, u64), is_counted: bool) {
        let row = &mut self.row;
        ranges::remove(&mut row.unsent_removed, low, high);
        let before = ranges::count_above(&row.removed_unread, row.read);
        ranges::remove(&mut row.removed_unread, low, high);
        if !is_counted {
            row.revoked_above_read += before - ranges::count_above(&row.removed_unread, row.read);
        }
    }

    /// Where the last message may be, among those that are stored; `None` if it is known, or was looked for in vain.
    pub(super) fn last_is_among(&self) -> Option<(u64, u64)> {
        if self.newest.is_some() || self.is_last_sought {
            return None;
        }
        let floor = self.row.first_visible_seq.max(1);
        let high = ranges::below(&self.removed, self.row.last_shown_seq);
        if high < floor {
            return None;
        }
        let low = ranges::reach_down(&self.removed, high, LOOKED_AT, floor);
        match self.uncovered(low, high) {
            None => Some((low, high)),
            Some((_, to)) => (to < high).then_some((to + 1, high)),
        }
    }
}

impl Conversations {
    /// Removes messages of one conversation: here at once, on the server when the connection allows. Those of the outbox are not
    /// sent.
    ///
    /// # Errors
    /// Those of [`check_removed_count`]; [`Code::BAD_REQUEST`] for messages of several conversations,
    /// [`Code::NOTICE_NOT_REMOVABLE`], [`Code::CONVERSATION_NOT_FOUND`], [`Code::MESSAGE_INVALID`] and
    /// [`Code::MESSAGE_ON_ITS_WAY`]; then nothing is removed.
    pub(in crate::machine) fn remove_messages(
        &mut self,
        (cx, outbox): (&mut Context, &mut Outbox),
        messages: &[Message],
    ) -> Result<(), Fault> {
        check_removed_count(messages.len() as u64)?;
        let Some(id) = messages.first().map(|message| message.conversation_id.clone()) else { return Ok(()) };
        if messages.iter().any(|message| message.conversation_id != id) {
            return Err(Fault::with_text(Code::BAD_REQUEST, "the messages are of several conversations"));
        }
        if id == ConversationId::System {
            return Err(Fault::new(Code::NOTICE_NOT_REMOVABLE));
        }
        let (placed, waiting): (Vec<_>, Vec<_>) = messages.iter().partition(|message| message.sequence > 0);
        for message in &waiting {
            outbox.check_discard(message.id, Code::MESSAGE_INVALID)?;
        }
        if !placed.is_empty() {
            let conv = self.convs.get(&id).filter(|conv| !conv.row.gone);
            let head = conv.ok_or(Code::CONVERSATION_NOT_FOUND)?.row.head;
            if placed.iter().any(|message| message.sequence > head) {
                return Err(Fault::new(Code::MESSAGE_INVALID));
            }
        }
        cx.make_durable();
        for message in waiting {
            outbox.take_back(cx, message.id);
        }
        self.remove_here(cx, &id, &placed);
        Ok(())
    }

    fn remove_here(&mut self, cx: &mut Context, id: &ConversationId, messages: &[&Message]) {
        let mut removed = Ranges::new();
        let Some(conv) = self.convs.get_mut(id) else { return };
        for message in messages {
            let sequence = message.sequence;
            let is_revoked = message.is_revoked || conv.is_revoked(sequence);
            let counts = message.flow == Flow::In && !message.is_excluded_from_unread_count && !is_revoked;
            if conv.note_removal(sequence, counts) {
                ranges::add(&mut removed, sequence, sequence);
            }
        }
        for range in removed {
            self.delete(cx, id, range);
        }
    }

    /// The messages of a range are not visible any more: they leave the device, with the copies of their files.
    fn delete(&mut self, cx: &mut Context, id: &ConversationId, (low, high): (u64, u64)) {
        let Some(conv) = self.convs.get_mut(id) else { return };
        let low = low.max(conv.row.first_visible_seq);
        if low > high || ranges::has_all(&conv.removed, low, high) {
            return;
        }
        let query = Query { conversation: id.clone(), low, high: high.min(conv.row.head), own_only: false };
        cx.before_commit(Output::RemoveCopiesOf(query));
        cx.store(Change::Removed(id.clone(), low, high));
        conv.forget_range(low, high);
        self.touch(id);
    }

    /// The same of messages that were removed on another device, which is emitted.
    fn delete_elsewhere(&mut self, cx: &mut Context, id: &ConversationId, (low, high): (u64, u64)) {
        let Some(conv) = self.convs.get(id).filter(|conv| !ranges::has_all(&conv.removed, low, high)) else {
            return;
        };
        let high_here = high.min(conv.row.head);
        let query = Query { conversation: id.clone(), low, high: high_here, own_only: false };
        cx.before_commit(Output::EmitDeleted(query));
        self.delete(cx, id, (low, high));
    }

    /// Messages came from the server: those that are marked as removed are so here too.
    pub(super) fn learn_removed(&mut self, cx: &mut Context, id: &ConversationId, messages: &[WireMessage]) {
        let mut removed = Ranges::new();
        for message in messages.iter().filter(|message| message.removed) {
            ranges::add(&mut removed, message.sequence, message.sequence);
        }
        for range in removed {
            self.delete_elsewhere(cx, id, range);
        }
    }

    /// Messages were removed on another device, or by a request of this one. Of a conversation that is not known here a sync tells
    /// it.
    pub(in crate::machine) fn messages_removed(&mut self, cx: &mut Context, came: RemovedMessages) {
        let RemovedMessages { conversation_id: id, ranges, read } = came;
        cx.count_unreadable(Unreadable::Change, ranges.unreadable);
        let Some(conv) = self.convs.get_mut(&id).filter(|conv| !conv.row.gone) else { return };
        let is_counted = conv.keep_read(&read);
        if conv.row.removal_seq + (ranges.len() + ranges.unreadable) as u64 >= read.removals {
            conv.row.removal_seq = conv.row.removal_seq.max(read.removals);
        }
        self.apply_removed(cx, &id, ranges.items, is_counted);
    }

    fn apply_removed(&mut self, cx: &mut Context, id: &ConversationId, ranges: Ranges, is_counted: bool) {
        let is_range = |(low, high): &(u64, u64)| (1..=limits::NUMBER).contains(high) && low <= high;
        for range in ranges.into_iter().filter(is_range) {
            if let Some(conv) = self.convs.get_mut(id) {
                conv.range_sent(range, is_counted);
            }
            self.delete_elsewhere(cx, id, range);
        }
        self.touch(id);
    }

    /// Asks for what is missing of what was removed on other devices, and sends what was removed here.
    pub(super) fn pump_removed(&mut self, cx: &mut Context, id: &ConversationId) {
        let Some(conv) = self.convs.get(id) else { return };
        if conv.wants_removals() {
            let asked = RemovalsRequest { conversation_id: id.clone(), after: conv.row.removal_seq };
            cx.ask(Purpose::Removed(id.clone()), asked);
        }
        if !conv.row.unsent_removed.is_empty() && !self.asked_removed.contains_key(id) {
            let ranges = ranges::first(&conv.row.unsent_removed, limits::REMOVED_MESSAGES);
            self.asked_removed.insert(id.clone(), ranges.clone());
            cx.ask(
                Purpose::Remove(id.clone()),
                RemoveMessagesRequest { conversation_id: id.clone(), ranges },
            );
        }
    }

    /// Handles the reply to a removal of this device.
    pub(in crate::machine) fn remove_answered(
        &mut self,
        cx: &mut Context,
        id: &ConversationId,
        result: Result<RemovedMessages, Fault>,
    ) {
        let Some(asked) = self.asked_removed.remove(id) else { return };
        // Of a group that the user left meanwhile it is sent when the user is back, because it is removed here already.
        let is_later = |code: Code| {
            code.is_retryable() || [Code::GROUP_PERMISSION_DENIED, Code::GROUP_NOT_FOUND].contains(&code)
        };
        match result {
            Err(fault) if is_later(fault.code) => self.postpone(cx, id, fault.retry_after),
            Err(_) => self.apply_removed(cx, id, asked, false),
            Ok(reply) => {
                let Some(conv) = self.convs.get_mut(id) else { return };
                let is_counted = conv.keep_read(&reply.read);
                self.apply_removed(cx, id, asked, is_counted);
                self.messages_removed(cx, reply);
            }
        }
    }

    /// Handles removals that were missing.
    pub(in crate::machine) fn removals_came(
        &mut self,
        cx: &mut Context,
        id: &ConversationId,
        result: Result<RemovalPage, Fault>,
    ) {
        let Some(conv) = self.convs.get_mut(id) else { return };
        let RemovalPage { ranges, up_to, .. } = match result {
            Ok(page) => page,
            Err(fault) => {
                if !fault.code.is_retryable() {
                    conv.row.removal_seq = conv.row.removal_head;
                    self.touch(id);
                }
                return self.postpone(cx, id, fault.retry_after);
            }
        };
        if up_to > conv.row.removal_seq {
            conv.row.removal_seq = up_to;
        } else if conv.wants_removals() {
            self.postpone(cx, id, None);
        }
        cx.count_unreadable(Unreadable::Change, ranges.unreadable);
        // What is counted as unread came with the number of the newest one.
        self.apply_removed(cx, id, ranges.items, true);
    }

    /// Looks for the last messages of conversations whose last message was removed.
    pub(in crate::machine) fn seek_last(&mut self, cx: &mut Context) {
        for id in std::mem::take(&mut self.lastless) {
            let Some(conv) = self.convs.get_mut(&id) else { continue };
            if let Some((low, high)) = conv.last_is_among() {
                conv.is_last_sought = true;
                cx.output(Output::ReadLast(Query { conversation: id.clone(), low, high, own_only: false }));
                self.seeking.insert(id);
            }
        }
    }

    /// The messages among which the last one may be.
    pub(in crate::machine) fn last_came(&mut self, id: &ConversationId, messages: Vec<WireMessage>) {
        self.seeking.remove(id);
        let Some(conv) = self.convs.get_mut(id) else { return };
        let is_shown = |message: &WireMessage| {
            !Attributes::of(message.attributes.as_deref()).excluded_from_last_message
                && !conv.is_removed(message.sequence)
        };
        let found = messages.into_iter().rev().find(is_shown);
        if found.is_some() && conv.newest.is_none() {
            conv.newest = found.map(Box::new);
            conv.invalidate_view();
            self.list.changed.insert(id.clone());
        }
    }
}
