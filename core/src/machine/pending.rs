//! The outbox's part of a page of messages: messages that wait to be sent, and refused ones. The driver merges them
//! with the stored messages.
//!
//! Waiting messages come last, in the order in which they will be sent. A refused message is placed by the time it was
//! sent, an inserted one by the time of that, after messages of the same time. Both come in addition to the requested number of messages.

use crate::message::Message;

/// The messages of the outbox that a page shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pending {
    /// Refused and inserted messages of the conversation, by time, including those that belong to other pages.
    pub at_rest: Vec<Message>,
    /// Waiting messages, on the newest page only.
    pub waiting: Vec<Message>,
    /// The sequence of the message behind the page; `None` on the newest.
    pub next: Option<u64>,
    /// There is nothing before the page.
    pub is_first: bool,
}

impl Pending {
    /// The whole page, oldest first. `next_time` is the time of the message behind the page.
    ///
    /// Each of those at rest is on exactly one page, as long as the pages are asked for one after another: on the one with
    /// the newest message that is not younger, and on the first if there is none.
    #[must_use]
    pub fn merge(self, placed: Vec<Message>, next_time: Option<i64>) -> Vec<Message> {
        let Some(oldest) = placed.first().map(|message| message.time) else {
            // Behind an empty page there are others, unless the conversation has no messages.
            return if self.next.is_none() { [self.at_rest, self.waiting].concat() } else { Vec::new() };
        };
        let belongs = |message: &Message| {
            (self.is_first || message.time >= oldest) && next_time.is_none_or(|next| message.time < next)
        };
        let mut at_rest = self.at_rest.into_iter().filter(belongs).peekable();
        let mut page = Vec::with_capacity(placed.len());
        for message in placed {
            while let Some(older) = at_rest.next_if(|older| older.time < message.time) {
                page.push(older);
            }
            page.push(message);
        }
        page.extend(at_rest);
        page.extend(self.waiting);
        page
    }
}
