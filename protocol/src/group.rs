//! Groups: what they are. What their types permit is in `group_rules`.

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::fields::{FieldLimits, Fields};
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
        /// Community: very many members, without topics. Anybody may join, unless the group says otherwise; earlier messages are
        /// hidden. Its ID begins with `@TGS#_`. Up to 100,000 members.
        Community = "Community",
        /// AVChatRoom, a live room: who is in it is in it with one device, until it leaves or its session ends. Nothing that is said is
        /// stored or counts as unread. Anybody may enter, and any number.
        AvChatRoom = "AVChatRoom",
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
    /// What happens to an invitation by a member.
    InviteOption {
        /// The invited users become members at once.
        FreeAccess = "FreeAccess",
        /// The owner or an admin accepts or refuses it.
        NeedPermission = "NeedPermission",
        /// It is refused.
        DisableInvite = "DisableInvite",
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
    /// What happens to an invitation by a member; `None` from a server of an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite_option: Option<InviteOption>,
    /// Only the owner and the admins may send messages.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub mute_all_members: bool,
    /// What the app keeps with the group, at most [`limits::GROUP_FIELDS`] fields.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub group_custom_field: Fields,
    /// How often all of this changed, beside the members: who has a lower number has an older profile.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub info_sequence: u64,
    /// The viewer's membership; `None` if the viewer is not a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_info: Option<SelfInfo>,
}

impl Group {
    /// What happens to an invitation by a member.
    #[must_use]
    pub fn invites(&self) -> InviteOption {
        self.invite_option.unwrap_or(self.group_type.rules().invite_option)
    }
}

/// The viewer's own membership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SelfInfo {
    /// The member's role.
    pub role: Role,
    /// When the viewer joined.
    pub join_time: UnixMillis,
    /// What the viewer is called in this group; empty if not otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name_card: String,
    /// Until when the viewer may not send messages; 0 if not muted.
    #[serde(default, skip_serializing_if = "crate::is_never")]
    pub mute_until: UnixMillis,
    /// What the app keeps with the viewer, at most [`limits::MEMBER_FIELDS`] fields.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub member_custom_field: Fields,
}

/// What changed of what a group has about a member. What is absent stayed as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberChange {
    /// The member.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// What the member is called now; empty if not otherwise than elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_card: Option<String>,
    /// Until when the member may not send messages; 0 if the member may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mute_until: Option<UnixMillis>,
    /// The app's fields that have other values now. One with an empty value was removed.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub member_custom_field: Fields,
}

/// The parameters of a new group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewGroup {
    /// Its name: 1 to 100 bytes.
    pub name: String,
    /// Its type; Work by default.
    #[serde(rename = "type", default)]
    pub group_type: GroupType,
    /// Its ID; generated by the server by default. Must not begin with `@TGS#`; that of a
    /// Community must begin with `@TGS#_`.
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
    /// What happens to an invitation by a member; the group type's default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite_option: Option<InviteOption>,
    /// What the app keeps with the group.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub group_custom_field: Fields,
    /// The first members beside the creator, at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_list: Vec<UserId>,
}

/// What changes of a group's profile. Fields that are `None` keep their values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupChanges {
    /// Its name: 1 to 100 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its introduction, at most 400 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduction: Option<String>,
    /// Its announcement to the members, at most 400 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification: Option<String>,
    /// Address of its picture, up to 500 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// What happens to an application to join.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join_option: Option<JoinOption>,
    /// What happens to an invitation by a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite_option: Option<InviteOption>,
    /// Whether only the owner and the admins may send messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mute_all_members: Option<bool>,
    /// Fields of the app's to set, beside which the others stay. An empty value removes a field.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub group_custom_field: Fields,
}

impl GroupChanges {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`Code::VALUE_UNKNOWN`] for an option of a later version; [`Code::GROUP_BAD_PARAMETER`] if nothing changes, or for an empty
    /// name, a text that is too long, or a field that is none.
    pub fn check(&self) -> Result<(), Code> {
        if matches!(self.join_option, Some(JoinOption::Other(_)))
            || matches!(self.invite_option, Some(InviteOption::Other(_)))
        {
            return Err(Code::VALUE_UNKNOWN);
        }
        let fits = |text: &Option<String>, max| text.as_ref().is_none_or(|text| text.len() <= max);
        let texts_fit = fits(&self.name, limits::GROUP_NAME_BYTES)
            && self.name.as_deref() != Some("")
            && fits(&self.introduction, limits::GROUP_TEXT_BYTES)
            && fits(&self.notification, limits::GROUP_TEXT_BYTES)
            && fits(&self.avatar, limits::PROFILE_TEXT_BYTES)
            && self.group_custom_field.fit(FIELDS);
        let is_change = *self != Self::default() && fits_profile(self);
        if texts_fit && is_change { Ok(()) } else { Err(Code::GROUP_BAD_PARAMETER) }
    }

    /// Changes a group's profile. Gives what is another value than before, if anything is.
    pub fn apply(self, group: &mut Group) -> Option<Self> {
        fn set<T: PartialEq + Clone>(old: &mut T, new: Option<T>) -> Option<T> {
            let new = new.filter(|new| new != old)?;
            old.clone_from(&new);
            Some(new)
        }
        let changed = Self {
            name: set(&mut group.name, self.name),
            introduction: set(&mut group.introduction, self.introduction),
            notification: set(&mut group.notification, self.notification),
            avatar: set(&mut group.avatar, self.avatar),
            join_option: set(&mut group.join_option, self.join_option),
            invite_option: set(&mut group.invite_option, self.invite_option.map(Some)).flatten(),
            mute_all_members: set(&mut group.mute_all_members, self.mute_all_members),
            group_custom_field: group.group_custom_field.set(self.group_custom_field),
        };
        Some(changed).filter(|changed| *changed != Self::default())
    }

    /// Whether a group may have the profile that it has now.
    #[must_use]
    pub fn fit(group: &Group) -> bool {
        let Group { introduction, notification, group_custom_field, .. } = group;
        group_custom_field.0.len() <= limits::GROUP_FIELDS
            && fits_profile(&(introduction, notification, group_custom_field))
    }
}

/// Whether something is short enough as JSON, where some characters take six bytes.
pub(crate) fn fits_profile(of_profile: &impl Serialize) -> bool {
    bounds::written(of_profile).get().len() <= limits::GROUP_PROFILE_BYTES
}

/// The fields that an app may keep with a group.
const FIELDS: FieldLimits = FieldLimits {
    fields: limits::GROUP_FIELDS,
    key_bytes: limits::GROUP_FIELD_KEY_BYTES,
    value_bytes: limits::GROUP_FIELD_BYTES,
};

impl NewGroup {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`Code::VALUE_UNKNOWN`] for a type or a join option of a later version; [`Code::GROUP_BAD_PARAMETER`] for an
    /// empty or too long text, a join option the type does not know, or first members of a live room; [`Code::GROUP_BAD_ID`] for an ID that is
    /// reserved for the server; [`Code::GROUP_TOO_MANY_ACCOUNTS`] for too many first members.
    pub fn check(&self) -> Result<(), Code> {
        if matches!(self.group_type, GroupType::Other(_))
            || matches!(self.join_option, Some(JoinOption::Other(_)))
            || matches!(self.invite_option, Some(InviteOption::Other(_)))
        {
            return Err(Code::VALUE_UNKNOWN);
        }
        let texts_fit = (1..=limits::GROUP_NAME_BYTES).contains(&self.name.len())
            && self.introduction.len() <= limits::GROUP_TEXT_BYTES
            && self.notification.len() <= limits::GROUP_TEXT_BYTES
            && self.avatar.len() <= limits::PROFILE_TEXT_BYTES
            && self.group_custom_field.fit(FIELDS);
        let rules = self.group_type.rules();
        let options_fit = self.join_option.is_none_or(|option| rules.allows_joining_by(option))
            && self.invite_option.is_none_or(|option| rules.allows_inviting_by(option));
        let profile = (&self.introduction, &self.notification, &self.group_custom_field);
        if !texts_fit || !options_fit || !fits_profile(&profile) {
            return Err(Code::GROUP_BAD_PARAMETER);
        }
        let is_community = self.group_type == GroupType::Community;
        let fits = |id: &GroupId| if is_community { id.is_community() } else { !id.is_generated() };
        if !self.group_id.as_ref().is_none_or(fits) {
            return Err(Code::GROUP_BAD_ID);
        }
        if !rules.keeps_members && !self.member_list.is_empty() {
            return Err(Code::GROUP_BAD_PARAMETER);
        }
        if self.member_list.len() > limits::GROUP_FIRST_MEMBERS {
            return Err(Code::GROUP_TOO_MANY_ACCOUNTS);
        }
        Ok(())
    }
}
