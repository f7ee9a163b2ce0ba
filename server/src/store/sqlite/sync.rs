//! Pages of what changed for a user, newest first.
//!
//! A page reads marks and what they point at in one transaction. Whatever is marked again while a client pages
//! down moves above the page's upper end, where the next sync finds it.

use rusqlite::params;
use tim_protocol::call::{Sync, SyncPage};
use tim_protocol::conversation::{Change, ConversationState, Cursor};
use tim_protocol::{GroupId, List, UserId, bounds, limits};

use super::database::{Database, Outcome};
use super::marks::Kind;
use super::rows::{Place, group_key, to_sql, unsigned};
use crate::core::ops::{Actor, UserKey};

/// Something that changed, by its version.
enum Changed {
    Conversation { id: i64, gone: bool },
    Other { kind: i64, key: String, gone: bool },
}

/// What a page tells of it.
#[expect(clippy::large_enum_variant, reason = "a page has few changes, and most rows are conversations")]
enum Row {
    Conversation(Box<ConversationState>),
    Change(Change),
}

impl Row {
    /// Bytes in the page, with the comma.
    fn bytes(&self) -> usize {
        1 + match self {
            Self::Conversation(state) => bounds::encoded_len(state),
            Self::Change(change) => bounds::encoded_len(change),
        }
    }
}

impl Database {
    pub(super) fn sync_page(&self, actor: &Actor, sync: &Sync, upto: Cursor) -> Outcome<SyncPage> {
        let asked_all = sync.from.version == 0;
        let reset = !asked_all && (sync.from.epoch != upto.epoch || sync.from.version > upto.version);
        let low = if reset { 0 } else { sync.from.version };
        let before = sync.before.unwrap_or(upto.version + 1);
        let changed = self.changed(actor.key, low, before, sync.limit)?;
        let mut page = SyncPage {
            reset,
            cursor: upto,
            next: None,
            conversations: List::default(),
            changes: List::default(),
        };
        let (mut bytes, mut last, full) = (0, before, changed.len() >= sync.limit as usize);
        for (version, changed) in changed {
            let room = limits::PAGE_BYTES.saturating_sub(bytes);
            let row = self.row(actor, sync, changed, room)?;
            bytes += row.as_ref().map_or(0, Row::bytes);
            if bytes > limits::PAGE_BYTES && last != before {
                page.next = Some(last);
                return Ok(page);
            }
            match row {
                Some(Row::Conversation(state)) => page.conversations.push(*state),
                Some(Row::Change(change)) => page.changes.push(change),
                None => {}
            }
            last = version;
        }
        page.next = full.then_some(last);
        Ok(page)
    }

    fn changed(&self, user: UserKey, low: u64, before: u64, limit: u32) -> Outcome<Vec<(u64, Changed)>> {
        let mut query = self.connection.prepare_cached(
            "SELECT mark, conv, NULL, gone FROM user_conv WHERE user = ?1 AND mark > ?2 AND mark < ?3
             UNION ALL SELECT version, kind, key, gone FROM change WHERE user = ?1 AND version > ?2 AND version < ?3
             ORDER BY 1 DESC LIMIT ?4",
        )?;
        let rows = query.query_map(params![user.0, to_sql(low), to_sql(before), limit], |row| {
            let (number, gone) = (row.get(1)?, row.get(3)?);
            let changed = match row.get(2)? {
                Some(key) => Changed::Other { kind: number, key, gone },
                None => Changed::Conversation { id: number, gone },
            };
            Ok((unsigned(row, 0)?, changed))
        })?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
    }

    /// One change as a page tells it, if there is anything to tell. What is gone is told in a complete picture too: the
    /// client may hold it from a page whose cursor it lost.
    fn row(&self, actor: &Actor, sync: &Sync, changed: Changed, room: usize) -> Outcome<Option<Row>> {
        Ok(match changed {
            Changed::Conversation { id, gone } => {
                Some(Row::Conversation(Box::new(self.state(actor, id, gone, sync.latest, room)?)))
            }
            Changed::Other { kind, key, gone } => self.change(actor, kind, &key, gone)?.map(Row::Change),
        })
    }

    fn state(
        &self,
        actor: &Actor,
        id: i64,
        gone: bool,
        latest: u32,
        room: usize,
    ) -> Outcome<ConversationState> {
        let conv = self.conv(id)?;
        let (floor, read) = (self.floor(&conv, actor.key)?, self.read_mark(&conv, actor.key)?);
        let group = match &conv.place {
            Place::Group(_) => Some(self.group_in_short(&conv)?),
            Place::C2c(..) | Place::System(_) => None,
        };
        let (group_type, member_count, owner_id) = match group {
            Some((kind, members, owner)) if !gone => (Some(kind), Some(members), owner),
            group => (group.map(|(kind, ..)| kind), None, None),
        };
        let messages = if gone || latest == 0 {
            Vec::new()
        } else {
            let mut messages = self.messages(&conv, floor, conv.head, latest, room)?;
            messages.reverse();
            messages
        };
        let peer_read = match conv.place {
            Place::C2c(a, b) => self.read_mark(&conv, if a == actor.key { b } else { a })?,
            Place::Group(_) | Place::System(_) => 0,
        };
        Ok(ConversationState {
            conversation_id: self.name_for(&conv, actor.key)?,
            group_type,
            member_count,
            owner_id,
            head: conv.head,
            mutation_head: conv.mhead,
            countable: conv.cnt,
            read,
            own: self.by_sender(&conv, actor.key, conv.head)?,
            base: self.by_others(&conv, actor.key, read)?,
            revoked_above_base: self.revoked_after(&conv, actor.key, read)?,
            peer_read,
            floor,
            gone,
            latest: messages.into(),
        })
    }

    fn change(&self, actor: &Actor, kind: i64, key: &str, gone: bool) -> Outcome<Option<Change>> {
        if kind == Kind::Profile as i64 {
            return Ok(Some(Change::Profile { profile: self.profile(actor.key, &actor.user)? }));
        }
        if kind == Kind::Blacklist as i64 {
            let change = UserId::new(key).map(|user_id| Change::Blacklist { user_id, listed: !gone });
            return Ok(change.ok());
        }
        let Ok(group_id) = GroupId::new(key) else { return Ok(None) };
        let group = match self.conv_by_key(actor.app, &group_key(&group_id))? {
            Some(conv) if !gone => Some(self.group_of(&conv, actor.key)?),
            _ => None,
        };
        Ok(Some(Change::Group { group_id, group }))
    }
}
