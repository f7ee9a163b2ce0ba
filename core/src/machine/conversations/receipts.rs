//! How many read the messages of this user: applied as it comes, and asked for when it may have been missed.

use tim_protocol::attributes::Attributes;
use tim_protocol::call::{MessagesRequest, ReceiptsPage, ReceiptsRequest, Request};
use tim_protocol::message::{Message as WireMessage, MessageReceipts, ReceiptCounts, ReceiptUpdates};
use tim_protocol::{ConversationId, Fault};

use super::Conversations;
use super::watch::Watch;
use crate::machine::context::Context;
use crate::machine::io::Output;
use crate::machine::purpose::Purpose;
use crate::machine::unreadable::Unreadable;
use crate::mutation::confirm;
use crate::stored::Change;

impl Conversations {
    /// Messages of this user that ask for receipts were shown as they are stored.
    pub(in crate::machine) fn shown(
        &mut self,
        cx: &Context,
        id: &ConversationId,
        messages: Vec<(u64, Option<ReceiptCounts>)>,
    ) {
        for (sequence, counts) in messages {
            self.receipts.shown(id, sequence, counts, cx.now());
        }
    }

    /// A message of this user came, perhaps not for the first time, or was sent. What it tells of receipts is as the server has it.
    pub(super) fn watch(&mut self, cx: &mut Context, id: &ConversationId, message: &WireMessage) {
        if !Attributes::of(message.attributes.as_deref()).need_read_receipt {
            return;
        }
        self.receipts.add(id, message.sequence, message.receipts, cx.now());
        if let Some(counts) = message.receipts {
            self.keep_receipts(cx, id, vec![MessageReceipts::of(message.sequence, counts)]);
        }
    }

    /// Pushes may have been lost, or were made for another session.
    pub(in crate::machine) fn ask_receipts_again(&mut self) {
        self.receipts.ask_again();
    }

    pub(super) fn pump_receipts(&mut self, cx: &mut Context) {
        for (conversation_id, sequences) in self.receipts.take_requests(cx.now()) {
            let purpose = Purpose::Receipts(conversation_id.clone());
            cx.ask(purpose, ReceiptsRequest { conversation_id, sequences });
        }
    }

    /// Receipts were pushed.
    pub(in crate::machine) fn receipts_pushed(&mut self, cx: &mut Context, updates: ReceiptUpdates) {
        cx.count_unreadable(Unreadable::Push, updates.receipts.unreadable);
        self.confirmed(cx, &updates.conversation_id, updates.receipts.items);
    }

    /// Handles the receipts that were asked for.
    pub(in crate::machine) fn receipts_came(
        &mut self,
        cx: &mut Context,
        id: &ConversationId,
        result: Result<ReceiptsPage, Fault>,
    ) {
        match result {
            Ok(page) => {
                self.receipts.answered(id, &page.receipts);
                self.confirmed(cx, id, page.receipts.items);
            }
            Err(fault) if fault.code.is_retryable() => {
                self.receipts.failed(id, cx.now(), fault.retry_after);
            }
            Err(_) => self.receipts.answered(id, &[]),
        }
    }

    /// The app asked for receipts, and gets the reply.
    pub(in crate::machine) fn asked_for(&mut self, cx: &mut Context, request: &Request, page: &ReceiptsPage) {
        if let Request::Messages(MessagesRequest::Receipts(asked)) = request {
            let (id, mut receipts) = (&asked.conversation_id, page.receipts.items.clone());
            receipts.retain(|it| self.receipts.came(id, it, cx.now()));
            self.keep_receipts(cx, id, receipts);
        }
    }

    /// So many read these messages now: what is news is kept and told.
    fn confirmed(&mut self, cx: &mut Context, id: &ConversationId, mut receipts: Vec<MessageReceipts>) {
        receipts.retain(|it| self.receipts.came(id, it, cx.now()));
        let read = receipts.iter().filter(|it| it.read > 0).map(|it| it.sequence);
        let sequences: Vec<u64> = read.collect();
        self.keep_receipts(cx, id, receipts);
        if !sequences.is_empty() {
            cx.after_received(Output::EmitReceipts(id.clone(), sequences));
        }
    }

    /// What is known of them is another's, or of another epoch.
    pub(in crate::machine) fn forget_receipts(&mut self) {
        self.receipts = Watch::default();
    }

    /// What came last may not be stored.
    pub(in crate::machine) fn doubt_receipts(&mut self) {
        self.receipts.doubt();
    }

    /// Keeps the numbers that are greater than those that are known.
    fn keep_receipts(&mut self, cx: &mut Context, id: &ConversationId, receipts: Vec<MessageReceipts>) {
        let Some(conv) = self.convs.get_mut(id).filter(|_| !receipts.is_empty()) else { return };
        let is_shown = |of: u64| conv.newest.as_deref().is_some_and(|newest| newest.sequence == of);
        if receipts.iter().any(|it| is_shown(it.sequence)) {
            conv.invalidate_view();
            self.list.changed.insert(id.clone());
        }
        for receipts in &receipts {
            conv.change(receipts.sequence, |message| confirm(message, receipts.counts()));
        }
        cx.store(Change::Receipts(id.clone(), receipts));
    }
}
