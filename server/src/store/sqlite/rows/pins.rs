//! The table `pin`: the pinned messages of groups. Who pinned one is in `msg`, written with its mutations.

use rusqlite::{Row, params};
use tim_protocol::call::PinnedMessage;
use tim_protocol::message::Pin;

use super::{Transaction, to_sql, unsigned};
use crate::core::ops::ConversationKey;
use crate::domain::DomainResult;
use crate::domain::rows::PinRows;
use crate::store::sqlite::failure::damaged;

impl PinRows for Transaction<'_> {
    fn pinned(&mut self, of: ConversationKey) -> DomainResult<Vec<PinnedMessage>> {
        let mut query = self.prepare(
            "SELECT p.seq, m.pin FROM pin p JOIN msg m ON m.conv = p.conv AND m.seq = p.seq
             WHERE p.conv = ? ORDER BY p.number DESC",
        )?;
        let mut rows = query.query([of.0])?;
        let mut pinned = Vec::new();
        while let Some(row) = rows.next()? {
            let Pin { by, time, .. } = read_pin(row, 1)?.ok_or_else(damaged)?;
            pinned.push(PinnedMessage { sequence: unsigned(row, 0)?, by, time });
        }
        Ok(pinned)
    }

    fn add_pin(&mut self, of: ConversationKey, sequence: u64, number: u64) -> DomainResult<()> {
        self.prepare(
            "INSERT INTO pin(conv, number, seq, shard) SELECT id, ?2, ?3, shard FROM conv WHERE id = ?1",
        )?
        .execute(params![of.0, to_sql(number), to_sql(sequence)])?;
        Ok(())
    }

    fn remove_pin(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<()> {
        self.prepare("DELETE FROM pin WHERE conv = ? AND seq = ?")?.execute([of.0, to_sql(sequence)])?;
        Ok(())
    }
}

/// Whether a message is pinned, as its row has it.
pub(super) fn read_pin(row: &Row<'_>, column: usize) -> DomainResult<Option<Pin>> {
    let text = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    text.map(serde_json::from_str).transpose().map_err(|_| damaged())
}

/// The text for the row of a message.
pub(super) fn stored_pin(pin: Option<&Pin>) -> DomainResult<Option<String>> {
    pin.map(serde_json::to_string).transpose().map_err(|_| damaged())
}
