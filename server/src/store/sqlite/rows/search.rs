//! The index of messages (`found`), read together with the log.

use std::ops::RangeInclusive;

use rusqlite::params;

use super::{Transaction, to_sql, unsigned};
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{Hit, SearchRows};
use crate::store::sqlite::index::row_of;

impl SearchRows for Transaction<'_> {
    fn is_searched(&self) -> bool {
        self.is_searched
    }

    fn hits(
        &mut self,
        of: ConversationKey,
        expression: &str,
        sequences: RangeInclusive<u64>,
        max: u32,
    ) -> DomainResult<Vec<Hit>> {
        let (low, high) = sequences.into_inner();
        let (Some(first), Some(last)) = (row_of(of.0, to_sql(low)), row_of(of.0, to_sql(high))) else {
            return Ok(Vec::new());
        };
        let mut query = self.prepare(
            "SELECT m.seq, m.revoked_by IS NOT NULL FROM found f
             CROSS JOIN msg m ON m.conv = ?2 AND m.seq = f.rowid & 0xFFFFFFFF
             WHERE f.found MATCH ?1 AND f.rowid BETWEEN ?3 AND ?4 ORDER BY f.rowid DESC LIMIT ?5",
        )?;
        let hits = query.query_map(params![expression, of.0, first, last, max], |row| {
            Ok(Hit { sequence: unsigned(row, 0)?, is_revoked: row.get(1)? })
        })?;
        Ok(hits.collect::<rusqlite::Result<_>>()?)
    }

    fn conversations_by_activity(
        &mut self,
        user: UserKey,
        passed: u64,
        max: u32,
    ) -> DomainResult<Vec<ConversationKey>> {
        let mut query = self.prepare(
            "SELECT c.id FROM user_conv u JOIN conv c ON c.id = u.conv WHERE u.user = ? AND u.gone = 0
             ORDER BY c.last_time DESC, c.id LIMIT ? OFFSET ?",
        )?;
        let keys =
            query.query_map(params![user.0, max, to_sql(passed)], |row| row.get(0).map(ConversationKey))?;
        Ok(keys.collect::<rusqlite::Result<_>>()?)
    }
}
