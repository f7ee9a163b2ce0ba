//! Changes in a group, written by the server into the group's log.

use serde::{Deserialize, Serialize};

use super::Element;
use crate::group::{GroupChanges, MemberChange};
use crate::word::numbers;
use crate::{Code, Fault, UserId};

/// An event in a group. An ordinary message of the group's log with its own sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupTip {
    /// The user who caused it.
    #[serde(rename = "operatorID")]
    pub operator_id: UserId,
    /// The kind of event.
    pub operation_type: GroupTipType,
    /// The users it concerns.
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
    /// How many members the group has afterwards.
    pub member_count: u32,
    /// What changed of the group's profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_group_profile: Option<Box<GroupChanges>>,
    /// How often the group's profile had changed afterwards; 0 if it did not now.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub info_sequence: u64,
    /// The new owner, if the owner is another.
    #[serde(rename = "ownerID", default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Why users were removed; empty if nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What changed of members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_list: Vec<MemberChange>,
}

numbers! {
    /// The kinds of group tips.
    GroupTipType {
        /// Users joined.
        Join = 1,
        /// A user left.
        Quit = 2,
        /// Users were removed.
        Removed = 3,
        /// Users became admins.
        AdminsAdded = 4,
        /// Admins became ordinary members.
        AdminsRemoved = 5,
        /// The group's profile changed, or its owner.
        ProfileUpdated = 6,
        /// What the group has about members changed: name cards, mutes, fields.
        MembersUpdated = 7,
    }
}

impl Element for GroupTip {
    fn label(&self) -> &'static str {
        "[Group notice]"
    }

    fn check(&self) -> Result<(), Fault> {
        Err(Code::MESSAGE_BODY_INVALID.into())
    }
}
