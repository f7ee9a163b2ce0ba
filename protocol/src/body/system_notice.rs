//! Notices from the server to one user, in the conversation `@TIM#SYSTEM`.

use serde::{Deserialize, Serialize};

use super::Element;
use crate::group::GroupType;
use crate::word::numbers;
use crate::{Code, Fault, GroupId, UserId};

numbers! {
    /// The kinds of system notices.
    NoticeType {
        /// A user applies to join, or invites others; goes to the owner and the admins.
        JoinApplication = 1,
        /// The application was accepted; goes to who applied or invited.
        ApplicationAccepted = 2,
        /// The application was refused; goes to who applied or invited.
        ApplicationRefused = 3,
        /// The user was removed from the group; goes to the removed user.
        Removed = 4,
        /// The group was dismissed; goes to every member.
        GroupDismissed = 5,
        /// The user created a group; goes to the user's devices.
        GroupCreated = 6,
        /// The user was added to a group; goes to the added user.
        Invited = 7,
        /// The user left a group; goes to the user's devices.
        Quit = 8,
        /// The user became an admin; goes to that user.
        AdminAdded = 9,
        /// The user is no admin any more; goes to that user.
        AdminRemoved = 10,
    }
}

/// A notice from the server to one user, in the conversation `@TIM#SYSTEM`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemNotice {
    /// The user who caused it.
    #[serde(rename = "operatorID")]
    pub operator_id: UserId,
    /// The kind of notice.
    pub operation_type: NoticeType,
    /// The group it is about.
    pub group_profile: NoticeGroup,
    /// The text sent with an application, its answer, or a removal; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub handle_message: String,
    /// The users who were invited, in an application for others and the answer to it.
    #[serde(rename = "userIDList", default, skip_serializing_if = "Vec::is_empty")]
    pub user_id_list: Vec<UserId>,
}

/// The group a notice is about, as it was when the notice was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticeGroup {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub group_type: GroupType,
}

impl Element for SystemNotice {
    fn label(&self) -> &'static str {
        "[System notice]"
    }

    fn check(&self) -> Result<(), Fault> {
        Err(Code::MESSAGE_BODY_INVALID.into())
    }
}
