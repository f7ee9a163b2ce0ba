//! The table `attribute`, and what `grp` has about all attributes of a group.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{Transaction, to_sql, unsigned};
use crate::core::ops::ConversationKey;
use crate::domain::DomainResult;
use crate::domain::rows::{Attribute, AttributeRows, AttributesState};
use crate::store::sqlite::failure::damaged;

impl AttributeRows for Transaction<'_> {
    fn attributes_state(&mut self, group: ConversationKey) -> DomainResult<AttributesState> {
        let mut query = self.prepare(
            "SELECT attributes_version, attributes_removed, attributes_paced FROM grp WHERE conv = ?",
        )?;
        let mut rows = query.query([group.0])?;
        let row = rows.next()?.ok_or_else(damaged)?;
        Ok(AttributesState { version: unsigned(row, 0)?, removed: unsigned(row, 1)?, paced: row.get(2)? })
    }

    fn set_attributes_state(&mut self, group: ConversationKey, state: AttributesState) -> DomainResult<()> {
        let AttributesState { version, removed, paced } = state;
        self.prepare(
            "UPDATE grp SET attributes_version = ?2, attributes_removed = ?3, attributes_paced = ?4 WHERE conv = ?1",
        )?
        .execute(params![group.0, to_sql(version), to_sql(removed), paced])?;
        Ok(())
    }

    fn attributes(&mut self, group: ConversationKey) -> DomainResult<BTreeMap<String, Attribute>> {
        let mut query = self.prepare("SELECT key, value, version FROM attribute WHERE conv = ?")?;
        let mut rows = query.query([group.0])?;
        let mut attributes = BTreeMap::new();
        while let Some(row) = rows.next()? {
            attributes.insert(row.get(0)?, Attribute { value: row.get(1)?, version: unsigned(row, 2)? });
        }
        Ok(attributes)
    }

    fn set_attribute(
        &mut self,
        group: ConversationKey,
        key: &str,
        attribute: &Attribute,
    ) -> DomainResult<()> {
        self.prepare(
            "INSERT INTO attribute(conv, key, shard, value, version) SELECT id, ?2, shard, ?3, ?4 FROM conv WHERE id = ?1
             ON CONFLICT(conv, key) DO UPDATE SET value = excluded.value, version = excluded.version",
        )?
        .execute(params![group.0, key, attribute.value, to_sql(attribute.version)])?;
        Ok(())
    }

    fn remove_attribute(&mut self, group: ConversationKey, key: &str) -> DomainResult<()> {
        self.prepare("DELETE FROM attribute WHERE conv = ? AND key = ?")?.execute(params![group.0, key])?;
        Ok(())
    }

    fn remove_attributes(&mut self, group: ConversationKey) -> DomainResult<()> {
        self.prepare("DELETE FROM attribute WHERE conv = ?")?.execute([group.0])?;
        Ok(())
    }
}
