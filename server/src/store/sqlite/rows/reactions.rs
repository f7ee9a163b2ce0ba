//! The table `reaction`: who reacted to messages. The totals of a message are in `msg`, written with its mutations.

use rusqlite::types::ValueRef;
use rusqlite::{Row, params};
use tim_protocol::List;
use tim_protocol::message::{Reaction, Reactor};

use super::{Transaction, to_sql, unsigned, user_name};
use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::ReactionRows;
use crate::store::sqlite::failure::damaged;

/// The columns of a message `m` for [`read_reactions`], where `?1` is the reader.
macro_rules! reaction_columns {
    () => {
        "m.reactions, iif(m.reactions IS NULL, NULL,
            (SELECT json_group_array(id) FROM reaction WHERE conv = m.conv AND user = ?1 AND seq = m.seq))"
    };
}
pub(super) use reaction_columns;

impl ReactionRows for Transaction<'_> {
    fn add_reaction(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        user: UserKey,
        reaction: &str,
        number: u64,
    ) -> DomainResult<()> {
        self.prepare(
            "INSERT INTO reaction(conv, user, seq, id, number, shard)
             SELECT id, ?2, ?3, ?4, ?5, shard FROM conv WHERE id = ?1",
        )?
        .execute(params![of.0, user.0, to_sql(sequence), reaction, to_sql(number)])?;
        Ok(())
    }

    fn remove_reaction(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        user: UserKey,
        reaction: &str,
    ) -> DomainResult<()> {
        self.prepare("DELETE FROM reaction WHERE conv = ? AND user = ? AND seq = ? AND id = ?")?
            .execute(params![of.0, user.0, to_sql(sequence), reaction])?;
        Ok(())
    }

    fn remove_reactions(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<()> {
        self.prepare("DELETE FROM reaction INDEXED BY reaction_message WHERE conv = ? AND seq = ?")?
            .execute([of.0, to_sql(sequence)])?;
        Ok(())
    }

    fn reactors(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        reaction: &str,
        after: u64,
        max: u32,
    ) -> DomainResult<Vec<(u64, Reactor)>> {
        let mut query = self.prepare(
            "SELECT r.number, u.name, u.nick, u.avatar FROM reaction r INDEXED BY reaction_message JOIN user u ON u.id = r.user
             WHERE r.conv = ? AND r.seq = ? AND r.id = ? AND r.number > ? ORDER BY r.number LIMIT ?",
        )?;
        let mut rows = query.query(params![of.0, to_sql(sequence), reaction, to_sql(after), max])?;
        let mut reactors = Vec::new();
        while let Some(row) = rows.next()? {
            let optional = |column| row.get::<_, Option<String>>(column).map(Option::unwrap_or_default);
            let user_id = user_name(&row.get::<_, String>(1)?)?;
            reactors.push((unsigned(row, 0)?, Reactor { user_id, nick: optional(2)?, avatar: optional(3)? }));
        }
        Ok(reactors)
    }
}

/// The reactions of a message, as the reader sees them: the columns of [`reaction_columns`], from `first` on.
pub(super) fn read_reactions(row: &Row<'_>, first: usize) -> DomainResult<List<Reaction>> {
    if row.get_ref(first)? == ValueRef::Null {
        return Ok(List::default());
    }
    let text =
        |column| -> DomainResult<_> { Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?) };
    let mut reactions: Vec<Reaction> = serde_json::from_str(text(first)?).map_err(|_| damaged())?;
    let own: Vec<String> = serde_json::from_str(text(first + 1)?).map_err(|_| damaged())?;
    for reaction in &mut reactions {
        reaction.mine = own.contains(&reaction.reaction_id);
    }
    Ok(reactions.into())
}

/// The reactions of a message as its row has them: without readers, and nothing if there are none.
pub(super) fn stored_reactions(reactions: &[Reaction]) -> DomainResult<Option<String>> {
    if reactions.is_empty() {
        return Ok(None);
    }
    let everybodys = |reaction: &Reaction| Reaction { mine: false, ..reaction.clone() };
    let everybodys: Vec<Reaction> = reactions.iter().map(everybodys).collect();
    serde_json::to_string(&everybodys).map(Some).map_err(|_| damaged())
}
