//! How a user wants to be told of messages of all conversations. It is stored for the user's devices; nothing follows from it here.

use tim_protocol::call::{Call as _, SetReceiveOptRequest};
use tim_protocol::conversation::Change;
use tim_protocol::receive::ReceiveOpt;

use super::outcome::{with_notifications, without_notifications};
use super::rows::{ChangeKind, Rows};
use super::{DomainResult, marks, notices};
use crate::core::ops::{Actor, Committed};

pub(super) fn set(
    rows: &mut impl Rows,
    actor: &Actor,
    set: &SetReceiveOptRequest,
) -> DomainResult<Committed> {
    let before = rows.receive_opt(actor.key)?;
    if before.opt == set.opt {
        return Ok(without_notifications(SetReceiveOptRequest::answer(before)));
    }
    let now = ReceiveOpt { version: before.version + 1, opt: set.opt };
    rows.set_receive_opt(actor.key, &now)?;
    marks::note_change(rows, actor.key, ChangeKind::ReceiveOpt, "", false)?;
    let notification = notices::own_change(actor, Change::ReceiveOpt(now));
    Ok(with_notifications(SetReceiveOptRequest::answer(now), vec![notification]))
}
