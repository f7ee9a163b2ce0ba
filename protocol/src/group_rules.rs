//! What each type of group permits: the one table of it, which docs/protocol.md shows too. Nothing else decides by a type.

use crate::group::{GroupType, InviteOption, JoinOption, Role};

/// The least role that something takes in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// Nobody may.
    Nobody,
    /// The owner may.
    Owner,
    /// The owner and the admins may.
    Admin,
    /// Every member may.
    Member,
}

impl Rank {
    /// Whether a user with this role (`None` without membership) may.
    #[must_use]
    pub fn includes(self, role: Option<Role>) -> bool {
        match self {
            Self::Nobody => false,
            Self::Owner => role == Some(Role::Owner),
            Self::Admin => matches!(role, Some(Role::Owner | Role::Admin)),
            Self::Member => role.is_some(),
        }
    }
}

/// Writes the table: a line for each rule, with its values for Work, Public, Meeting, Community and AVChatRoom.
macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident: $kind:ty = $work:expr, $public:expr, $meeting:expr, $community:expr, $live:expr;)*) => {
        /// What a type of group permits.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct GroupRules {
            $($(#[$doc])* pub $rule: $kind,)*
        }

        impl GroupType {
            /// What this type permits. A type of a later version has the rules of Work, which are the strictest.
            #[must_use]
            pub fn rules(self) -> GroupRules {
                match self {
                    Self::Work | Self::Other(_) => GroupRules { $($rule: $work,)* },
                    Self::Public => GroupRules { $($rule: $public,)* },
                    Self::Meeting => GroupRules { $($rule: $meeting,)* },
                    Self::Community => GroupRules { $($rule: $community,)* },
                    Self::AvChatRoom => GroupRules { $($rule: $live,)* },
                }
            }
        }

        impl GroupRules {
            /// Each rule by its name, with its value as docs/protocol.md writes it.
            pub fn named(self) -> impl Iterator<Item = (&'static str, String)> {
                [$((stringify!($rule), format!("{:?}", self.$rule)),)*].into_iter()
            }
        }
    };
}

use JoinOption::{DisableApply, FreeAccess, NeedPermission};
use Rank::{Admin, Member, Nobody, Owner};

const NO_INVITES: InviteOption = InviteOption::DisableInvite;
const INVITES: InviteOption = InviteOption::FreeAccess;

rules! {
    //                                   Work            Public          Meeting         Community       AVChatRoom
    /// Most members; 0 for any number.
    max_members: u32 =                   200,            2_000,          6_000,          100_000,        0;
    /// What happens to an application, unless the group says otherwise.
    join_option: JoinOption =            DisableApply,   NeedPermission, FreeAccess,     FreeAccess,     FreeAccess;
    /// Whether a group may say otherwise.
    join_option_changes: bool =          false,          true,           false,          true,           false;
    /// What happens to an invitation, unless the group says otherwise.
    invite_option: InviteOption =        INVITES,        NO_INVITES,     NO_INVITES,     NO_INVITES,     NO_INVITES;
    /// Whether a group may say otherwise.
    invite_option_changes: bool =        false,          true,           true,           true,           false;
    /// Whether the owner may leave. Elsewhere the owner dismisses the group, or transfers it first.
    owner_may_quit: bool =               true,           false,          false,          false,          false;
    /// Who may change the group's profile.
    edits_profile: Rank =                Member,         Admin,          Admin,          Admin,          Owner;
    /// Who may remove members of a lower role.
    removes_members: Rank =              Owner,          Admin,          Admin,          Admin,          Owner;
    /// Who may mute members of a lower role, and all of them.
    mutes: Rank =                        Nobody,         Admin,          Admin,          Admin,          Owner;
    /// Who may change the name cards and fields of members of a lower role. Everybody may the own ones.
    edits_members: Rank =                Owner,          Admin,          Admin,          Admin,          Owner;
    /// Who may change the attributes, unless muted.
    edits_attributes: Rank =             Member,         Member,         Member,         Member,         Owner;
    /// Who may make admins.
    sets_roles: Rank =                   Nobody,         Owner,          Owner,          Owner,          Nobody;
    /// Who may make another member the owner.
    transfers: Rank =                    Owner,          Owner,          Owner,          Owner,          Nobody;
    /// Who may end the group.
    dismisses: Rank =                    Nobody,         Owner,          Owner,          Owner,          Owner;
    /// Whether who is no member finds the group by its ID.
    found_by_id: bool =                  false,          true,           true,           true,           true;
    /// Whether messages count as unread.
    counts_unread: bool =                true,           true,           false,          true,           false;
    /// Whether a new member sees what was said before.
    shows_history_before_joining: bool = false,          false,          true,           false,          false;
    /// Whether members and messages are stored. Where they are not, who is there is known only while connected.
    keeps_members: bool =                true,           true,           true,           true,           false;
}

impl GroupRules {
    /// Whether a group may have this join option.
    #[must_use]
    pub fn allows_joining_by(&self, option: JoinOption) -> bool {
        option == self.join_option || (self.join_option_changes && !matches!(option, JoinOption::Other(_)))
    }

    /// Whether a group may have this invite option.
    #[must_use]
    pub fn allows_inviting_by(&self, option: InviteOption) -> bool {
        option == self.invite_option
            || (self.invite_option_changes && !matches!(option, InviteOption::Other(_)))
    }
}
