//! Accounts that the operator makes before their first login, or whose nick and avatar the operator sets.

use tim_protocol::code::Code;
use tim_protocol::conversation::{Change, ProfileChange};
use tim_protocol::frame::Push;

use super::outcome::{with_notifications, without_notifications};
use super::profiles::{is_to_be_told, later, profile};
use super::rows::{ChangeKind, Rows};
use super::{DomainResult, marks};
use crate::core::ops::{Actor, Audience, Committed, Notification, NotificationContent, PutUser, WriteReply};

/// Makes the user if there is none of this name, and sets what is given of the profile. A repetition changes nothing.
pub(super) fn put(rows: &mut impl Rows, put: &PutUser) -> DomainResult<Committed> {
    if rows.app_keys(put.app)?.is_empty() {
        return Err(Code::APP_UNKNOWN.into());
    }
    let key = rows.add_user(put.app, &put.user)?;
    let before = profile(rows, key, &put.user)?;
    let mut profile = before.clone();
    profile.fields.merge(put.fields.clone())?;
    if profile == before {
        return Ok(without_notifications(WriteReply::Done));
    }
    profile.last_updated_time = later(before.last_updated_time, put.now);
    rows.set_profile(key, &profile.fields, profile.last_updated_time)?;
    marks::note_change(rows, key, ChangeKind::Profile, "", false)?;
    let content = NotificationContent::Push(Push::Change(Change::Profile(ProfileChange { profile })));
    let notification = Notification { to: Audience::user(key), except: None, content };
    let actor = Actor { app: put.app, user: put.user.clone(), key, session: None };
    Ok(with_notifications(WriteReply::Done, vec![notification, is_to_be_told(actor)]))
}
