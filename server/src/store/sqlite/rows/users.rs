//! The tables `app` and `user`.

use rusqlite::{OptionalExtension as _, params};
use tim_protocol::UserId;
use tim_protocol::profile::ProfileFields;
use tim_protocol::receive::ReceiveOpt;

use super::sends::sender_profile;
use super::{Transaction, shard, to_sql, unsigned, user_name};
use crate::core::ops::{Account, Actor, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{Acquaintance, SenderProfile, UserRows};
use crate::store::sqlite::failure::damaged;

impl UserRows for Transaction<'_> {
    fn count_apps(&mut self) -> DomainResult<u32> {
        Ok(self.prepare("SELECT count(*) FROM app")?.query_row([], |row| row.get(0))?)
    }

    fn app_keys(&mut self, app: u32) -> DomainResult<Vec<String>> {
        let mut query = self.prepare("SELECT key, old_key FROM app WHERE id = ?")?;
        let keys: Option<[Option<String>; 2]> =
            query.query_row([app], |row| Ok([row.get(0)?, row.get(1)?])).optional()?;
        Ok(keys.into_iter().flatten().flatten().collect())
    }

    fn put_app(&mut self, app: u32, key: &str) -> DomainResult<()> {
        self.prepare(
            "INSERT INTO app(id, key) VALUES(?1, ?2)
             ON CONFLICT(id) DO UPDATE SET old_key = key, key = ?2 WHERE key <> ?2",
        )?
        .execute(params![app, key])?;
        Ok(())
    }

    fn user(&mut self, app: u32, name: &UserId) -> DomainResult<Option<UserKey>> {
        let mut query = self.prepare("SELECT id FROM user WHERE app = ? AND name = ?")?;
        Ok(query.query_row(params![app, name.as_str()], |row| row.get(0).map(UserKey)).optional()?)
    }

    fn add_user(&mut self, app: u32, name: &UserId) -> DomainResult<UserKey> {
        if let Some(user) = self.user(app, name)? {
            return Ok(user);
        }
        self.prepare("INSERT INTO user(ushard, app, name) VALUES(?, ?, ?)")?.execute(params![
            shard(app, name.as_str()),
            app,
            name.as_str()
        ])?;
        Ok(UserKey(self.connection.last_insert_rowid()))
    }

    fn sender_profile(&mut self, user: UserKey) -> DomainResult<SenderProfile> {
        let mut query = self.prepare("SELECT nick, avatar FROM user WHERE id = ?")?;
        let sender_profile = query.query_row([user.0], sender_profile);
        Ok(sender_profile.optional()?.unwrap_or_default())
    }

    fn profile(&mut self, user: UserKey) -> DomainResult<(ProfileFields, i64)> {
        let mut query = self.prepare("SELECT profile, profile_time FROM user WHERE id = ?")?;
        let (text, time): (String, i64) = query.query_row([user.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((serde_json::from_str(&text).map_err(|_| damaged())?, time))
    }

    fn users(&mut self, app: u32, after: &str, max: u32) -> DomainResult<Vec<Account>> {
        let mut query = self.prepare(
            "SELECT name, nick, avatar FROM user WHERE app = ?1 AND name > ?2 ORDER BY name LIMIT ?3",
        )?;
        let mut rows = query.query(params![app, after, max])?;
        let mut users = Vec::new();
        while let Some(row) = rows.next()? {
            let user = user_name(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
            users.push(Account { user, nick: row.get(1)?, avatar: row.get(2)? });
        }
        Ok(users)
    }

    fn acquaintances(&mut self, of: &Actor, before: u64, max: u32) -> DomainResult<Vec<Acquaintance>> {
        // Kind 2 is a blacklist's.
        let mut query = self.prepare(
            "SELECT o.mark, u.id, u.name, u.profile_time FROM user_conv o
             JOIN conv c ON c.id = o.conv AND c.kind = 0 JOIN user u ON u.id = iif(c.a = ?1, c.b, c.a)
             WHERE o.user = ?1 AND o.mark < ?3 AND o.gone = 0 AND NOT EXISTS(SELECT 1 FROM change WHERE user = ?1 AND kind = 2 AND key = u.name AND gone = 0)
                 AND NOT EXISTS(SELECT 1 FROM change WHERE user = u.id AND kind = 2 AND key = ?5 AND gone = 0)
             UNION ALL SELECT f.version, u.id, u.name, u.profile_time FROM change f
             JOIN user u ON u.app = ?2 AND u.name = f.key
             WHERE f.user = ?1 AND f.kind = 5 AND f.version < ?3 AND f.gone = 0 AND NOT EXISTS(SELECT 1 FROM change WHERE user = ?1 AND kind = 2 AND key = u.name AND gone = 0)
                 AND NOT EXISTS(SELECT 1 FROM change WHERE user = u.id AND kind = 2 AND key = ?5 AND gone = 0)
             ORDER BY 1 DESC LIMIT ?4",
        )?;
        let mut rows = query.query(params![of.key.0, of.app, to_sql(before), max, of.user.as_str()])?;
        let mut acquaintances = Vec::new();
        while let Some(row) = rows.next()? {
            let user = user_name(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?;
            let key = UserKey(row.get(1)?);
            acquaintances.push(Acquaintance {
                version: unsigned(row, 0)?,
                key,
                user,
                profile_time: row.get(3)?,
            });
        }
        Ok(acquaintances)
    }

    fn set_profile(&mut self, user: UserKey, fields: &ProfileFields, time: i64) -> DomainResult<()> {
        let text = serde_json::to_string(fields).map_err(|_| damaged())?;
        self.prepare(
            "UPDATE user SET profile = ?2, profile_time = ?3, nick = ?4, avatar = ?5 WHERE id = ?1",
        )?
        .execute(params![user.0, text, time, fields.nick, fields.avatar])?;
        Ok(())
    }

    fn receive_opt(&mut self, user: UserKey) -> DomainResult<ReceiveOpt> {
        let mut query = self.prepare("SELECT receive_opt FROM user WHERE id = ?")?;
        let text: Option<String> = query.query_row([user.0], |row| row.get(0))?;
        text.map_or_else(
            || Ok(ReceiveOpt::default()),
            |text| serde_json::from_str(&text).map_err(|_| damaged()),
        )
    }

    fn set_receive_opt(&mut self, user: UserKey, opt: &ReceiveOpt) -> DomainResult<()> {
        let text = serde_json::to_string(opt).map_err(|_| damaged())?;
        self.prepare("UPDATE user SET receive_opt = ?2 WHERE id = ?1")?.execute(params![user.0, text])?;
        Ok(())
    }
}
