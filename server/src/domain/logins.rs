//! The login instances of a user.

use tim_protocol::UserId;
use tim_protocol::code::Code;
use tim_protocol::frame::KickReason;

use super::DomainResult;
use super::outcome::{with_notifications, without_notifications};
use super::rows::{LoginEnd, Rows};
use crate::core::ops::{
    Actor, Audience, Committed, Device, Devices, Login, Notification, NotificationContent, UserKey,
    WriteReply,
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
            end(rows, key, &old.instance, &LoginEnd::Kicked(reason))?;
            let content = NotificationContent::Kick { instances: Some(vec![old.instance]), reason };
            notifications.push(Notification { to: Audience::user(key), except: None, content });
        }
    }
    rows.put_login(key, &new)?;
    Ok(with_notifications(WriteReply::LoggedIn { key, epoch: rows.epoch() }, notifications))
}

pub(super) fn logout(rows: &mut impl Rows, actor: &Actor, instance: &str) -> DomainResult<Committed> {
    end(rows, actor.key, instance, &LoginEnd::LoggedOut)?;
    Ok(without_notifications(WriteReply::Done))
}

/// The operator ends all logins of a user.
pub(super) fn kick(rows: &mut impl Rows, app: u32, user: &UserId) -> DomainResult<Committed> {
    let key = rows.user(app, user)?.ok_or(Code::UNKNOWN_USER)?;
    for login in rows.logins(key)? {
        end(rows, key, &login.instance, &LoginEnd::Kicked(KickReason::RestApi))?;
    }
    let content = NotificationContent::Kick { instances: None, reason: KickReason::RestApi };
    Ok(with_notifications(
        WriteReply::Done,
        vec![Notification { to: Audience::user(key), except: None, content }],
    ))
}

fn end(rows: &mut impl Rows, user: UserKey, instance: &str, end: &LoginEnd) -> DomainResult<()> {
    rows.end_login(user, instance, end)?;
    rows.forget_ended_logins(user, ENDED_KEPT)
}

pub(super) fn devices(rows: &mut impl Rows, app: u32, user: &UserId) -> DomainResult<Option<Devices>> {
    let Some(key) = rows.user(app, user)? else { return Ok(None) };
    let ended = rows.ended_logins(key)?.into_iter().map(|(instance, end)| (instance, end.code())).collect();
    Ok(Some(Devices { key, epoch: rows.epoch(), live: rows.logins(key)?, ended }))
}
