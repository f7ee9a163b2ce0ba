//! The table `msg`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::{ControlFlow, RangeInclusive};

use rusqlite::types::{Value, ValueRef};
use rusqlite::{OptionalExtension as _, Row, params};
use serde_json::value::RawValue;
use tim_protocol::call::Sent;
use tim_protocol::message::{Message, Priority, Revocation};
use tim_protocol::word::Word;
use tim_protocol::{MessageId, UnixMillis, UserId};

use super::conversations::kind_of;
use super::pins::read_pin;
use super::reactions::{reaction_columns, read_reactions};
use super::receipts::{read_counts, receipt_column};
use super::{Transaction, null_if_empty, to_sql, unsigned, user_name};
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{Conversation, Counts, MessageRow, MessageRows};
use crate::store::sqlite::failure::damaged;

impl MessageRows for Transaction<'_> {
    fn sent(&mut self, of: ConversationKey, sender: UserKey, id: MessageId) -> DomainResult<Option<Sent>> {
        let mut query = self.prepare(
            "SELECT seq, cnt, by_sender, time, nick, avatar, mutation, name_card FROM msg
             WHERE cmid = ? AND sender = ? AND conv = ?",
        )?;
        let row = query.query_row(params![id.as_bytes(), sender.0, of.0], |row| {
            Ok(Sent {
                sequence: unsigned(row, 0)?,
                unread_index: unsigned(row, 1)?,
                by_sender: unsigned(row, 2)?,
                time: row.get(3)?,
                nick: text(row, 4)?.to_owned(),
                avatar: text(row, 5)?.to_owned(),
                name_card: text(row, 7)?.to_owned(),
                receipts: None,
                mutation_seq: unsigned_or_zero(row, 6)?,
            })
        });
        Ok(row.optional()?)
    }

    fn append(
        &mut self,
        conversation: &Conversation,
        sender: UserKey,
        message: &Message,
    ) -> DomainResult<bool> {
        let mut insert = self.prepare(
            "INSERT INTO msg(conv, seq, kind, cnt, by_sender, sender, cmid, time, lag, priority, uncounted, nick, avatar,
                name_card, attributes, body)
             VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(cmid, sender, conv) DO NOTHING",
        )?;
        let appended = insert.execute(params![
            conversation.key.0,
            to_sql(message.sequence),
            kind_of(&conversation.parties),
            to_sql(message.unread_index),
            to_sql(message.by_sender),
            sender.0,
            message.id.as_bytes(),
            message.time,
            message.time.saturating_sub(message.client_time),
            priority_value(message.priority),
            message.excluded_from_unread_count,
            null_if_empty(&message.nick),
            null_if_empty(&message.avatar),
            null_if_empty(&message.name_card),
            message.attributes.as_ref().map(|attributes| attributes.get()),
            stored_body(message.body.get()),
        ])?;
        if appended == 0 {
            return Ok(false);
        }
        self.prepare("UPDATE conv SET head = ?2, cnt = ?3, by_a = ?4, last_time = ?5, shown = nullif(?6, ?2) WHERE id = ?1")?
            .execute(params![
                conversation.key.0,
                to_sql(conversation.head),
                to_sql(conversation.unread_index),
                to_sql(conversation.by_first_party),
                conversation.last_time,
                to_sql(conversation.last_shown_seq)
            ])?;
        Ok(true)
    }

    fn messages(
        &mut self,
        of: ConversationKey,
        reader: UserKey,
        sequences: RangeInclusive<u64>,
        max: u32,
        mut each: impl FnMut(MessageRow<'_>) -> ControlFlow<()>,
    ) -> DomainResult<()> {
        let mut query = self.prepare(concat!(
            "SELECT m.seq, m.cnt, m.cmid, m.sender, s.name, m.time, m.lag, m.priority, m.uncounted,
                    m.nick, m.avatar, r.name, m.revoked_time, m.body, m.by_sender, m.attributes, m.reason,
                    m.mutation, m.version, m.pin, m.name_card, ",
            reaction_columns!(),
            ", ",
            receipt_column!(),
            " FROM msg m LEFT JOIN user s ON s.id = m.sender LEFT JOIN user r ON r.id = m.revoked_by
             WHERE m.conv = ?2 AND m.seq BETWEEN ?3 AND ?4 ORDER BY m.seq DESC LIMIT ?5"
        ))?;
        let (low, high) = sequences.into_inner();
        let mut rows = query.query(params![reader.0, of.0, to_sql(low), to_sql(high), max])?;
        let (mut senders, mut room) = (BTreeMap::new(), String::new());
        while let Some(row) = rows.next()? {
            if each(read_message(row, &mut senders, &mut room)?).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn time_at(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<Option<UnixMillis>> {
        let mut query = self.prepare("SELECT time FROM msg WHERE conv = ? AND seq = ?")?;
        Ok(query.query_row(params![of.0, to_sql(sequence)], |row| row.get(0)).optional()?)
    }

    fn counts_at(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<Option<Counts>> {
        let mut query = self.prepare("SELECT cnt, sender, by_sender FROM msg WHERE conv = ? AND seq = ?")?;
        let counts = query.query_row(params![of.0, to_sql(sequence)], |row| {
            Ok(Counts {
                unread_index: unsigned(row, 0)?,
                sender: UserKey(row.get(1)?),
                by_sender: unsigned(row, 2)?,
            })
        });
        Ok(counts.optional()?)
    }

    fn count_by_sender(&mut self, of: ConversationKey, sender: UserKey, sequence: u64) -> DomainResult<u64> {
        let mut query = self.prepare(
            "SELECT by_sender FROM msg WHERE conv = ? AND sender = ? AND seq <= ? AND kind = 1 AND uncounted = 0
             ORDER BY seq DESC LIMIT 1",
        )?;
        let own = query.query_row(params![of.0, sender.0, to_sql(sequence)], |row| unsigned(row, 0));
        Ok(own.optional()?.unwrap_or(0))
    }
}

/// Most messages of a page have one of few senders: `senders` are those that were read. `room` is room for a body.
fn read_message<'a>(
    row: &'a Row<'_>,
    senders: &mut BTreeMap<UserKey, UserId>,
    room: &'a mut String,
) -> DomainResult<MessageRow<'a>> {
    let sender = UserKey(row.get(3)?);
    let from = match senders.entry(sender) {
        Entry::Occupied(known) => known.get().clone(),
        Entry::Vacant(new) => {
            let name = row.get_ref(4)?.as_str_or_null().map_err(rusqlite::Error::from)?;
            new.insert(name.map_or_else(|| Ok(UserId::system()), user_name)?).clone()
        }
    };
    let revoked = match row.get::<_, Option<String>>(11)? {
        Some(by) => {
            Some(Revocation { by: user_name(&by)?, time: row.get(12)?, reason: text(row, 16)?.to_owned() })
        }
        None => None,
    };
    let time: UnixMillis = row.get(5)?;
    let id = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
    Ok(MessageRow {
        id: MessageId::from_bytes(id).map_err(|_| damaged())?,
        sender,
        from,
        sequence: unsigned(row, 0)?,
        unread_index: unsigned(row, 1)?,
        by_sender: unsigned(row, 14)?,
        time,
        client_time: time.saturating_sub(row.get(6)?),
        priority: priority_of(row.get_ref(7)?),
        is_uncounted: row.get(8)?,
        nick: text(row, 9)?,
        avatar: text(row, 10)?,
        name_card: text(row, 20)?,
        revoked,
        mutation_seq: unsigned_or_zero(row, 17)?,
        version: unsigned_or_zero(row, 18)?,
        pin: read_pin(row, 19)?,
        reactions: read_reactions(row, 21)?,
        receipts: read_counts(row, 23)?,
        attributes: attributes(row, 15)?,
        body: body(row, 13, room)?,
    })
}

/// The body.
pub(in crate::store::sqlite) fn body<'a>(
    row: &'a Row<'_>,
    column: usize,
    room: &'a mut String,
) -> DomainResult<&'a RawValue> {
    serde_json::from_str(whole_body(text(row, column)?, room)).map_err(|_| damaged())
}

/// A number, 0 for NULL.
fn unsigned_or_zero(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    if row.get_ref(column)? == ValueRef::Null { Ok(0) } else { unsigned(row, column) }
}

/// The attributes as they were stored.
pub(super) fn attributes<'a>(row: &'a Row<'_>, column: usize) -> DomainResult<Option<&'a RawValue>> {
    let text = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    text.map(serde_json::from_str).transpose().map_err(|_| damaged())
}

/// A text, empty for NULL.
pub(super) fn text<'a>(row: &'a Row<'_>, column: usize) -> rusqlite::Result<&'a str> {
    Ok(row.get_ref(column)?.as_str_or_null()?.unwrap_or_default())
}

/// What a text message's body begins and ends with: of such a body only the text between is stored, which begins with a
/// quotation mark as no whole body does.
const TEXT_BODY: (&str, &str) = (r#"{"type":"TIMTextElem","payload":{"text":"#, "}}");

pub(super) fn stored_body(body: &str) -> &str {
    let text = body.strip_prefix(TEXT_BODY.0).and_then(|body| body.strip_suffix(TEXT_BODY.1));
    text.filter(|text| text.starts_with('"')).unwrap_or(body)
}

/// The body, in `room` if only its text is stored.
fn whole_body<'a>(stored: &'a str, room: &'a mut String) -> &'a str {
    if !stored.starts_with('"') {
        return stored;
    }
    room.clear();
    [TEXT_BODY.0, stored, TEXT_BODY.1].into_iter().for_each(|part| room.push_str(part));
    room
}

/// A priority as a number, nothing for the normal one, or, if this version does not know it, as the bytes of its word:
/// SQLite converts no blob to a number.
fn priority_value(priority: Priority) -> Value {
    match priority {
        Priority::High => Value::Integer(1),
        Priority::Normal => Value::Null,
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
