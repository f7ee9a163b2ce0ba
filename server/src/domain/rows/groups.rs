//! Rows of groups, members and applications.

use tim_protocol::fields::Fields;
use tim_protocol::group::{Group, GroupType, InviteOption, JoinOption, NewGroup, Role};
use tim_protocol::{UnixMillis, UserId};

use crate::core::ops::{ConversationKey, Topic, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::SenderProfile;

/// A group's row.
#[derive(Debug, Clone)]
pub struct GroupRow {
    /// The type.
    pub group_type: GroupType,
    /// The name.
    pub name: String,
    /// The introduction.
    pub introduction: String,
    /// The notification.
    pub notification: String,
    /// The address of the avatar.
    pub avatar: String,
    /// The owner, if there is one.
    pub owner: Option<UserId>,
    /// When it was created.
    pub created: UnixMillis,
    /// How many members it has.
    pub members: u32,
    /// How users may join.
    pub join_option: JoinOption,
    /// What happens to invitations.
    pub invite_option: InviteOption,
    /// Only the owner and the admins may send messages.
    pub mutes_all: bool,
    /// The app's fields.
    pub fields: Fields,
    /// How often all of this has changed.
    pub info_sequence: u64,
    /// The group was dismissed.
    pub is_dismissed: bool,
}

/// A new group, without members.
#[derive(Debug)]
pub struct NewGroupRow<'a> {
    /// The owner's request.
    pub new: &'a NewGroup,
    /// The owner.
    pub owner: UserKey,
    /// When it is created.
    pub created: UnixMillis,
    /// How users may join.
    pub join_option: JoinOption,
    /// What happens to invitations.
    pub invite_option: InviteOption,
    /// The app's fields.
    pub fields: Fields,
}

/// The summary of a group in a sync.
#[derive(Debug, Clone)]
pub struct GroupSummary {
    /// The type.
    pub group_type: GroupType,
    /// How many members it has.
    pub members: u32,
    /// The owner, if there is one.
    pub owner: Option<UserId>,
    /// How often its profile has changed.
    pub info_sequence: u64,
}

/// A user's role in a group, and the state of the group.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The type of the group.
    pub group_type: GroupType,
    /// The group was dismissed.
    pub is_dismissed: bool,
    /// The user's role; `None` if not a member, as nobody is of a dismissed group.
    pub role: Option<Role>,
    /// Only the owner and the admins may send messages.
    pub mutes_all: bool,
    /// Until when the user may not send messages; 0 if not muted.
    pub mute_until: UnixMillis,
}

/// A member's row.
#[derive(Debug, Clone)]
pub struct Member {
    /// The role.
    pub role: Role,
    /// When the member joined.
    pub joined: UnixMillis,
    /// The newest message of the group then: later ones are sent to this member.
    pub joined_at: u64,
    /// The name in this group; empty if none.
    pub name_card: String,
    /// Until when the member may not send messages; 0 if not muted.
    pub mute_until: UnixMillis,
    /// The app's fields.
    pub fields: Fields,
}

/// An application to join.
#[derive(Debug, Clone, Copy)]
pub struct Application {
    /// Who invited the user; `None` if the user applied.
    pub inviter: Option<UserKey>,
}

/// A member in a list: the user beside the row.
#[derive(Debug, Clone)]
pub struct ListedMember {
    /// The user.
    pub user: UserId,
    /// The user's nick and avatar.
    pub profile: SenderProfile,
    /// The row.
    pub member: Member,
}

/// Groups, identified by the key of their conversation.
pub trait GroupRows {
    /// Creates a group.
    fn add_group(&mut self, group: ConversationKey, row: &NewGroupRow<'_>) -> DomainResult<()>;

    /// A group, even a dismissed one; `None` if the conversation is not of a group.
    fn group(&mut self, group: ConversationKey) -> DomainResult<Option<GroupRow>>;

    /// The type of the group whose conversation it is; `None` if it is not of a group.
    fn group_type(&mut self, of: ConversationKey) -> DomainResult<Option<GroupType>>;

    /// The summary of [`GroupRows::group`] that a sync contains.
    fn group_summary(&mut self, group: ConversationKey) -> DomainResult<GroupSummary>;

    /// A user's role in a group, and the state of the group.
    fn standing(&mut self, group: ConversationKey, user: UserKey) -> DomainResult<Standing>;

    /// Changes the member count by this number.
    fn change_member_count(&mut self, group: ConversationKey, by: i32) -> DomainResult<()>;

    /// Stores the profile of a group, and how often it has changed.
    fn set_group_profile(&mut self, key: ConversationKey, group: &Group) -> DomainResult<()>;

    /// Sets the owner in the group's row.
    fn set_owner(&mut self, group: ConversationKey, owner: Option<UserKey>) -> DomainResult<()>;

    /// Sets the group to dismissed, with a member count of 0. Nobody has a role in it from then on.
    fn dismiss_group(&mut self, group: ConversationKey) -> DomainResult<()>;

    /// The row of a member, if the user is one.
    fn member(&mut self, group: ConversationKey, user: UserKey) -> DomainResult<Option<Member>>;

    /// The groups that a user is a member of.
    fn groups_of(&mut self, user: UserKey) -> DomainResult<Vec<Topic>>;

    /// Members, at most so many. Also those whom a dismissed group has still.
    fn some_members(&mut self, group: ConversationKey, max: u32) -> DomainResult<Vec<UserKey>>;

    /// The members with a greater number than `after`, in the order of their numbers, those of one role or of any.
    fn members_after(
        &mut self,
        group: ConversationKey,
        role: Option<&Role>,
        after: UserKey,
        max: u32,
    ) -> DomainResult<Vec<ListedMember>>;

    /// The members of this role.
    fn members_of_role(&mut self, group: ConversationKey, role: &Role) -> DomainResult<Vec<UserKey>>;

    /// Adds a member. The caller changes the member count.
    fn add_member(&mut self, group: ConversationKey, user: UserKey, member: &Member) -> DomainResult<()>;

    /// Removes a member. The caller changes the member count.
    fn remove_member(&mut self, group: ConversationKey, user: UserKey) -> DomainResult<()>;

    /// Sets the role of a member.
    fn set_member_role(&mut self, group: ConversationKey, user: UserKey, role: Role) -> DomainResult<()>;

    /// Sets the name card of a member, the end of the mute and the fields.
    fn set_member_details(
        &mut self,
        group: ConversationKey,
        user: UserKey,
        member: &Member,
    ) -> DomainResult<()>;

    /// Records an application of a user's, made by one who invites the user or not, at this time in milliseconds since 1970. The
    /// user's own takes the place of an invitation, and not the other way round. Returns whether the deciders are to be told: it is
    /// new, the user's own, or was made before the second time.
    fn add_application(
        &mut self,
        group: ConversationKey,
        user: UserKey,
        inviter: Option<UserKey>,
        times: (i64, i64),
    ) -> DomainResult<bool>;

    /// Removes an application. Returns it, if there was one.
    fn remove_application(
        &mut self,
        group: ConversationKey,
        user: UserKey,
    ) -> DomainResult<Option<Application>>;

    /// Removes applications, at most so many. Returns how many.
    fn remove_applications(&mut self, group: ConversationKey, max: u32) -> DomainResult<u32>;

    /// Until when a user may not join; 0 if the user may.
    fn ban(&mut self, group: ConversationKey, user: UserKey) -> DomainResult<UnixMillis>;

    /// Sets until when a user may not join.
    fn set_ban(&mut self, group: ConversationKey, user: UserKey, until: UnixMillis) -> DomainResult<()>;

    /// Forgets that a user could not join, if it was so.
    fn remove_ban(&mut self, group: ConversationKey, user: UserKey) -> DomainResult<()>;

    /// Forgets this of users, at most of so many. Returns of how many.
    fn remove_bans(&mut self, group: ConversationKey, max: u32) -> DomainResult<u32>;
}
