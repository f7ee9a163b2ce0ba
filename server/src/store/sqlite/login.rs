//! Applications, users, and which of a user's logins hold.

use rusqlite::{OptionalExtension as _, params};
use tim_protocol::UserId;
use tim_protocol::code::Code;
use tim_protocol::frame::KickReason;

use super::database::{Database, Outcome, quiet, telling};
use super::rows::{USHARD, from_word, shard, to_word};
use super::send::only;
use crate::core::ops::{Actor, Answer, Device, Devices, Login, Tell, UserKey, What, Written};

/// How many ended logins of a user are remembered, to tell each why it ended when it comes back.
const ENDED_KEPT: u32 = 16;

/// The word in the tables for a login that its own user ended.
const LOGGED_OUT: &str = "logout";

/// The code with which a login is refused that ended for the reason of this word.
fn code_of(word: &str) -> Outcome<Code> {
    if word == LOGGED_OUT {
        Ok(Code::LOGGED_OUT)
    } else {
        from_word::<KickReason>(word).map(KickReason::code)
    }
}

impl Database {
    pub(super) fn put_app(&self, app: u32, key: &str) -> Outcome<Written> {
        self.connection.execute(
            "INSERT INTO app(id, key) VALUES(?1, ?2) ON CONFLICT(id) DO UPDATE SET old_key = key, key = ?2 WHERE key <> ?2",
            params![app, key],
        )?;
        Ok(quiet(Answer::Done))
    }

    pub(super) fn apps(&self) -> Outcome<u32> {
        Ok(self.connection.query_row("SELECT count(*) FROM app", [], |row| row.get(0))?)
    }

    pub(super) fn app_keys(&self, app: u32) -> Outcome<Vec<String>> {
        let mut query = self.connection.prepare_cached("SELECT key, old_key FROM app WHERE id = ?")?;
        let keys: Option<[Option<String>; 2]> =
            query.query_row([app], |row| Ok([row.get(0)?, row.get(1)?])).optional()?;
        Ok(keys.into_iter().flatten().flatten().collect())
    }

    pub(super) fn login(&self, login: &Login) -> Outcome<Written> {
        self.connection
            .prepare_cached(
                "INSERT INTO user(ushard, app, name) VALUES(?, ?, ?) ON CONFLICT(app, name) DO NOTHING",
            )?
            .execute(params![shard(login.app, login.user.as_str()), login.app, login.user.as_str()])?;
        let key = self.user_key(login.app, &login.user)?.ok_or(Code::INTERNAL)?;
        let new = Device {
            device: login.device.clone(),
            instance: login.instance.clone(),
            platform: login.platform,
        };
        let mut tells = Vec::new();
        for old in self.live(key)? {
            if let Some(reason) = login.policy.replaces(&new, &old) {
                self.end(key, &old.instance, &to_word(&reason)?)?;
                let what = What::Kick { instances: Some(vec![old.instance]), reason };
                tells.push(Tell { to: only(key), except: None, what });
            }
        }
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO device(user, ushard, device, instance, platform) VALUES(?1, {USHARD}, ?2, ?3, ?4)
                 ON CONFLICT(user, device) DO UPDATE SET instance = ?3, platform = ?4"
            ))?
            .execute(params![key.0, new.device, new.instance, to_word(&new.platform)?])?;
        Ok(telling(Answer::LoggedIn { key, epoch: self.epoch }, tells))
    }

    pub(super) fn logout(&self, actor: &Actor, instance: &str) -> Outcome<Written> {
        self.end(actor.key, instance, LOGGED_OUT)?;
        Ok(quiet(Answer::Done))
    }

    pub(super) fn kick(&self, app: u32, user: &UserId) -> Outcome<Written> {
        let key = self.user_key(app, user)?.ok_or(Code::UNKNOWN_USER)?;
        for device in self.live(key)? {
            self.end(key, &device.instance, &to_word(&KickReason::RestApi)?)?;
        }
        let what = What::Kick { instances: None, reason: KickReason::RestApi };
        Ok(telling(Answer::Done, vec![Tell { to: only(key), except: None, what }]))
    }

    fn end(&self, user: UserKey, instance: &str, reason: &str) -> Outcome<()> {
        self.connection
            .prepare_cached("DELETE FROM device WHERE user = ? AND instance = ?")?
            .execute(params![user.0, instance])?;
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO ended(user, ushard, instance, reason) VALUES(?1, {USHARD}, ?2, ?3)"
            ))?
            .execute(params![user.0, instance, reason])?;
        self.connection
            .prepare_cached(
                "DELETE FROM ended WHERE user = ?1 AND id NOT IN
                 (SELECT id FROM ended WHERE user = ?1 ORDER BY id DESC LIMIT ?2)",
            )?
            .execute(params![user.0, ENDED_KEPT])?;
        Ok(())
    }

    fn live(&self, user: UserKey) -> Outcome<Vec<Device>> {
        let mut query =
            self.connection.prepare_cached("SELECT device, instance, platform FROM device WHERE user = ?")?;
        let mut rows = query.query([user.0])?;
        let mut live = Vec::new();
        while let Some(row) = rows.next()? {
            let platform = from_word(&row.get::<_, String>(2)?)?;
            live.push(Device { device: row.get(0)?, instance: row.get(1)?, platform });
        }
        Ok(live)
    }

    pub(super) fn devices(&self, app: u32, user: &UserId) -> Outcome<Option<Devices>> {
        let Some(key) = self.user_key(app, user)? else { return Ok(None) };
        let mut query = self
            .connection
            .prepare_cached("SELECT instance, reason FROM ended WHERE user = ? ORDER BY id DESC")?;
        let mut rows = query.query([key.0])?;
        let mut ended = Vec::new();
        while let Some(row) = rows.next()? {
            ended.push((row.get(0)?, code_of(&row.get::<_, String>(1)?)?));
        }
        Ok(Some(Devices { key, epoch: self.epoch, live: self.live(key)?, ended }))
    }
}
