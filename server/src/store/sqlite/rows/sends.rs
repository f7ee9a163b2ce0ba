//! The rows of a send, each kind with one statement.

use rusqlite::types::ValueRef;
use rusqlite::{Row, params};
use tim_protocol::{GroupId, UserId};

use super::conversations::{conversation_columns, key_of, read_conversation};
use super::marks::kind_number;
use super::{Transaction, unsigned, word};
use crate::core::ops::UserKey;
use crate::domain::DomainResult;
use crate::domain::rows::{ChangeKind, Parties, SendRows, SendToGroup, SendToUser, SenderProfile, Standing};

impl SendRows for Transaction<'_> {
    fn send_to_user(
        &mut self,
        app: u32,
        (sender, name): (UserKey, &UserId),
        peer: &UserId,
    ) -> DomainResult<Option<SendToUser>> {
        let mut query = self.prepare(concat!(
            "SELECT s.nick, s.avatar, p.id, b.gone = 0, ",
            conversation_columns!(),
            " FROM user s JOIN user p ON p.app = ?1 AND p.name = ?3
             LEFT JOIN change b ON b.user = p.id AND b.kind = ?5 AND b.key = ?4
             LEFT JOIN conv c ON c.app = ?1 AND c.key = 'c:' || min(s.id, p.id) || ':' || max(s.id, p.id)
             WHERE s.id = ?2"
        ))?;
        let values = params![app, sender.0, peer.as_str(), name.as_str(), kind_number(ChangeKind::Blacklist)];
        let mut rows = query.query(values)?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let has_conversation = row.get::<_, Option<i64>>(4)?.is_some();
        Ok(Some(SendToUser {
            peer: UserKey(row.get(2)?),
            conversation: has_conversation.then(|| read_conversation(row, 4)).transpose()?,
            is_blacklisted: row.get::<_, Option<bool>>(3)?.unwrap_or(false),
            sender_profile: sender_profile(row)?,
        }))
    }

    fn send_to_group(
        &mut self,
        app: u32,
        sender: UserKey,
        group: &GroupId,
    ) -> DomainResult<Option<SendToGroup>> {
        let mut query = self.prepare(concat!(
            "SELECT s.nick, s.avatar, g.type, g.dismissed, m.role, g.mutes_all, m.mute_until, nullif(m.name_card, ''), ",
            "coalesce((SELECT by_sender FROM msg WHERE conv = c.id AND sender = s.id AND kind = 1 AND uncounted = 0
                ORDER BY seq DESC LIMIT 1), 0), ",
            conversation_columns!(),
            " FROM user s JOIN conv c ON c.app = ?1 AND c.key = ?3 JOIN grp g ON g.conv = c.id
             LEFT JOIN member m ON m.conv = c.id AND m.user = s.id AND g.dismissed = 0 WHERE s.id = ?2"
        ))?;
        let mut rows = query.query(params![app, sender.0, key_of(&Parties::Group(group.clone()))])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let is_member = row.get_ref(4)? != ValueRef::Null;
        Ok(Some(SendToGroup {
            standing: Standing {
                group_type: word(row, 2)?,
                is_dismissed: row.get(3)?,
                role: is_member.then(|| word(row, 4)).transpose()?,
                mutes_all: row.get(5)?,
                mute_until: row.get::<_, Option<_>>(6)?.unwrap_or_default(),
            },
            by_sender: unsigned(row, 8)?,
            conversation: read_conversation(row, 9)?,
            sender_profile: SenderProfile { name_card: row.get(7)?, ..sender_profile(row)? },
        }))
    }
}

pub(super) fn sender_profile(row: &Row<'_>) -> rusqlite::Result<SenderProfile> {
    Ok(SenderProfile { nick: row.get(0)?, avatar: row.get(1)?, name_card: None })
}
