//! Read sequences: those of the other side and of the user's other devices, and those set on this device.

use tim_protocol::call::ReadUpTo;
use tim_protocol::message::Receipt;
use tim_protocol::{ConversationId, Fault};

use super::Conversations;
use super::conversation::{Conv, MAX_EMITTED};
use crate::conversation::ReadAllType;
use crate::machine::context::Context;
use crate::machine::io::{MessageEvent, Output};
use crate::stored::Query;

impl Conversations {
    /// A receipt was pushed.
    pub(in crate::machine) fn receipt(&mut self, cx: &mut Context, receipt: &Receipt) {
        let Some(me) = cx.me() else { return };
        let id = ConversationId::seen_by(&me, &receipt.from, &receipt.to);
        let Some(conv) = self.convs.get_mut(&id) else { return };
        if receipt.from == me {
            let &Receipt { sequence, unread_base, revoked_above_read, mutation_head, .. } = receipt;
            conv.read_elsewhere(&ReadUpTo { sequence, unread_base, revoked_above_read, mutation_head });
        } else if receipt.sequence > conv.row.peer_read {
            let before = std::mem::replace(&mut conv.row.peer_read, receipt.sequence);
            Self::emit_read_by_peer(cx, &id, before, receipt.sequence);
        }
        self.touch(&id);
    }

    /// Emits that the other side has read the messages above `before`, up to `high`.
    pub(super) fn emit_read_by_peer(cx: &mut Context, id: &ConversationId, before: u64, high: u64) {
        let low = before.max(high.saturating_sub(MAX_EMITTED)) + 1;
        let query = Query { conversation: id.clone(), low, high, own_only: true };
        cx.after_received(Output::EmitMessages { query, kind: MessageEvent::ReadByPeer });
    }

    /// Marks everything in a conversation as read: locally at once, on the server when the connection allows.
    pub(in crate::machine) fn set_read(&mut self, id: &ConversationId) {
        let Some(conv) = self.convs.get_mut(id) else { return };
        if conv.row.head > conv.row.read {
            conv.read_all();
            conv.row.read_pending = conv.row.head;
            self.touch(id);
        }
    }

    /// The server has marked a part of a conversation as read for a call. True if how many of the others were revoked is not
    /// known then, because this device has heard of later mutations: a sync tells.
    pub(in crate::machine) fn read_up_to(&mut self, id: &ConversationId, upto: &ReadUpTo) -> bool {
        let Some(conv) = self.convs.get_mut(id) else { return false };
        let is_unsure = upto.mutation_head < conv.row.revoked_up_to;
        if upto.sequence > conv.row.read && !is_unsure {
            conv.read_elsewhere(upto);
            self.touch(id);
        }
        is_unsure
    }

    /// Marks everything as read in all conversations of a type that have something unread, or mention this user.
    pub(in crate::machine) fn set_all_read(&mut self, which: ReadAllType) {
        let is_unread = |conv: &Conv| conv.unread() > 0 || !conv.row.mentions.is_empty();
        let is_it =
            |(id, conv): &(&ConversationId, &Conv)| which.includes(id) && conv.is_listed() && is_unread(conv);
        let unread: Vec<ConversationId> = self.convs.iter().filter(is_it).map(|(id, _)| id.clone()).collect();
        unread.iter().for_each(|id| self.set_read(id));
    }

    /// Handles the reply to a read sequence set on this device.
    pub(in crate::machine) fn read_confirmed(
        &mut self,
        cx: &Context,
        id: &ConversationId,
        result: Result<ReadUpTo, Fault>,
    ) {
        let Some(conv) = self.convs.get_mut(id) else { return };
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
            self.postpone(cx, id, result.err().and_then(|fault| fault.retry_after));
        }
    }
}
