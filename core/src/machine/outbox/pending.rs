//! What a page of messages shows beside those that have their place: the messages that wait to be sent, and those that were
//! refused. Pure values; the store's messages are put together with them on their way to the caller.
//!
//! What waits stands behind everything, in the order in which it will be sent. A refused message stands by the time it was
//! sent, behind the messages that are as old as it. Both come besides the number of messages that a page was asked for.

use crate::message::Message;

/// What a page shows beside the messages that have their place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pending {
    /// Refused messages of the conversation, by time; those that belong to other pages too.
    pub refused: Vec<Message>,
    /// What waits, on the newest page only.
    pub waiting: Vec<Message>,
    /// The sequence of the message behind the page; `None` on the newest.
    pub next: Option<u64>,
    /// There is nothing before the page.
    pub is_first: bool,
}

impl Pending {
    /// The whole page, oldest first. `next_time` is the time of the message behind the page.
    ///
    /// Each refused message is on exactly one page, as long as the pages are asked for one after another: on the one with
    /// the newest message that is not younger, and on the first if there is none.
    #[must_use]
    pub fn merge(self, placed: Vec<Message>, next_time: Option<i64>) -> Vec<Message> {
        let Some(oldest) = placed.first().map(|message| message.time) else {
            // Behind an empty page there are others, unless the conversation has no messages.
            return if self.next.is_none() { [self.refused, self.waiting].concat() } else { Vec::new() };
        };
        let belongs = |message: &Message| {
            (self.is_first || message.time >= oldest) && next_time.is_none_or(|next| message.time < next)
        };
        let mut refused = self.refused.into_iter().filter(belongs).peekable();
        let mut page = Vec::with_capacity(placed.len());
        for message in placed {
            while let Some(older) = refused.next_if(|refused| refused.time < message.time) {
                page.push(older);
            }
            page.push(message);
        }
        page.extend(refused);
        page.extend(self.waiting);
        page
    }
}
