//! A search of the messages on this device, and its result. Values only; a store ([`crate::store`]) carries it out.

use tim_protocol::message::Message;
use tim_protocol::search::Phrase;
use tim_protocol::{ConversationId, UnixMillis, UserId};

/// How many of several keywords have to be found in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeywordMatch {
    /// One of them.
    #[default]
    Or,
    /// All of them.
    And,
}

/// What messages are searched for: all conditions hold for each result. Without a phrase, a sender or a type nothing is
/// found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// What stands in the message; empty for any content.
    pub phrases: Vec<Phrase>,
    /// How many of the phrases.
    pub matching: KeywordMatch,
    /// Who sent it; empty for everybody.
    pub senders: Vec<UserId>,
    /// The tags of its kind, such as `TIMTextElem`; empty for all kinds.
    pub types: Vec<String>,
    /// When it was sent: not before the first and not after the second time.
    pub sent: Option<(UnixMillis, UnixMillis)>,
    /// The conversation; `None` for all.
    pub conversation: Option<ConversationId>,
    /// Where the page begins: in one conversation before this sequence, in all after so many conversations. `None` for the
    /// first page.
    pub from: Option<u64>,
    /// Most results of the page: messages of one conversation, or conversations.
    pub count: u32,
}

/// A page of results.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// How many messages were found, on all pages.
    pub total: u64,
    /// The results: of one conversation one, of all the most recently active first.
    pub results: Vec<FoundIn>,
    /// [`Search::from`] of the next page; `None` on the last.
    pub next: Option<u64>,
}

/// The results in one conversation.
#[derive(Debug, Clone)]
pub struct FoundIn {
    /// The conversation.
    pub conversation: ConversationId,
    /// How many messages were found in it, on all pages.
    pub count: u64,
    /// The messages of the page, newest first; in a search of all conversations only the newest one.
    pub messages: Vec<Message>,
}
