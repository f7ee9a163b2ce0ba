//! The user side: dirty marks, which tell a returning device what changed without looking at everything.
//!
//! Per user: the newest version, which grows with every mark, and the watermark, the largest version that any device was
//! given. Per user and conversation: the version of its mark. A conversation is marked again for a user only if its mark is not
//! above the watermark, so however much happens while a user is away, it costs one row.
//!
//! The order of reads is what makes it safe: a change commits first, the watermark is read after it; a sync commits the
//! watermark first, and reads what changed after it. Either the change sees the new watermark and marks again, or the sync sees
//! the change.

use tim_protocol::conversation::Cursor;

use super::Outcome;
use super::conversations::everybody;
use super::outcome::quiet;
use super::rows::{ChangeKind, Rows};
use crate::core::ops::{Actor, Answer, ConversationKey, UserKey, Written};

/// Marks a conversation for everybody who takes part in it, because it stands at `up_to` (head plus mutation head). Done twice
/// it does no harm.
///
/// # Errors
/// [`super::Failure::Store`].
pub fn mark_all(rows: &mut impl Rows, of: ConversationKey, up_to: u64) -> Outcome<()> {
    let conversation = rows.conversation_by_key(of)?;
    for user in everybody(rows, &conversation)? {
        mark(rows, user, of)?;
    }
    rows.set_marked(of, up_to)
}

/// Marks a conversation for one user, unless its mark is above the watermark.
pub(super) fn mark(rows: &mut impl Rows, user: UserKey, of: ConversationKey) -> Outcome<()> {
    let marks = rows.marks(user, of)?;
    if marks.watermark >= marks.mark {
        let version = rows.next_version(user)?;
        rows.set_mark(user, of, version)?;
    }
    Ok(())
}

/// Notes that something of a user's own changed.
pub(super) fn note_change(
    rows: &mut impl Rows,
    user: UserKey,
    kind: ChangeKind,
    key: &str,
    is_gone: bool,
) -> Outcome<()> {
    let version = rows.next_version(user)?;
    rows.put_change(user, kind, key, version, is_gone)
}

/// Raises the watermark to the newest version.
pub(super) fn give(rows: &mut impl Rows, actor: &Actor) -> Outcome<Written> {
    let cursor = newest(rows, actor.key)?;
    rows.set_watermark(actor.key, cursor.version)?;
    Ok(quiet(Answer::Given(cursor)))
}

/// The newest version of a user.
pub(super) fn newest(rows: &mut impl Rows, user: UserKey) -> Outcome<Cursor> {
    Ok(Cursor { epoch: rows.epoch(), version: rows.version(user)? })
}
