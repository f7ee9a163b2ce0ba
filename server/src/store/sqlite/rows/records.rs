//! The column `record` of the table `change`.

use rusqlite::{OptionalExtension as _, Row, params};

use super::marks::kind_number;
use super::{Transaction, null_if_empty, unsigned};
use crate::core::ops::UserKey;
use crate::domain::DomainResult;
use crate::domain::rows::{ChangeKind, Record, RecordRows};

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record { key: row.get(0)?, version: unsigned(row, 1)?, text: row.get(2)? })
}

impl RecordRows for Transaction<'_> {
    fn record(&mut self, user: UserKey, kind: ChangeKind, key: &str) -> DomainResult<Option<Record>> {
        let mut query = self.prepare(
            "SELECT key, version, coalesce(record, '') FROM change
             WHERE user = ? AND kind = ? AND key = ? AND gone = 0",
        )?;
        Ok(query.query_row(params![user.0, kind_number(kind), key], record).optional()?)
    }

    fn set_record(&mut self, user: UserKey, kind: ChangeKind, key: &str, text: &str) -> DomainResult<()> {
        self.prepare("UPDATE change SET record = ?4 WHERE user = ?1 AND kind = ?2 AND key = ?3")?
            .execute(params![user.0, kind_number(kind), key, null_if_empty(text)])?;
        Ok(())
    }

    fn records(&mut self, user: UserKey, kind: ChangeKind) -> DomainResult<Vec<Record>> {
        let mut query = self.prepare(
            "SELECT key, version, coalesce(record, '') FROM change
             WHERE user = ? AND kind = ? AND gone = 0 ORDER BY key",
        )?;
        let records = query.query_map(params![user.0, kind_number(kind)], record)?;
        Ok(records.collect::<rusqlite::Result<Vec<_>>>()?)
    }
}
