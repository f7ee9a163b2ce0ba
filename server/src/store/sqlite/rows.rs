//! Rows as values: users, conversations and messages, and how they are found.
//!
//! Reading only. Surrogate numbers stay inside the store; names come and go at its edge.

use std::sync::Arc;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{OptionalExtension as _, Row, params};
use serde_json::value::RawValue;
use tim_protocol::code::Code;
use tim_protocol::group::GroupType;
use tim_protocol::message::{Message, Priority, Revocation};
use tim_protocol::word::Word;
use tim_protocol::{ConversationId, GroupId, MessageId, UserId, bounds};

use super::database::{Database, Failure, Outcome};
use crate::core::ops::{Actor, UserKey};

/// A conversation's row.
#[derive(Debug, Clone)]
pub(super) struct Conv {
    pub(super) id: i64,
    pub(super) place: Place,
    pub(super) head: u64,
    pub(super) cnt: u64,
    pub(super) mhead: u64,
    pub(super) last_time: i64,
}

/// Which conversation it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Between two users (the same one twice: a note to oneself).
    C2c(UserKey, UserKey),
    /// A group's.
    Group(GroupId),
    /// One user's notices.
    System(UserKey),
}

/// A hash for `shard` and `ushard` columns: FNV-1a, the same on every machine for ever.
pub(super) fn shard(app: u32, key: &str) -> i64 {
    let bytes = app.to_be_bytes().into_iter().chain(key.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    i64::try_from(hash & 1023).unwrap_or(0)
}

/// The `ushard` of a user's row, from its number.
pub(super) const USHARD: &str = "(SELECT ushard FROM user WHERE id = ?1)";

/// The key a C2C conversation is found by: the same from both sides.
pub(super) fn c2c_key(one: UserKey, other: UserKey) -> String {
    let (low, high) = if one <= other { (one, other) } else { (other, one) };
    format!("c:{}:{}", low.0, high.0)
}

pub(super) fn group_key(group: &GroupId) -> String {
    format!("g:{group}")
}

/// Numbers that SQLite keeps signed and the protocol does not.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

fn user_name(text: &str) -> Outcome<UserId> {
    UserId::new(text).map_err(|_| Failure::damaged())
}

impl Database {
    /// The number of a user; `None` if the user has never logged in.
    pub(super) fn user_key(&self, app: u32, user: &UserId) -> Outcome<Option<UserKey>> {
        let mut query = self.connection.prepare_cached("SELECT id FROM user WHERE app = ? AND name = ?")?;
        Ok(query.query_row(params![app, user.as_str()], |row| row.get(0).map(UserKey)).optional()?)
    }

    /// The name of a user.
    pub(super) fn user_named(&self, key: UserKey) -> Outcome<UserId> {
        let mut query = self.connection.prepare_cached("SELECT name FROM user WHERE id = ?")?;
        user_name(&query.query_row([key.0], |row| row.get::<_, String>(0))?)
    }

    /// A conversation by its key.
    pub(super) fn conv_by_key(&self, app: u32, key: &str) -> Outcome<Option<Conv>> {
        let mut query = self.connection.prepare_cached(
            "SELECT id, kind, a, b, key, head, cnt, mhead, last_time FROM conv WHERE app = ? AND key = ?",
        )?;
        query.query_row(params![app, key], read_conv).optional()?.transpose()
    }

    /// A conversation by its number.
    pub(super) fn conv(&self, id: i64) -> Outcome<Conv> {
        let mut query = self.connection.prepare_cached(
            "SELECT id, kind, a, b, key, head, cnt, mhead, last_time FROM conv WHERE id = ?",
        )?;
        query.query_row([id], read_conv)?
    }

    /// The conversation that `actor` names; `None` for a chat of two without a message. A group that does not exist is
    /// refused with [`Code::GROUP_NOT_FOUND`].
    pub(super) fn conv_named(&self, actor: &Actor, name: &ConversationId) -> Outcome<Option<Conv>> {
        match name {
            ConversationId::C2c(peer) => match self.user_key(actor.app, peer)? {
                Some(peer) => self.conv_by_key(actor.app, &c2c_key(actor.key, peer)),
                None => Ok(None),
            },
            ConversationId::Group(group) => {
                let conv = self.conv_by_key(actor.app, &group_key(group))?;
                conv.map(Some).ok_or_else(|| Code::GROUP_NOT_FOUND.into())
            }
            ConversationId::System => self.conv_by_key(actor.app, &format!("s:{}", actor.key.0)),
        }
    }

    /// A conversation as one of its users names it.
    pub(super) fn name_for(&self, conv: &Conv, user: UserKey) -> Outcome<ConversationId> {
        Ok(match &conv.place {
            Place::C2c(a, b) => ConversationId::C2c(self.user_named(if *a == user { *b } else { *a })?),
            Place::Group(group) => ConversationId::Group(group.clone()),
            Place::System(_) => ConversationId::System,
        })
    }

    /// Everybody who is told of what happens in a conversation.
    pub(super) fn members(&self, conv: &Conv) -> Outcome<Arc<[UserKey]>> {
        match conv.place {
            Place::C2c(a, b) if a == b => Ok([a].into()),
            Place::C2c(a, b) => Ok([a, b].into()),
            Place::System(user) => Ok([user].into()),
            Place::Group(_) => {
                let mut query = self.connection.prepare_cached("SELECT user FROM member WHERE conv = ?")?;
                let members = query.query_map([conv.id], |row| row.get(0).map(UserKey))?;
                Ok(members.collect::<rusqlite::Result<Vec<_>>>()?.into())
            }
        }
    }

    /// The type of a group's conversation; `None` for others.
    pub(super) fn group_type(&self, conv: &Conv) -> Outcome<Option<GroupType>> {
        if !matches!(conv.place, Place::Group(_)) {
            return Ok(None);
        }
        let mut query = self.connection.prepare_cached("SELECT type FROM grp WHERE conv = ?")?;
        let text: String = query.query_row([conv.id], |row| row.get(0))?;
        Ok(Some(from_word(&text)?))
    }

    /// The first message this user may see. 1 for those who never had a place here.
    pub(super) fn floor(&self, conv: &Conv, user: UserKey) -> Outcome<u64> {
        let mut query =
            self.connection.prepare_cached("SELECT floor FROM user_conv WHERE user = ? AND conv = ?")?;
        let floor = query.query_row(params![user.0, conv.id], |row| unsigned(row, 0)).optional()?;
        Ok(floor.unwrap_or(1))
    }

    /// Whether this user may read a conversation: one side of it, or a member.
    pub(super) fn may_read(&self, conv: &Conv, user: UserKey) -> Outcome<bool> {
        match conv.place {
            Place::C2c(a, b) => Ok(user == a || user == b),
            Place::System(owner) => Ok(user == owner),
            Place::Group(_) => self.is_member(conv, user),
        }
    }

    /// Messages of a run, newest first, until `most` or `most_bytes` is reached (at least one if there is one).
    pub(super) fn messages(
        &self,
        conv: &Conv,
        low: u64,
        high: u64,
        most: u32,
        most_bytes: usize,
    ) -> Outcome<Vec<Message>> {
        let mut query = self.connection.prepare_cached(
            "SELECT m.seq, m.cnt, m.cmid, m.sender, s.name, m.time, m.client_time, m.priority, m.uncounted,
                    m.nick, m.avatar, r.name, m.revoked_time, m.body, m.by_sender
             FROM msg m LEFT JOIN user s ON s.id = m.sender LEFT JOIN user r ON r.id = m.revoked_by
             WHERE m.conv = ? AND m.seq BETWEEN ? AND ? ORDER BY m.seq DESC LIMIT ?",
        )?;
        let mut rows = query.query(params![conv.id, to_sql(low), to_sql(high), most])?;
        let (mut messages, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let message = self.read_message(conv, row)?;
            bytes += bounds::encoded_len(&message) + 1;
            if bytes > most_bytes && !messages.is_empty() {
                break;
            }
            messages.push(message);
        }
        Ok(messages)
    }

    fn read_message(&self, conv: &Conv, row: &Row<'_>) -> Outcome<Message> {
        let sender = UserKey(row.get(3)?);
        let from = match row.get::<_, Option<String>>(4)? {
            Some(name) => user_name(&name)?,
            None => UserId::system(),
        };
        let to = match &conv.place {
            Place::System(_) => ConversationId::System,
            _ => self.name_for(conv, sender)?,
        };
        let revoked = match row.get::<_, Option<String>>(11)? {
            Some(by) => Some(Revocation { by: user_name(&by)?, time: row.get(12)? }),
            None => None,
        };
        Ok(Message {
            id: MessageId::from_bytes(row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?)
                .map_err(|_| Failure::damaged())?,
            from,
            to,
            sequence: unsigned(row, 0)?,
            countable: unsigned(row, 1)?,
            by_sender: unsigned(row, 14)?,
            time: row.get(5)?,
            client_time: row.get(6)?,
            priority: priority_of(row.get_ref(7)?),
            excluded_from_unread_count: row.get(8)?,
            nick: row.get::<_, Option<String>>(9)?.unwrap_or_default(),
            avatar: row.get::<_, Option<String>>(10)?.unwrap_or_default(),
            revoked,
            body: bounds::within_frames(RawValue::from_string(row.get(13)?)?),
        })
    }
}

fn read_conv(row: &Row<'_>) -> rusqlite::Result<Outcome<Conv>> {
    let (kind, key): (i64, String) = (row.get(1)?, row.get(4)?);
    let place = match kind {
        0 => Ok(Place::C2c(UserKey(row.get(2)?), UserKey(row.get(3)?))),
        1 => key
            .strip_prefix("g:")
            .and_then(|group| GroupId::new(group).ok())
            .map(Place::Group)
            .ok_or_else(Failure::damaged),
        _ => Ok(Place::System(UserKey(row.get(2)?))),
    };
    let (head, cnt, mhead) = (unsigned(row, 5)?, unsigned(row, 6)?, unsigned(row, 7)?);
    let (id, last_time) = (row.get(0)?, row.get(8)?);
    Ok(place.map(|place| Conv { id, place, head, cnt, mhead, last_time }))
}

/// A priority as a number; one that this version does not know as the bytes of its word, which no column turns into a number.
pub(super) fn priority_value(priority: Priority) -> Value {
    match priority {
        Priority::High => Value::Integer(1),
        Priority::Normal => Value::Integer(2),
        Priority::Low => Value::Integer(3),
        Priority::Lowest => Value::Integer(4),
        Priority::Other(word) => Value::Blob(word.as_str().into()),
    }
}

fn priority_of(value: ValueRef<'_>) -> Priority {
    match value {
        ValueRef::Integer(1) => Priority::High,
        ValueRef::Integer(3) => Priority::Low,
        ValueRef::Integer(4) => Priority::Lowest,
        ValueRef::Blob(word) => {
            std::str::from_utf8(word).ok().and_then(Word::new).map_or(Priority::Normal, Priority::from)
        }
        _ => Priority::Normal,
    }
}

/// An enumeration's word on the wire, which is also its word in the tables.
pub(super) fn to_word<T: serde::Serialize>(value: &T) -> Outcome<String> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        _ => Err(Code::INTERNAL.into()),
    }
}

/// The enumeration of a word.
pub(super) fn from_word<T: serde::de::DeserializeOwned>(word: &str) -> Outcome<T> {
    Ok(serde_json::from_value(serde_json::Value::String(word.to_owned()))?)
}
