//! The user side: dirty marks, which tell a returning device what changed without looking at everything.
//!
//! Per user: `uver` grows with every mark, `given` is the largest version any device was given. Per user and
//! conversation: `mark`. A conversation is marked again for a user only if its mark was given, so however much happens
//! while a user is away, it costs one row.
//!
//! The order of reads is what makes it safe: a change commits first, `given` is read after it; a sync commits
//! `given` first, and reads what changed after it. Either the change sees the new `given` and marks again, or the
//! sync sees the change.

use rusqlite::params;
use tim_protocol::conversation::Cursor;

use super::database::{Database, Outcome, quiet};
use super::rows::{USHARD, to_sql, unsigned};
use crate::core::ops::{Actor, Answer, Refusal, UserKey, Written};

/// Most conversations marked in one transaction, so that sends never wait long behind marks.
const AT_ONCE: u32 = 256;

/// What a change row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The own profile.
    Profile = 1,
    /// An entry of the blacklist.
    Blacklist = 2,
    /// Membership of a group.
    Group = 3,
}

impl Database {
    /// Writes marks that are outstanding, in a transaction of its own. Whether it wrote any; call again while it does.
    /// Doing it twice does no harm, so a crash before or in it is mended by the next call; that is why it does not
    /// wait for the disk. What is given out of marks does: [`Database::commit`] of a
    /// [`crate::core::ops::Write::Give`] syncs everything before it.
    ///
    /// # Errors
    /// Those of a failing disk, once nothing else can be marked.
    pub fn mark(&mut self) -> Result<bool, Refusal> {
        let unmarked = self.unmarked()?;
        match self.mark_together(&unmarked) {
            Ok(()) => Ok(!unmarked.is_empty()),
            // As with writes: one that cannot be marked shall not hold up the others.
            Err(why) if unmarked.len() > 1 && !why.is_busy() => self.mark_apart(&unmarked),
            Err(why) => Err(why.into()),
        }
    }

    fn mark_together(&self, unmarked: &[(i64, i64)]) -> Outcome<()> {
        if unmarked.is_empty() {
            return Ok(());
        }
        self.connection.execute_batch("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE")?;
        let marked = unmarked.iter().try_for_each(|(conv, upto)| self.mark_conv(*conv, *upto));
        let ended = marked.and_then(|()| Ok(self.connection.execute_batch("COMMIT")?));
        self.recover();
        ended
    }

    fn mark_apart(&self, unmarked: &[(i64, i64)]) -> Result<bool, Refusal> {
        let (mut marked, mut refused) = (false, None);
        for one in unmarked {
            match self.mark_together(std::slice::from_ref(one)) {
                Ok(()) => marked = true,
                Err(why) => refused = Some(why),
            }
        }
        match refused {
            Some(why) if !marked => Err(why.into()),
            _ => Ok(true),
        }
    }

    fn unmarked(&self) -> Outcome<Vec<(i64, i64)>> {
        let mut query = self
            .connection
            .prepare_cached("SELECT id, head + mhead FROM conv WHERE marked < head + mhead LIMIT ?")?;
        let rows = query.query_map([AT_ONCE], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
    }

    fn mark_conv(&self, conv: i64, upto: i64) -> Outcome<()> {
        for user in self.members(&self.conv(conv)?)?.iter() {
            self.mark_for(*user, conv)?;
        }
        self.connection
            .prepare_cached("UPDATE conv SET marked = ?2 WHERE id = ?1")?
            .execute(params![conv, upto])?;
        Ok(())
    }

    /// Marks one conversation for one user, unless its mark is still to be given out.
    pub(super) fn mark_for(&self, user: UserKey, conv: i64) -> Outcome<()> {
        let mut query = self.connection.prepare_cached(
            "SELECT u.given >= coalesce(c.mark, 0) FROM user u LEFT JOIN user_conv c ON c.user = u.id AND c.conv = ?2
             WHERE u.id = ?1",
        )?;
        if query.query_row(params![user.0, conv], |row| row.get(0))? {
            let version = self.next_version(user)?;
            self.connection
                .prepare_cached(&format!(
                    "INSERT INTO user_conv(user, conv, ushard, mark) VALUES(?1, ?2, {USHARD}, ?3)
                     ON CONFLICT(user, conv) DO UPDATE SET mark = excluded.mark"
                ))?
                .execute(params![user.0, conv, version])?;
        }
        Ok(())
    }

    /// Notes that something of a user's own changed.
    pub(super) fn note_change(&self, user: UserKey, kind: Kind, key: &str, gone: bool) -> Outcome<()> {
        let version = self.next_version(user)?;
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO change(user, kind, key, ushard, version, gone) VALUES(?1, ?2, ?3, {USHARD}, ?4, ?5)
                 ON CONFLICT(user, kind, key) DO UPDATE SET version = excluded.version, gone = excluded.gone"
            ))?
            .execute(params![user.0, kind as i64, key, version, gone])?;
        Ok(())
    }

    fn next_version(&self, user: UserKey) -> Outcome<i64> {
        let mut next =
            self.connection.prepare_cached("UPDATE user SET uver = uver + 1 WHERE id = ? RETURNING uver")?;
        Ok(next.query_row([user.0], |row| row.get(0))?)
    }

    pub(super) fn give(&self, actor: &Actor) -> Outcome<Written> {
        let cursor = self.version(actor.key)?;
        self.connection
            .prepare_cached("UPDATE user SET given = ?2 WHERE id = ?1 AND given < ?2")?
            .execute(params![actor.key.0, to_sql(cursor.version)])?;
        Ok(quiet(Answer::Given(cursor)))
    }

    pub(super) fn version(&self, user: UserKey) -> Outcome<Cursor> {
        let mut query = self.connection.prepare_cached("SELECT uver FROM user WHERE id = ?")?;
        let version = query.query_row([user.0], |row| unsigned(row, 0))?;
        Ok(Cursor { epoch: self.epoch, version })
    }
}
