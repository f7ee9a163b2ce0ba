//! Pages of history: from the store if its ranges are complete, otherwise fetched from the server into the store first.
//!
//! The messages of a page do not pass through the machine; it only decides when all of them are stored.

use tim_protocol::call::{HistoryPage, HistoryRequest};
use tim_protocol::message::Message as WireMessage;
use tim_protocol::{Code, ConversationId, Fault, limits};

use super::Machine;
use super::calls::{Purpose, Waiting, Wanted};
use super::conversation::Conv;
use super::io::{CallId, Output, Pending, Query};
use crate::stored::Change;

/// The requirements of a page of history.
enum Page {
    /// Nothing: these messages are stored; `completed` if there are no older ones.
    Here { low: u64, high: u64, completed: bool },
    /// New messages whose gap is still being fetched.
    News,
    /// These older ones.
    Older(u64, u64),
}

impl Conv {
    fn page(&self, before: Option<u64>, count: u32, is_live: bool) -> Page {
        let newest = if is_live { self.row.head } else { self.row.emitted_seq };
        let high = before.map_or(newest, |before| before.saturating_sub(1)).min(newest);
        if high > self.row.emitted_seq {
            return Page::News;
        }
        let first_visible_seq = self.row.first_visible_seq.max(1);
        let low = (high + 1).saturating_sub(u64::from(count)).max(first_visible_seq);
        if low > high {
            return Page::Here { low: 1, high: 0, completed: true };
        }
        match self.uncovered(low, high) {
            None => Page::Here { low, high, completed: low <= first_visible_seq },
            // Offline, the page ends where the stored messages end.
            Some((_, to)) if !is_live && to < high => Page::Here { low: to + 1, high, completed: false },
            Some((from, to)) => Page::Older(from, to),
        }
    }
}

impl Machine {
    /// Answers a call for a page if all its messages are stored. An unknown conversation is empty once the initial sync
    /// is complete.
    pub(super) fn serve_page(&mut self, call: CallId, what: &Wanted) -> bool {
        let Wanted::Page { conversation, before, count } = what else { return false };
        let is_live = self.link.is_live();
        let known = self.data.conversations.get(conversation);
        if self.data.sync.is_initial_sync_incomplete() && known.is_none_or(|conv| conv.row.head == 0) {
            return false;
        }
        let page = match known {
            Some(conv) => conv.page(*before, *count, is_live),
            None => Page::Here { low: 1, high: 0, completed: true },
        };
        let Page::Here { low, high, completed } = page else { return false };
        let (refused, mut waiting) = self.data.outbox.pending(conversation);
        if before.is_some() {
            waiting.clear();
        }
        let pending = Pending { refused, waiting, next: before.map(|_| high + 1), is_first: completed };
        let query = Query { conversation: conversation.clone(), low, high, own_only: false };
        self.push_output(Output::ReturnPage { call, query, completed, pending });
        true
    }

    /// Answers the calls whose messages are stored, and fetches what the others need.
    pub(super) fn pump_pages(&mut self) {
        for id in self.calls.pages() {
            let Some(waiting) = self.calls.remove(id) else { continue };
            if self.serve_page(id, &waiting.what) {
                continue;
            }
            if let Wanted::Page { conversation, before, count } = &waiting.what
                && let Some(conv) = self.data.conversations.get_mut(conversation)
            {
                match conv.page(*before, *count, true) {
                    Page::News => conv.ask_missing_at = conv.ask_missing_at.map(|_| self.now.monotonic),
                    Page::Older(low, high) if conv.retry_at <= self.now.monotonic => {
                        let limit = limits::HISTORY_PAGE;
                        let history =
                            HistoryRequest { conversation_id: conversation.clone(), low, high, limit };
                        self.ask(Purpose::Older(conversation.clone(), high), history);
                    }
                    Page::Older(..) | Page::Here { .. } => {}
                }
            }
            self.calls.insert(id, waiting);
        }
    }

    /// Older messages for a page of history.
    pub(super) fn older_came(&mut self, id: &ConversationId, high: u64, result: Result<HistoryPage, Fault>) {
        match result {
            Ok(page) => self.keep_older(id, high, page),
            Err(fault) if fault.code.is_retryable() && fault.code != Code::UNREADABLE => {
                self.postpone(id, fault.retry_after)
            }
            Err(fault) => self.fail_pages(id, &fault),
        }
    }

    fn keep_older(&mut self, id: &ConversationId, high: u64, page: HistoryPage) {
        let Some(conv) = self.data.conversations.get_mut(id) else { return };
        let floor_moved = page.first_visible_seq > conv.row.first_visible_seq;
        conv.row.first_visible_seq = conv.row.first_visible_seq.max(page.first_visible_seq);
        if page.low > page.high && !floor_moved {
            // The server does not have them, although its head says so; a retry would get the same reply.
            let fault = Fault::with_text(Code::INTERNAL, "the server lacks a part of its history");
            return self.fail_pages(id, &fault);
        }
        if page.high != high {
            // The page does not reach the requested end; an immediate retry would get the same reply.
            self.postpone(id, None);
        }
        let mut messages: Vec<WireMessage> = self.fill_gaps(id, page.messages, page.low, page.high);
        let conv = self.data.conversation(id);
        for message in &mut messages {
            conv.apply_revoked(message);
        }
        if page.low <= page.high {
            conv.complete(page.low, page.high);
            self.store(Change::Messages(id.clone(), messages));
            self.store(Change::Complete(id.clone(), page.low, page.high));
        }
        if floor_moved {
            self.touch(id);
        }
    }

    /// When requests for pages may be retried.
    pub(super) fn pages_due(&self) -> Option<i64> {
        if !self.link.is_live() {
            return None;
        }
        let pages = self.calls.pages().into_iter().filter_map(|id| match &self.calls.get(id)?.what {
            Wanted::Page { conversation, .. } => self.data.conversations.get(conversation),
            Wanted::Reply(_) | Wanted::Profiles { .. } => None,
        });
        pages.map(|conv| conv.retry_at).filter(|due| *due > self.now.monotonic).min()
    }

    fn fail_pages(&mut self, id: &ConversationId, fault: &Fault) {
        let is_for = |waiting: &Waiting| matches!(&waiting.what, Wanted::Page { conversation, .. } if conversation == id);
        for call in self.calls.pages() {
            if !self.calls.get(call).is_some_and(is_for) {
                continue;
            }
            self.calls.remove(call);
            self.complete_call(call, Err(fault.clone()));
        }
    }
}
