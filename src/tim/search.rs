//! Searches of the messages on this device, and of those on the server.

use tim_core::search::{Found, FoundIn, KeywordMatch, Search};
use tim_protocol::call::{SearchRequest, SearchResult};
use tim_protocol::search::Phrase;
use tim_protocol::{Code, Fault, UnixMillis, limits};

use super::{Tim, unexpected};
use crate::driver::CallResult;
use crate::error::TimError;
use crate::machine::io::Call;
use crate::search::{MessageSearchParam, MessageSearchResult, read_cursor};

impl Tim {
    /// Searches the messages that this device has: also offline, and without asking the server. What was never fetched is not
    /// found, nor what waits to be sent, was refused or revoked. Texts, names of files and descriptions of places are searched.
    ///
    /// In one conversation the result is its messages, newest first, page by page. In all conversations it is the
    /// conversations, each with its newest message found and the number of all.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::BAD_REQUEST`], with the reason, if there is no condition, for
    /// more than 5 keywords, 5 senders or 20 types, a keyword without a letter or digit or over 256 bytes, a type that is none,
    /// or a cursor that no page gave. [`Code::DATABASE_FAILED`] or [`Code::STORAGE_FULL`] if the database cannot be read, or
    /// its index written.
    pub async fn search_local_messages(
        &self,
        param: MessageSearchParam,
    ) -> Result<MessageSearchResult, TimError> {
        let until = self.until(&param).await?;
        self.found(search(param, until)?, None).await
    }

    /// Searches the messages that the server has, of the conversations that this user is in: also what this device never fetched.
    /// Parameters and results are those of [`Tim::search_local_messages`], but for the numbers: a conversation's stays at 1,000,
    /// and `total_count` is of the conversations on this page. A page may have fewer results than asked for, or none, and a
    /// `cursor`. What was sent or modified a moment ago may not be found yet.
    ///
    /// # Errors
    /// As [`Tim::search_local_messages`]. [`Code::SEARCH_OFF`] if the server's operator has not turned searches on,
    /// [`Code::TOO_FAST`], as each counts as ten requests; [`Code::GROUP_NOT_FOUND`], [`Code::GROUP_PERMISSION_DENIED`];
    /// [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] if the server does not answer.
    pub async fn search_cloud_messages(
        &self,
        param: MessageSearchParam,
    ) -> Result<MessageSearchResult, TimError> {
        self.admitted()?;
        let until = self.until(&param).await?;
        let keywords = param.keyword_list.clone();
        let search = search(param, until)?;
        let (since, until) = search.sent.unzip();
        let page = self
            .ask(SearchRequest {
                conversation_id: search.conversation.clone(),
                keywords,
                all: search.matching == KeywordMatch::And,
                senders: search.senders.clone(),
                types: search.types.clone(),
                since,
                until,
                from: search.from.unwrap_or(0),
                limit: search.count,
            })
            .await?;
        let seen = |it: SearchResult| FoundIn {
            conversation: it.conversation_id,
            count: it.count,
            messages: it.messages.items,
        };
        let results: Vec<FoundIn> = page.results.into_iter().map(seen).collect();
        let total = results.iter().map(|it| it.count).fold(0, u64::saturating_add);
        let found = Found { total, results, next: (page.next > 0).then_some(page.next) };
        self.found(search, Some(Box::new(found))).await
    }

    /// The latest time at which messages are searched for.
    async fn until(&self, param: &MessageSearchParam) -> Result<UnixMillis, TimError> {
        match param.time_position {
            None if param.time_period.is_some() => self.get_server_time().await,
            position => Ok(position.unwrap_or(UnixMillis::MAX)),
        }
    }

    async fn found(
        &self,
        search: Search,
        found: Option<Box<Found>>,
    ) -> Result<MessageSearchResult, TimError> {
        match self.inner.commands.call(Call::Search(Box::new(search), found)).await? {
            CallResult::Found(found) => Ok(found),
            _ => Err(unexpected()),
        }
    }
}

fn bad(why: &str) -> Fault {
    Fault::with_text(Code::BAD_REQUEST, why)
}

/// The search of an app's parameters.
fn search(param: MessageSearchParam, until: UnixMillis) -> Result<Search, Fault> {
    let (keywords, senders, types) =
        (&param.keyword_list, &param.sender_user_id_list, &param.message_type_list);
    if keywords.is_empty() && senders.is_empty() && types.is_empty() {
        return Err(bad("a search needs a keyword, a sender or a type of message"));
    }
    if keywords.len() > limits::SEARCH_KEYWORDS
        || senders.len() > limits::SEARCH_SENDERS
        || types.len() > limits::SEARCH_TYPES
    {
        return Err(bad("a search has at most 5 keywords, 5 senders and 20 types of messages"));
    }
    if types.iter().any(|tag| tag.is_empty() || !tag.bytes().all(|it| it.is_ascii_alphanumeric())) {
        return Err(bad("a type of message is a name such as TIMTextElem"));
    }
    let phrases = phrases(keywords)?;
    let period = param.time_period.and_then(|period| i64::try_from(period.as_millis()).ok());
    let since = period.map_or(UnixMillis::MIN, |period| until.saturating_sub(period));
    let sent = (param.time_position.is_some() || param.time_period.is_some()).then_some((since, until));
    let cursor = param.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let from = cursor.map(|cursor| read_cursor(&param.conversation_id, cursor).ok_or_else(no_page_gave));
    Ok(Search {
        phrases,
        matching: param.keyword_list_match_type,
        senders: param.sender_user_id_list,
        types: param.message_type_list,
        sent,
        conversation: param.conversation_id,
        from: from.transpose()?,
        count: param.count.clamp(1, limits::SEARCH_PAGE),
    })
}

/// What keywords ask for.
pub(super) fn phrases(keywords: &[String]) -> Result<Vec<Phrase>, Fault> {
    if keywords.iter().any(|keyword| keyword.len() > limits::SEARCH_KEYWORD_BYTES) {
        return Err(bad("a keyword of a search has at most 256 bytes"));
    }
    keywords.iter().map(|keyword| Phrase::of(keyword).ok_or_else(nothing_to_find)).collect()
}

fn nothing_to_find() -> Fault {
    bad("a keyword of a search needs a letter or a digit")
}

fn no_page_gave() -> Fault {
    bad("cursor is none that a search gave: pass it as it was, or leave it out")
}
