//! Blacklists of users; [`super::send`] checks them.

use tim_protocol::call::{self, Call as _, Done};
use tim_protocol::code::Code;
use tim_protocol::conversation::{BlacklistChange, Change};
use tim_protocol::limits;

use super::outcome::with_notifications;
use super::rows::{ChangeKind, Rows};
use super::{DomainResult, marks, notices};
use crate::core::ops::{Actor, Audience, Committed, Notification, NotificationContent};

pub(super) fn update(
    rows: &mut impl Rows,
    actor: &Actor,
    update: &call::UpdateBlacklistRequest,
) -> DomainResult<Committed> {
    let mut notifications = Vec::new();
    for user in &update.user_id_list {
        rows.user(actor.app, user)?.ok_or(Code::UNKNOWN_USER)?;
        if rows.has(actor.key, ChangeKind::Blacklist, user.as_str())? == update.listed {
            continue;
        }
        marks::note_change(rows, actor.key, ChangeKind::Blacklist, user.as_str(), !update.listed)?;
        let change = Change::Blacklist(BlacklistChange { user_id: user.clone(), listed: update.listed });
        notifications.push(notices::own_change(actor, change));
    }
    if update.listed && rows.count(actor.key, ChangeKind::Blacklist)? > limits::BLACKLIST as u64 {
        return Err(Code::BLACKLIST_FULL.into());
    }
    if !notifications.is_empty() {
        let (to, content) = (Audience::user(actor.key), NotificationContent::Visibility);
        notifications.push(Notification { to, except: None, content });
    }
    Ok(with_notifications(call::UpdateBlacklistRequest::answer(Done {}), notifications))
}
