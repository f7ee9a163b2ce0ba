//! Changes as SQL, inside the transaction that is given.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tim_protocol::ConversationId;
use tim_protocol::message::{Message, Revocation};

use super::database::{Failure, Outcome};
use super::schema::conv_columns;
use super::{Change, ConversationRow, OutboxRow, SyncState};
use crate::machine::blank;

/// How many sent messages are kept for a new life of the server's data.
const RING: u32 = 200;

/// What an entity is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Profile = 1,
    Blacklist = 2,
    Group = 3,
}

pub(super) fn change(transaction: &Transaction<'_>, change: &Change) -> Outcome<()> {
    match change {
        Change::Reset => reset(transaction),
        Change::Sync(state) => sync(transaction, *state),
        Change::Conversation(row) => conversation(transaction, row),
        Change::Messages(id, messages) => {
            let conv = conv(transaction, id)?;
            messages.iter().try_for_each(|message| add_message(transaction, conv, message))
        }
        Change::Complete(id, low, high) => complete(transaction, conv(transaction, id)?, *low, *high),
        Change::Revoked(id, sequence, revocation) => {
            revoke(transaction, conv(transaction, id)?, to_sql(*sequence)?, revocation)
        }
        Change::Outbox(row) => outbox(transaction, row),
        Change::OutboxDone(id) => {
            transaction.prepare_cached("DELETE FROM outbox WHERE id = ?")?.execute([&id.as_bytes()[..]])?;
            Ok(())
        }
        Change::SentRing(message) => ring(transaction, message),
        Change::Profile(profile) => keep(transaction, Kind::Profile, "", &serde_json::to_string(profile)?),
        Change::Blacklist(user, true) => keep(transaction, Kind::Blacklist, user.as_str(), ""),
        Change::Blacklist(user, false) => forget(transaction, Kind::Blacklist, user.as_str()),
        Change::Group(id, Some(group)) => {
            keep(transaction, Kind::Group, id.as_str(), &serde_json::to_string(group)?)
        }
        Change::Group(id, None) => forget(transaction, Kind::Group, id.as_str()),
    }
}

/// Numbers of the protocol are far below what SQLite holds; one that is not is not ours.
pub(super) fn to_sql(number: u64) -> Outcome<i64> {
    i64::try_from(number).map_err(|_| Failure::Unstorable)
}

/// A value as the word the wire has for it.
pub(super) fn word(value: &impl serde::Serialize) -> Outcome<String> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        _ => Err(Failure::Unstorable),
    }
}

/// A conversation's number, given on first mention.
fn conv(connection: &Connection, id: &ConversationId) -> Outcome<i64> {
    let name = id.to_string();
    let mut query = connection.prepare_cached("SELECT id FROM conv WHERE name = ?")?;
    if let Some(number) = query.query_row([&name], |row| row.get(0)).optional()? {
        return Ok(number);
    }
    connection
        .prepare_cached(
            "INSERT INTO conv(name, head, mutation, mutation_head, countable, read, read_pending, base, peer_read, floor,
                 active, gone)
             VALUES(?, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0)",
        )?
        .execute([&name])?;
    let number = connection.last_insert_rowid();
    sum_conversation(connection, number)?;
    Ok(number)
}

fn sync(connection: &Connection, state: SyncState) -> Outcome<()> {
    let (low, before) = state.unfinished.unzip();
    let (low, before) = (low.map(to_sql).transpose()?, before.map(to_sql).transpose()?);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO sync(id, epoch, version, low, before, since, sum)
             VALUES(1, ?1, ?2, ?3, ?4, ?5, checksum(?1, ?2, ?3, ?4, ?5))",
        )?
        .execute(params![state.cursor.epoch, to_sql(state.cursor.version)?, low, before, state.since])?;
    Ok(())
}

fn conversation(connection: &Connection, row: &ConversationRow) -> Outcome<()> {
    let number = conv(connection, &row.id)?;
    connection
        .prepare_cached(
            "UPDATE conv SET group_type = ?2, head = ?3, mutation = ?4, mutation_head = ?5, countable = ?6, read = ?7,
                 read_pending = ?8, base = ?9, revoked_above = ?10, revoked_up_to = ?11, peer_read = ?12,
                 floor = ?13, told = ?14, met = ?15, active = ?16, gone = ?17, undelivered = ?18, own = ?19
             WHERE id = ?1",
        )?
        .execute(params![
            number,
            row.group_type.map(|kind| word(&kind)).transpose()?,
            to_sql(row.head)?,
            to_sql(row.mutation)?,
            to_sql(row.mutation_head)?,
            to_sql(row.countable)?,
            to_sql(row.read)?,
            to_sql(row.read_pending)?,
            to_sql(row.base)?,
            to_sql(row.revoked_above_base)?,
            to_sql(row.revoked_up_to)?,
            to_sql(row.peer_read)?,
            to_sql(row.floor)?,
            to_sql(row.told)?,
            row.met.map(to_sql).transpose()?,
            row.active,
            row.gone,
            serde_json::to_string(&row.undelivered)?,
            to_sql(row.own)?,
        ])?;
    sum_conversation(connection, number)
}

fn sum_conversation(connection: &Connection, number: i64) -> Outcome<()> {
    connection
        .prepare_cached(concat!("UPDATE conv SET sum = checksum(", conv_columns!(), ") WHERE id = ?"))?
        .execute([number])?;
    Ok(())
}

/// Stores a message that is not here yet. What was taken back, here or there, stays taken back.
fn add_message(connection: &Connection, conv: i64, message: &Message) -> Outcome<()> {
    let sequence = to_sql(message.sequence)?;
    let taken_back: Option<String> = connection
        .prepare_cached(
            "DELETE FROM revoked WHERE conv = ? AND seq = ? AND verify(sum, conv, seq, revocation)
             RETURNING revocation",
        )?
        .query_row([conv, sequence], |row| row.get(0))
        .optional()?;
    let mut message = message.clone();
    if let (Some(revocation), None) = (taken_back, &message.revoked) {
        blank(&mut message, &serde_json::from_str(&revocation)?);
    }
    let statement = if message.revoked.is_some() {
        "INSERT OR REPLACE INTO msg(conv, seq, sender, message, sum)
         VALUES(?1, ?2, ?3, ?4, checksum(?1, ?2, ?3, ?4))"
    } else {
        "INSERT OR IGNORE INTO msg(conv, seq, sender, message, sum)
         VALUES(?1, ?2, ?3, ?4, checksum(?1, ?2, ?3, ?4))"
    };
    let text = serde_json::to_string(&message)?;
    connection.prepare_cached(statement)?.execute(params![conv, sequence, message.from.as_str(), text])?;
    Ok(())
}

fn revoke(connection: &Connection, conv: i64, sequence: i64, revocation: &Revocation) -> Outcome<()> {
    let stored: Option<String> = connection
        .prepare_cached(
            "SELECT message FROM msg WHERE conv = ? AND seq = ? AND verify(sum, conv, seq, sender, message)",
        )?
        .query_row([conv, sequence], |row| row.get(0))
        .optional()?;
    match stored {
        Some(text) => {
            let mut message: Message = serde_json::from_str(&text)?;
            if message.revoked.is_none() {
                blank(&mut message, revocation);
                let text = serde_json::to_string(&message)?;
                // A new life of the server's data must not bring it back.
                connection
                    .prepare_cached("DELETE FROM ring WHERE id = ?")?
                    .execute([&message.id.as_bytes()[..]])?;
                connection
                    .prepare_cached(
                        "UPDATE msg SET message = ?3, sum = checksum(conv, seq, sender, ?3)
                         WHERE conv = ?1 AND seq = ?2",
                    )?
                    .execute(params![conv, sequence, text])?;
            }
        }
        None => {
            connection
                .prepare_cached(
                    "INSERT OR IGNORE INTO revoked(conv, seq, revocation, sum)
                     VALUES(?1, ?2, ?3, checksum(?1, ?2, ?3))",
                )?
                .execute(params![conv, sequence, serde_json::to_string(revocation)?])?;
        }
    }
    Ok(())
}

/// Adds a complete range; those that touch it become one with it.
fn complete(connection: &Connection, conv: i64, low: u64, high: u64) -> Outcome<()> {
    let (low, high) = (to_sql(low)?, to_sql(high)?);
    let (first, last): (Option<i64>, Option<i64>) = connection
        .prepare_cached(
            "SELECT min(low), max(high) FROM have
             WHERE conv = ?1 AND low <= ?3 + 1 AND high >= ?2 - 1 AND verify(sum, conv, low, high)",
        )?
        .query_row([conv, low, high], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (first, last) = (first.map_or(low, |first| first.min(low)), last.map_or(high, |last| last.max(high)));
    connection
        .prepare_cached("DELETE FROM have WHERE conv = ?1 AND low >= ?2 AND high <= ?3")?
        .execute([conv, first, last])?;
    connection
        .prepare_cached("INSERT INTO have(conv, low, high, sum) VALUES(?1, ?2, ?3, checksum(?1, ?2, ?3))")?
        .execute([conv, first, last])?;
    Ok(())
}

fn outbox(connection: &Connection, row: &OutboxRow) -> Outcome<()> {
    // The engine names these files itself, in its own folder; a path that is no text cannot be one of them.
    let upload = row.upload.as_ref().map(|path| path.to_str().ok_or(Failure::Unstorable)).transpose()?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO outbox(position, id, message, upload, refusal, sum)
             VALUES(?1, ?2, ?3, ?4, ?5, checksum(?1, ?2, ?3, ?4, ?5))",
        )?
        .execute(params![
            to_sql(row.position)?,
            &row.message.id.as_bytes()[..],
            serde_json::to_string(&row.message)?,
            upload,
            row.refusal.map(|code| code.0)
        ])?;
    Ok(())
}

fn ring(connection: &Connection, message: &Message) -> Outcome<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO ring(number, id, message, sum)
             SELECT next, ?1, ?2, checksum(next, ?1, ?2)
             FROM (SELECT coalesce(max(number), 0) + 1 AS next FROM ring)",
        )?
        .execute(params![&message.id.as_bytes()[..], serde_json::to_string(message)?])?;
    connection
        .prepare_cached("DELETE FROM ring WHERE number <= (SELECT max(number) FROM ring) - ?")?
        .execute([RING])?;
    Ok(())
}

fn keep(connection: &Connection, kind: Kind, key: &str, value: &str) -> Outcome<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO entity(kind, key, value, sum) VALUES(?1, ?2, ?3, checksum(?1, ?2, ?3))",
        )?
        .execute(params![kind as i64, key, value])?;
    Ok(())
}

fn forget(connection: &Connection, kind: Kind, key: &str) -> Outcome<()> {
    connection
        .prepare_cached("DELETE FROM entity WHERE kind = ? AND key = ?")?
        .execute(params![kind as i64, key])?;
    Ok(())
}

/// Keeps what waits to be sent, and makes what was sent last wait again, behind it.
fn reset(connection: &Connection) -> Outcome<()> {
    let sent: Vec<String> = connection
        .prepare(
            "SELECT message FROM ring WHERE id NOT IN (SELECT id FROM outbox) AND verify(sum, number, id, message)
             ORDER BY number",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let last: i64 =
        connection.query_row("SELECT coalesce(max(position), 0) FROM outbox", [], |row| row.get(0))?;
    for (position, text) in (last + 1..).zip(sent) {
        let mut message: Message = serde_json::from_str(&text)?;
        message.sequence = 0;
        message.countable = 0;
        message.by_sender = 0;
        let position = u64::try_from(position).map_err(|_| Failure::Damaged)?;
        outbox(connection, &OutboxRow { position, message, refusal: None, upload: None })?;
    }
    connection.execute_batch(
        "DELETE FROM sync; DELETE FROM conv; DELETE FROM msg; DELETE FROM have; DELETE FROM revoked; DELETE FROM ring;
         DELETE FROM entity;",
    )?;
    Ok(())
}
