//! Groups: what they are, and the rules that follow from a group's type.

use serde::{Deserialize, Serialize};

use crate::word::words;
use crate::{Code, GroupId, UserId, limits};

words! {
    /// The kind of a group, by its name on the wire. Of a kind that this version does not know it supposes the strictest
    /// rules; no server makes such a group.
    #[derive(Default)]
    GroupType {
        /// Work (wire value `Private`): members are added, nobody applies. Up to 200 members.
        #[default]
        Work = "Private",
        /// Public: whoever applies waits for the owner's or an admin's consent. Up to 2,000 members.
        Public = "Public",
        /// Meeting (wire value `ChatRoom`): everybody may join, old messages are visible, nothing counts as unread.
        /// Up to 6,000 members.
        Meeting = "ChatRoom",
    }
}

impl GroupType {
    /// Most members.
    #[must_use]
    pub fn max_members(self) -> u32 {
        match self {
            Self::Work | Self::Other(_) => 200,
            Self::Public => 2_000,
            Self::Meeting => 6_000,
        }
    }

    /// Who may come in by themselves, unless the group says otherwise.
    #[must_use]
    pub fn default_join_option(self) -> JoinOption {
        match self {
            Self::Work | Self::Other(_) => JoinOption::DisableApply,
            Self::Public => JoinOption::NeedPermission,
            Self::Meeting => JoinOption::FreeAccess,
        }
    }

    /// Whether a new member sees what was written before they came.
    #[must_use]
    pub fn shows_history_before_joining(self) -> bool {
        matches!(self, Self::Meeting)
    }

    /// Whether messages count as unread.
    #[must_use]
    pub fn counts_unread(self) -> bool {
        !matches!(self, Self::Meeting)
    }

    /// Whether the owner may leave. Elsewhere the owner dismisses the group.
    #[must_use]
    pub fn owner_may_quit(self) -> bool {
        matches!(self, Self::Work)
    }

    /// Whether the owner may dismiss the group.
    #[must_use]
    pub fn owner_may_dismiss(self) -> bool {
        !matches!(self, Self::Work | Self::Other(_))
    }

    /// Whether a group of this type may be created with `option`.
    #[must_use]
    pub fn allows(self, option: JoinOption) -> bool {
        match self {
            Self::Public => !matches!(option, JoinOption::Other(_)),
            Self::Other(_) => false,
            Self::Work | Self::Meeting => option == self.default_join_option(),
        }
    }
}

words! {
    /// What happens to those who apply to join.
    JoinOption {
        /// They are in.
        FreeAccess = "FreeAccess",
        /// The owner or an admin decides.
        NeedPermission = "NeedPermission",
        /// They are refused.
        DisableApply = "DisableApply",
    }
}

words! {
    /// What came of an attempt to join.
    JoinStatus {
        /// The user is a member now.
        JoinedSuccess = "JoinedSuccess",
        /// The user was a member before.
        AlreadyInGroup = "AlreadyInGroup",
        /// The owner or an admin was asked.
        WaitAdminApproval = "WaitAdminApproval",
    }
}

words! {
    /// A member's standing. One that this version does not know may do what an ordinary member may.
    Role {
        /// An ordinary member.
        Member = "Member",
        /// May decide on applications and take back others' messages.
        Admin = "Admin",
        /// Made the group, or was given it.
        Owner = "Owner",
    }
}

/// A group as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// Its kind.
    #[serde(rename = "type")]
    pub group_type: GroupType,
    /// Its name.
    pub name: String,
    /// What it is about; empty if not told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub introduction: String,
    /// What members are to know; empty if nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notification: String,
    /// Address of a picture; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// Its owner; `None` when the owner has left.
    #[serde(rename = "ownerID", default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// When it was made, in milliseconds since 1970.
    pub create_time: i64,
    /// How many members it has.
    pub member_count: u32,
    /// How many it may have.
    pub max_member_count: u32,
    /// What happens to those who apply.
    pub join_option: JoinOption,
    /// The viewer's own standing; `None` when the viewer is not a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_info: Option<SelfInfo>,
}

/// The viewer's own membership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SelfInfo {
    /// Standing.
    pub role: Role,
    /// Since when, in milliseconds since 1970.
    pub join_time: i64,
}

/// What is needed to make a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewGroup {
    /// Its name: 1 to 100 bytes.
    pub name: String,
    /// Its kind; Work if not told.
    #[serde(rename = "type", default)]
    pub group_type: GroupType,
    /// The id to give it; the server makes one if not told. May not begin with `@TGS#`.
    #[serde(rename = "groupID", default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// What it is about, up to 400 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub introduction: String,
    /// What members are to know, up to 400 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notification: String,
    /// Address of a picture, up to 500 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// What happens to those who apply; by the group's type if not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join_option: Option<JoinOption>,
    /// Users to begin with, beside the creator: up to 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_list: Vec<UserId>,
}

impl NewGroup {
    /// Checks what the creator asked for.
    ///
    /// # Errors
    /// [`Code::VALUE_UNKNOWN`] for a type or a join option of a later version; [`Code::GROUP_BAD_PARAMETER`] for an empty or too long text, or a join option the type does not know;
    /// [`Code::GROUP_BAD_ID`] for an id of the server's own form; [`Code::GROUP_TOO_MANY_ACCOUNTS`] for too many
    /// members to begin with.
    pub fn check(&self) -> Result<(), Code> {
        if matches!(self.group_type, GroupType::Other(_))
            || matches!(self.join_option, Some(JoinOption::Other(_)))
        {
            return Err(Code::VALUE_UNKNOWN);
        }
        let texts_fit = (1..=limits::GROUP_NAME_BYTES).contains(&self.name.len())
            && self.introduction.len() <= limits::GROUP_TEXT_BYTES
            && self.notification.len() <= limits::GROUP_TEXT_BYTES
            && self.avatar.len() <= limits::PROFILE_TEXT_BYTES;
        if !texts_fit || self.join_option.is_some_and(|option| !self.group_type.allows(option)) {
            return Err(Code::GROUP_BAD_PARAMETER);
        }
        if self.group_id.as_ref().is_some_and(GroupId::is_generated) {
            return Err(Code::GROUP_BAD_ID);
        }
        if self.member_list.len() > limits::GROUP_FIRST_MEMBERS {
            return Err(Code::GROUP_TOO_MANY_ACCOUNTS);
        }
        Ok(())
    }
}
