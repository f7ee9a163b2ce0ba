//! What a group's type permits beyond what each verb declares of its caller's role, as one table.

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

/// Checks whether a user with this role (`None` if not a member) may do something in a group of this type.
///
/// # Errors
/// [`Code::GROUP_PERMISSION_DENIED`], or [`Code::GROUP_OWNER_CANNOT_QUIT`] for an owner who has to dismiss instead.
pub fn may(action: Action, kind: GroupType, role: Option<Role>) -> Result<(), Code> {
    let allowed = match action {
        Action::Send => role.is_some(),
        Action::RevokeOthers => matches!(role, Some(Role::Admin | Role::Owner)),
        Action::Quit if role == Some(Role::Owner) && !kind.owner_may_quit() => {
            return Err(Code::GROUP_OWNER_CANNOT_QUIT);
        }
        Action::Quit => true,
        Action::Dismiss => kind.owner_may_dismiss(),
    };
    if allowed { Ok(()) } else { Err(Code::GROUP_PERMISSION_DENIED) }
}
