//! What a write leaves to be done in pieces, so that none of its transactions grows with a group. A piece may be repeated.

use super::DomainResult;
use super::dismissal::{self, AT_ONCE};
use super::rows::{Chore, Rows};
use crate::core::ops::Notification;

/// Does a piece of a chore, and returns the notifications; `None` if there is nothing to do.
///
/// # Errors
/// [`super::DomainError::Store`].
pub fn do_some(rows: &mut impl Rows) -> DomainResult<Option<Vec<Notification>>> {
    let Some(chore) = rows.chore()? else { return Ok(None) };
    let (notifications, is_done) = match &chore {
        Chore::EndGroup(dismissal) => dismissal::go_on(rows, dismissal)?,
        Chore::ForgetReceipts { of, sequence } => {
            (Vec::new(), rows.forget_receipts(*of, *sequence, AT_ONCE)? < AT_ONCE)
        }
    };
    if is_done {
        rows.remove_chore(&chore)?;
    }
    Ok(Some(notifications))
}
