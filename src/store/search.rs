//! Searches of the index.
//!
//! Reads only. A message that is not indexed yet is not found: the database indexes the rest first.

use rusqlite::{Connection, params};
use tim_core::search::{Found, FoundIn, KeywordMatch, Search};
use tim_protocol::message::Message;
use tim_protocol::search::Conditions;
use tim_protocol::{ConversationId, UserId};

use super::Query;
use super::apply::{find, to_sql};
use super::error::{StoreError, StoreResult};
use super::index::row_of;
use super::read::{json, number, text};
use super::schema::conv_columns;

/// The query of the index.
fn expression(search: &Search) -> String {
    let Search { phrases, senders, types, .. } = search;
    Conditions { phrases, all: search.matching == KeywordMatch::And, senders, types }.expression()
}

/// The visible messages `f` of the index that match `?1` in rows from `?4` to `?5`, and were sent from `?2` to `?3`. If they may
/// be of any time, they are not read.
macro_rules! hits {
    (at any time) => {
        "found f CROSS JOIN conv v ON v.id = f.rowid >> 40
         WHERE f.found MATCH ?1 AND ?2 < ?3 AND f.rowid BETWEEN ?4 AND ?5 AND f.rowid & 0xFFFFFFFFFF >= v.floor"
    };
    (at these times) => {
        "found f CROSS JOIN conv v ON v.id = f.rowid >> 40
         CROSS JOIN msg m ON m.conv = v.id AND m.seq = f.rowid & 0xFFFFFFFFFF
         WHERE f.found MATCH ?1 AND f.rowid BETWEEN ?4 AND ?5 AND m.seq >= v.floor
             AND verify(m.sum, m.conv, m.seq, m.sender, m.message) AND m.message ->> '$.time' BETWEEN ?2 AND ?3"
    };
}

/// The results in all conversations, with the number of all hits.
macro_rules! conversations {
    ($($when:ident)*) => {
        concat!(
            "SELECT c.name, h.hits, h.newest, sum(h.hits) OVER () FROM (
                 SELECT f.rowid >> 40 AS conv, count(*) AS hits, max(f.rowid) & 0xFFFFFFFFFF AS newest FROM ",
            hits!($($when)*),
            " GROUP BY 1) h JOIN conv c ON c.id = h.conv WHERE verify(sum, ",
            conv_columns!(),
            ") ORDER BY c.active DESC, c.id LIMIT ?6 OFFSET ?7"
        )
    };
}

/// Carries out a search of messages that are indexed.
pub(super) fn search(connection: &Connection, search: &Search) -> StoreResult<Found> {
    let expression = expression(search);
    if expression.is_empty() {
        return Ok(Found::default());
    }
    match &search.conversation {
        Some(conversation) => in_one(connection, search, conversation, &expression),
        None => in_all(connection, search, &expression),
    }
}

fn in_one(
    connection: &Connection,
    search: &Search,
    conversation: &ConversationId,
    expression: &str,
) -> StoreResult<Found> {
    let Some(conv) = find(connection, &conversation.to_string())? else { return Ok(Found::default()) };
    let (since, until) = search.sent.unwrap_or((i64::MIN, i64::MAX));
    let (first, end) = (row_of(conv, 0)?, row_of(conv + 1, 0)?);
    let mut count = match search.sent {
        None => connection.prepare_cached(concat!("SELECT count(*) FROM ", hits!(at any time)))?,
        Some(_) => connection.prepare_cached(concat!("SELECT count(*) FROM ", hits!(at these times)))?,
    };
    let mut counted = count.query(params![expression, since, until, first, end - 1])?;
    let total = counted.next()?.map_or(Ok(0), |row| number(row, 0))?;
    let mut page = connection.prepare_cached(concat!(
        "SELECT m.message FROM ",
        hits!(at these times),
        " ORDER BY f.rowid DESC LIMIT ?6"
    ))?;
    let before = search.from.map(to_sql).transpose()?.unwrap_or(i64::MAX);
    let last = first.saturating_add(before).min(end) - 1;
    // One more tells whether there is another page.
    let mut rows = page.query(params![expression, since, until, first, last, i64::from(search.count) + 1])?;
    let mut messages: Vec<Message> = Vec::new();
    while let Some(row) = rows.next()? {
        messages.push(json(row, 0)?);
    }
    let is_last = messages.len() <= search.count as usize;
    messages.truncate(search.count as usize);
    let next = messages.last().filter(|_| !is_last).map(|oldest| oldest.sequence);
    let result = FoundIn { conversation: conversation.clone(), count: total, messages };
    Ok(Found { total, results: Vec::from_iter((total > 0).then_some(result)), next })
}

fn in_all(connection: &Connection, search: &Search, expression: &str) -> StoreResult<Found> {
    let (since, until) = search.sent.unwrap_or((i64::MIN, i64::MAX));
    let passed = search.from.unwrap_or(0);
    let mut conversations = match search.sent {
        None => connection.prepare_cached(conversations!(at any time))?,
        Some(_) => connection.prepare_cached(conversations!(at these times))?,
    };
    let page = i64::from(search.count) + 1;
    let mut rows =
        conversations.query(params![expression, since, until, 0, i64::MAX, page, to_sql(passed)?])?;
    let mut found = Found::default();
    while let Some(row) = rows.next()? {
        found.total = number(row, 3)?;
        if found.results.len() == search.count as usize {
            found.next = Some(passed + u64::from(search.count));
            break;
        }
        let conversation: ConversationId = text(row, 0)?.parse().map_err(|_| StoreError::Damaged)?;
        let (count, newest) = (number(row, 1)?, number(row, 2)?);
        let messages = one(connection, &conversation, newest)?;
        found.results.push(FoundIn { conversation, count, messages });
    }
    Ok(found)
}

/// The message of a sequence.
fn one(connection: &Connection, conversation: &ConversationId, sequence: u64) -> StoreResult<Vec<Message>> {
    let query = Query { conversation: conversation.clone(), low: sequence, high: sequence, own_only: false };
    super::read::messages(connection, &UserId::system(), &query)
}
