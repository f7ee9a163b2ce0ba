//! Whether a member may do something in a group: what its type permits, beyond what each verb declares of its caller's role.

use tim_protocol::code::Code;
use tim_protocol::group::{GroupType, Role};
use tim_protocol::group_rules::Rank;
use tim_protocol::{Fault, UnixMillis};

use super::rows::Standing;

/// Checks whether a user may send messages in a group, or change those that are there.
///
/// # Errors
/// [`Code::GROUP_PERMISSION_DENIED`] for one who is not a member, [`Code::GROUP_MUTED`] for one who is muted, with the seconds that
/// are left. Whoever is the owner writes, also when muted before.
pub fn may_write(standing: &Standing, now: UnixMillis) -> Result<(), Fault> {
    let muted_for = standing.mute_until - now;
    match standing.role {
        None => Err(Code::GROUP_PERMISSION_DENIED.into()),
        Some(Role::Owner) => Ok(()),
        Some(Role::Admin | Role::Member | Role::Other(_)) if muted_for > 0 => {
            let seconds = (muted_for + 999) / 1_000;
            let text =
                format!("muted in this group for another {seconds} s: wait, or ask the owner or an admin");
            Err(Fault::with_text(Code::GROUP_MUTED, text))
        }
        Some(Role::Member | Role::Other(_)) if standing.mutes_all => Err(Code::GROUP_MUTED.into()),
        Some(Role::Admin | Role::Member | Role::Other(_)) => Ok(()),
    }
}

/// Whether a group of this type may be so large that its members are not marked with what happens in it, but look for it
/// ([`super::marks`]).
#[must_use]
pub fn is_large(kind: GroupType) -> bool {
    kind == GroupType::Community
}

/// Whether a role is above another.
#[must_use]
pub fn outranks(role: Option<Role>, other: Role) -> bool {
    let rank = |role| match role {
        Role::Owner => 2,
        Role::Admin => 1,
        Role::Member | Role::Other(_) => 0,
    };
    role.is_some_and(|role| rank(role) > rank(other))
}

/// Actions in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Revoke another member's message.
    RevokeOthers,
    /// Leave the group.
    Quit,
    /// End the group.
    Dismiss,
    /// Change the group's profile.
    EditProfile,
    /// Mute members, or all of them.
    Mute,
    /// Remove members.
    RemoveMembers,
    /// Change the name cards and fields of others.
    EditMembers,
    /// Change the group's attributes.
    EditAttributes,
    /// Make another member the owner.
    Transfer,
}

/// Checks whether a user with this role (`None` if not a member) may do something in a group of this type.
///
/// # Errors
/// [`Code::GROUP_PERMISSION_DENIED`], or [`Code::GROUP_OWNER_CANNOT_QUIT`] for an owner who has to dismiss instead.
pub fn may(action: Action, kind: GroupType, role: Option<Role>) -> Result<(), Code> {
    let rules = kind.rules();
    let rank = match action {
        Action::RevokeOthers => Rank::Admin,
        Action::Quit if role == Some(Role::Owner) && !rules.owner_may_quit => {
            return Err(Code::GROUP_OWNER_CANNOT_QUIT);
        }
        Action::Quit => Rank::Member,
        Action::Dismiss => rules.dismisses,
        Action::EditProfile => rules.edits_profile,
        Action::Mute => rules.mutes,
        Action::RemoveMembers => rules.removes_members,
        Action::EditMembers => rules.edits_members,
        Action::EditAttributes => rules.edits_attributes,
        Action::Transfer => rules.transfers,
    };
    if rank.includes(role) { Ok(()) } else { Err(Code::GROUP_PERMISSION_DENIED) }
}
