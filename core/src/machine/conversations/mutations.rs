//! Mutations: applied once, in the order of their sequences; and what a revoked message leaves behind.

use tim_protocol::call::MutationPage;
use tim_protocol::message::{MessageChange, Mutation};
use tim_protocol::{ConversationId, Fault};

use super::{Conversations, Surroundings};
use crate::machine::context::Context;
use crate::machine::io::{MessageEvent, Output};
use crate::machine::unreadable::Unreadable;
use crate::stored::{Change, Query};

impl Conversations {
    /// A mutation was pushed.
    pub(in crate::machine) fn mutated(&mut self, around: &mut Surroundings<'_>, mutation: Mutation) {
        let Some(me) = around.cx.me() else { return };
        let id = ConversationId::seen_by(&me, &mutation.from, &mutation.to);
        let conv = self.entry(around.account, &id);
        conv.row.mutation_head = conv.row.mutation_head.max(mutation.mutation_seq);
        if mutation.mutation_seq > conv.row.mutation_seq {
            conv.stash_mutation(mutation);
        }
        self.apply_mutations(around.cx, &id);
    }

    /// A revocation made by this device: the caller gets the result, and no event is emitted.
    pub(in crate::machine) fn own_mutation(&mut self, around: &mut Surroundings<'_>, mutation: &Mutation) {
        let Some(me) = around.cx.me() else { return };
        let id = ConversationId::seen_by(&me, &mutation.from, &mutation.to);
        let conv = self.entry(around.account, &id);
        conv.row.mutation_head = conv.row.mutation_head.max(mutation.mutation_seq);
        if mutation.mutation_seq == conv.row.mutation_seq + 1 {
            conv.row.mutation_seq += 1;
            conv.count_revoked(&me, mutation);
        }
        self.carry_out(around.cx, &id, mutation);
        self.apply_mutations(around.cx, &id);
    }

    fn apply_mutations(&mut self, cx: &mut Context, id: &ConversationId) {
        let Some(me) = cx.me() else { return };
        while let Some(conv) = self.convs.get_mut(id) {
            conv.mutation_stash = conv.mutation_stash.split_off(&(conv.row.mutation_seq + 1));
            let Some(next) = conv.mutation_stash.remove(&(conv.row.mutation_seq + 1)) else { break };
            conv.row.mutation_seq += 1;
            conv.count_revoked(&me, &next);
            if self.carry_out(cx, id, &next) {
                let query = changed(id, &next);
                cx.after_received(Output::EmitMessages { query, kind: MessageEvent::Revoked });
            }
        }
        self.touch(id);
    }

    /// Applies a mutation to its message; false if this version does not know the change.
    fn carry_out(&mut self, cx: &mut Context, id: &ConversationId, mutation: &Mutation) -> bool {
        let MessageChange::Revoked(revocation) = &mutation.change else {
            cx.count_unreadable(Unreadable::Mutation, 1);
            return false;
        };
        if let Some(conv) = self.convs.get_mut(id) {
            conv.revoke(mutation.sequence, revocation);
        }
        cx.store(Change::Revoked(id.clone(), mutation.sequence, revocation.clone()));
        if cx.me().as_ref() == Some(&mutation.from) {
            cx.output(Output::RemoveCopiesOf(changed(id, mutation)));
        }
        self.touch(id);
        true
    }

    /// Handles mutations that were missing.
    pub(in crate::machine) fn mutations_came(
        &mut self,
        cx: &mut Context,
        id: &ConversationId,
        result: Result<MutationPage, Fault>,
    ) {
        let Some(conv) = self.convs.get_mut(id) else { return };
        let page = match result {
            Ok(page) => page,
            Err(fault) => {
                if !fault.code.is_retryable() {
                    conv.row.mutation_head = conv.row.mutation_seq;
                }
                return self.postpone(cx, id, fault.retry_after);
            }
        };
        let before = conv.row.mutation_seq;
        cx.count_unreadable(Unreadable::Mutation, page.mutations.unreadable);
        for mutation in page.mutations {
            if let Some(conv) = self.convs.get_mut(id)
                && mutation.mutation_seq > conv.row.mutation_seq
            {
                // The mutation sequences in between belong to messages that this user may not see.
                conv.row.mutation_seq = mutation.mutation_seq - 1;
                conv.stash_mutation(mutation);
                self.apply_mutations(cx, id);
            }
        }
        if let Some(conv) = self.convs.get_mut(id) {
            conv.row.mutation_seq = conv.row.mutation_seq.max(page.up_to);
            if conv.row.mutation_seq == before && conv.wants_mutations() {
                self.postpone(cx, id, None);
            }
        }
        self.apply_mutations(cx, id);
    }
}

/// The message that a mutation changes.
fn changed(id: &ConversationId, mutation: &Mutation) -> Query {
    Query { conversation: id.clone(), low: mutation.sequence, high: mutation.sequence, own_only: false }
}
