//! The table `removal`.

use std::ops::RangeInclusive;

use rusqlite::params;

use super::marks::USHARD;
use super::{Transaction, to_sql, unsigned};
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::RemovalRows;

impl RemovalRows for Transaction<'_> {
    fn removed(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        sequences: RangeInclusive<u64>,
    ) -> DomainResult<Vec<(u64, u64)>> {
        // Ranges do not overlap: backwards from the last, the first that ends too early ends the search.
        let mut query = self.prepare(
            "SELECT low, high FROM removal WHERE user = ? AND conv = ? AND low <= ? ORDER BY low DESC",
        )?;
        let (low, high) = sequences.into_inner();
        let mut rows = query.query(params![user.0, of.0, to_sql(high)])?;
        let mut ranges = Vec::new();
        while let Some(row) = rows.next()? {
            let range = (unsigned(row, 0)?, unsigned(row, 1)?);
            if range.1 < low {
                break;
            }
            ranges.push(range);
        }
        ranges.reverse();
        Ok(ranges)
    }

    fn add_removed(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        number: u64,
        (low, high): (u64, u64),
    ) -> DomainResult<()> {
        let (low, high) = (to_sql(low), to_sql(high));
        self.prepare("DELETE FROM removal WHERE user = ? AND conv = ? AND low BETWEEN ? AND ?")?
            .execute(params![user.0, of.0, low, high])?;
        self.prepare(&format!(
            "INSERT INTO removal(user, conv, low, high, number, ushard) VALUES(?1, ?2, ?3, ?4, ?5, {USHARD})"
        ))?
        .execute(params![user.0, of.0, low, high, to_sql(number)])?;
        Ok(())
    }

    fn forget_removed(&mut self, user: UserKey, of: ConversationKey, before: u64) -> DomainResult<()> {
        self.prepare("DELETE FROM removal WHERE user = ?1 AND conv = ?2 AND low < ?3 AND high < ?3")?
            .execute(params![user.0, of.0, to_sql(before)])?;
        Ok(())
    }

    fn removals(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        after: u64,
        max: u32,
    ) -> DomainResult<Vec<(u64, (u64, u64))>> {
        let mut query = self.prepare(
            "SELECT number, low, high FROM removal WHERE user = ? AND conv = ? AND number > ? ORDER BY number LIMIT ?",
        )?;
        let found = query.query_map(params![user.0, of.0, to_sql(after), max], |row| {
            Ok((unsigned(row, 0)?, (unsigned(row, 1)?, unsigned(row, 2)?)))
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    fn count_removed(&mut self, user: UserKey, of: ConversationKey, above: u64) -> DomainResult<u64> {
        let mut query = self.prepare(
            "SELECT count(*) FROM removal r CROSS JOIN msg m ON m.conv = r.conv AND m.seq BETWEEN max(r.low, ?3 + 1) AND r.high
             WHERE r.user = ?1 AND r.conv = ?2 AND r.low >= coalesce(
                    (SELECT max(low) FROM removal WHERE user = ?1 AND conv = ?2 AND low <= ?3), 0)
                AND m.uncounted = 0 AND m.sender <> ?1 AND m.revoked_by IS NULL",
        )?;
        Ok(query.query_row(params![user.0, of.0, to_sql(above)], |row| unsigned(row, 0))?)
    }
}
