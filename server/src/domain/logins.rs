//! Which of a user's logins hold.

use tim_protocol::UserId;
use tim_protocol::code::Code;
use tim_protocol::frame::KickReason;

use super::Outcome;
use super::outcome::{quiet, telling};
use super::rows::{LoginEnd, Rows};
use crate::core::ops::{Actor, Answer, Audience, Device, Devices, Login, Tell, UserKey, What, Written};

/// How many ended logins of a user are remembered, to tell each why it ended when it comes back.
const ENDED_KEPT: u32 = 16;

pub(super) fn login(rows: &mut impl Rows, login: &Login) -> Outcome<Written> {
    let key = rows.add_user(login.app, &login.user)?;
    let new =
        Device { device: login.device.clone(), instance: login.instance.clone(), platform: login.platform };
    let mut tells = Vec::new();
    for old in rows.logins(key)? {
        if let Some(reason) = login.policy.replaces(&new, &old) {
            end(rows, key, &old.instance, &LoginEnd::Kicked(reason))?;
            let what = What::Kick { instances: Some(vec![old.instance]), reason };
            tells.push(Tell { to: Audience::user(key), except: None, what });
        }
    }
    rows.put_login(key, &new)?;
    Ok(telling(Answer::LoggedIn { key, epoch: rows.epoch() }, tells))
}

pub(super) fn logout(rows: &mut impl Rows, actor: &Actor, instance: &str) -> Outcome<Written> {
    end(rows, actor.key, instance, &LoginEnd::LoggedOut)?;
    Ok(quiet(Answer::Done))
}

/// The operator ends all logins of a user.
pub(super) fn kick(rows: &mut impl Rows, app: u32, user: &UserId) -> Outcome<Written> {
    let key = rows.user(app, user)?.ok_or(Code::UNKNOWN_USER)?;
    for login in rows.logins(key)? {
        end(rows, key, &login.instance, &LoginEnd::Kicked(KickReason::RestApi))?;
    }
    let what = What::Kick { instances: None, reason: KickReason::RestApi };
    Ok(telling(Answer::Done, vec![Tell { to: Audience::user(key), except: None, what }]))
}

fn end(rows: &mut impl Rows, user: UserKey, instance: &str, end: &LoginEnd) -> Outcome<()> {
    rows.end_login(user, instance, end)?;
    rows.forget_ended_logins(user, ENDED_KEPT)
}

pub(super) fn devices(rows: &mut impl Rows, app: u32, user: &UserId) -> Outcome<Option<Devices>> {
    let Some(key) = rows.user(app, user)? else { return Ok(None) };
    let ended = rows.ended_logins(key)?.into_iter().map(|(instance, end)| (instance, end.code())).collect();
    Ok(Some(Devices { key, epoch: rows.epoch(), live: rows.logins(key)?, ended }))
}
