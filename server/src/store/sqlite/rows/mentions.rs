//! The table `mention`.

use rusqlite::params;
use tim_protocol::{Code, limits};

use super::{Transaction, to_sql, unsigned, user_name};
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{Conversation, MentionRow, MentionRows};

impl MentionRows for Transaction<'_> {
    fn add_mentions(&mut self, of: &Conversation, names: &[&str], sender: UserKey) -> DomainResult<()> {
        self.prepare(
            "INSERT OR IGNORE INTO mention(conv, name, seq, shard, sender)
             SELECT c.id, n.value, ?3, c.shard, ?4 FROM conv c JOIN json_each(?2) n
             WHERE c.id = ?1 AND (n.value = '' OR EXISTS(SELECT 1 FROM user u JOIN member m ON m.user = u.id
                 WHERE u.app = c.app AND u.name = n.value AND m.conv = c.id))",
        )?
        .execute(params![of.key.0, list(names)?, to_sql(of.head), sender.0])?;
        Ok(())
    }

    fn remove_mentions(&mut self, of: ConversationKey, names: &[&str], sequence: u64) -> DomainResult<()> {
        self.prepare(
            "DELETE FROM mention WHERE conv = ?1 AND name IN (SELECT value FROM json_each(?2)) AND seq = ?3",
        )?
        .execute(params![of.0, list(names)?, to_sql(sequence)])?;
        Ok(())
    }

    fn mentions(
        &mut self,
        of: ConversationKey,
        reader: UserKey,
        [one, other]: [&str; 2],
        after: u64,
    ) -> DomainResult<Vec<MentionRow>> {
        let mut query = self.prepare(&format!(
            "SELECT m.seq, m.name, u.name FROM (
                SELECT * FROM (SELECT * FROM (SELECT seq, name, sender FROM mention
                    WHERE conv = ?1 AND name = ?2 AND seq > ?4 ORDER BY seq DESC LIMIT 1000)
                    WHERE sender <> ?5 AND {NOT_REMOVED} ORDER BY seq DESC LIMIT ?6)
                UNION ALL
                SELECT * FROM (SELECT * FROM (SELECT seq, name, sender FROM mention
                    WHERE conv = ?1 AND name = ?3 AND seq > ?4 ORDER BY seq DESC LIMIT 1000)
                    WHERE sender <> ?5 AND {NOT_REMOVED} ORDER BY seq DESC LIMIT ?6)) m
             JOIN user u ON u.id = m.sender ORDER BY m.seq DESC"
        ))?;
        let max = to_sql(limits::UNREAD_MENTIONS as u64);
        let mut rows = query.query(params![of.0, one, other, to_sql(after), reader.0, max])?;
        let mut mentions = Vec::new();
        while let Some(row) = rows.next()? {
            let from = user_name(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?;
            mentions.push(MentionRow { sequence: unsigned(row, 0)?, name: row.get(1)?, from });
        }
        Ok(mentions)
    }
}

/// The reader did not remove the message: the last range that begins before it ends before it.
const NOT_REMOVED: &str = "coalesce((SELECT r.high FROM removal r
    WHERE r.user = ?5 AND r.conv = ?1 AND r.low <= seq ORDER BY r.low DESC LIMIT 1), 0) < seq";

/// Names for `json_each`.
fn list(names: &[&str]) -> DomainResult<String> {
    Ok(serde_json::to_string(names).map_err(|_| Code::INTERNAL)?)
}
