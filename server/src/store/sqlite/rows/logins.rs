//! The tables `device` and `ended`.

use rusqlite::params;
use tim_protocol::frame::KickReason;

use super::marks::USHARD;
use super::{Transaction, word};
use crate::core::ops::{Device, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{LoginEnd, LoginRows};

/// The stored word for a login that its user ended; any other word is that of a [`KickReason`].
const LOGGED_OUT: &str = "logout";

fn end_word(end: &LoginEnd) -> &str {
    match end {
        LoginEnd::LoggedOut => LOGGED_OUT,
        LoginEnd::Kicked(reason) => reason.as_str(),
    }
}

fn end_of(reason: KickReason) -> LoginEnd {
    if reason.as_str() == LOGGED_OUT { LoginEnd::LoggedOut } else { LoginEnd::Kicked(reason) }
}

impl LoginRows for Transaction<'_> {
    fn logins(&mut self, user: UserKey) -> DomainResult<Vec<Device>> {
        let mut query = self.prepare("SELECT device, instance, platform FROM device WHERE user = ?")?;
        let mut rows = query.query([user.0])?;
        let mut logins = Vec::new();
        while let Some(row) = rows.next()? {
            let platform = word(row, 2)?;
            logins.push(Device { device: row.get(0)?, instance: row.get(1)?, platform });
        }
        Ok(logins)
    }

    fn put_login(&mut self, user: UserKey, login: &Device) -> DomainResult<()> {
        self.prepare(&format!(
            "INSERT INTO device(user, ushard, device, instance, platform) VALUES(?1, {USHARD}, ?2, ?3, ?4)
             ON CONFLICT(user, device) DO UPDATE SET instance = ?3, platform = ?4"
        ))?
        .execute(params![user.0, login.device, login.instance, login.platform.as_str()])?;
        Ok(())
    }

    fn end_login(&mut self, user: UserKey, instance: &str, end: &LoginEnd) -> DomainResult<()> {
        self.prepare("DELETE FROM device WHERE user = ? AND instance = ?")?
            .execute(params![user.0, instance])?;
        self.prepare(&format!(
            "INSERT INTO ended(user, number, ushard, instance, reason) VALUES(
                ?1, (SELECT coalesce(max(number), 0) + 1 FROM ended WHERE user = ?1), {USHARD}, ?2, ?3)"
        ))?
        .execute(params![user.0, instance, end_word(end)])?;
        Ok(())
    }

    fn forget_ended_logins(&mut self, user: UserKey, keep: u32) -> DomainResult<()> {
        // The numbers of a user have no gaps.
        self.prepare(
            "DELETE FROM ended WHERE user = ?1 AND number <= (SELECT max(number) FROM ended WHERE user = ?1) - ?2",
        )?
        .execute(params![user.0, keep])?;
        Ok(())
    }

    fn ended_logins(&mut self, user: UserKey) -> DomainResult<Vec<(String, LoginEnd)>> {
        let mut query =
            self.prepare("SELECT instance, reason FROM ended WHERE user = ? ORDER BY number DESC")?;
        let mut rows = query.query([user.0])?;
        let mut ended = Vec::new();
        while let Some(row) = rows.next()? {
            ended.push((row.get(0)?, end_of(word(row, 1)?)));
        }
        Ok(ended)
    }
}
