//! Mutations: applied once, in the order of their sequences.

use tim_protocol::call::MutationPage;
use tim_protocol::message::{MessageChange, Mutation, Pin};
use tim_protocol::{ConversationId, Fault};

use super::conversation::Conv;
use super::{Conversations, Surroundings};
use crate::event::{Event, PinnedGroupMessage};
use crate::machine::context::Context;
use crate::machine::io::{MessageEvent, Output};
use crate::machine::unreadable::Unreadable;
use crate::mutation::seen_by;
use crate::stored::{Change, Query};

impl Conversations {
    /// A mutation was pushed.
    pub(in crate::machine) fn mutated(&mut self, around: &mut Surroundings<'_>, mutation: Mutation) {
        let Some(me) = around.cx.me() else { return };
        let mutation = seen_by(&me, mutation);
        let id = ConversationId::seen_by(&me, &mutation.from, &mutation.to);
        let conv = self.entry(around.account, &id);
        conv.row.mutation_head = conv.row.mutation_head.max(mutation.mutation_seq);
        if mutation.mutation_seq > conv.row.mutation_seq {
            conv.stash_mutation(mutation);
        }
        self.apply_mutations(around, &id);
    }

    /// A mutation by this device: the caller gets the result, and no event is emitted if it is the next one. Otherwise it waits
    /// for the earlier ones, because a message contains all up to its newest, and is emitted with them; a revocation leaves
    /// nothing to wait for.
    pub(in crate::machine) fn own_mutation(&mut self, around: &mut Surroundings<'_>, mutation: &Mutation) {
        let Some(me) = around.cx.me() else { return };
        let id = ConversationId::seen_by(&me, &mutation.from, &mutation.to);
        around.signaling.modified(around.cx, &id, mutation, true);
        let conv = self.entry(around.account, &id);
        if mutation.mutation_seq == conv.row.mutation_seq + 1 {
            conv.row.mutation_head = conv.row.mutation_head.max(mutation.mutation_seq);
            conv.row.mutation_seq += 1;
            conv.count_revoked(&me, mutation);
            self.carry_out(around.cx, &id, mutation);
            return self.apply_mutations(around, &id);
        }
        if matches!(mutation.change, MessageChange::Revoked(_)) {
            self.carry_out(around.cx, &id, mutation);
        }
        self.mutated(around, mutation.clone());
    }

    fn apply_mutations(&mut self, around: &mut Surroundings<'_>, id: &ConversationId) {
        while let Some(next) = self.convs.get_mut(id).and_then(Conv::take_next_mutation) {
            self.apply(around, id, &next);
        }
        self.touch(id);
    }

    /// Applies the next mutation, and emits what it changed.
    fn apply(&mut self, around: &mut Surroundings<'_>, id: &ConversationId, mutation: &Mutation) {
        let (Some(me), Some(conv)) = (around.cx.me(), self.convs.get_mut(id)) else { return };
        conv.row.mutation_seq = mutation.mutation_seq;
        conv.count_revoked(&me, mutation);
        if let Some(event) = self.carry_out(around.cx, id, mutation) {
            around.cx.after_received(event);
        }
        around.signaling.modified(around.cx, id, mutation, false);
    }

    /// A message of this device was stored as it was sent. Applies what changed it before its answer came.
    pub(super) fn changed_meanwhile(&mut self, cx: &mut Context, id: &ConversationId, sequence: u64) {
        let mutations = self.convs.get(id).map(|conv| conv.mutations_of(sequence)).unwrap_or_default();
        for mutation in mutations {
            if let Some(event) = self.carry_out(cx, id, &mutation) {
                cx.after_received(event);
            }
        }
    }

    /// A call of this device came too late: another one had modified the message, which is emitted as it is now.
    pub(in crate::machine) fn lost_to(&mut self, around: &mut Surroundings<'_>, mutation: Mutation) {
        let Some(me) = around.cx.me() else { return };
        let id = ConversationId::seen_by(&me, &mutation.from, &mutation.to);
        if mutation.mutation_seq <= self.entry(around.account, &id).row.mutation_seq {
            if let Some(event) = self.carry_out(around.cx, &id, &mutation) {
                around.cx.after_received(event);
            }
            return;
        }
        self.mutated(around, mutation);
    }

    /// Applies a mutation to its message. Returns the event that reports it; `None` if this version does not know the change.
    fn carry_out(&mut self, cx: &mut Context, id: &ConversationId, mutation: &Mutation) -> Option<Output> {
        let emit = |kind| Some(Output::EmitMessages { query: changed(id, mutation), kind });
        let event = match &mutation.change {
            MessageChange::Revoked(_) => emit(MessageEvent::Revoked),
            MessageChange::Modified(_) => emit(MessageEvent::Modified),
            MessageChange::Reactions(_) => emit(MessageEvent::ReactionsUpdated),
            MessageChange::Pinned(pin) => pinned(id, mutation.sequence, pin).map(Output::Emit),
            MessageChange::Other(_) => {
                cx.count_unreadable(Unreadable::Mutation, 1);
                return None;
            }
        };
        if let Some(conv) = self.convs.get_mut(id) {
            conv.mutate(mutation);
        }
        cx.store(Change::Mutated(id.clone(), Box::new(mutation.clone())));
        if matches!(mutation.change, MessageChange::Revoked(_)) {
            cx.output(Output::RemoveCopiesOf(changed(id, mutation)));
        }
        self.touch(id);
        event
    }

    /// Handles mutations that were missing.
    pub(in crate::machine) fn mutations_came(
        &mut self,
        around: &mut Surroundings<'_>,
        id: &ConversationId,
        result: Result<MutationPage, Fault>,
    ) {
        let Some(conv) = self.convs.get_mut(id) else { return };
        let page = match result {
            Ok(page) => page,
            Err(fault) => {
                if !fault.code.is_retryable() {
                    conv.row.mutation_head = conv.row.mutation_seq;
                    conv.is_paging = false;
                }
                return self.postpone(around.cx, id, fault.retry_after);
            }
        };
        let before = conv.row.mutation_seq;
        conv.paged(&page);
        around.cx.count_unreadable(Unreadable::Mutation, page.mutations.unreadable);
        for mutation in page.mutations {
            if self.convs.get(id).is_some_and(|conv| mutation.mutation_seq > conv.row.mutation_seq) {
                // The mutations in between are superseded, or of messages that this user may not see.
                self.apply(around, id, &mutation);
            }
        }
        if let Some(conv) = self.convs.get_mut(id) {
            conv.row.mutation_seq = conv.row.mutation_seq.max(page.up_to);
            if conv.row.mutation_seq == before && conv.wants_mutations() {
                self.postpone(around.cx, id, None);
            }
        }
        self.apply_mutations(around, id);
    }
}

/// The event of a pin. It does not depend on the message, which this device may not have.
fn pinned(id: &ConversationId, sequence: u64, pin: &Pin) -> Option<Event> {
    let ConversationId::Group(group) = id else { return None };
    Some(Event::PinnedGroupMessageUpdated(PinnedGroupMessage {
        group_id: group.clone(),
        message_sequence: sequence,
        is_pinned: pin.is_pinned,
        operator_id: pin.by.clone(),
    }))
}

/// The message that a mutation changes.
fn changed(id: &ConversationId, mutation: &Mutation) -> Query {
    Query { conversation: id.clone(), low: mutation.sequence, high: mutation.sequence, own_only: false }
}
