//! Marks, from which a returning device learns what changed without a scan of all conversations.
//!
//! Per user: the newest version, which grows with every mark, and the watermark, the largest version that any device was
//! given. Per user and conversation: the version of its mark. A conversation is marked again for a user only if its mark is not
//! above the watermark, so however much happens while a user is away, it costs one row.
//!
//! The order of reads is what makes it safe: a change commits first, the watermark is read after it; a sync commits the
//! watermark first, and reads what changed after it. Either the change sees the new watermark and marks again, or the sync sees
//! the change.
//!
//! The members of a large group are marked one by one, each when the own watermark is raised ([`catch_up`]): the user's state in the
//! group says up to which head plus mutation head it is marked. Until then the user's newest version is said to be the next
//! one ([`super::watermarks`]). So a change of the group costs nothing for each member, and the order above holds.

use super::DomainResult;
use super::rows::{Behind, ChangeKind, Rows};
use super::rules::is_large;
use crate::core::ops::{ConversationKey, UserKey};

/// Marks a conversation for all its participants, for changes up to `up_to` (head plus mutation head). Idempotent.
///
/// # Errors
/// [`super::DomainError::Store`].
pub fn mark_all(rows: &mut impl Rows, of: ConversationKey, up_to: u64) -> DomainResult<()> {
    if !rows.group_type(of)?.is_some_and(is_large) {
        for user in rows.unmarked_participants(of)? {
            let version = rows.next_version(user)?;
            rows.set_mark(user, of, version)?;
        }
    }
    rows.set_marked(of, up_to)
}

/// Most large groups that are marked for one user in a transaction.
const AT_ONCE: u32 = 256;

/// Marks for one user large groups in which more happened than the user is marked for. Where there are too many, the next heartbeat says
/// that there is more.
pub(super) fn catch_up(rows: &mut impl Rows, user: UserKey) -> DomainResult<()> {
    for Behind { of, up_to } in rows.behind(user, AT_ONCE)? {
        mark(rows, user, of)?;
        rows.set_up_to(user, of, up_to)?;
    }
    Ok(())
}

/// Marks a conversation for one user, unless its mark is above the watermark.
pub(super) fn mark(rows: &mut impl Rows, user: UserKey, of: ConversationKey) -> DomainResult<()> {
    let marks = rows.marks(user, of)?;
    if marks.watermark >= marks.mark {
        let version = rows.next_version(user)?;
        rows.set_mark(user, of, version)?;
    }
    Ok(())
}

/// Records a change of the user's own data, and gives its version.
pub(super) fn note_change(
    rows: &mut impl Rows,
    user: UserKey,
    kind: ChangeKind,
    key: &str,
    is_gone: bool,
) -> DomainResult<u64> {
    let version = rows.next_version(user)?;
    rows.put_change(user, kind, key, version, is_gone)?;
    Ok(version)
}
