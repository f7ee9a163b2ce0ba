//! The conversation side: appending messages, taking them back.
//!
//! Everything is checked before anything is changed. Marks for users are `marks.rs`'s, in a later transaction.

use std::sync::Arc;

use rusqlite::{OptionalExtension as _, params};
use serde_json::value::RawValue;
use tim_protocol::call::{self, Call as _, Sent};
use tim_protocol::code::Code;
use tim_protocol::frame::Push;
use tim_protocol::message::{Body, Message, MessageChange, Mutation, Priority, Revocation};
use tim_protocol::{ConversationId, MessageId, UserId};

use super::database::{Database, Outcome, quiet, telling};
use super::rows::{Conv, Place, c2c_key, group_key, priority_value, shard, to_sql, unsigned};
use crate::core::ops::{Actor, Tell, UserKey, What, Written};
use crate::core::rules::{self, Action};

/// The sender of tips and notices has no row of its own.
const SYSTEM_KEY: UserKey = UserKey(0);

/// A message about to get its place.
pub(super) struct Draft<'a> {
    pub(super) id: MessageId,
    pub(super) from: UserId,
    pub(super) sender: UserKey,
    pub(super) to: ConversationId,
    pub(super) client_time: i64,
    pub(super) priority: Priority,
    pub(super) uncounted: bool,
    pub(super) body: &'a RawValue,
    pub(super) now: i64,
}

impl Database {
    pub(super) fn send(&self, actor: &Actor, send: &call::Send, now: i64) -> Outcome<Written> {
        let (conv, counts) = match &send.to {
            ConversationId::C2c(peer) => (self.c2c_for_send(actor, peer, send.id)?, true),
            ConversationId::Group(group) => {
                let conv = self.conv_by_key(actor.app, &group_key(group))?.ok_or(Code::GROUP_NOT_FOUND)?;
                if let Some(sent) = self.sent_before(&conv, actor.key, send.id)? {
                    return Ok(quiet(call::Send::answer(sent)));
                }
                let (kind, role) =
                    (self.group_type(&conv)?.unwrap_or_default(), self.role(&conv, actor.key)?);
                if role.is_none() {
                    // A dismissed group has no members, and that is not what its former ones want to know.
                    self.exists_still(&conv)?;
                }
                rules::may(Action::Send, kind, role)?;
                (Ok(conv), kind.counts_unread())
            }
            ConversationId::System => return Err(Code::MESSAGE_BODY_INVALID.into()),
        };
        let mut conv = match conv {
            Ok(conv) => conv,
            Err(sent) => return Ok(quiet(call::Send::answer(sent))),
        };
        let draft = Draft {
            id: send.id,
            from: actor.user.clone(),
            sender: actor.key,
            to: send.to.clone(),
            client_time: send.client_time,
            priority: send.priority,
            uncounted: send.excluded_from_unread_count || !counts,
            body: &send.body,
            now,
        };
        let message = self.append(&mut conv, draft)?;
        let sent = Sent {
            sequence: message.sequence,
            countable: message.countable,
            by_sender: message.by_sender,
            time: message.time,
            nick: message.nick.clone(),
            avatar: message.avatar.clone(),
        };
        let tell = Tell {
            to: self.members(&conv)?,
            except: actor.session,
            what: What::Push(Push::Message(message)),
        };
        Ok(telling(call::Send::answer(sent), vec![tell]))
    }

    /// The conversation with `peer`, made if this is its first message; or where this very message stands already.
    fn c2c_for_send(&self, actor: &Actor, peer: &UserId, id: MessageId) -> Outcome<Result<Conv, Sent>> {
        let peer = self.user_key(actor.app, peer)?.ok_or(Code::UNKNOWN_USER)?;
        let key = c2c_key(actor.key, peer);
        let conv = self.conv_by_key(actor.app, &key)?;
        if let Some(conv) = &conv {
            // A retry is answered as before, whatever has changed since.
            if let Some(sent) = self.sent_before(conv, actor.key, id)? {
                return Ok(Err(sent));
            }
        }
        if self.has_blacklisted(peer, &actor.user)? {
            return Err(Code::BLACKLISTED.into());
        }
        match conv {
            Some(conv) => Ok(Ok(conv)),
            None => self.make_conv(actor.app, &key, Place::C2c(actor.key, peer)).map(Ok),
        }
    }

    fn sent_before(&self, conv: &Conv, sender: UserKey, id: MessageId) -> Outcome<Option<Sent>> {
        let mut query = self.connection.prepare_cached(
            "SELECT seq, cnt, by_sender, time, nick, avatar FROM msg WHERE cmid = ? AND sender = ? AND conv = ?",
        )?;
        let row = query.query_row(params![id.as_bytes(), sender.0, conv.id], |row| {
            Ok(Sent {
                sequence: unsigned(row, 0)?,
                countable: unsigned(row, 1)?,
                by_sender: unsigned(row, 2)?,
                time: row.get(3)?,
                nick: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
                avatar: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
            })
        });
        Ok(row.optional()?)
    }

    /// Makes a conversation's row.
    pub(super) fn make_conv(&self, app: u32, key: &str, place: Place) -> Outcome<Conv> {
        let (kind, a, b) = match &place {
            Place::C2c(a, b) => (0, Some(a.0), Some(b.0)),
            Place::Group(_) => (1, None, None),
            Place::System(user) => (2, Some(user.0), None),
        };
        self.connection
            .prepare_cached("INSERT INTO conv(shard, app, key, kind, a, b) VALUES(?, ?, ?, ?, ?, ?)")?
            .execute(params![shard(app, key), app, key, kind, a, b])?;
        let id = self.connection.last_insert_rowid();
        Ok(Conv { id, place, head: 0, cnt: 0, mhead: 0, last_time: 0 })
    }

    /// Gives a message its place at the end of the log.
    pub(super) fn append(&self, conv: &mut Conv, draft: Draft<'_>) -> Outcome<Message> {
        conv.head += 1;
        conv.cnt += u64::from(!draft.uncounted);
        conv.last_time = conv.last_time.max(draft.now);
        let by_sender = self.by_sender(conv, draft.sender, conv.head)? + u64::from(!draft.uncounted);
        let (nick, avatar) = self.face(draft.sender)?;
        self.connection
            .prepare_cached(
                "INSERT INTO msg(shard, conv, seq, cnt, by_sender, sender, cmid, time, client_time, priority, uncounted, nick,
                    avatar, body)
                 VALUES((SELECT shard FROM conv WHERE id = ?1), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                conv.id,
                to_sql(conv.head),
                to_sql(conv.cnt),
                to_sql(by_sender),
                draft.sender.0,
                draft.id.as_bytes(),
                conv.last_time,
                draft.client_time,
                priority_value(draft.priority),
                draft.uncounted,
                nick,
                avatar,
                draft.body.get(),
            ])?;
        self.connection
            .prepare_cached("UPDATE conv SET head = ?2, cnt = ?3, last_time = ?4 WHERE id = ?1")?
            .execute(params![conv.id, to_sql(conv.head), to_sql(conv.cnt), conv.last_time])?;
        Ok(Message {
            id: draft.id,
            from: draft.from,
            to: draft.to,
            sequence: conv.head,
            countable: conv.cnt,
            by_sender,
            time: conv.last_time,
            client_time: draft.client_time,
            priority: draft.priority,
            excluded_from_unread_count: draft.uncounted,
            nick: nick.unwrap_or_default(),
            avatar: avatar.unwrap_or_default(),
            revoked: None,
            body: draft.body.to_owned(),
        })
    }

    /// What a sender shows beside their messages.
    fn face(&self, user: UserKey) -> Outcome<(Option<String>, Option<String>)> {
        let mut query = self.connection.prepare_cached("SELECT nick, avatar FROM user WHERE id = ?")?;
        let face = query.query_row([user.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        Ok(face.unwrap_or_default())
    }

    /// A message the server writes: a tip into a group's log, which never counts as unread, or a notice into a user's.
    pub(super) fn append_own(
        &self,
        conv: &mut Conv,
        to: ConversationId,
        body: &Body,
        now: i64,
    ) -> Outcome<Tell> {
        let body = body.write()?;
        let is_tip = matches!(conv.place, Place::Group(_));
        let draft = Draft {
            id: own_id(conv, now),
            from: UserId::system(),
            sender: SYSTEM_KEY,
            to,
            client_time: now,
            priority: if is_tip { Priority::Lowest } else { Priority::High },
            uncounted: is_tip,
            body: &body,
            now,
        };
        let message = self.append(conv, draft)?;
        Ok(Tell { to: self.members(conv)?, except: None, what: What::Push(Push::Message(message)) })
    }

    pub(super) fn revoke(
        &self,
        actor: &Actor,
        revoke: &call::Revoke,
        now: i64,
        within: i64,
    ) -> Outcome<Written> {
        let conv = self.conv_named(actor, &revoke.conversation_id)?.ok_or(Code::REVOKE_NOT_FOUND)?;
        let message = self
            .messages(&conv, revoke.sequence, revoke.sequence, 1, usize::MAX)?
            .pop()
            .ok_or(Code::REVOKE_NOT_FOUND)?;
        if !self.may_read(&conv, actor.key)? || revoke.sequence < self.floor(&conv, actor.key)? {
            return Err(Code::REVOKE_NOT_FOUND.into());
        }
        if let Some(done) = self.revoked_before(&conv, &message)? {
            return Ok(quiet(call::Revoke::answer(done)));
        }
        self.check_revocable(&conv, actor, &message, now, within)?;
        let revocation = Revocation { by: actor.user.clone(), time: now };
        let mutation = self.write_revocation(conv.clone(), actor, &message, revocation)?;
        let tell = Tell {
            to: self.members(&conv)?,
            except: actor.session,
            what: What::Push(Push::Mutation(mutation.clone())),
        };
        Ok(telling(call::Revoke::answer(mutation), vec![tell]))
    }

    fn check_revocable(
        &self,
        conv: &Conv,
        actor: &Actor,
        message: &Message,
        now: i64,
        within: i64,
    ) -> Outcome<()> {
        if message.from.is_system() {
            return Err(Code::REVOKE_NOT_ALLOWED.into());
        }
        let (own, late) = (message.from == actor.user, now - message.time > within);
        match self.group_type(conv)? {
            None if !own => Err(Code::REVOKE_NOT_ALLOWED.into()),
            None if late => Err(Code::REVOKE_TOO_LATE.into()),
            None => Ok(()),
            // Who looks after a group may remove what others wrote at any time.
            Some(kind) if !own => Ok(rules::may(Action::RevokeOthers, kind, self.role(conv, actor.key)?)?),
            Some(_) if late => Err(Code::REVOKE_TOO_LATE_GROUP.into()),
            Some(_) => Ok(()),
        }
    }

    fn revoked_before(&self, conv: &Conv, message: &Message) -> Outcome<Option<Mutation>> {
        let Some(revoked) = message.revoked.clone() else { return Ok(None) };
        let mut query =
            self.connection.prepare_cached("SELECT mseq, cnt FROM mut WHERE conv = ? AND seq = ?")?;
        let row = query.query_row(params![conv.id, to_sql(message.sequence)], |row| {
            Ok((unsigned(row, 0)?, unsigned(row, 1)?))
        });
        Ok(row.optional()?.map(|(mutation, countable)| of(message, mutation, countable, revoked)))
    }

    fn write_revocation(
        &self,
        conv: Conv,
        actor: &Actor,
        message: &Message,
        revoked: Revocation,
    ) -> Outcome<Mutation> {
        let (mutation, sequence) = (conv.mhead + 1, to_sql(message.sequence));
        let countable = if message.excluded_from_unread_count { 0 } else { message.countable };
        self.connection
            .prepare_cached(
                "INSERT INTO mut(conv, mseq, shard, seq, cnt, sender, actor, time)
                 SELECT conv, ?2, shard, seq, ?4, sender, ?5, ?6 FROM msg WHERE conv = ?1 AND seq = ?3",
            )?
            .execute(params![
                conv.id,
                to_sql(mutation),
                sequence,
                to_sql(countable),
                actor.key.0,
                revoked.time
            ])?;
        self.connection
            .prepare_cached(
                "UPDATE msg SET revoked_by = ?3, revoked_time = ?4, body = json_object('type', json_extract(body, '$.type'))
                 WHERE conv = ?1 AND seq = ?2",
            )?
            .execute(params![conv.id, sequence, actor.key.0, revoked.time])?;
        self.connection
            .prepare_cached("UPDATE conv SET mhead = ?2 WHERE id = ?1")?
            .execute(params![conv.id, to_sql(mutation)])?;
        Ok(of(message, mutation, countable, revoked))
    }
}

fn of(message: &Message, mutation: u64, countable: u64, revoked: Revocation) -> Mutation {
    Mutation {
        from: message.from.clone(),
        to: message.to.clone(),
        mutation,
        sequence: message.sequence,
        countable,
        change: MessageChange::Revoked(revoked),
    }
}

/// The identity of a message the server writes: unique because a place in a conversation is.
fn own_id(conv: &Conv, now: i64) -> MessageId {
    let mut unique = [0; 10];
    let place =
        conv.id.to_be_bytes().into_iter().skip(3).chain((conv.head + 1).to_be_bytes().into_iter().skip(3));
    for (byte, of_place) in unique.iter_mut().zip(place) {
        *byte = of_place;
    }
    MessageId::from_parts(now, unique)
}

/// One user, as whom to tell.
pub(super) fn only(user: UserKey) -> Arc<[UserKey]> {
    [user].into()
}
