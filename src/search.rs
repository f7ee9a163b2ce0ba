//! Searching messages and members of groups: what apps ask for and what they get. [`crate::Tim::search_local_messages`] and
//! [`crate::Tim::search_group_members`] search.

use std::time::Duration;

use tim_protocol::call::GroupMember;
use tim_protocol::search::{Phrase, highlight};
use tim_protocol::{ConversationId, GroupId, UnixMillis, UserId, limits};

use crate::message::Message;
pub use tim_core::search::KeywordMatch;
pub use tim_protocol::search::TextPart;

/// What messages are searched for. All conditions hold for each result; at least a keyword, a sender or a type is needed.
#[derive(Debug, Clone)]
pub struct MessageSearchParam {
    /// What stands in the message: at most 5, each of at most 256 bytes. A word is found by its beginning, so not by the end of a
    /// compound, nor behind a prefix of Arabic or Hebrew; several words of one keyword if they follow each other; a keyword in
    /// Chinese, Japanese, Korean, Thai and the like also in the middle of a text. Case, accents and the width of characters make
    /// no difference; simplified and traditional characters are different ones. Nothing in a keyword has another meaning than
    /// itself.
    pub keyword_list: Vec<String>,
    /// Whether one of the keywords or all of them have to stand in a message.
    pub keyword_list_match_type: KeywordMatch,
    /// Who sent it: at most 5; empty for everybody.
    pub sender_user_id_list: Vec<UserId>,
    /// Its types, such as `TIMTextElem`, one of which an element of it has: at most 20; empty for all.
    pub message_type_list: Vec<String>,
    /// The conversation; `None` for all.
    pub conversation_id: Option<ConversationId>,
    /// The latest time at which it was sent; `None` for now.
    pub time_position: Option<UnixMillis>,
    /// How far back from `time_position`; `None` for any time before.
    pub time_period: Option<Duration>,
    /// Most results of a page, cut to 1 to 100: messages of one conversation, or conversations.
    pub count: u32,
    /// What the page before gave, as it is; `None` for the first page.
    pub cursor: Option<String>,
}

/// No conditions, and 20 results a page.
impl Default for MessageSearchParam {
    fn default() -> Self {
        Self {
            keyword_list: Vec::new(),
            keyword_list_match_type: KeywordMatch::Or,
            sender_user_id_list: Vec::new(),
            message_type_list: Vec::new(),
            conversation_id: None,
            time_position: None,
            time_period: None,
            count: 20,
            cursor: None,
        }
    }
}

/// A page of what a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageSearchResult {
    /// How many messages were found, on all pages.
    pub total_count: u64,
    /// What to pass for the next page, as it is; `None` on the last.
    pub cursor: Option<String>,
    /// The conversations, the most recently active first; only the one that was asked for, if one was.
    pub search_result_list: Vec<MessageSearchResultItem>,
}

/// What a search found in one conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageSearchResultItem {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// How many messages were found in it, on all pages.
    pub message_count: u64,
    /// The messages of this page, newest first. In a search of all conversations only the newest: search the conversation for
    /// the others.
    pub message_list: Vec<Message>,
    /// For each of these messages the text in which keywords were found, divided into what they found and what stands between;
    /// empty if none was asked for.
    pub highlight_list: Vec<Vec<TextPart>>,
}

/// Which members of groups are searched for.
#[derive(Debug, Clone)]
pub struct GroupMemberSearchParam {
    /// What stands in a field of a member: 1 to 5 keywords, which are found as in messages ([`MessageSearchParam::keyword_list`]).
    pub keyword_list: Vec<String>,
    /// Whether one of the keywords or all of them have to stand there.
    pub keyword_list_match_type: KeywordMatch,
    /// The groups; empty for all that this user is in.
    pub group_id_list: Vec<GroupId>,
    /// Looks at userIDs.
    pub is_search_member_user_id: bool,
    /// Looks at nicks.
    pub is_search_member_nick_name: bool,
    /// Looks at what this user calls friends.
    pub is_search_member_remark: bool,
    /// Looks at name cards.
    pub is_search_member_name_card: bool,
}

/// No keywords, all groups, all fields.
impl Default for GroupMemberSearchParam {
    fn default() -> Self {
        Self {
            keyword_list: Vec::new(),
            keyword_list_match_type: KeywordMatch::Or,
            group_id_list: Vec::new(),
            is_search_member_user_id: true,
            is_search_member_nick_name: true,
            is_search_member_remark: true,
            is_search_member_name_card: true,
        }
    }
}

/// The members of a group that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMemberSearchResultItem {
    /// The group.
    pub group_id: GroupId,
    /// The members, in the order of the list of members: at most 100.
    pub member_list: Vec<GroupMember>,
    /// All members of the group were looked at, and all that were found are here.
    pub is_complete: bool,
}

/// The text of a message in which phrases stand, divided.
pub(crate) fn highlighted(message: &Message, phrases: &[Phrase]) -> Vec<TextPart> {
    let Some(content) = message.content() else { return Vec::new() };
    let mut texts = content.searchable().into_iter().map(|text| highlight(text, phrases));
    texts.find(|parts| parts.iter().any(|part| part.is_match)).unwrap_or_default()
}

/// What tells where the next page begins: a sequence of one conversation, or a number of conversations.
pub(crate) fn cursor(conversation: &Option<ConversationId>, next: u64) -> String {
    format!("{}{next}", mark(conversation))
}

/// Reads a [`cursor`]; `None` if a search of another kind gave it, or none.
pub(crate) fn read_cursor(conversation: &Option<ConversationId>, cursor: &str) -> Option<u64> {
    cursor.strip_prefix(mark(conversation))?.parse().ok().filter(|next| *next <= limits::NUMBER)
}

fn mark(conversation: &Option<ConversationId>) -> char {
    if conversation.is_some() { 's' } else { 'c' }
}
