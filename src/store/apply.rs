//! Applies changes with SQL, within a transaction of the caller.

use std::borrow::Cow;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tim_core::mutation::{confirm, mutate, redact};
use tim_core::store::RECENT_SENT;
use tim_core::stored::relation_key;
use tim_protocol::message::{Message, MessageChange, MessageReceipts, Mutation, Revocation};
use tim_protocol::{ConversationId, MessageId, json};

use super::error::{StoreError, StoreResult};
use super::schema::conv_columns;
use super::{Change, ConversationRow, OutboxRow, OutboxState, SyncState, beside, clear, index};

/// The kind of an entity.
#[derive(Clone, Copy)]
pub(super) enum EntityKind {
    Profile = 1,
    Blacklist = 2,
    Group = 3,
    Draft = 4,
    ReceiveOpt = 5,
    OutdatedGroup = 6,
    Relation = 7,
    Invitation = 8,
    Person = 9,
    ProfilesAsOf = 10,
}

/// The kind of a range of sequences.
#[derive(Clone, Copy)]
pub(super) enum SpanKind {
    Complete = 0,
    Removed = 1,
}

pub(super) fn change(transaction: &Transaction<'_>, change: &Change) -> StoreResult<()> {
    match change {
        Change::Reset => reset(transaction),
        Change::Sync(state) => sync(transaction, *state),
        Change::Conversation(row) => conversation(transaction, row),
        Change::Messages(id, messages) => {
            let place = Place::of(transaction, id)?;
            messages.iter().try_for_each(|message| add_message(transaction, place, message).map(drop))
        }
        Change::Complete(id, low, high) => {
            add_span(transaction, conv(transaction, id)?, SpanKind::Complete, (to_sql(*low)?, to_sql(*high)?))
        }
        Change::Removed(id, low, high) => {
            removed(transaction, conv(transaction, id)?, (to_sql(*low)?, to_sql(*high)?))
        }
        Change::Cleared(id, floor) => cleared(transaction, conv(transaction, id)?, to_sql(*floor)?),
        Change::Mutated(id, mutation) => mutated(transaction, conv(transaction, id)?, mutation),
        Change::Receipts(id, receipts) => confirmed(transaction, conv(transaction, id)?, receipts),
        Change::Outbox(row) => outbox(transaction, row),
        Change::OutboxDone(id) => outbox_done(transaction, *id),
        Change::ForgetLocal(id, sender) => beside::forget(transaction, *id, sender),
        Change::Acknowledged(message) => acknowledged(transaction, message),
        Change::Profile(profile) => {
            keep(transaction, EntityKind::Profile, "", &serde_json::to_string(profile)?)
        }
        Change::ReceiveOpt(opt) => {
            keep(transaction, EntityKind::ReceiveOpt, "", &serde_json::to_string(opt)?)
        }
        Change::Relation(told) => match relation_key(told) {
            Some((key, true)) => keep(transaction, EntityKind::Relation, &key, &serde_json::to_string(told)?),
            Some((key, false)) => forget(transaction, EntityKind::Relation, &key),
            None => Ok(()),
        },
        Change::Person(user, Some(profile)) => {
            keep(transaction, EntityKind::Person, user.as_str(), &serde_json::to_string(profile)?)
        }
        Change::Person(user, None) => forget(transaction, EntityKind::Person, user.as_str()),
        Change::ProfilesAsOf(time) => keep(transaction, EntityKind::ProfilesAsOf, "", &time.to_string()),
        Change::Blacklist(user, true) => keep(transaction, EntityKind::Blacklist, user.as_str(), ""),
        Change::Blacklist(user, false) => forget(transaction, EntityKind::Blacklist, user.as_str()),
        Change::Group(id, Some(group)) => {
            keep(transaction, EntityKind::Group, id.as_str(), &serde_json::to_string(group)?)
        }
        Change::Group(id, None) => forget(transaction, EntityKind::Group, id.as_str()),
        Change::OutdatedGroup(id, Some(number)) => {
            keep(transaction, EntityKind::OutdatedGroup, id.as_str(), &number.to_string())
        }
        Change::OutdatedGroup(id, None) => forget(transaction, EntityKind::OutdatedGroup, id.as_str()),
        Change::Invitation(id, Some(invitation)) => {
            keep(transaction, EntityKind::Invitation, id, &serde_json::to_string(invitation)?)
        }
        Change::Invitation(id, None) => forget(transaction, EntityKind::Invitation, id),
        Change::Draft(id, Some(text)) => keep(transaction, EntityKind::Draft, &id.to_string(), text),
        Change::Draft(id, None) => forget(transaction, EntityKind::Draft, &id.to_string()),
    }
}

/// Converts a number of the protocol to SQLite's type; valid ones always fit.
pub(super) fn to_sql(number: u64) -> StoreResult<i64> {
    i64::try_from(number).map_err(|_| StoreError::Unstorable)
}

/// The word that the wire uses for a value.
pub(super) fn word(value: &impl serde::Serialize) -> StoreResult<String> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        _ => Err(StoreError::Unstorable),
    }
}

/// The row ID of a conversation with this name, if it has a row.
pub(super) fn find(connection: &Connection, name: &str) -> StoreResult<Option<i64>> {
    let mut query = connection.prepare_cached("SELECT id FROM conv WHERE name = ?")?;
    Ok(query.query_row([name], |row| row.get(0)).optional()?)
}

/// The row ID of a conversation, inserted on first use.
fn conv(connection: &Connection, id: &ConversationId) -> StoreResult<i64> {
    let name = id.to_string();
    if let Some(number) = find(connection, &name)? {
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

fn sync(connection: &Connection, state: SyncState) -> StoreResult<()> {
    let (low, before) = state.unfinished.unzip();
    let (low, before) = (low.map(to_sql).transpose()?, before.map(to_sql).transpose()?);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO sync(id, epoch, version, low, before, since, sum)
             VALUES(1, ?1, ?2, ?3, ?4, ?5, checksum(?1, ?2, ?3, ?4, ?5))",
        )?
        .execute(params![
            state.cursor.epoch,
            to_sql(state.cursor.version)?,
            low,
            before,
            state.initial_sync_at
        ])?;
    Ok(())
}

fn conversation(connection: &Connection, row: &ConversationRow) -> StoreResult<()> {
    let number = conv(connection, &row.id)?;
    connection
        .prepare_cached(
            "UPDATE conv SET group_type = ?2, head = ?3, mutation = ?4, mutation_head = ?5, countable = ?6, read = ?7,
                 read_pending = ?8, base = ?9, revoked_above = ?10, revoked_up_to = ?11, peer_read = ?12,
                 floor = ?13, told = ?14, met = ?15, active = ?16, gone = ?17, undelivered = ?18, own = ?19,
                 shown = ?20, mentions = ?21, settings = ?23, unsent_settings = ?24,
                 floor_pending = ?25, hidden = ?26, hidden_pending = ?27,
                 removal = ?28, removal_head = ?29, unsent_removed = ?30, removed_unread = ?31, peer = ?32,
                 sum = checksum(?1, ?22, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                     ?20, ?21, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32)
             WHERE id = ?1",
        )?
        .execute(params![
            number,
            row.group_type.map(|kind| word(&kind)).transpose()?,
            to_sql(row.head)?,
            to_sql(row.mutation_seq)?,
            to_sql(row.mutation_head)?,
            to_sql(row.unread_index)?,
            to_sql(row.read)?,
            to_sql(row.read_pending)?,
            to_sql(row.unread_base)?,
            to_sql(row.revoked_above_read)?,
            to_sql(row.revoked_up_to)?,
            to_sql(row.peer_read)?,
            to_sql(row.first_visible_seq)?,
            to_sql(row.emitted_seq)?,
            row.baseline_seq.map(to_sql).transpose()?,
            row.last_active,
            row.gone,
            serde_json::to_string(&row.undelivered)?,
            to_sql(row.own)?,
            to_sql(row.last_shown_seq)?,
            serde_json::to_string(&row.mentions)?,
            row.id.to_string(),
            row.settings.as_ref().map(serde_json::to_string).transpose()?,
            row.unsent_settings.as_ref().map(serde_json::to_string).transpose()?,
            to_sql(row.floor_pending)?,
            to_sql(row.hidden_below)?,
            to_sql(row.hidden_pending)?,
            to_sql(row.removal_seq)?,
            to_sql(row.removal_head)?,
            serde_json::to_string(&row.unsent_removed)?,
            serde_json::to_string(&row.removed_unread)?,
            row.peer.as_ref().map(serde_json::to_string).transpose()?,
        ])?;
    Ok(())
}

fn sum_conversation(connection: &Connection, number: i64) -> StoreResult<()> {
    connection
        .prepare_cached(concat!("UPDATE conv SET sum = checksum(", conv_columns!(), ") WHERE id = ?"))?
        .execute([number])?;
    Ok(())
}

/// Where messages of a conversation are stored.
#[derive(Clone, Copy)]
struct Place {
    conv: i64,
    /// The first visible sequence: messages before it are not stored.
    floor: i64,
    /// Messages were revoked that are not stored yet.
    has_revoked: bool,
    /// The user removed messages: they are not stored.
    has_removed: bool,
}

impl Place {
    fn of(connection: &Connection, id: &ConversationId) -> StoreResult<Self> {
        let conv = conv(connection, id)?;
        let (floor, has_revoked, has_removed) = connection
            .prepare_cached(
                "SELECT floor, EXISTS(SELECT 1 FROM revoked WHERE conv = conv.id),
                     EXISTS(SELECT 1 FROM span WHERE conv = conv.id AND kind = 1) FROM conv WHERE id = ?",
            )?
            .query_row([conv], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(Self { conv, floor, has_revoked, has_removed })
    }

    /// Whether a message is visible: neither cleared nor removed.
    fn shows(self, connection: &Connection, sequence: i64) -> StoreResult<bool> {
        Ok(sequence >= self.floor && !(self.has_removed && is_removed(connection, self.conv, sequence)?))
    }

    /// Takes the revocation that came before its message.
    fn take_revocation(self, connection: &Connection, sequence: i64) -> StoreResult<Option<Revocation>> {
        if !self.has_revoked {
            return Ok(None);
        }
        let revocation: Option<String> = connection
            .prepare_cached(
                "DELETE FROM revoked WHERE conv = ? AND seq = ? AND verify(sum, conv, seq, revocation)
                 RETURNING revocation",
            )?
            .query_row([self.conv, sequence], |row| row.get(0))
            .optional()?;
        Ok(revocation.map(|text| json::read(&text)).transpose()?)
    }
}

/// A message as it is stored.
struct Stored {
    text: String,
    /// Nothing changed since it was sent.
    is_as_sent: bool,
}

/// Stores a message unless it is stored already, was cleared or removed. A revocation from either side is kept.
fn add_message(connection: &Connection, place: Place, message: &Message) -> StoreResult<Stored> {
    let sequence = to_sql(message.sequence)?;
    let mut message = Cow::Borrowed(message);
    if let (Some(revocation), None) = (place.take_revocation(connection, sequence)?, &message.revoked) {
        redact(message.to_mut(), &revocation);
    }
    let is_revoked = message.revoked.is_some();
    let is_as_sent = !is_revoked && message.version == 0;
    if !place.shows(connection, sequence)? {
        return Ok(Stored { text: serde_json::to_string(&message)?, is_as_sent });
    }
    let is_newer = match newer_than(connection, place.conv, &message)? {
        Some(stored) => {
            if let Some(counts) = stored.receipts {
                confirm(message.to_mut(), counts);
            }
            true
        }
        None => false,
    };
    let text = serde_json::to_string(&message)?;
    if is_revoked || is_newer {
        index::forget(connection, place.conv, sequence)?;
        insert_message(connection, place.conv, &message, &text)?;
    } else {
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO msg(conv, seq, sender, message, sum)
                 VALUES(?1, ?2, ?3, ?4, checksum(?1, ?2, ?3, ?4))",
            )?
            .execute(params![place.conv, sequence, message.from.as_str(), text])?;
    }
    Ok(Stored { text, is_as_sent })
}

/// The stored message, if it lacks changes that the message has.
fn newer_than(connection: &Connection, conv: i64, message: &Message) -> StoreResult<Option<Message>> {
    if message.mutation_seq == 0 {
        return Ok(None);
    }
    let stored = stored_message(connection, conv, to_sql(message.sequence)?)?;
    Ok(stored.filter(|it| it.revoked.is_none() && it.mutation_seq < message.mutation_seq))
}

/// Moves a message from the outbox to its conversation, and keeps it as sent recently unless it changed since.
fn acknowledged(connection: &Connection, message: &Message) -> StoreResult<()> {
    outbox_done(connection, message.id)?;
    let stored = add_message(connection, Place::of(connection, &message.to)?, message)?;
    if stored.is_as_sent { recent_sent(connection, message.id, &stored.text) } else { Ok(()) }
}

fn mutated(connection: &Connection, conv: i64, mutation: &Mutation) -> StoreResult<()> {
    let sequence = to_sql(mutation.sequence)?;
    let Some(mut message) = stored_message(connection, conv, sequence)? else {
        return mutated_before(connection, conv, sequence, mutation);
    };
    if !mutate(&mut message, mutation) {
        return Ok(());
    }
    let text = serde_json::to_string(&message)?;
    if message.revoked.is_some() {
        // A revoked message must not be sent again after an epoch change; a modified one is sent as it was.
        connection.prepare_cached("DELETE FROM ring WHERE id = ?")?.execute([&message.id.as_bytes()[..]])?;
    }
    if matches!(mutation.change, MessageChange::Reactions(_)) {
        return update_message(connection, conv, sequence, &text);
    }
    index::forget(connection, conv, sequence)?;
    insert_message(connection, conv, &message, &text)
}

fn confirmed(connection: &Connection, conv: i64, receipts: &[MessageReceipts]) -> StoreResult<()> {
    for receipts in receipts {
        let sequence = to_sql(receipts.sequence)?;
        let Some(mut message) = stored_message(connection, conv, sequence)? else { continue };
        if confirm(&mut message, receipts.counts()) {
            update_message(connection, conv, sequence, &serde_json::to_string(&message)?)?;
        }
    }
    Ok(())
}

fn stored_message(connection: &Connection, conv: i64, sequence: i64) -> StoreResult<Option<Message>> {
    let text: Option<String> = connection
        .prepare_cached(
            "SELECT message FROM msg WHERE conv = ? AND seq = ? AND verify(sum, conv, seq, sender, message)",
        )?
        .query_row([conv, sequence], |row| row.get(0))
        .optional()?;
    Ok(text.map(|text| json::read(&text)).transpose()?)
}

/// A message changed that is not stored: it will come as it is then, unless an old reply brings it. So only a revocation is kept.
fn mutated_before(connection: &Connection, conv: i64, sequence: i64, mutation: &Mutation) -> StoreResult<()> {
    let MessageChange::Revoked(revocation) = &mutation.change else { return Ok(()) };
    let floor: i64 = connection
        .prepare_cached("SELECT floor FROM conv WHERE id = ?")?
        .query_row([conv], |row| row.get(0))?;
    if sequence >= floor && !is_removed(connection, conv, sequence)? {
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO revoked(conv, seq, revocation, sum) VALUES(?1, ?2, ?3, checksum(?1, ?2, ?3))",
            )?
            .execute(params![conv, sequence, serde_json::to_string(revocation)?])?;
        return Ok(());
    }
    // What was cleared or removed is still among the messages sent recently.
    connection
        .prepare_cached(
            "DELETE FROM ring WHERE CASE WHEN verify(sum, number, id, message) THEN
             json_extract(message, '$.to') = (SELECT name FROM conv WHERE id = ?1)
             AND json_extract(message, '$.sequence') = ?2 END",
        )?
        .execute([conv, sequence])?;
    Ok(())
}

/// Stores a message, also in the place of what was stored. It gets a new row, so that it is indexed.
fn insert_message(connection: &Connection, conv: i64, message: &Message, text: &str) -> StoreResult<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO msg(conv, seq, sender, message, sum)
             VALUES(?1, ?2, ?3, ?4, checksum(?1, ?2, ?3, ?4))",
        )?
        .execute(params![conv, to_sql(message.sequence)?, message.from.as_str(), text])?;
    Ok(())
}

/// Replaces a stored message by one that a search finds by the same words: it keeps its row, and its place in the index.
fn update_message(connection: &Connection, conv: i64, sequence: i64, text: &str) -> StoreResult<()> {
    connection
        .prepare_cached(
            "UPDATE msg SET message = ?3, sum = checksum(conv, seq, sender, ?3) WHERE conv = ?1 AND seq = ?2",
        )?
        .execute(params![conv, sequence, text])?;
    Ok(())
}

/// Adds a range, as far as it is visible, merging adjacent ones of its kind.
fn add_span(connection: &Connection, conv: i64, kind: SpanKind, (low, high): (i64, i64)) -> StoreResult<()> {
    let kind = kind as i64;
    let (first, last, floor): (Option<i64>, Option<i64>, i64) = connection
        .prepare_cached(
            "SELECT min(low), max(high), (SELECT floor FROM conv WHERE id = ?1) FROM span
             WHERE conv = ?1 AND kind = ?2 AND low <= ?4 + 1 AND high >= ?3 - 1 AND verify(sum, conv, kind, low, high)",
        )?
        .query_row([conv, kind, low, high], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let first = first.map_or(low, |first| first.min(low)).max(floor);
    let last = last.map_or(high, |last| last.max(high));
    if first > last {
        return Ok(());
    }
    connection
        .prepare_cached("DELETE FROM span WHERE conv = ?1 AND kind = ?2 AND low >= ?3 AND high <= ?4")?
        .execute([conv, kind, first, last])?;
    connection
        .prepare_cached(
            "INSERT INTO span(conv, kind, low, high, sum) VALUES(?1, ?2, ?3, ?4, checksum(?1, ?2, ?3, ?4))",
        )?
        .execute([conv, kind, first, last])?;
    Ok(())
}

/// Whether the user removed a message.
fn is_removed(connection: &Connection, conv: i64, sequence: i64) -> StoreResult<bool> {
    let end: Option<i64> = connection
        .prepare_cached(
            "SELECT high FROM span WHERE conv = ? AND kind = 1 AND low <= ? AND verify(sum, conv, kind, low, high)
             ORDER BY low DESC LIMIT 1",
        )?
        .query_row([conv, sequence], |row| row.get(0))
        .optional()?;
    Ok(end >= Some(sequence))
}

fn removed(connection: &Connection, conv: i64, range: (i64, i64)) -> StoreResult<()> {
    add_span(connection, conv, SpanKind::Removed, range)?;
    add_span(connection, conv, SpanKind::Complete, range)?;
    clear::messages(connection, conv, range)
}

fn cleared(connection: &Connection, conv: i64, floor: i64) -> StoreResult<()> {
    connection
        .prepare_cached("UPDATE conv SET floor = max(floor, ?2) WHERE id = ?1")?
        .execute([conv, floor])?;
    sum_conversation(connection, conv)?;
    clear::below(connection, conv, floor)
}

fn outbox(connection: &Connection, row: &OutboxRow) -> StoreResult<()> {
    // The engine chooses these paths, so they are always valid UTF-8.
    let upload = row.upload.as_ref().map(|path| path.to_str().ok_or(StoreError::Unstorable)).transpose()?;
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
            refusal(row.state),
        ])?;
    Ok(())
}

fn refusal(state: OutboxState) -> Option<u32> {
    match state {
        OutboxState::Waiting => None,
        OutboxState::Inserted => Some(0),
        OutboxState::Refused(code) => Some(code.0),
    }
}

fn outbox_done(connection: &Connection, id: MessageId) -> StoreResult<()> {
    connection.prepare_cached("DELETE FROM outbox WHERE id = ?")?.execute([&id.as_bytes()[..]])?;
    Ok(())
}

/// Keeps the text of a message as sent recently.
pub(super) fn recent_sent(connection: &Connection, id: MessageId, text: &str) -> StoreResult<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO ring(number, id, message, sum)
             SELECT next, ?1, ?2, checksum(next, ?1, ?2)
             FROM (SELECT coalesce(max(number), 0) + 1 AS next FROM ring)",
        )?
        .execute(params![&id.as_bytes()[..], text])?;
    connection
        .prepare_cached("DELETE FROM ring WHERE number <= (SELECT max(number) FROM ring) - ?")?
        .execute([RECENT_SENT])?;
    Ok(())
}

fn keep(connection: &Connection, kind: EntityKind, key: &str, value: &str) -> StoreResult<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO entity(kind, key, value, sum) VALUES(?1, ?2, ?3, checksum(?1, ?2, ?3))",
        )?
        .execute(params![kind as i64, key, value])?;
    Ok(())
}

fn forget(connection: &Connection, kind: EntityKind, key: &str) -> StoreResult<()> {
    connection
        .prepare_cached("DELETE FROM entity WHERE kind = ? AND key = ?")?
        .execute(params![kind as i64, key])?;
    Ok(())
}

/// Keeps the outbox and the drafts, and appends the recently sent messages to it.
fn reset(connection: &Connection) -> StoreResult<()> {
    let sent: Vec<String> = connection
        .prepare(
            "SELECT message FROM ring WHERE id NOT IN (SELECT id FROM outbox WHERE refusal IS NOT 0) AND verify(sum, number, id, message)
             ORDER BY number",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let last: i64 =
        connection.query_row("SELECT coalesce(max(position), 0) FROM outbox", [], |row| row.get(0))?;
    for (position, text) in (last + 1..).zip(sent) {
        let mut message: Message = json::read(&text)?;
        message.sequence = 0;
        message.unread_index = 0;
        message.by_sender = 0;
        message.mutation_seq = 0;
        message.pin = None;
        message.reactions.items.clear();
        message.receipts = None;
        let position = u64::try_from(position).map_err(|_| StoreError::Damaged)?;
        outbox(connection, &OutboxRow { position, message, state: OutboxState::Waiting, upload: None })?;
    }
    connection.execute_batch(
        "DELETE FROM sync; DELETE FROM conv; DELETE FROM msg; DELETE FROM span; DELETE FROM revoked; DELETE FROM ring;
         DELETE FROM beside WHERE (id, sender) NOT IN (SELECT message ->> '$.ID', message ->> '$.from' FROM outbox);",
    )?;
    connection.execute("DELETE FROM entity WHERE kind <> ?", [EntityKind::Draft as i64])?;
    index::clear(connection)
}
