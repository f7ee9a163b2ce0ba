//! Groups, as both faces have them.

use serde::{Deserialize, Serialize};
use tim::protocol::fields::Fields;
use tim::protocol::group as engine;

use super::{group_id, mirror_words, seconds, signed, small, user_ids};
use crate::error::TimError;

mirror_words! {
    /// The kind of a group.
    GroupType = engine::GroupType {
        /// Members are added, nobody applies. Up to 200 members.
        Work = "Private",
        /// Applicants wait for consent. Up to 2,000 members.
        Public = "Public",
        /// Everybody may join; nothing counts as unread. Up to 6,000 members.
        Meeting = "ChatRoom",
        /// Many members, who do not see what was said before; its ID begins with `@TGS#_`. Up to 100,000 members.
        Community = "Community",
        /// A live room: any number of viewers, who are in it with one device until that leaves or ends. Nothing that is said there is
        /// stored; 40 messages a second are passed on, those of high priority first.
        AvChatRoom = "AVChatRoom",
    }
}

mirror_words! {
    /// What happens to an application to join.
    JoinOption = engine::JoinOption {
        /// The applicant joins at once.
        FreeAccess = "FreeAccess",
        /// The owner or an admin accepts or refuses it.
        NeedPermission = "NeedPermission",
        /// It is refused.
        DisableApply = "DisableApply",
    }
}

mirror_words! {
    /// What happens to an invitation by a member.
    InviteOption = engine::InviteOption {
        /// The invited users become members at once.
        FreeAccess = "FreeAccess",
        /// The owner or an admin accepts or refuses it.
        NeedPermission = "NeedPermission",
        /// It is refused.
        DisableInvite = "DisableInvite",
    }
}

mirror_words! {
    /// The result of an attempt to join.
    JoinStatus = engine::JoinStatus {
        /// The user has become a member.
        JoinedSuccess = "JoinedSuccess",
        /// The user was already a member.
        AlreadyInGroup = "AlreadyInGroup",
        /// The owner or an admin has to approve.
        WaitAdminApproval = "WaitAdminApproval",
    }
}

mirror_words! {
    /// A member's standing.
    Role = engine::Role {
        /// An ordinary member.
        Member = "Member",
        /// May handle applications and revoke other members' messages.
        Admin = "Admin",
        /// The owner of the group.
        Owner = "Owner",
    }
}

/// A group as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: String,
    /// Its kind.
    pub r#type: GroupType,
    /// Its name.
    pub name: String,
    /// The group's introduction; empty if none.
    pub introduction: String,
    /// The group's announcement to its members; empty if none.
    pub notification: String,
    /// Address of a picture; empty if none.
    pub avatar: String,
    /// Its owner; absent when the owner has left.
    #[serde(rename = "ownerID")]
    pub owner_id: Option<String>,
    /// When it was created.
    pub create_time: i64,
    /// How many members it has.
    pub member_count: i32,
    /// How many it may have.
    pub max_member_count: i32,
    /// What happens to an application to join.
    pub join_option: JoinOption,
    /// This user's own membership; absent when the user is not a member.
    pub self_info: Option<SelfInfo>,
    /// What happens to an invitation by a member.
    pub invite_option: InviteOption,
    /// Only the owner and the admins may send messages.
    pub mute_all_members: bool,
    /// What the app keeps with the group.
    pub group_custom_field: Vec<CustomField>,
    /// How often all of this has changed, beside the members.
    pub info_sequence: i64,
}

/// A field that the app keeps with a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomField {
    /// Its name.
    pub key: String,
    /// Its value.
    #[serde(default)]
    #[uniffi(default = "")]
    pub value: String,
}

/// Fields as the faces have them.
pub(crate) fn custom_fields(fields: Fields) -> Vec<CustomField> {
    fields.0.into_iter().map(|(key, value)| CustomField { key, value }).collect()
}

/// Fields as the engine has them. Of two with one key the later one holds.
pub(crate) fn fields(given: Vec<CustomField>) -> Fields {
    Fields(given.into_iter().map(|field| (field.key, field.value)).collect())
}

/// A user's own membership of a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SelfInfo {
    /// This user's role.
    pub role: Role,
    /// When this user joined.
    pub join_time: i64,
    /// What this user is called in the group; empty if not otherwise.
    pub name_card: String,
    /// Until when this user may not send messages, in seconds since 1970, which may be past; 0 if not muted.
    pub mute_until: i64,
    /// What the app keeps with this user in the group.
    pub member_custom_field: Vec<CustomField>,
}

impl From<engine::SelfInfo> for SelfInfo {
    fn from(own: engine::SelfInfo) -> Self {
        let engine::SelfInfo { role, join_time, name_card, mute_until, member_custom_field } = own;
        Self {
            role: role.into(),
            join_time: seconds(join_time),
            name_card,
            mute_until: seconds(mute_until),
            member_custom_field: custom_fields(member_custom_field),
        }
    }
}

impl From<engine::Group> for Group {
    fn from(group: engine::Group) -> Self {
        let invite_option = group.invites().into();
        let engine::Group {
            group_id,
            group_type,
            name,
            introduction,
            notification,
            avatar,
            owner_id,
            create_time,
            member_count,
            max_member_count,
            join_option,
            invite_option: _,
            mute_all_members,
            group_custom_field,
            info_sequence,
            self_info,
        } = group;
        Self {
            group_id: group_id.to_string(),
            r#type: group_type.into(),
            name,
            introduction,
            notification,
            avatar,
            owner_id: owner_id.map(|user| user.to_string()),
            create_time: seconds(create_time),
            member_count: small(member_count),
            max_member_count: small(max_member_count),
            join_option: join_option.into(),
            self_info: self_info.map(Into::into),
            invite_option,
            mute_all_members,
            group_custom_field: custom_fields(group_custom_field),
            info_sequence: signed(info_sequence),
        }
    }
}

/// What changes of a group's profile. What is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct GroupChanges {
    /// Its name: 1 to 100 bytes.
    #[uniffi(default = None)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its introduction, at most 400 bytes.
    #[uniffi(default = None)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introduction: Option<String>,
    /// Its announcement to the members, at most 400 bytes.
    #[uniffi(default = None)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification: Option<String>,
    /// Address of its picture, up to 500 bytes.
    #[uniffi(default = None)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// What happens to an application to join.
    #[uniffi(default = None)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_option: Option<JoinOption>,
    /// What happens to an invitation by a member.
    #[uniffi(default = None)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_option: Option<InviteOption>,
    /// Whether only the owner and the admins may send messages.
    #[uniffi(default = None)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mute_all_members: Option<bool>,
    /// Fields of the app's to set, beside which the others stay; an empty value removes a field.
    #[uniffi(default = [])]
    pub group_custom_field: Vec<CustomField>,
}

impl From<GroupChanges> for engine::GroupChanges {
    fn from(changes: GroupChanges) -> Self {
        let GroupChanges { name, introduction, notification, avatar, .. } = changes;
        Self {
            name,
            introduction,
            notification,
            avatar,
            join_option: changes.join_option.map(Into::into),
            invite_option: changes.invite_option.map(Into::into),
            mute_all_members: changes.mute_all_members,
            group_custom_field: fields(changes.group_custom_field),
        }
    }
}

impl From<engine::GroupChanges> for GroupChanges {
    fn from(changes: engine::GroupChanges) -> Self {
        let engine::GroupChanges { name, introduction, notification, avatar, .. } = changes;
        Self {
            name,
            introduction,
            notification,
            avatar,
            join_option: changes.join_option.map(Into::into),
            invite_option: changes.invite_option.map(Into::into),
            mute_all_members: changes.mute_all_members,
            group_custom_field: custom_fields(changes.group_custom_field),
        }
    }
}

/// The parameters of a new group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewGroup {
    /// Its name: 1 to 100 bytes.
    pub name: String,
    /// Its kind.
    pub r#type: GroupType,
    /// The group ID; the server generates one if absent.
    #[serde(rename = "groupID", default)]
    #[uniffi(default = None)]
    pub group_id: Option<String>,
    /// An introduction, at most 400 bytes.
    #[serde(default)]
    #[uniffi(default = "")]
    pub introduction: String,
    /// An announcement to the members, at most 400 bytes.
    #[serde(default)]
    #[uniffi(default = "")]
    pub notification: String,
    /// Address of a picture, up to 500 bytes.
    #[serde(default)]
    #[uniffi(default = "")]
    pub avatar: String,
    /// What happens to an application to join; the group type's default if absent.
    #[serde(default)]
    #[uniffi(default = None)]
    pub join_option: Option<JoinOption>,
    /// The first members beside the creator, at most 100.
    #[serde(default)]
    #[uniffi(default = [])]
    pub member_list: Vec<String>,
    /// What happens to an invitation by a member; the group type's default if absent.
    #[serde(default)]
    #[uniffi(default = None)]
    pub invite_option: Option<InviteOption>,
    /// What the app keeps with the group: at most 10 fields, with keys of up to 16 bytes and values of up to 512.
    #[serde(default)]
    #[uniffi(default = [])]
    pub group_custom_field: Vec<CustomField>,
}

impl TryFrom<NewGroup> for engine::NewGroup {
    type Error = TimError;
    fn try_from(group: NewGroup) -> Result<Self, TimError> {
        let NewGroup {
            name,
            r#type,
            group_id: id,
            introduction,
            notification,
            avatar,
            join_option,
            member_list,
            invite_option,
            group_custom_field,
        } = group;
        Ok(Self {
            name,
            group_type: r#type.into(),
            group_id: id.map(|id| group_id(&id)).transpose()?,
            introduction,
            notification,
            avatar,
            join_option: join_option.map(Into::into),
            member_list: user_ids(&member_list)?,
            invite_option: invite_option.map(Into::into),
            group_custom_field: fields(group_custom_field),
        })
    }
}

/// The result of joining a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
pub struct JoinResult {
    /// How it ended.
    pub status: JoinStatus,
    /// The group, once this user is in it.
    pub group: Option<Group>,
}
