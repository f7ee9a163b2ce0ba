//! Searches, as both faces have them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tim::search as engine;

use super::{GroupMember, Message, conversation_id, group_id, invalid, millis, mirror, signed, user_ids};
use crate::error::TimError;

mirror! {
    /// How many of several keywords have to stand in a message.
    KeywordMatch = engine::KeywordMatch {
        /// One of them.
        Or = "or",
        /// All of them.
        And = "and",
    }
}

/// What messages are searched for. All conditions hold for each result; at least a keyword, a sender or a type is needed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct MessageSearchParam {
    /// What stands in the message: at most 5, each of at most 256 bytes. A word is found by its beginning, a keyword in Chinese,
    /// Japanese, Korean, Thai and the like anywhere. Case, accents and the width of characters make no difference.
    #[uniffi(default = [])]
    pub keyword_list: Vec<String>,
    /// Whether one of the keywords or all of them have to stand in a message.
    #[uniffi(default = None)]
    pub keyword_list_match_type: Option<KeywordMatch>,
    /// Who sent it: at most 5; empty for everybody.
    #[serde(rename = "senderUserIDList")]
    #[uniffi(default = [])]
    pub sender_user_id_list: Vec<String>,
    /// Its types, such as TIMTextElem: at most 20; empty for all.
    #[uniffi(default = [])]
    pub message_type_list: Vec<String>,
    /// The conversation; absent for all.
    #[serde(rename = "conversationID")]
    #[uniffi(default = None)]
    pub conversation_id: Option<String>,
    /// The latest time at which it was sent; absent or 0 for now.
    #[uniffi(default = None)]
    pub time_position: Option<i64>,
    /// How many seconds back from then; absent or 0 for any time before.
    #[uniffi(default = None)]
    pub time_period: Option<i64>,
    /// Most results of a page, cut to 1 to 100: messages of one conversation, or conversations.
    #[uniffi(default = 20)]
    pub count: i32,
    /// What the page before gave, as it is; absent for the first page.
    #[uniffi(default = None)]
    pub cursor: Option<String>,
}

impl Default for MessageSearchParam {
    fn default() -> Self {
        Self {
            keyword_list: Vec::new(),
            keyword_list_match_type: None,
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
#[derive(Debug, Clone, PartialEq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageSearchResult {
    /// How many messages were found, on all pages.
    pub total_count: i64,
    /// What to pass for the next page, as it is; absent on the last.
    pub cursor: Option<String>,
    /// The conversations, the most recently active first; only the one that was asked for, if one was.
    pub search_result_list: Vec<MessageSearchResultItem>,
}

/// What a search found in one conversation.
#[derive(Debug, Clone, PartialEq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageSearchResultItem {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: String,
    /// How many messages were found in it, on all pages.
    pub message_count: i64,
    /// The messages of this page, newest first. In a search of all conversations only the newest.
    pub message_list: Vec<Message>,
    /// For each of these messages the text in which keywords were found, divided into what they found and what stands between;
    /// empty if none was asked for.
    pub highlight_list: Vec<Vec<TextPart>>,
}

/// Which members of groups are searched for.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct GroupMemberSearchParam {
    /// What stands in a field of a member: 1 to 5 keywords of at most 256 bytes, which are found as in messages.
    #[uniffi(default = [])]
    pub keyword_list: Vec<String>,
    /// Whether one of the keywords or all of them have to stand there.
    #[uniffi(default = None)]
    pub keyword_list_match_type: Option<KeywordMatch>,
    /// The groups; empty for all that this user is in.
    #[serde(rename = "groupIDList")]
    #[uniffi(default = [])]
    pub group_id_list: Vec<String>,
    /// Looks at user ids.
    #[serde(rename = "isSearchMemberUserID")]
    #[uniffi(default = true)]
    pub is_search_member_user_id: bool,
    /// Looks at nicks.
    #[uniffi(default = true)]
    pub is_search_member_nick_name: bool,
    /// Looks at what this user calls friends.
    #[uniffi(default = true)]
    pub is_search_member_remark: bool,
    /// Looks at name cards.
    #[uniffi(default = true)]
    pub is_search_member_name_card: bool,
}

impl Default for GroupMemberSearchParam {
    fn default() -> Self {
        Self {
            keyword_list: Vec::new(),
            keyword_list_match_type: None,
            group_id_list: Vec::new(),
            is_search_member_user_id: true,
            is_search_member_nick_name: true,
            is_search_member_remark: true,
            is_search_member_name_card: true,
        }
    }
}

/// The members of a group that a search found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMemberSearchResultItem {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: String,
    /// The members, in the order of the list of members: at most 100.
    pub member_list: Vec<GroupMember>,
    /// All members of the group were looked at, and all that were found are here.
    pub is_complete: bool,
}

impl TryFrom<GroupMemberSearchParam> for engine::GroupMemberSearchParam {
    type Error = TimError;

    fn try_from(param: GroupMemberSearchParam) -> Result<Self, TimError> {
        Ok(Self {
            keyword_list: param.keyword_list,
            keyword_list_match_type: param.keyword_list_match_type.map_or_else(Default::default, Into::into),
            group_id_list: param
                .group_id_list
                .iter()
                .map(|group| group_id(group))
                .collect::<Result<_, _>>()?,
            is_search_member_user_id: param.is_search_member_user_id,
            is_search_member_nick_name: param.is_search_member_nick_name,
            is_search_member_remark: param.is_search_member_remark,
            is_search_member_name_card: param.is_search_member_name_card,
        })
    }
}

impl From<engine::GroupMemberSearchResultItem> for GroupMemberSearchResultItem {
    fn from(item: engine::GroupMemberSearchResultItem) -> Self {
        Self {
            group_id: item.group_id.to_string(),
            member_list: item.member_list.into_iter().map(Into::into).collect(),
            is_complete: item.is_complete,
        }
    }
}

/// A part of a text that was searched.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TextPart {
    /// The part, as it stands in the text.
    pub text: String,
    /// Whether a keyword was found here.
    pub is_match: bool,
}

impl TryFrom<MessageSearchParam> for engine::MessageSearchParam {
    type Error = TimError;

    fn try_from(param: MessageSearchParam) -> Result<Self, TimError> {
        let MessageSearchParam {
            keyword_list,
            keyword_list_match_type,
            sender_user_id_list,
            message_type_list,
            conversation_id: conversation,
            time_position,
            time_period,
            count,
            cursor,
        } = param;
        let period = |seconds| u64::try_from(seconds).map_err(|_| invalid("timePeriod is not negative"));
        Ok(Self {
            keyword_list,
            keyword_list_match_type: keyword_list_match_type.map_or_else(Default::default, Into::into),
            sender_user_id_list: user_ids(&sender_user_id_list)?,
            message_type_list,
            conversation_id: conversation.as_deref().map(conversation_id).transpose()?,
            // The seconds that a host names are in it whole. As in TIM, 0 is none.
            time_position: time_position.filter(|it| *it != 0).map(|it| millis(it).saturating_add(999)),
            time_period: time_period
                .filter(|it| *it != 0)
                .map(period)
                .transpose()?
                .map(|seconds| Duration::from_secs(seconds) + Duration::from_millis(999)),
            // What is negative is cut to 1, as 0 is.
            count: u32::try_from(count).unwrap_or(0),
            cursor,
        })
    }
}

impl From<engine::MessageSearchResult> for MessageSearchResult {
    fn from(result: engine::MessageSearchResult) -> Self {
        let engine::MessageSearchResult { total_count, cursor, search_result_list } = result;
        let search_result_list = search_result_list.into_iter().map(Into::into).collect();
        Self { total_count: signed(total_count), cursor, search_result_list }
    }
}

impl From<engine::MessageSearchResultItem> for MessageSearchResultItem {
    fn from(item: engine::MessageSearchResultItem) -> Self {
        let engine::MessageSearchResultItem { conversation_id, message_count, message_list, highlight_list } =
            item;
        let parts = |parts: Vec<engine::TextPart>| parts.into_iter().map(Into::into).collect();
        Self {
            conversation_id: conversation_id.to_string(),
            message_count: signed(message_count),
            message_list: message_list.into_iter().map(Into::into).collect(),
            highlight_list: highlight_list.into_iter().map(parts).collect(),
        }
    }
}

impl From<engine::TextPart> for TextPart {
    fn from(part: engine::TextPart) -> Self {
        let engine::TextPart { text, is_match } = part;
        Self { text, is_match }
    }
}
