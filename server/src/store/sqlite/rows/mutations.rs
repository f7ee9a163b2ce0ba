//! The table `mut`: the changes of messages. What a changed message is now is in `msg` alone.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use rusqlite::{Row, params};
use serde_json::value::RawValue;
use tim_protocol::attributes::Attributes;
use tim_protocol::bounds;
use tim_protocol::message::{MessageChange, Modification, Reactions, Revocation};

use super::messages::{attributes, body, stored_body, text};
use super::pins::{read_pin, stored_pin};
use super::reactions::{reaction_columns, read_reactions, stored_reactions};
use super::{Transaction, to_sql, unsigned, user_name};
use crate::core::ops::{Actor, ConversationKey, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{Conversation, MutationKind, MutationRow, MutationRows, NewMutation};
use crate::store::sqlite::failure::damaged;

/// So many rows of `reworded` stay that the index has: a power cut may take from it what it had last.
const REWORDED_KEPT: i64 = 1_000;
/// Most rows of `reworded` that are deleted with a change.
const REWORDED_AT_ONCE: i64 = 16;

const REVOKED: i64 = 0;
const MODIFIED: i64 = 1;
const REACTIONS: i64 = 2;
const PINNED: i64 = 3;

/// Mutations `c` with what their messages `m` are now, for [`read_mutation`]. `?1` is the reader.
macro_rules! select_mutations {
    ($rest:literal) => {
        concat!(
            "SELECT c.mseq, c.seq, c.cnt, c.sender, s.name, a.name, c.time, c.kind, m.reason, m.version, m.attributes, m.body, m.pin, ",
            reaction_columns!(),
            " FROM mut c LEFT JOIN user s ON s.id = c.sender LEFT JOIN user a ON a.id = c.actor
             LEFT JOIN msg m ON m.conv = c.conv AND m.seq = c.seq
             WHERE ",
            $rest
        )
    };
}

impl MutationRows for Transaction<'_> {
    fn count_revoked(
        &mut self,
        of: ConversationKey,
        reader: UserKey,
        unread_index: u64,
    ) -> DomainResult<u64> {
        let mut query =
            self.prepare("SELECT count(*) FROM mut WHERE conv = ? AND cnt > ? AND cnt > 0 AND sender <> ?")?;
        Ok(query.query_row(params![of.0, to_sql(unread_index), reader.0], |row| unsigned(row, 0))?)
    }

    fn mutate(&mut self, conversation: &Conversation, new: &NewMutation<'_>) -> DomainResult<()> {
        let mutation = new.mutation;
        let (kind, time, version, reason) = match &mutation.change {
            MessageChange::Revoked(it) => (REVOKED, it.time, None, Some(&it.reason)),
            MessageChange::Modified(it) => (MODIFIED, it.time, Some(to_sql(it.version)), None),
            MessageChange::Reactions(_) => (REACTIONS, 0, None, None),
            MessageChange::Pinned(it) => (PINNED, it.time, None, None),
            MessageChange::Other(_) => return Err(damaged()),
        };
        let (conv, sequence, number) =
            (conversation.key.0, to_sql(mutation.sequence), to_sql(mutation.mutation_seq));
        if new.supersedes {
            self.prepare(
                "DELETE FROM mut INDEXED BY mut_message WHERE conv = ?1 AND seq = ?2 AND ?3 IN (0, kind)",
            )?
            .execute([conv, sequence, kind])?;
        }
        self.prepare(
            "INSERT INTO mut(conv, mseq, seq, cnt, sender, actor, time, kind)
             SELECT conv, ?2, seq, ?4, sender, ?5, ?6, ?7 FROM msg WHERE conv = ?1 AND seq = ?3",
        )?
        .execute(params![
            conv,
            number,
            sequence,
            to_sql(mutation.unread_index),
            new.by.0,
            time,
            kind
        ])?;
        let revoked = (kind == REVOKED).then_some((new.by.0, time)).unzip();
        self.prepare(
            "UPDATE msg SET mutation = ?3, version = coalesce(?4, version), revoked_by = ?5, revoked_time = ?6,
                 reason = nullif(?7, ''), attributes = ?8, body = ?9, reactions = ?10, pin = ?11
             WHERE conv = ?1 AND seq = ?2",
        )?
        .execute(params![
            conv,
            sequence,
            number,
            version,
            revoked.0,
            revoked.1,
            reason,
            new.attributes.map(RawValue::get),
            stored_body(new.body.get()),
            stored_reactions(new.reactions)?,
            stored_pin(new.pin)?
        ])?;
        if let Some(reindexed) = &self.indexed.reindexed
            && matches!(kind, REVOKED | MODIFIED)
        {
            self.prepare("INSERT INTO reworded(msg) SELECT id FROM msg WHERE conv = ? AND seq = ?")?
                .execute([conv, sequence])?;
            self.prepare("DELETE FROM reworded WHERE id < min(?1, (SELECT min(id) FROM reworded) + ?2)")?
                .execute([reindexed.load(Ordering::Acquire) - REWORDED_KEPT, REWORDED_AT_ONCE])?;
        }
        self.prepare("UPDATE conv SET mhead = ?2 WHERE id = ?1")?.execute([conv, number])?;
        Ok(())
    }

    fn newest_mutation(
        &mut self,
        of: ConversationKey,
        reader: &Actor,
        sequence: u64,
        kind: MutationKind,
    ) -> DomainResult<Option<MutationRow>> {
        let mut query = self.prepare(select_mutations!(
            "c.conv = ?2 AND c.mseq = (SELECT max(mseq) FROM mut INDEXED BY mut_message WHERE conv = ?2 AND seq = ?3 AND kind = ?4)"
        ))?;
        let kind = match kind {
            MutationKind::Revoked => REVOKED,
            MutationKind::Modified => MODIFIED,
            MutationKind::Reactions => REACTIONS,
            MutationKind::Pinned => PINNED,
        };
        let mut rows = query.query([reader.key.0, of.0, to_sql(sequence), kind])?;
        rows.next()?.map(|row| read_mutation(row, reader)).transpose()
    }

    fn mutations(
        &mut self,
        of: ConversationKey,
        reader: &Actor,
        after: u64,
        max: u32,
        mut each: impl FnMut(MutationRow) -> ControlFlow<()>,
    ) -> DomainResult<()> {
        let mut query =
            self.prepare(select_mutations!("c.conv = ?2 AND c.mseq > ?3 ORDER BY c.mseq LIMIT ?4"))?;
        let mut rows = query.query(params![reader.key.0, of.0, to_sql(after), max])?;
        while let Some(row) = rows.next()? {
            if each(read_mutation(row, reader)?).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn read_mutation(row: &Row<'_>, reader: &Actor) -> DomainResult<MutationRow> {
    let (by, time) = (user_name(&row.get::<_, String>(5)?)?, row.get(6)?);
    let mut room = String::new();
    let change = match row.get(7)? {
        REVOKED => MessageChange::Revoked(Revocation { by, time, reason: text(row, 8)?.to_owned() }),
        MODIFIED => MessageChange::Modified(Modification {
            by,
            time,
            version: unsigned(row, 9)?,
            attributes: attributes(row, 10)?.map(ToOwned::to_owned),
            body: bounds::within_frames(body(row, 11, &mut room)?).into_owned(),
        }),
        PINNED => MessageChange::Pinned(read_pin(row, 12)?.ok_or_else(damaged)?),
        REACTIONS => MessageChange::Reactions(Reactions::seen_by(&reader.user, read_reactions(row, 13)?)),
        _ => return Err(damaged()),
    };
    let from = user_name(&row.get::<_, String>(4)?)?;
    Ok(MutationRow {
        number: unsigned(row, 0)?,
        sequence: unsigned(row, 1)?,
        unread_index: unsigned(row, 2)?,
        is_hidden: Attributes::of(attributes(row, 10)?).hide_from(&reader.user, &from),
        sender: (UserKey(row.get(3)?), from),
        change,
    })
}
