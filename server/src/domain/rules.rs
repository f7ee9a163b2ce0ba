//! Permissions in groups that depend on more than what a verb declares of its caller, as one table.

use tim_protocol::code::Code;
use tim_protocol::group::{GroupType, Role};

/// Actions in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Send a message.
    Send,
    /// Revoke another member's message.
    RevokeOthers,
    /// Leave the group.
    Quit,
    /// End the group.
    Dismiss,
}

/// Checks whether a role permits an action in a group of this type.
///
/// # Errors
/// [`Code::GROUP_PERMISSION_DENIED`], or [`Code::GROUP_OWNER_CANNOT_QUIT`] for an owner who has to dismiss instead.
pub fn may(action: Action, kind: GroupType, role: Option<Role>) -> Result<(), Code> {
    let allowed = match (action, role) {
        (_, None) => false,
        (Action::Send, Some(_)) => true,
        (Action::RevokeOthers, Some(role)) => matches!(role, Role::Admin | Role::Owner),
        (Action::Quit, Some(Role::Owner)) if !kind.owner_may_quit() => {
            return Err(Code::GROUP_OWNER_CANNOT_QUIT);
        }
        (Action::Quit, Some(_)) => true,
        (Action::Dismiss, Some(role)) => role == Role::Owner && kind.owner_may_dismiss(),
    };
    if allowed { Ok(()) } else { Err(Code::GROUP_PERMISSION_DENIED) }
}
