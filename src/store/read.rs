//! Reads the stored state.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use serde::de::DeserializeOwned;
use tim_protocol::conversation::Cursor;
use tim_protocol::message::Message;
use tim_protocol::{Code, ConversationId, GroupId, MessageId, UserId, json};

use super::apply::{EntityKind, SpanKind, to_sql};
use super::error::{StoreError, StoreResult};
use super::schema::conv_columns;
use super::{
    ConversationRow, OutboxRow, OutboxState, Query, Ranges, Snapshot, StoredConversation, SyncState,
};

/// The sync state, for [`sync_state`].
pub(super) const SYNC: &str = "SELECT epoch, version, low, before, since FROM sync
     WHERE verify(sum, epoch, version, low, before, since)";
/// The outbox, for [`waiting`].
pub(super) const OUTBOX: &str = "SELECT position, message, upload, refusal FROM outbox
     WHERE verify(sum, position, id, message, upload, refusal)";
/// The recently sent messages, for [`sent`].
pub(super) const RECENT_SENT: &str =
    "SELECT number, message FROM ring WHERE verify(sum, number, id, message)";

pub(super) fn messages(connection: &Connection, me: &UserId, query: &Query) -> StoreResult<Vec<Message>> {
    let mut statement = connection.prepare_cached(
        "SELECT m.message FROM msg m JOIN conv c ON c.id = m.conv
         WHERE c.name = ?1 AND m.seq BETWEEN ?2 AND ?3 AND (NOT ?4 OR m.sender = ?5)
             AND verify(m.sum, m.conv, m.seq, m.sender, m.message)
         ORDER BY m.seq",
    )?;
    let name = query.conversation.to_string();
    let high = i64::try_from(query.high).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![name, to_sql(query.low)?, high, query.own_only, me.as_str()])?;
    let mut messages = Vec::new();
    while let Some(row) = rows.next()? {
        messages.push(json(row, 0)?);
    }
    Ok(messages)
}

/// The messages with these IDs.
pub(super) fn find(connection: &Connection, ids: &[MessageId]) -> StoreResult<Vec<Message>> {
    let mut statement = connection.prepare_cached(
        "SELECT message FROM msg WHERE message ->> '$.ID' = ? AND verify(sum, conv, seq, sender, message)",
    )?;
    let mut messages = Vec::new();
    for id in ids {
        let mut rows = statement.query([id.to_string()])?;
        while let Some(row) = rows.next()? {
            messages.push(json(row, 0)?);
        }
    }
    Ok(messages)
}

pub(super) fn snapshot(connection: &Connection) -> StoreResult<Snapshot> {
    let mut snapshot =
        Snapshot { sync: sync(connection)?, outbox: outbox(connection)?, ..Snapshot::default() };
    conversations(connection, &mut snapshot)?;
    let mut statement = connection.prepare_cached(
        "SELECT kind, key, value FROM entity WHERE verify(sum, kind, key, value) ORDER BY kind, key",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, key): (i64, String) = (row.get(0)?, row.get(1)?);
        if kind == EntityKind::Profile as i64 {
            snapshot.profile = Some(json(row, 2)?);
        } else if kind == EntityKind::Blacklist as i64 {
            snapshot.blacklist.push(UserId::new(&key).map_err(|_| StoreError::Damaged)?);
        } else if kind == EntityKind::ReceiveOpt as i64 {
            snapshot.receive_opt = json(row, 2)?;
        } else if kind == EntityKind::Relation as i64 {
            snapshot.relations.push(json(row, 2)?);
        } else if kind == EntityKind::Invitation as i64 {
            snapshot.invitations.push(json(row, 2)?);
        } else if kind == EntityKind::Person as i64 {
            snapshot.profiles.push(json(row, 2)?);
        } else if kind == EntityKind::ProfilesAsOf as i64 {
            snapshot.profiles_as_of = json(row, 2)?;
        } else if kind == EntityKind::Draft as i64 {
            let id = key.parse().map_err(|_| StoreError::Damaged)?;
            snapshot.drafts.push((id, text(row, 2)?.to_owned()));
        } else if kind == EntityKind::OutdatedGroup as i64 {
            let group = GroupId::new(&key).map_err(|_| StoreError::Damaged)?;
            snapshot.outdated_groups.push((group, json(row, 2)?));
        } else if kind == EntityKind::Group as i64 {
            snapshot.groups.push(json(row, 2)?);
        }
    }
    Ok(snapshot)
}

fn sync(connection: &Connection) -> StoreResult<SyncState> {
    let mut statement = connection.prepare_cached(SYNC)?;
    let mut rows = statement.query([])?;
    rows.next()?.map_or_else(|| Ok(SyncState::default()), sync_state)
}

pub(super) fn sync_state(row: &Row<'_>) -> StoreResult<SyncState> {
    let cursor = Cursor { epoch: row.get(0)?, version: number(row, 1)? };
    let unfinished = match row.get::<_, Option<i64>>(2)? {
        Some(_) => Some((number(row, 2)?, number(row, 3)?)),
        None => None,
    };
    Ok(SyncState { cursor, unfinished, initial_sync_at: row.get(4)? })
}

/// One pass over conversations with the newest message of each, one over the ranges: ten thousand are read in a blink.
fn conversations(connection: &Connection, snapshot: &mut Snapshot) -> StoreResult<()> {
    let mut statement = connection.prepare_cached(
        concat!("SELECT name, group_type, head, mutation, mutation_head, countable, read, read_pending, base, revoked_above,
                revoked_up_to, peer_read, floor, told, met, active, gone, undelivered, own, shown, mentions, settings,
                unsent_settings, floor_pending, hidden, hidden_pending, removal, removal_head, unsent_removed, removed_unread, peer, id,
                (SELECT message FROM msg WHERE conv = conv.id AND seq <= conv.shown AND verify(sum, conv, seq, sender, message)
                 ORDER BY seq DESC LIMIT 1)
         FROM conv WHERE verify(sum, ", conv_columns!(), ") ORDER BY id"),
    )?;
    let mut ranges = connection.prepare_cached(
        "SELECT conv, low, high, kind FROM span WHERE verify(sum, conv, kind, low, high) ORDER BY conv, kind, low",
    )?;
    let mut ranges = ranges.query([])?;
    let mut range = next_range(ranges.next()?)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(31)?;
        // Most have one complete range, and nothing removed.
        let (mut complete, mut removed) = (Ranges::with_capacity(1), Ranges::new());
        while let Some(next) = range.filter(|next| next.conv <= id) {
            if next.conv == id {
                let of_kind =
                    if next.kind == SpanKind::Removed as i64 { &mut removed } else { &mut complete };
                of_kind.push((next.low, next.high));
            }
            range = next_range(ranges.next()?)?;
        }
        let (row, newest) = (Box::new(conversation(row)?), json_or_null(row, 32)?);
        snapshot.conversations.push(StoredConversation { row, ranges: complete, removed, newest });
    }
    Ok(())
}

/// A range of sequences of a conversation.
#[derive(Clone, Copy)]
struct Span {
    conv: i64,
    kind: i64,
    low: u64,
    high: u64,
}

fn next_range(row: Option<&Row<'_>>) -> StoreResult<Option<Span>> {
    let span = |row: &Row<'_>| {
        Ok(Span { conv: row.get(0)?, low: number(row, 1)?, high: number(row, 2)?, kind: row.get(3)? })
    };
    row.map(span).transpose()
}

fn conversation(row: &Row<'_>) -> StoreResult<ConversationRow> {
    let group_type: Option<String> = row.get(1)?;
    Ok(ConversationRow {
        id: text(row, 0)?.parse::<ConversationId>().map_err(|_| StoreError::Damaged)?,
        group_type: group_type.map(from_word).transpose()?,
        head: number(row, 2)?,
        mutation_seq: number(row, 3)?,
        mutation_head: number(row, 4)?,
        unread_index: number(row, 5)?,
        read: number(row, 6)?,
        read_pending: number(row, 7)?,
        unread_base: number(row, 8)?,
        revoked_above_read: number(row, 9)?,
        revoked_up_to: number(row, 10)?,
        peer_read: number(row, 11)?,
        first_visible_seq: number(row, 12)?,
        emitted_seq: number(row, 13)?,
        baseline_seq: row.get::<_, Option<i64>>(14)?.map(|_| number(row, 14)).transpose()?,
        last_active: row.get(15)?,
        gone: row.get(16)?,
        undelivered: json(row, 17)?,
        own: number(row, 18)?,
        last_shown_seq: number(row, 19)?,
        mentions: json(row, 20)?,
        settings: json_or_null(row, 21)?,
        unsent_settings: json_or_null(row, 22)?,
        floor_pending: number(row, 23)?,
        hidden_below: number(row, 24)?,
        hidden_pending: number(row, 25)?,
        removal_seq: number(row, 26)?,
        removal_head: number(row, 27)?,
        unsent_removed: json(row, 28)?,
        removed_unread: json(row, 29)?,
        peer: json_or_null(row, 30)?,
    })
}

fn outbox(connection: &Connection) -> StoreResult<Vec<OutboxRow>> {
    let mut statement = connection.prepare_cached(OUTBOX)?;
    let mut rows = statement.query([])?;
    let mut outbox = Vec::new();
    while let Some(row) = rows.next()? {
        outbox.push(waiting(row)?);
    }
    outbox.sort_by_key(|row| row.position);
    Ok(outbox)
}

pub(super) fn waiting(row: &Row<'_>) -> StoreResult<OutboxRow> {
    let (upload, refusal): (Option<String>, Option<u32>) = (row.get(2)?, row.get(3)?);
    Ok(OutboxRow {
        position: number(row, 0)?,
        message: json(row, 1)?,
        state: match refusal {
            None => OutboxState::Waiting,
            Some(0) => OutboxState::Inserted,
            Some(code) => OutboxState::Refused(Code(code)),
        },
        upload: upload.map(Into::into),
    })
}

pub(super) fn sent(row: &Row<'_>) -> StoreResult<Message> {
    json(row, 1)
}

pub(super) fn number(row: &Row<'_>, column: usize) -> StoreResult<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| StoreError::Damaged)
}

pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> StoreResult<T> {
    Ok(json::read(text(row, column)?)?)
}

fn json_or_null<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> StoreResult<Option<T>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => json(row, column).map(Some),
    }
}

/// A text where the database has it.
pub(super) fn text<'a>(row: &'a Row<'_>, column: usize) -> StoreResult<&'a str> {
    row.get_ref(column)?.as_str().map_err(|_| StoreError::Damaged)
}

fn from_word<T: DeserializeOwned>(word: String) -> StoreResult<T> {
    Ok(serde_json::from_value(serde_json::Value::String(word))?)
}
