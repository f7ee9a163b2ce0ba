//! Rows of groups: the group, its members, and who applied to become one.

use tim_protocol::UserId;
use tim_protocol::group::{GroupType, JoinOption, NewGroup, Role};

use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::Outcome;

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
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// How many members it has.
    pub members: u32,
    /// How users come in.
    pub join_option: JoinOption,
    /// It has ended.
    pub is_dismissed: bool,
}

/// A group about to be stored, with no members yet.
#[derive(Debug)]
pub struct NewGroupRow<'a> {
    /// What its owner asked for.
    pub new: &'a NewGroup,
    /// The owner.
    pub owner: UserKey,
    /// When it is made, in milliseconds since 1970.
    pub created: i64,
    /// How users come in.
    pub join_option: JoinOption,
}

/// What a sync tells of a group beside its log.
#[derive(Debug, Clone)]
pub struct GroupBrief {
    /// The type.
    pub group_type: GroupType,
    /// How many members it has.
    pub members: u32,
    /// The owner, if there is one.
    pub owner: Option<UserId>,
}

/// What a user is in a group.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The type of the group.
    pub group_type: GroupType,
    /// The group has ended.
    pub is_dismissed: bool,
    /// The user's role; `None` if not a member.
    pub role: Option<Role>,
}

/// A member's row.
#[derive(Debug, Clone)]
pub struct Member {
    /// The role.
    pub role: Role,
    /// Since when, in milliseconds since 1970.
    pub joined: i64,
}

/// Groups. Each is named by the number of its conversation.
pub trait GroupRows {
    /// Makes a group.
    fn add_group(&mut self, group: ConversationKey, row: &NewGroupRow<'_>) -> Outcome<()>;

    /// A group, also one that was dismissed; `None` if the conversation is no group's.
    fn group(&mut self, group: ConversationKey) -> Outcome<Option<GroupRow>>;

    /// The part of [`GroupRows::group`] that a sync tells.
    fn group_brief(&mut self, group: ConversationKey) -> Outcome<GroupBrief>;

    /// What a user is in a group.
    fn standing(&mut self, group: ConversationKey, user: UserKey) -> Outcome<Standing>;

    /// Adds this to the number of members.
    fn resize_group(&mut self, group: ConversationKey, by: i32) -> Outcome<()>;

    /// Leaves the group without an owner.
    fn disown_group(&mut self, group: ConversationKey) -> Outcome<()>;

    /// Ends the group: it has no members and no applications. Their rows are removed apart.
    fn dismiss_group(&mut self, group: ConversationKey) -> Outcome<()>;

    /// A user's membership, if there is one.
    fn member(&mut self, group: ConversationKey, user: UserKey) -> Outcome<Option<Member>>;

    /// The groups that a user is a member of.
    fn groups_of(&mut self, user: UserKey) -> Outcome<Vec<ConversationKey>>;

    /// All members.
    fn members(&mut self, group: ConversationKey) -> Outcome<Vec<UserKey>>;

    /// The members of this role.
    fn members_of_role(&mut self, group: ConversationKey, role: &Role) -> Outcome<Vec<UserKey>>;

    /// Makes a user a member. The number of members is changed apart.
    fn add_member(&mut self, group: ConversationKey, user: UserKey, member: &Member) -> Outcome<()>;

    /// Ends a membership. The number of members is changed apart.
    fn remove_member(&mut self, group: ConversationKey, user: UserKey) -> Outcome<()>;

    /// Notes that a user applied, at this time in milliseconds since 1970. Whether there was no application of theirs.
    fn add_application(&mut self, group: ConversationKey, user: UserKey, time: i64) -> Outcome<bool>;

    /// Removes an application. Whether there was one.
    fn remove_application(&mut self, group: ConversationKey, user: UserKey) -> Outcome<bool>;

    /// Removes all applications.
    fn remove_applications(&mut self, group: ConversationKey) -> Outcome<()>;
}
