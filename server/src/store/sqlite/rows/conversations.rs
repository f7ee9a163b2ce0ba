//! The table `conv`, and the columns of `user_conv` other than marks.

use rusqlite::{OptionalExtension as _, Row, params};
use tim_protocol::settings::ConversationSettings;
use tim_protocol::{GroupId, bounds};

use super::marks::USHARD;
use super::{Transaction, shard, to_sql, unsigned, user_name};
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{Conversation, ConversationRows, ConversationView, Parties, UserConversation};
use crate::store::sqlite::failure::damaged;

const KIND_C2C: i64 = 0;
const KIND_GROUP: i64 = 1;
const KIND_SYSTEM: i64 = 2;

/// The key by which a conversation is found: that of two users is the same from both sides.
pub(super) fn key_of(parties: &Parties) -> String {
    match parties {
        Parties::C2c(one, other) => {
            let (low, high) = if one <= other { (one, other) } else { (other, one) };
            format!("c:{}:{}", low.0, high.0)
        }
        Parties::Group(group) => format!("g:{group}"),
        Parties::System(user) => format!("s:{}", user.0),
    }
}

/// The columns of a conversation `c`, for [`read_conversation`].
macro_rules! conversation_columns {
    () => {
        "c.id, c.kind, c.a, c.b, c.key, c.head, c.cnt, c.by_a, c.mhead, c.last_time, coalesce(c.shown, c.head)"
    };
}
pub(super) use conversation_columns;

/// A conversation, whose columns begin at `first`.
pub(super) fn read_conversation(row: &Row<'_>, first: usize) -> DomainResult<Conversation> {
    let parties = match row.get(first + 1)? {
        KIND_C2C => Parties::C2c(UserKey(row.get(first + 2)?), UserKey(row.get(first + 3)?)),
        KIND_GROUP => {
            let key = row.get_ref(first + 4)?.as_str().map_err(rusqlite::Error::from)?;
            let group = key.strip_prefix("g:").and_then(|group| GroupId::new(group).ok());
            Parties::Group(group.ok_or_else(damaged)?)
        }
        _ => Parties::System(UserKey(row.get(first + 2)?)),
    };
    Ok(Conversation {
        key: ConversationKey(row.get(first)?),
        parties,
        head: unsigned(row, first + 5)?,
        unread_index: unsigned(row, first + 6)?,
        by_first_party: unsigned(row, first + 7)?,
        mutation_head: unsigned(row, first + 8)?,
        last_time: row.get(first + 9)?,
        last_shown_seq: unsigned(row, first + 10)?,
    })
}

fn read_settings(text: &str) -> DomainResult<ConversationSettings> {
    serde_json::from_str(text).map_err(|_| damaged())
}

/// The number of a kind of conversations, in `conv` and in `msg`.
pub(super) fn kind_of(parties: &Parties) -> i64 {
    match parties {
        Parties::C2c(..) => KIND_C2C,
        Parties::Group(_) => KIND_GROUP,
        Parties::System(_) => KIND_SYSTEM,
    }
}

impl ConversationRows for Transaction<'_> {
    fn conversation(&mut self, app: u32, parties: &Parties) -> DomainResult<Option<Conversation>> {
        let mut query = self.prepare(concat!(
            "SELECT ",
            conversation_columns!(),
            " FROM conv c WHERE c.app = ? AND c.key = ?"
        ))?;
        let mut rows = query.query(params![app, key_of(parties)])?;
        rows.next()?.map(|row| read_conversation(row, 0)).transpose()
    }

    fn conversation_by_key(&mut self, key: ConversationKey) -> DomainResult<Conversation> {
        let mut query =
            self.prepare(concat!("SELECT ", conversation_columns!(), " FROM conv c WHERE c.id = ?"))?;
        let mut rows = query.query([key.0])?;
        read_conversation(rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?, 0)
    }

    fn conversation_view(&mut self, user: UserKey, of: ConversationKey) -> DomainResult<ConversationView> {
        let mut query = self.prepare(concat!(
            "SELECT ",
            conversation_columns!(),
            ", coalesce(o.read, 0), coalesce(o.floor, 1), p.name, coalesce(q.read, 0), o.settings,
                coalesce(o.hidden, 0), coalesce(o.removals, 0)
             FROM conv c
             LEFT JOIN user_conv o ON o.conv = c.id AND o.user = ?1
             LEFT JOIN user p ON c.kind = 0 AND p.id = iif(c.a = ?1, c.b, c.a)
             LEFT JOIN user_conv q ON q.conv = c.id AND q.user = p.id
             WHERE c.id = ?2"
        ))?;
        let mut rows = query.query(params![user.0, of.0])?;
        let row = rows.next()?.ok_or_else(damaged)?;
        let conversation = read_conversation(row, 0)?;
        let own = UserConversation {
            read: unsigned(row, 11)?,
            first_visible_seq: unsigned(row, 12)?,
            hidden_below: unsigned(row, 16)?,
            removals: unsigned(row, 17)?,
        };
        let peer = match (&conversation.parties, row.get_ref(13)?) {
            (Parties::C2c(..), name) => {
                Some((user_name(name.as_str().map_err(rusqlite::Error::from)?)?, unsigned(row, 14)?))
            }
            (Parties::Group(_) | Parties::System(_), _) => None,
        };
        let settings = row.get_ref(15)?.as_str_or_null().map_err(rusqlite::Error::from)?;
        let settings = settings.map(read_settings).transpose()?;
        Ok(ConversationView { conversation, own, settings, peer })
    }

    fn add_conversation(&mut self, app: u32, parties: Parties) -> DomainResult<Conversation> {
        let (a, b) = match &parties {
            Parties::C2c(a, b) => (Some(a.0), Some(b.0)),
            Parties::Group(_) => (None, None),
            Parties::System(user) => (Some(user.0), None),
        };
        let (key, kind) = (key_of(&parties), kind_of(&parties));
        self.prepare("INSERT INTO conv(shard, app, key, kind, a, b) VALUES(?, ?, ?, ?, ?, ?)")?
            .execute(params![shard(app, &key), app, key, kind, a, b])?;
        let key = ConversationKey(self.connection.last_insert_rowid());
        Ok(Conversation {
            key,
            parties,
            head: 0,
            unread_index: 0,
            by_first_party: 0,
            mutation_head: 0,
            last_time: 0,
            last_shown_seq: 0,
        })
    }

    fn user_conversation(&mut self, user: UserKey, of: ConversationKey) -> DomainResult<UserConversation> {
        let mut query =
            self.prepare("SELECT read, floor, hidden, removals FROM user_conv WHERE user = ? AND conv = ?")?;
        let row = query.query_row(params![user.0, of.0], |row| {
            Ok(UserConversation {
                read: unsigned(row, 0)?,
                first_visible_seq: unsigned(row, 1)?,
                hidden_below: unsigned(row, 2)?,
                removals: unsigned(row, 3)?,
            })
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

    fn settings(&mut self, user: UserKey, of: ConversationKey) -> DomainResult<ConversationSettings> {
        let mut query = self.prepare("SELECT settings FROM user_conv WHERE user = ? AND conv = ?")?;
        let mut rows = query.query(params![user.0, of.0])?;
        let Some(row) = rows.next()? else { return Ok(ConversationSettings::default()) };
        let settings = row.get_ref(0)?.as_str_or_null().map_err(rusqlite::Error::from)?;
        settings.map_or_else(|| Ok(ConversationSettings::default()), read_settings)
    }

    fn set_settings(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        settings: &ConversationSettings,
    ) -> DomainResult<()> {
        self.prepare(&format!(
            "INSERT INTO user_conv(user, conv, ushard, settings) VALUES(?1, ?2, {USHARD}, ?3)
             ON CONFLICT(user, conv) DO UPDATE SET settings = excluded.settings"
        ))?
        .execute(params![user.0, of.0, bounds::written(settings).get()])?;
        Ok(())
    }

    fn set_removed(
        &mut self,
        user: UserKey,
        of: ConversationKey,
        removed: UserConversation,
    ) -> DomainResult<()> {
        self.prepare(&format!(
            "INSERT INTO user_conv(user, conv, ushard, floor, hidden, removals) VALUES(?1, ?2, {USHARD}, ?3, ?4, ?5)
             ON CONFLICT(user, conv) DO UPDATE SET
                floor = excluded.floor, hidden = excluded.hidden, removals = excluded.removals"
        ))?
        .execute(params![
            user.0,
            of.0,
            to_sql(removed.first_visible_seq),
            to_sql(removed.hidden_below),
            to_sql(removed.removals)
        ])?;
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
                read = max(read, excluded.read), floor = max(floor, excluded.floor), gone = 0"
        ))?
        .execute(params![user.0, of.0, to_sql(as_of.read), to_sql(as_of.first_visible_seq)])?;
        Ok(())
    }

    fn close_conversation(&mut self, user: UserKey, of: ConversationKey) -> DomainResult<()> {
        self.prepare("UPDATE user_conv SET gone = 1, upto = NULL WHERE user = ? AND conv = ?")?
            .execute(params![user.0, of.0])?;
        Ok(())
    }
}
