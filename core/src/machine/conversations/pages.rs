//! Which messages a page of history has, which of them are stored, and older ones as they come. Removed ones have no part in it.

use tim_protocol::call::HistoryPage;
use tim_protocol::{Code, ConversationId, Fault};

use super::Conversations;
use super::conversation::Conv;
use crate::machine::context::Context;
use crate::machine::io::PageStart;
use crate::ranges;
use crate::stored::Change;

/// The requirements of a page of history.
pub(in crate::machine) enum Page {
    /// Nothing: these messages are stored; `completed` if there are none beyond them.
    Here { low: u64, high: u64, completed: bool },
    /// New messages whose gap is still being fetched.
    News,
    /// These, which are missing.
    Older { low: u64, high: u64 },
}

impl Page {
    const EMPTY: Self = Self::Here { low: 1, high: 0, completed: true };
}

impl Conv {
    fn page(&self, start: PageStart, count: u32, is_live: bool) -> Page {
        let newest = if is_live { self.row.head } else { self.row.emitted_seq };
        match start {
            PageStart::Before(before) => self.page_before(before, newest, count, is_live),
            PageStart::From(from) => self.page_from(from, newest, count, is_live),
        }
    }

    fn page_from(&self, from: u64, newest: u64, count: u32, is_live: bool) -> Page {
        let low = from.max(self.row.first_visible_seq).max(1);
        if low > newest {
            // Offline there may be newer ones.
            return Page::Here { low: 1, high: 0, completed: is_live };
        }
        let mut high = ranges::reach_up(&self.removed, low, count.into(), newest);
        if high > self.row.emitted_seq {
            return Page::News;
        }
        while let Some((missing, end)) = self.uncovered(low, high) {
            if is_live || missing <= ranges::above(&self.removed, low) {
                return Page::Older { low: missing, high: end };
            }
            // Offline, the page ends before the first that is not stored.
            high = missing - 1;
        }
        Page::Here { low, high, completed: is_live && high == newest }
    }

    fn page_before(&self, before: Option<u64>, newest: u64, count: u32, is_live: bool) -> Page {
        let high = before.map_or(newest, |before| before.saturating_sub(1)).min(newest);
        if high > self.row.emitted_seq {
            return Page::News;
        }
        let first_visible_seq = self.row.first_visible_seq.max(1);
        if high < first_visible_seq {
            return Page::EMPTY;
        }
        let low = ranges::reach_down(&self.removed, high, count.into(), first_visible_seq);
        match self.uncovered(low, high) {
            None => Page::Here { low, high, completed: low <= first_visible_seq },
            // Offline, the page ends where the stored messages end.
            Some((_, to)) if !is_live && to < ranges::below(&self.removed, high) => {
                Page::Here { low: to + 1, high, completed: false }
            }
            Some((low, high)) => Page::Older { low, high },
        }
    }
}

impl Conversations {
    /// Whether this device has heard everything of a conversation that it knows to be there.
    pub(in crate::machine) fn is_up_to_date(&self, id: &ConversationId) -> bool {
        self.convs.get(id).is_none_or(|conv| !conv.is_missing())
    }

    /// The requirements of a page; `None` if nothing is known of the conversation.
    pub(in crate::machine) fn page(
        &self,
        id: &ConversationId,
        (start, count): (PageStart, u32),
        is_live: bool,
    ) -> Option<Page> {
        self.convs.get(id).map(|conv| conv.page(start, count, is_live))
    }

    /// Whether nothing has been said in a conversation, as far as is known.
    pub(in crate::machine) fn is_silent(&self, id: &ConversationId) -> bool {
        self.convs.get(id).is_none_or(|conv| conv.row.head == 0)
    }

    /// A page waits for a gap above the emitted sequence: it is fetched without delay.
    pub(in crate::machine) fn hurry(&mut self, cx: &Context, id: &ConversationId) {
        if let Some(conv) = self.convs.get_mut(id) {
            conv.ask_missing_at = conv.ask_missing_at.map(|_| cx.now());
        }
    }

    /// When requests about a conversation may be made.
    pub(in crate::machine) fn retry_at(&self, id: &ConversationId) -> Option<i64> {
        self.convs.get(id).map(|conv| conv.retry_at)
    }

    /// Keeps older messages that were requested up to `high`.
    ///
    /// # Errors
    /// [`Code::INTERNAL`] if the server does not have them.
    pub(in crate::machine) fn older_came(
        &mut self,
        cx: &mut Context,
        id: &ConversationId,
        high: u64,
        page: HistoryPage,
    ) -> Result<(), Fault> {
        let Some(conv) = self.convs.get(id) else { return Ok(()) };
        if high < conv.row.first_visible_seq {
            // Removed while they were under way.
            return Ok(());
        }
        let floor_moved = page.first_visible_seq > conv.row.first_visible_seq;
        self.raise_floor(cx, id, page.first_visible_seq);
        if page.low > page.high && !floor_moved {
            // The server does not have them, although its head says so; a retry would get the same reply.
            return Err(Fault::with_text(Code::INTERNAL, "the server lacks a part of its history"));
        }
        if page.high != high {
            // The page does not reach the requested end; an immediate retry would get the same reply.
            self.postpone(cx, id, None);
        }
        let mut messages = self.fill_gaps(cx, id, page.messages, (page.low, page.high));
        let Some(conv) = self.convs.get_mut(id) else { return Ok(()) };
        for message in &mut messages {
            conv.apply_mutated(message);
        }
        messages.retain(|message| !message.removed);
        let me = cx.me();
        for message in messages.iter().filter(|message| me.as_ref() == Some(&message.from)) {
            self.watch(cx, id, message);
        }
        let Some(conv) = self.convs.get_mut(id) else { return Ok(()) };
        if page.low <= page.high {
            conv.complete(page.low, page.high);
            cx.store(Change::Messages(id.clone(), messages));
            cx.store(Change::Complete(id.clone(), page.low, page.high));
        }
        Ok(())
    }
}
