//! Marks, from which a returning device learns what changed without a scan of all conversations.
//!
//! Per user: the newest version, which grows with every mark, and the watermark, the largest version that any device was
//! given. Per user and conversation: the version of its mark. A conversation is marked again for a user only if its mark is not
//! above the watermark, so however much happens while a user is away, it costs one row.
//!
//! The order of reads is what makes it safe: a change commits first, the watermark is read after it; a sync commits the
//! watermark first, and reads what changed after it. Either the change sees the new watermark and marks again, or the sync sees
//! the change.

use tim_protocol::conversation::Cursor;

use super::DomainResult;
use super::outcome::without_notifications;
use super::rows::{ChangeKind, Rows};
use crate::core::ops::{Actor, Committed, ConversationKey, UserKey, WriteReply};

/// Marks a conversation for all its participants, for changes up to `up_to` (head plus mutation head). Idempotent.
///
/// # Errors
/// [`super::DomainError::Store`].
pub fn mark_all(rows: &mut impl Rows, of: ConversationKey, up_to: u64) -> DomainResult<()> {
    for user in rows.unmarked_participants(of)? {
        let version = rows.next_version(user)?;
        rows.set_mark(user, of, version)?;
    }
    rows.set_marked(of, up_to)
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

/// Carries out [`crate::core::ops::Write::AdvanceWatermark`].
pub(super) fn advance_watermark(rows: &mut impl Rows, actor: &Actor) -> DomainResult<Committed> {
    raise_watermark(rows, actor.key).map(WriteReply::Watermark).map(without_notifications)
}

/// Raises the watermark of a user to the newest version, and returns it.
pub(super) fn raise_watermark(rows: &mut impl Rows, user: UserKey) -> DomainResult<Cursor> {
    let cursor = newest(rows, user)?;
    rows.set_watermark(user, cursor.version)?;
    Ok(cursor)
}

/// The newest version of a user.
pub(super) fn newest(rows: &mut impl Rows, user: UserKey) -> DomainResult<Cursor> {
    Ok(Cursor { epoch: rows.epoch(), version: rows.version(user)? })
}
