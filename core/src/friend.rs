//! Friends, applications and friend groups, as apps see them.

use tim_protocol::fields::Fields;
use tim_protocol::friend::ApplicationType;
use tim_protocol::profile::Profile;
use tim_protocol::{UnixMillis, UserId};

/// A friend of the user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Friend {
    /// The friend.
    pub user_id: UserId,
    /// What the user calls the friend; empty if nothing.
    pub remark: String,
    /// The names of the friend groups that the friend is in.
    pub group_list: Vec<String>,
    /// How the friendship came about.
    pub source: String,
    /// What was said with it.
    pub wording: String,
    /// Since when.
    pub time: UnixMillis,
    /// Fields of the app's.
    pub friend_custom_field: Fields,
    /// The friend's profile, as this device was last told.
    pub profile: Profile,
}

/// An application to become a friend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FriendApplication {
    /// The other user.
    pub user_id: UserId,
    /// The other user's nick when this was told.
    pub nick: String,
    /// The other user's avatar when this was told.
    pub avatar: String,
    /// Who applied.
    pub application_type: ApplicationType,
    /// How it came about.
    pub source: String,
    /// What the applicant says.
    pub wording: String,
    /// When it was made.
    pub time: UnixMillis,
}

/// The applications that wait.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FriendApplications {
    /// Received and sent ones, the newest first.
    pub friend_application_list: Vec<FriendApplication>,
    /// How many received ones are unread.
    pub unread_count: u32,
}

/// A group of friends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FriendGroup {
    /// The name.
    pub name: String,
    /// The friends in it.
    pub user_id_list: Vec<UserId>,
}
