//! Reading logs: runs of messages, and mutations.

use rusqlite::params;
use tim_protocol::call::{self, HistoryPage, MutationPage};
use tim_protocol::code::Code;
use tim_protocol::message::{MessageChange, Mutation, Revocation};
use tim_protocol::{List, bounds, limits};

use super::database::{Database, Outcome};
use super::rows::{Conv, to_sql, unsigned};
use crate::core::ops::{Actor, UserKey};

impl Database {
    pub(super) fn history(&self, actor: &Actor, asked: &call::History) -> Outcome<HistoryPage> {
        let Some(conv) = self.readable(actor, &asked.conversation_id)? else {
            return Ok(HistoryPage { messages: List::default(), low: 1, high: 0, floor: 1 });
        };
        let floor = self.floor(&conv, actor.key)?;
        let low = asked.low.max(floor).max(1);
        let high = asked.high.min(conv.head);
        if low > high {
            return Ok(HistoryPage { messages: List::default(), low, high: low.saturating_sub(1), floor });
        }
        let mut messages =
            self.messages(&conv, low, high, asked.limit.min(limits::HISTORY_PAGE), limits::PAGE_BYTES)?;
        messages.reverse();
        // A limit of nothing covers nothing.
        let low = messages.first().map_or(high + 1, |message| message.sequence);
        Ok(HistoryPage { messages: messages.into(), low, high, floor })
    }

    pub(super) fn mutations(&self, actor: &Actor, asked: &call::Mutations) -> Outcome<MutationPage> {
        let Some(conv) = self.readable(actor, &asked.conversation_id)? else {
            return Ok(MutationPage { mutations: List::default(), up_to: asked.after, more: false });
        };
        let floor = self.floor(&conv, actor.key)?;
        let mut query = self.connection.prepare_cached(
            "SELECT mseq, seq, cnt, actor, time, sender FROM mut WHERE conv = ? AND mseq > ? ORDER BY mseq LIMIT ?",
        )?;
        let mut rows = query.query(params![conv.id, to_sql(asked.after), limits::MUTATION_PAGE])?;
        let (mut page, mut bytes) =
            (MutationPage { mutations: List::default(), up_to: asked.after, more: false }, 0);
        while let Some(row) = rows.next()? {
            let (number, sequence) = (unsigned(row, 0)?, unsigned(row, 1)?);
            if sequence >= floor {
                let sender = UserKey(row.get(5)?);
                let mutation = Mutation {
                    from: self.user_named(sender)?,
                    to: self.name_for(&conv, sender)?,
                    mutation: number,
                    sequence,
                    countable: unsigned(row, 2)?,
                    change: MessageChange::Revoked(Revocation {
                        by: self.user_named(UserKey(row.get(3)?))?,
                        time: row.get(4)?,
                    }),
                };
                bytes += bounds::encoded_len(&mutation) + 1;
                if bytes > limits::PAGE_BYTES && !page.mutations.is_empty() {
                    break;
                }
                page.mutations.push(mutation);
            }
            page.up_to = number;
        }
        page.more = page.up_to < conv.mhead;
        Ok(page)
    }

    /// The conversation, if it exists.
    fn readable(&self, actor: &Actor, name: &tim_protocol::ConversationId) -> Outcome<Option<Conv>> {
        let Some(conv) = self.conv_named(actor, name)? else { return Ok(None) };
        if self.may_read(&conv, actor.key)? {
            Ok(Some(conv))
        } else {
            Err(Code::GROUP_PERMISSION_DENIED.into())
        }
    }
}
