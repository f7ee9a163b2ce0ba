//! The table `conv`, and the columns of `user_conv` other than marks.

use rusqlite::{OptionalExtension as _, Row, params};
use tim_protocol::GroupId;

use super::marks::USHARD;
use super::{Transaction, shard, to_sql, unsigned};
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{Conversation, ConversationRows, Parties, UserConversation};
use crate::store::sqlite::failure::damaged;

/// The key by which a conversation is found: that of two users is the same from both sides.
fn key_of(parties: &Parties) -> String {
    match parties {
        Parties::C2c(one, other) => {
            let (low, high) = if one <= other { (one, other) } else { (other, one) };
            format!("c:{}:{}", low.0, high.0)
        }
        Parties::Group(group) => format!("g:{group}"),
        Parties::System(user) => format!("s:{}", user.0),
    }
}

fn read_conversation(row: &Row<'_>) -> rusqlite::Result<DomainResult<Conversation>> {
    let (kind, key): (i64, String) = (row.get(1)?, row.get(4)?);
    let parties = match kind {
        0 => Ok(Parties::C2c(UserKey(row.get(2)?), UserKey(row.get(3)?))),
        1 => key
            .strip_prefix("g:")
            .and_then(|group| GroupId::new(group).ok())
            .map(Parties::Group)
            .ok_or_else(damaged),
        _ => Ok(Parties::System(UserKey(row.get(2)?))),
    };
    let (head, unread_index, mutation_head) = (unsigned(row, 5)?, unsigned(row, 6)?, unsigned(row, 7)?);
    let (key, last_time) = (ConversationKey(row.get(0)?), row.get(8)?);
    Ok(parties.map(|parties| Conversation { key, parties, head, unread_index, mutation_head, last_time }))
}

impl ConversationRows for Transaction<'_> {
    fn conversation(&mut self, app: u32, parties: &Parties) -> DomainResult<Option<Conversation>> {
        let mut query = self.prepare(
            "SELECT id, kind, a, b, key, head, cnt, mhead, last_time FROM conv WHERE app = ? AND key = ?",
        )?;
        query.query_row(params![app, key_of(parties)], read_conversation).optional()?.transpose()
    }

    fn conversation_by_key(&mut self, key: ConversationKey) -> DomainResult<Conversation> {
        let mut query =
            self.prepare("SELECT id, kind, a, b, key, head, cnt, mhead, last_time FROM conv WHERE id = ?")?;
        query.query_row([key.0], read_conversation)?
    }

    fn add_conversation(&mut self, app: u32, parties: Parties) -> DomainResult<Conversation> {
        let (kind, a, b) = match &parties {
            Parties::C2c(a, b) => (0, Some(a.0), Some(b.0)),
            Parties::Group(_) => (1, None, None),
            Parties::System(user) => (2, Some(user.0), None),
        };
        let key = key_of(&parties);
        self.prepare("INSERT INTO conv(shard, app, key, kind, a, b) VALUES(?, ?, ?, ?, ?, ?)")?
            .execute(params![shard(app, &key), app, key, kind, a, b])?;
        let key = ConversationKey(self.connection.last_insert_rowid());
        Ok(Conversation { key, parties, head: 0, unread_index: 0, mutation_head: 0, last_time: 0 })
    }

    fn user_conversation(&mut self, user: UserKey, of: ConversationKey) -> DomainResult<UserConversation> {
        let mut query = self.prepare("SELECT read, floor FROM user_conv WHERE user = ? AND conv = ?")?;
        let row = query.query_row(params![user.0, of.0], |row| {
            Ok(UserConversation { read: unsigned(row, 0)?, first_visible_seq: unsigned(row, 1)? })
        });
        Ok(row.optional()?.unwrap_or_default())
    }

    fn set_read(&mut self, user: UserKey, of: ConversationKey, sequence: u64) -> DomainResult<()> {
        self.prepare(&format!(
            "INSERT INTO user_conv(user, conv, ushard, read) VALUES(?1, ?2, {USHARD}, ?3)
             ON CONFLICT(user, conv) DO UPDATE SET read = ?3"
        ))?
        .execute(params![user.0, of.0, to_sql(sequence)])?;
        Ok(())
    }

    fn open_conversation(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        as_of: UserConversation,
    ) -> DomainResult<()> {
        self.prepare(&format!(
            "INSERT INTO user_conv(user, conv, ushard, read, floor) VALUES(?1, ?2, {USHARD}, ?3, ?4)
             ON CONFLICT(user, conv) DO UPDATE SET
                read = max(read, excluded.read), floor = excluded.floor, gone = 0"
        ))?
        .execute(params![user.0, of.0, to_sql(as_of.read), to_sql(as_of.first_visible_seq)])?;
        Ok(())
    }

    fn close_conversation(&mut self, user: UserKey, of: ConversationKey) -> DomainResult<()> {
        self.prepare("UPDATE user_conv SET gone = 1 WHERE user = ? AND conv = ?")?
            .execute(params![user.0, of.0])?;
        Ok(())
    }
}
