//! Searches of the messages that the server has.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Check;
use crate::bounds::{at_least_one, number, out_of};
use crate::message::Message;
use crate::search::Phrase;
use crate::{ConversationId, Fault, List, UnixMillis, UserId, is_zero, limits};

/// Searches the messages that this user may see. All conditions hold for each that is found; at least a keyword, a sender or a type
/// is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SearchRequest {
    /// The conversation; absent for all of this user.
    #[serde(rename = "conversationID", skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// What stands in the message: at most [`limits::SEARCH_KEYWORDS`], each of at most [`limits::SEARCH_KEYWORD_BYTES`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Whether all keywords have to stand in a message, or one of them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// Who sent it: at most [`limits::SEARCH_SENDERS`]; empty for everybody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub senders: Vec<UserId>,
    /// The types of its body: at most [`limits::SEARCH_TYPES`]; empty for all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Only messages that were accepted at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<UnixMillis>,
    /// Only messages that were accepted at this time or before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixMillis>,
    /// [`SearchPage::next`] of the page before; 0 for the first page.
    #[serde(skip_serializing_if = "is_zero")]
    pub from: u64,
    /// Most messages of one conversation, or conversations, to answer with; at most [`limits::SEARCH_PAGE`].
    pub limit: u32,
}

/// A page of what was found. `M` is a message, or its JSON text in a server that has written it already.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(deserialize = "M: DeserializeOwned"))]
pub struct SearchPage<M = Message> {
    /// The conversations in which something was found, those with the newest messages first.
    pub results: List<SearchResult<M>>,
    /// What to ask for the next page with; 0 on the last one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub next: u64,
}

/// What was found in a conversation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "M: DeserializeOwned"))]
pub struct SearchResult<M = Message> {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// How many messages were found in it, also those of other pages. At [`limits::SEARCH_HITS`] there may be more.
    pub count: u64,
    /// The messages of this page, newest first; in a search of all conversations only the newest one.
    pub messages: List<M>,
}

impl Check for SearchRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        let Self { keywords, senders, types, .. } = self;
        if keywords.is_empty() && senders.is_empty() && types.is_empty() {
            return Err(out_of("keywords", "senders and types are not all empty in a search"));
        }
        at_most("keywords", keywords.len(), limits::SEARCH_KEYWORDS)?;
        at_most("senders", senders.len(), limits::SEARCH_SENDERS)?;
        at_most("types", types.len(), limits::SEARCH_TYPES)?;
        for keyword in keywords {
            if keyword.len() > limits::SEARCH_KEYWORD_BYTES {
                return Err(out_of("keywords", "have at most 256 bytes each"));
            }
            if Phrase::of(keyword).is_none() {
                return Err(out_of("keywords", "have a letter or a digit each"));
            }
        }
        if types.iter().any(|tag| tag.is_empty() || !tag.bytes().all(|it| it.is_ascii_alphanumeric())) {
            return Err(out_of("types", "are names such as TIMTextElem"));
        }
        number("from", self.from)?;
        at_least_one("limit", self.limit.into())
    }
}

fn at_most(field: &str, count: usize, most: usize) -> Result<(), Fault> {
    if count > most { Err(out_of(field, &format!("has at most {most}"))) } else { Ok(()) }
}
