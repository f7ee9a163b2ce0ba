//! The watermark of a user, up to which a sync is answered. Before it is raised, what a user has to look for is marked: see
//! [`super::marks`].

use tim_protocol::conversation::Cursor;

use super::outcome::with_notifications;
use super::rows::Rows;
use super::{DomainResult, dismissal, marks};
use crate::core::ops::{Actor, Committed, Notification, UserKey, WriteReply};

/// Carries out [`crate::core::ops::Write::AdvanceWatermark`].
pub(super) fn advance(rows: &mut impl Rows, actor: &Actor) -> DomainResult<Committed> {
    let (watermark, notifications) = raise(rows, actor.key)?;
    Ok(with_notifications(WriteReply::Watermark(watermark), notifications))
}

/// Raises the watermark of a user to the newest version, and returns it.
pub(super) fn raise(rows: &mut impl Rows, user: UserKey) -> DomainResult<(Cursor, Vec<Notification>)> {
    let notifications = dismissal::catch_up(rows, user)?;
    marks::catch_up(rows, user)?;
    let cursor = Cursor { epoch: rows.epoch(), version: rows.version(user)? };
    rows.set_watermark(user, cursor.version)?;
    Ok((cursor, notifications))
}

/// The newest version of a user, or the next one, if something is to be looked for.
pub(super) fn newest(rows: &mut impl Rows, user: UserKey) -> DomainResult<Cursor> {
    Ok(Cursor { epoch: rows.epoch(), version: rows.newest_version(user)? })
}
