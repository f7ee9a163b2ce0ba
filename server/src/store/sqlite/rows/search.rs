//! The index of messages (`found`), read together with the log.

use std::ops::{ControlFlow, RangeInclusive};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Instant;

use rusqlite::params;
use tim_protocol::UserId;
use tim_protocol::attributes::Attributes;

use super::messages::{attributes, text};
use super::{Transaction, to_sql, unsigned, user_name};
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{Hit, SearchRows};

/// The row of a message in the index: its conversation's number above its sequence; `None` for more than there is room for.
pub(in crate::store::sqlite) fn row_of(conv: i64, sequence: i64) -> Option<i64> {
    let fits = (0..1 << 31).contains(&conv) && (0..1 << 32).contains(&sequence);
    fits.then_some((conv << 32) | sequence)
}

/// What a connection has to do with the index; nothing without one.
#[derive(Default)]
pub(in crate::store::sqlite) struct Indexed {
    /// Up to which row of `reworded` the index is.
    pub(in crate::store::sqlite) reindexed: Option<Arc<AtomicI64>>,
    /// When a search ends with what it has.
    pub(in crate::store::sqlite) until: Option<Instant>,
}

impl SearchRows for Transaction<'_> {
    fn is_searched(&self) -> bool {
        self.indexed.reindexed.is_some()
    }

    fn is_late(&self) -> bool {
        self.indexed.until.is_some_and(|until| until <= Instant::now())
    }

    fn hits(
        &mut self,
        of: ConversationKey,
        reader: &UserId,
        expression: &str,
        sequences: RangeInclusive<u64>,
        mut each: impl FnMut(Hit) -> ControlFlow<()>,
    ) -> DomainResult<()> {
        let (low, high) = sequences.into_inner();
        let (Some(first), Some(last)) = (row_of(of.0, to_sql(low)), row_of(of.0, to_sql(high))) else {
            return Ok(());
        };
        let mut query = self.prepare(
            "SELECT m.seq, m.revoked_by IS NOT NULL, m.attributes, s.name FROM found f
             CROSS JOIN msg m ON m.conv = ?2 AND m.seq = f.rowid & 0xFFFFFFFF LEFT JOIN user s ON s.id = m.sender
             WHERE f.found MATCH ?1 AND f.rowid BETWEEN ?3 AND ?4 ORDER BY f.rowid DESC",
        )?;
        let mut rows = query.query(params![expression, of.0, first, last])?;
        while let Some(row) = rows.next()? {
            let is_hidden = match (attributes(row, 2)?, text(row, 3)?) {
                (None, _) | (_, "") => false,
                (attributes, sender) => Attributes::of(attributes).hide_from(reader, &user_name(sender)?),
            };
            if each(Hit { sequence: unsigned(row, 0)?, is_revoked: row.get(1)?, is_hidden }).is_break() {
                break;
            }
        }
        Ok(())
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
