//! What a write leaves to be done in pieces, so that none of its transactions grows with a group. A piece may be repeated.

use super::DomainResult;
use super::dismissal::{self, AT_ONCE};
use super::rows::{Chore, ChorePlace, Rows};
use crate::core::ops::{ConversationKey, Notification};

/// Before all chores.
pub const START: ChorePlace = (ConversationKey(0), 0);

/// Does a piece of a chore, and returns the notifications; `None` if there is nothing to do. Chores take turns: `last` is where the last
/// one is, so that none waits for one that is long, or that fails.
///
/// # Errors
/// [`super::DomainError::Store`].
pub fn do_some(rows: &mut impl Rows, last: &mut ChorePlace) -> DomainResult<Option<Vec<Notification>>> {
    let next = rows.chore(*last)?;
    let Some(chore) = next.map_or_else(|| rows.chore(START), |chore| Ok(Some(chore)))? else {
        return Ok(None);
    };
    *last = chore.place();
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
