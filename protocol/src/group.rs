//! Groups: what they are, and the rules that follow from a group's type.

use serde::{Deserialize, Serialize};

use crate::word::words;
use crate::{Code, GroupId, UnixMillis, UserId, limits};

words! {
    /// The type of a group, by its name on the wire. For an unknown type the strictest rules apply; the server refuses
    /// to create such a group.
    #[derive(Default)]
    GroupType {
        /// Work (wire value `Private`): members are added; applications are refused. Up to 200 members.
        #[default]
        Work = "Private",
        /// Public: applications need the approval of the owner or an admin. Up to 2,000 members.
        Public = "Public",
        /// Meeting (wire value `ChatRoom`): anybody may join, earlier messages are visible, and messages do not count
        /// as unread. Up to 6,000 members.
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

    /// The join option of a new group that names none.
    #[must_use]
    pub fn default_join_option(self) -> JoinOption {
        match self {
            Self::Work | Self::Other(_) => JoinOption::DisableApply,
            Self::Public => JoinOption::NeedPermission,
            Self::Meeting => JoinOption::FreeAccess,
        }
    }

    /// Whether a new member sees messages sent before joining.
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
    /// What happens to an application to join.
    JoinOption {
        /// The applicant joins at once.
        FreeAccess = "FreeAccess",
        /// The owner or an admin accepts or refuses it.
        NeedPermission = "NeedPermission",
        /// It is refused.
        DisableApply = "DisableApply",
    }
}

words! {
    /// The result of an attempt to join.
    JoinStatus {
        /// The user has become a member.
        JoinedSuccess = "JoinedSuccess",
        /// The user was already a member.
        AlreadyInGroup = "AlreadyInGroup",
        /// The owner or an admin has to approve.
        WaitAdminApproval = "WaitAdminApproval",
    }
}

words! {
    /// A member's role. An unknown role has the rights of an ordinary member.
    Role {
        /// An ordinary member.
        Member = "Member",
        /// May handle applications and revoke other members' messages.
        Admin = "Admin",
        /// The owner of the group.
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
    /// The group's introduction; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub introduction: String,
    /// The group's announcement to its members; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notification: String,
    /// Address of a picture; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// Its owner; `None` when the owner has left.
    #[serde(rename = "ownerID", default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// When it was created.
    pub create_time: UnixMillis,
    /// How many members it has.
    pub member_count: u32,
    /// How many it may have.
    pub max_member_count: u32,
    /// What happens to an application to join.
    pub join_option: JoinOption,
    /// The viewer's membership; `None` if the viewer is not a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_info: Option<SelfInfo>,
}

/// The viewer's own membership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SelfInfo {
    /// The member's role.
    pub role: Role,
    /// When the viewer joined.
    pub join_time: UnixMillis,
}

/// The parameters of a new group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewGroup {
    /// Its name: 1 to 100 bytes.
    pub name: String,
    /// Its type; Work by default.
    #[serde(rename = "type", default)]
    pub group_type: GroupType,
    /// Its ID; generated by the server by default. Must not begin with `@TGS#`.
    #[serde(rename = "groupID", default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// An introduction, at most 400 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub introduction: String,
    /// An announcement to the members, at most 400 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notification: String,
    /// Address of a picture, up to 500 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// What happens to an application to join; the group type's default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join_option: Option<JoinOption>,
    /// The first members beside the creator, at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_list: Vec<UserId>,
}

impl NewGroup {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`Code::VALUE_UNKNOWN`] for a type or a join option of a later version; [`Code::GROUP_BAD_PARAMETER`] for an
    /// empty or too long text, or a join option the type does not know; [`Code::GROUP_BAD_ID`] for an ID that is
    /// reserved for the server; [`Code::GROUP_TOO_MANY_ACCOUNTS`] for too many first members.
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
