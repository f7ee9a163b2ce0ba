//! Calls for pages of history: answered from the store if its messages are complete, otherwise fetched from the server
//! into the store first.
//!
//! The messages of a page do not pass through the machine; it only decides when all of them are stored.

use tim_protocol::call::{HistoryPage, HistoryRequest};
use tim_protocol::{Code, ConversationId, Fault, limits};

use super::context::Context;
use super::conversations::{Conversations, Page};
use super::io::{CallId, Output, PageStart, Pending};
use super::outbox::Outbox;
use super::purpose::Purpose;
use super::waiting::Waiting;
use crate::stored::Query;

/// The calls that wait for a page.
#[derive(Default)]
pub(super) struct Pages {
    waiting: Waiting<Wanted>,
}

/// A page that was asked for.
pub(super) struct Wanted {
    pub(super) conversation: ConversationId,
    pub(super) start: PageStart,
    pub(super) count: u32,
    /// The page shows messages of the outbox too.
    pub(super) shows_outbox: bool,
}

/// What a page is made of.
pub(super) struct Sources<'a> {
    pub(super) conversations: &'a mut Conversations,
    pub(super) outbox: &'a Outbox,
    /// The server has accepted the login on this connection.
    pub(super) is_live: bool,
    /// The initial sync is complete: a conversation that is not known is empty.
    pub(super) is_complete: bool,
}

impl Sources<'_> {
    /// Answers a call if all messages of its page are stored.
    fn serve(&self, cx: &mut Context, call: CallId, wanted: &Wanted) -> bool {
        let Wanted { conversation, start, count, shows_outbox } = wanted;
        if !self.is_complete && self.conversations.is_silent(conversation) {
            return false;
        }
        let (low, high, completed) =
            match self.conversations.page(conversation, (*start, *count), self.is_live) {
                None => (1, 0, true),
                Some(Page::Here { low, high, completed }) => (low, high, completed),
                Some(Page::News | Page::Older { .. }) => return false,
            };
        let pending = match start {
            PageStart::Before(before) if *shows_outbox => {
                let (at_rest, mut waiting) = self.outbox.pending(conversation);
                if before.is_some() {
                    waiting.clear();
                }
                Pending { at_rest, waiting, next: before.map(|_| high + 1), is_first: completed }
            }
            PageStart::Before(_) | PageStart::From(_) => Pending::default(),
        };
        let query = Query { conversation: conversation.clone(), low, high, own_only: false };
        cx.output(Output::ReturnPage { call, query, completed, pending });
        true
    }
}

impl Pages {
    /// Answers a call for a page, or lets it wait.
    pub(super) fn get(&mut self, cx: &mut Context, from: &Sources<'_>, call: CallId, wanted: Wanted) {
        if !from.serve(cx, call, &wanted) {
            self.waiting.insert(call, wanted, cx.now() + cx.config().call_timeout);
        }
    }

    /// Answers the calls whose messages are stored, and fetches what the others need.
    pub(super) fn pump(&mut self, cx: &mut Context, from: &mut Sources<'_>) {
        let mut served = Vec::new();
        for (call, wanted) in self.waiting.iter() {
            if from.serve(cx, call, wanted) {
                served.push(call);
                continue;
            }
            let id = &wanted.conversation;
            match from.conversations.page(id, (wanted.start, wanted.count), true) {
                Some(Page::News) => from.conversations.hurry(cx, id),
                Some(Page::Older { low, high }) if from.conversations.retry_at(id) <= Some(cx.now()) => {
                    let limit = limits::HISTORY_PAGE;
                    let history = HistoryRequest { conversation_id: id.clone(), low, high, limit };
                    cx.ask(Purpose::Older(id.clone(), high), history);
                }
                Some(Page::Older { .. } | Page::Here { .. }) | None => {}
            }
        }
        for call in served {
            self.waiting.remove(call);
        }
    }

    /// Handles older messages for a page.
    pub(super) fn older_came(
        &mut self,
        cx: &mut Context,
        conversations: &mut Conversations,
        (id, high): (&ConversationId, u64),
        result: Result<HistoryPage, Fault>,
    ) {
        let kept = match result {
            Ok(page) => conversations.older_came(cx, id, high, page),
            Err(fault) if fault.code.is_retryable() && fault.code != Code::UNREADABLE => {
                return conversations.postpone(cx, id, fault.retry_after);
            }
            Err(fault) => Err(fault),
        };
        if let Err(fault) = kept {
            self.fail_those_of(cx, id, &fault);
        }
    }

    fn fail_those_of(&mut self, cx: &mut Context, id: &ConversationId, fault: &Fault) {
        let of_it = self.waiting.iter().filter(|(_, wanted)| wanted.conversation == *id);
        let calls: Vec<CallId> = of_it.map(|(call, _)| call).collect();
        for call in calls {
            self.waiting.remove(call);
            cx.complete(call, Err(fault.clone()));
        }
    }

    /// Ends every call with a failure.
    pub(super) fn fail_all(&mut self, cx: &mut Context, fault: &Fault) {
        for call in self.waiting.drain() {
            cx.complete(call, Err(fault.clone()));
        }
    }

    /// Fails the calls whose deadline has passed.
    pub(super) fn timers(&mut self, cx: &mut Context, code: Code) {
        while let Some(call) = self.waiting.expired(cx.now()) {
            cx.complete(call, Err(Fault::new(code)));
        }
    }

    /// When a call expires.
    pub(super) fn due(&self) -> Option<i64> {
        self.waiting.due()
    }

    /// When requests for pages may be repeated.
    pub(super) fn retry_due(&self, conversations: &Conversations, now: i64) -> Option<i64> {
        let retries =
            self.waiting.iter().filter_map(|(_, wanted)| conversations.retry_at(&wanted.conversation));
        retries.filter(|due| *due > now).min()
    }
}
