//! The table `chore`: what is left to be done. Its `seq` is that of a revoked message whose receipts go; 0 for a dismissed group.

use rusqlite::{Row, params};

use super::{Transaction, to_sql, unsigned, user_name};
use crate::core::ops::{Actor, ConversationKey, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{Chore, ChorePlace, ChoreRows, Dismissal};

impl ChoreRows for Transaction<'_> {
    fn add_chore(&mut self, chore: &Chore) -> DomainResult<()> {
        let (of, sequence) = chore.place();
        let (by, time) = match chore {
            Chore::EndGroup(Dismissal { by, time, .. }) => (by.key.0, *time),
            Chore::ForgetReceipts { .. } => (0, 0),
        };
        self.prepare(
            "INSERT OR IGNORE INTO chore(conv, seq, shard, actor, time) SELECT id, ?2, shard, ?3, ?4 FROM conv WHERE id = ?1",
        )?
        .execute(params![of.0, to_sql(sequence), by, time])?;
        Ok(())
    }

    fn chore(&mut self, (of, sequence): ChorePlace) -> DomainResult<Option<Chore>> {
        let mut query = self.prepare(
            "SELECT h.conv, h.seq, h.time, c.app, h.actor, coalesce(u.name, '') FROM chore h JOIN conv c ON c.id = h.conv
             LEFT JOIN user u ON u.id = h.actor
             WHERE (h.conv, h.seq) > (?, ?) ORDER BY h.conv, h.seq LIMIT 1",
        )?;
        let mut rows = query.query(params![of.0, to_sql(sequence)])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(match unsigned(row, 1)? {
            0 => Chore::EndGroup(dismissal(row)?),
            sequence => Chore::ForgetReceipts { of: ConversationKey(row.get(0)?), sequence },
        }))
    }

    fn remove_chore(&mut self, chore: &Chore) -> DomainResult<()> {
        let (of, sequence) = chore.place();
        self.prepare("DELETE FROM chore WHERE conv = ? AND seq = ?")?
            .execute(params![of.0, to_sql(sequence)])?;
        Ok(())
    }

    fn dismissals_for(&mut self, user: UserKey, max: u32) -> DomainResult<Vec<Dismissal>> {
        let mut query = self.prepare(
            "SELECT h.conv, h.seq, h.time, c.app, h.actor, u.name FROM chore h
             CROSS JOIN member m ON m.conv = h.conv AND m.user = ? JOIN conv c ON c.id = h.conv JOIN user u ON u.id = h.actor
             WHERE h.seq = 0 LIMIT ?",
        )?;
        let mut rows = query.query(params![user.0, max])?;
        let mut dismissals = Vec::new();
        while let Some(row) = rows.next()? {
            dismissals.push(dismissal(row)?);
        }
        Ok(dismissals)
    }
}

fn dismissal(row: &Row<'_>) -> DomainResult<Dismissal> {
    let user = user_name(&row.get::<_, String>(5)?)?;
    let by = Actor { app: row.get(3)?, user, key: UserKey(row.get(4)?), session: None };
    Ok(Dismissal { group: ConversationKey(row.get(0)?), by, time: row.get(2)? })
}
