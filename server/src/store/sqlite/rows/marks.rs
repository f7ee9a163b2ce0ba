//! The versions in `user`, the marks in `user_conv`, and the table `change`.

use rusqlite::{OptionalExtension as _, params};

use super::{Transaction, to_sql, unsigned};
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{Behind, ChangeKind, Changed, MarkRows, Marks};
use crate::store::sqlite::failure::damaged;

/// The `ushard` of a user's row, from its number.
pub(super) const USHARD: &str = "(SELECT ushard FROM user WHERE id = ?1)";

pub(super) fn kind_number(kind: ChangeKind) -> i64 {
    match kind {
        ChangeKind::Profile => 1,
        ChangeKind::Blacklist => 2,
        ChangeKind::Group => 3,
        ChangeKind::ReceiveOpt => 4,
        ChangeKind::Friend => 5,
        ChangeKind::FriendApplication => 6,
        ChangeKind::ApplicationsRead => 7,
        ChangeKind::FriendGroup => 8,
    }
}

fn kind_of(number: i64) -> DomainResult<ChangeKind> {
    match number {
        1 => Ok(ChangeKind::Profile),
        2 => Ok(ChangeKind::Blacklist),
        3 => Ok(ChangeKind::Group),
        4 => Ok(ChangeKind::ReceiveOpt),
        5 => Ok(ChangeKind::Friend),
        6 => Ok(ChangeKind::FriendApplication),
        7 => Ok(ChangeKind::ApplicationsRead),
        8 => Ok(ChangeKind::FriendGroup),
        _ => Err(damaged()),
    }
}

impl MarkRows for Transaction<'_> {
    fn version(&mut self, user: UserKey) -> DomainResult<u64> {
        Ok(self.prepare("SELECT uver FROM user WHERE id = ?")?.query_row([user.0], |row| unsigned(row, 0))?)
    }

    fn newest_version(&mut self, user: UserKey) -> DomainResult<u64> {
        let mut query = self.prepare(
            "SELECT u.uver + EXISTS(
                SELECT 1 FROM user_conv o INDEXED BY user_conv_large JOIN conv c ON c.id = o.conv
                WHERE o.user = u.id AND o.upto IS NOT NULL AND o.upto < c.head + c.mhead AND o.mark <= u.given)
             FROM user u WHERE u.id = ?",
        )?;
        Ok(query.query_row([user.0], |row| unsigned(row, 0))?)
    }

    fn behind(&mut self, user: UserKey, max: u32) -> DomainResult<Vec<Behind>> {
        let mut query = self.prepare(
            "SELECT c.id, c.head + c.mhead FROM user_conv o INDEXED BY user_conv_large JOIN conv c ON c.id = o.conv
             WHERE o.user = ? AND o.upto IS NOT NULL AND o.upto < c.head + c.mhead LIMIT ?",
        )?;
        let groups = query.query_map(params![user.0, max], |row| {
            Ok(Behind { of: ConversationKey(row.get(0)?), up_to: unsigned(row, 1)? })
        })?;
        Ok(groups.collect::<rusqlite::Result<Vec<_>>>()?)
    }

    fn set_up_to(&mut self, user: UserKey, of: ConversationKey, up_to: u64) -> DomainResult<()> {
        self.prepare("UPDATE user_conv SET upto = ?3 WHERE user = ?1 AND conv = ?2")?.execute(params![
            user.0,
            of.0,
            to_sql(up_to)
        ])?;
        Ok(())
    }

    fn next_version(&mut self, user: UserKey) -> DomainResult<u64> {
        let mut next = self.prepare("UPDATE user SET uver = uver + 1 WHERE id = ? RETURNING uver")?;
        Ok(next.query_row([user.0], |row| unsigned(row, 0))?)
    }

    fn watermark(&mut self, user: UserKey) -> DomainResult<u64> {
        Ok(self
            .prepare("SELECT given FROM user WHERE id = ?")?
            .query_row([user.0], |row| unsigned(row, 0))?)
    }

    fn has_unmarked(&mut self) -> DomainResult<bool> {
        let mut query = self.prepare("SELECT EXISTS(SELECT 1 FROM conv WHERE marked < head + mhead)")?;
        Ok(query.query_row([], |row| row.get(0))?)
    }

    fn set_watermark(&mut self, user: UserKey, version: u64) -> DomainResult<()> {
        self.prepare("UPDATE user SET given = ?2 WHERE id = ?1 AND given < ?2")?
            .execute(params![user.0, to_sql(version)])?;
        Ok(())
    }

    fn marks(&mut self, user: UserKey, of: ConversationKey) -> DomainResult<Marks> {
        let mut query = self.prepare(
            "SELECT u.given, coalesce(c.mark, 0) FROM user u LEFT JOIN user_conv c ON c.user = u.id AND c.conv = ?2
             WHERE u.id = ?1",
        )?;
        Ok(query.query_row(params![user.0, of.0], |row| {
            Ok(Marks { watermark: unsigned(row, 0)?, mark: unsigned(row, 1)? })
        })?)
    }

    fn unmarked_participants(&mut self, of: ConversationKey) -> DomainResult<Vec<UserKey>> {
        let mut query = self.prepare(
            "SELECT u.id FROM (
                SELECT a AS user FROM conv WHERE id = ?1
                UNION ALL SELECT b FROM conv WHERE id = ?1 AND b <> a
                UNION ALL SELECT user FROM member WHERE conv = ?1) AS participant
             JOIN user u ON u.id = participant.user LEFT JOIN user_conv c ON c.user = u.id AND c.conv = ?1
             WHERE u.given >= coalesce(c.mark, 0)",
        )?;
        let users = query.query_map([of.0], |row| row.get(0).map(UserKey))?;
        Ok(users.collect::<rusqlite::Result<Vec<_>>>()?)
    }

    fn set_mark(&mut self, user: UserKey, of: ConversationKey, version: u64) -> DomainResult<()> {
        self.prepare(&format!(
            "INSERT INTO user_conv(user, conv, ushard, mark) VALUES(?1, ?2, {USHARD}, ?3)
             ON CONFLICT(user, conv) DO UPDATE SET mark = excluded.mark"
        ))?
        .execute(params![user.0, of.0, to_sql(version)])?;
        Ok(())
    }

    fn set_marked(&mut self, of: ConversationKey, up_to: u64) -> DomainResult<()> {
        self.prepare("UPDATE conv SET marked = ?2 WHERE id = ?1")?.execute(params![of.0, to_sql(up_to)])?;
        Ok(())
    }

    fn put_change(
        &mut self,
        user: UserKey,
        kind: ChangeKind,
        key: &str,
        version: u64,
        is_gone: bool,
    ) -> DomainResult<()> {
        self.prepare(&format!(
            "INSERT INTO change(user, kind, key, ushard, version, gone) VALUES(?1, ?2, ?3, {USHARD}, ?4, ?5)
             ON CONFLICT(user, kind, key) DO UPDATE SET version = excluded.version, gone = excluded.gone"
        ))?
        .execute(params![user.0, kind_number(kind), key, to_sql(version), is_gone])?;
        Ok(())
    }

    fn has(&mut self, user: UserKey, kind: ChangeKind, key: &str) -> DomainResult<bool> {
        let mut query =
            self.prepare("SELECT gone = 0 FROM change WHERE user = ? AND kind = ? AND key = ?")?;
        let has = query.query_row(params![user.0, kind_number(kind), key], |row| row.get(0));
        Ok(has.optional()?.unwrap_or(false))
    }

    fn count(&mut self, user: UserKey, kind: ChangeKind) -> DomainResult<u64> {
        let mut query =
            self.prepare("SELECT count(*) FROM change WHERE user = ? AND kind = ? AND gone = 0")?;
        Ok(query.query_row(params![user.0, kind_number(kind)], |row| unsigned(row, 0))?)
    }

    fn changed(
        &mut self,
        user: UserKey,
        after: u64,
        before: u64,
        max: u32,
    ) -> DomainResult<Vec<(u64, Changed)>> {
        let mut query = self.prepare(
            "SELECT mark, conv, NULL, gone FROM user_conv WHERE user = ?1 AND mark > ?2 AND mark < ?3
             UNION ALL SELECT version, kind, key, gone FROM change WHERE user = ?1 AND version > ?2 AND version < ?3
             ORDER BY 1 DESC LIMIT ?4",
        )?;
        let mut rows = query.query(params![user.0, to_sql(after), to_sql(before), max])?;
        let mut changed = Vec::new();
        while let Some(row) = rows.next()? {
            let (number, is_gone) = (row.get(1)?, row.get(3)?);
            let content = match row.get(2)? {
                Some(key) => Changed::Other { kind: kind_of(number)?, key, is_gone },
                None => Changed::Conversation { key: ConversationKey(number), is_gone },
            };
            changed.push((unsigned(row, 0)?, content));
        }
        Ok(changed)
    }
}
