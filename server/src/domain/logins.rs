//! The login instances of a user.

use std::sync::Arc;

use tim_protocol::UserId;
use tim_protocol::code::Code;
use tim_protocol::frame::KickReason;

use super::outcome::with_notifications;
use super::rows::{LoginEnd, Rows};
use super::{DomainResult, watermarks};
use crate::core::ops::{
    Actor, Audience, Committed, Device, Devices, Greet, Kick, Login, Notification, NotificationContent,
    SessionStart, UserKey, WriteReply,
};

/// How many ended login instances of a user are remembered, to refuse each with its reason.
const ENDED_KEPT: u32 = 16;

pub(super) fn login(rows: &mut impl Rows, login: &Login) -> DomainResult<Committed> {
    let key = rows.add_user(login.app, &login.user)?;
    let new =
        Device { device: login.device.clone(), instance: login.instance.clone(), platform: login.platform };
    let mut notifications = Vec::new();
    for old in rows.logins(key)? {
        if let Some(reason) = login.policy.replaces(&new, &old) {
            let ended = LoginEnd::Kicked(reason);
            end(rows, key, &old.instance, &ended)?;
            notifications.push(kicked(key, vec![old.instance]));
        }
    }
    rows.put_login(key, &new)?;
    let (watermark, told) = watermarks::raise(rows, key)?;
    notifications.extend(told);
    let topics = rows.groups_of(key)?;
    Ok(with_notifications(WriteReply::LoggedIn { key, topics, watermark }, notifications))
}

/// The session that logs out ends by itself; another of the same login may wait to be resumed.
pub(super) fn logout(rows: &mut impl Rows, actor: &Actor, instance: &str) -> DomainResult<Committed> {
    end(rows, actor.key, instance, &LoginEnd::LoggedOut)?;
    let kicked = kicked(actor.key, vec![instance.to_owned()]);
    Ok(with_notifications(WriteReply::Done, vec![Notification { except: actor.session, ..kicked }]))
}

/// The operator ends all logins of a user.
pub(super) fn kick(rows: &mut impl Rows, app: u32, user: &UserId) -> DomainResult<Committed> {
    let key = rows.user(app, user)?.ok_or(Code::UNKNOWN_USER)?;
    let instances: Vec<String> = rows.logins(key)?.into_iter().map(|login| login.instance).collect();
    let ended = LoginEnd::Kicked(KickReason::RestApi);
    for instance in &instances {
        end(rows, key, instance, &ended)?;
    }
    Ok(with_notifications(WriteReply::Done, vec![kicked(key, instances)]))
}

/// Names the logins that have ended, because the user may have logged in again before the notification arrives.
fn kicked(user: UserKey, instances: Vec<String>) -> Notification {
    let content = NotificationContent::Kick(Arc::new(Kick { instances }));
    Notification { to: Audience::user(user), except: None, content }
}

fn end(rows: &mut impl Rows, user: UserKey, instance: &str, end: &LoginEnd) -> DomainResult<()> {
    rows.end_login(user, instance, end)?;
    rows.forget_ended_logins(user, ENDED_KEPT)
}

pub(super) fn greet(rows: &mut impl Rows, app: u32, user: &UserId) -> DomainResult<Greet> {
    Ok(Greet { keys: rows.app_keys(app)?, user: rows.user(app, user)?, epoch: rows.epoch() })
}

pub(super) fn devices(rows: &mut impl Rows, app: u32, user: &UserId) -> DomainResult<Option<Devices>> {
    let key = rows.user(app, user)?;
    key.map(|key| devices_of(rows, key)).transpose()
}

fn devices_of(rows: &mut impl Rows, key: UserKey) -> DomainResult<Devices> {
    let ended = rows.ended_logins(key)?.into_iter().map(|(instance, end)| (instance, end.code())).collect();
    Ok(Devices { key, live: rows.logins(key)?, ended })
}

pub(super) fn session_start(rows: &mut impl Rows, key: UserKey) -> DomainResult<SessionStart> {
    let (devices, topics) = (devices_of(rows, key)?, rows.groups_of(key)?);
    let newest = watermarks::newest(rows, key)?;
    // Outstanding marks may concern this user, and are not part of the newest version yet.
    let is_newest = rows.watermark(key)? >= newest.version && !rows.has_unmarked()?;
    let watermark = is_newest.then_some(newest);
    Ok(SessionStart { devices, topics, watermark })
}
