//! Finding groups: those of this user by words, any by its ID.

use tim_core::search::KeywordMatch;
use tim_protocol::group::Group;
use tim_protocol::search::Phrase;
use tim_protocol::{Code, Fault, GroupId, limits};

use super::Tim;
use super::search::phrases;
use crate::error::TimError;

impl Tim {
    /// The groups this user is in that have one of these keywords, or all of them, in their names or IDs: 1 to 5 keywords, which are found as
    /// in messages ([`MessageSearchParam`](crate::search::MessageSearchParam)). In the order of the group list, without asking the server.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::BAD_REQUEST`] for no keyword or more than 5, one without a letter or
    /// digit, or over 256 bytes.
    pub async fn search_groups(
        &self,
        keywords: &[String],
        matching: KeywordMatch,
    ) -> Result<Vec<Group>, TimError> {
        let phrases = checked(keywords)?;
        let mut groups = self.get_group_list().await?;
        groups.retain(|group| is_found(group, &phrases, matching));
        Ok(groups)
    }

    /// The group of an ID, also if this user is not in it, unless groups of its type are for members only.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::GROUP_NOT_FOUND`], [`Code::GROUP_PERMISSION_DENIED`] for a Work group
    /// that this user is not in.
    pub async fn search_group_by_id(&self, group: &GroupId) -> Result<Group, TimError> {
        let group = self.get_group_profile(group).await?;
        if group.self_info.is_none() && !group.group_type.rules().found_by_id {
            let text = "a group of this type is found by its members only: one of them may add you";
            return Err(Fault::with_text(Code::GROUP_PERMISSION_DENIED, text).into());
        }
        Ok(group)
    }
}

fn checked(keywords: &[String]) -> Result<Vec<Phrase>, Fault> {
    if (1..=limits::SEARCH_KEYWORDS).contains(&keywords.len()) {
        return phrases(keywords);
    }
    Err(Fault::with_text(Code::BAD_REQUEST, "a search of groups has 1 to 5 keywords"))
}

fn is_found(group: &Group, phrases: &[Phrase], matching: KeywordMatch) -> bool {
    let stands = |phrase: &Phrase| phrase.is_in(&group.name) || phrase.is_in(group.group_id.as_str());
    match matching {
        KeywordMatch::Or => phrases.iter().any(stands),
        KeywordMatch::And => phrases.iter().all(stands),
    }
}
