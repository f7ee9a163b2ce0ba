//! What is stored that the status of a user depends on. Who is online, the bus knows.

use tim_protocol::UserId;

use super::DomainResult;
use super::rows::{ChangeKind, Rows};
use crate::core::ops::{Actor, StatusSeen, StoredStatus, UserKey};

/// Each of these users, as the actor sees them.
pub(super) fn of(
    rows: &mut impl Rows,
    actor: &Actor,
    users: &[UserId],
) -> DomainResult<Vec<Option<StoredStatus>>> {
    let of_user = |user: &UserId| {
        let Some(key) = rows.user(actor.app, user)? else { return Ok(None) };
        let is_logged_in = !rows.logins(key)?.is_empty();
        let is_hidden = rows.has(key, ChangeKind::Blacklist, actor.user.as_str())?;
        Ok(Some(StoredStatus { key, is_logged_in, is_hidden }))
    };
    users.iter().map(of_user).collect()
}

/// One user, as these viewers see them.
pub(super) fn seen(rows: &mut impl Rows, user: UserKey, viewers: &[UserId]) -> DomainResult<StatusSeen> {
    let is_logged_in = !rows.logins(user)?.is_empty();
    let mut hidden_from = Vec::new();
    if rows.count(user, ChangeKind::Blacklist)? > 0 {
        for viewer in viewers {
            if rows.has(user, ChangeKind::Blacklist, viewer.as_str())? {
                hidden_from.push(viewer.clone());
            }
        }
    }
    Ok(StatusSeen { is_logged_in, hidden_from })
}
