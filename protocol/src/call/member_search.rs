//! Searches of the members of a group.

use serde::{Deserialize, Serialize};

use super::Check;
use crate::bounds::out_of;
use crate::search::Phrase;
use crate::word::words;
use crate::{Code, Fault, GroupId, UserId, limits};

words! {
    /// Where a keyword stands that finds a member.
    MemberField {
        /// In the userID.
        UserId = "userID",
        /// In the nick.
        Nick = "nick",
        /// In what the one who searches calls the user, who is a friend.
        Remark = "remark",
        /// In the name card.
        NameCard = "nameCard",
    }
}

/// Searches the members of a group, a part of them with each request. Members may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchMembersRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// What stands in one of the fields: 1 to [`limits::SEARCH_KEYWORDS`], each of at most [`limits::SEARCH_KEYWORD_BYTES`].
    pub keyword_list: Vec<String>,
    /// Whether all keywords have to stand there, or one of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// The fields; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<MemberField>,
    /// What the caller calls friends: at most [`limits::USERS_PER_CALL`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
    /// The `next` of the page before; the first page if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<UserId>,
    /// Most members of the page: 1 to [`limits::GROUP_MEMBER_PAGE`].
    pub limit: u32,
}

/// What the caller calls a friend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The friend.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// At most [`limits::FRIEND_REMARK_BYTES`].
    pub remark: String,
}

impl SearchMembersRequest {
    /// The phrases of keywords.
    ///
    /// # Errors
    /// [`Code::BAD_REQUEST`] for none or too many, one that is too long, or without a letter or digit.
    pub fn phrases(keywords: &[String]) -> Result<Vec<Phrase>, Fault> {
        if !(1..=limits::SEARCH_KEYWORDS).contains(&keywords.len())
            || keywords.iter().any(|keyword| keyword.len() > limits::SEARCH_KEYWORD_BYTES)
        {
            return Err(out_of("keywordList", "has 1 to 5 keywords of at most 256 bytes"));
        }
        let phrases = keywords.iter().map(|keyword| Phrase::of(keyword));
        phrases.collect::<Option<_>>().ok_or_else(|| out_of("keywordList", "has a letter or a digit in each"))
    }
}

impl Check for SearchMembersRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        Self::phrases(&self.keyword_list)?;
        if self.fields.iter().any(|field| matches!(field, MemberField::Other(_))) {
            return Err(Code::VALUE_UNKNOWN.into());
        }
        let is_long = |it: &Remark| it.remark.len() > limits::FRIEND_REMARK_BYTES;
        if self.remarks.len() > limits::USERS_PER_CALL || self.remarks.iter().any(is_long) {
            return Err(out_of("remarks", "names up to 100 users, with up to 96 bytes each"));
        }
        if (1..=limits::GROUP_MEMBER_PAGE).contains(&self.limit) {
            Ok(())
        } else {
            Err(out_of("limit", "is a number from 1 to 100"))
        }
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}
