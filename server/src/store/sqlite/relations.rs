//! Profiles, blacklists, read marks, and uploaded pictures: what belongs to one user.

use rusqlite::{OptionalExtension as _, params};
use tim_protocol::call::{self, Call as _, Done, ProfileIs, Profiles, ReadUpTo};
use tim_protocol::code::Code;
use tim_protocol::conversation::Change;
use tim_protocol::frame::Push;
use tim_protocol::message::Receipt;
use tim_protocol::profile::{Profile, ProfileFields};
use tim_protocol::{List, UserId, bounds, limits};
use uuid::Uuid;

use super::database::{Database, Outcome, quiet, telling};
use super::marks::Kind;
use super::rows::{Conv, Place, USHARD, to_sql, unsigned};
use super::send::only;
use crate::core::ops::{Actor, Answer, Media, Tell, UserKey, What, Written};
use crate::core::ticket;

impl Database {
    pub(super) fn update_profile(
        &self,
        actor: &Actor,
        update: &call::UpdateProfile,
        now: i64,
    ) -> Outcome<Written> {
        let mut profile = self.profile(actor.key, &actor.user)?;
        profile.fields.merge(update.fields.clone());
        profile.last_updated_time = now;
        let fields = serde_json::to_string(&profile.fields)?;
        self.connection
            .prepare_cached(
                "UPDATE user SET profile = ?2, profile_time = ?3, nick = ?4, avatar = ?5 WHERE id = ?1",
            )?
            .execute(params![actor.key.0, fields, now, profile.fields.nick, profile.fields.avatar])?;
        self.note_change(actor.key, Kind::Profile, "", false)?;
        let tell = own_change(actor, Change::Profile { profile: profile.clone() });
        Ok(telling(call::UpdateProfile::answer(ProfileIs { profile }), vec![tell]))
    }

    pub(super) fn profile(&self, key: UserKey, user: &UserId) -> Outcome<Profile> {
        let mut query =
            self.connection.prepare_cached("SELECT profile, profile_time FROM user WHERE id = ?")?;
        let (text, last_updated_time): (String, i64) =
            query.query_row([key.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let fields: ProfileFields = serde_json::from_str(&text)?;
        Ok(Profile { user_id: user.clone(), fields, last_updated_time })
    }

    pub(super) fn profiles(&self, app: u32, users: &[UserId]) -> Outcome<Profiles> {
        let (mut page, mut bytes) = (Profiles { profiles: List::default(), next: None }, 0);
        for (user, place) in users.iter().zip(0..) {
            let Some(key) = self.user_key(app, user)? else { continue };
            let profile = self.profile(key, user)?;
            bytes += bounds::encoded_len(&profile) + 1;
            if bytes > limits::PAGE_BYTES && !page.profiles.is_empty() {
                page.next = Some(place);
                break;
            }
            page.profiles.push(profile);
        }
        Ok(page)
    }

    pub(super) fn update_blacklist(&self, actor: &Actor, update: &call::UpdateBlacklist) -> Outcome<Written> {
        let mut tells = Vec::new();
        for user in &update.user_id_list {
            self.user_key(actor.app, user)?.ok_or(Code::UNKNOWN_USER)?;
            if self.has_blacklisted(actor.key, user)? == update.listed {
                continue;
            }
            self.note_change(actor.key, Kind::Blacklist, user.as_str(), !update.listed)?;
            tells.push(own_change(actor, Change::Blacklist { user_id: user.clone(), listed: update.listed }));
        }
        let mut count = self
            .connection
            .prepare_cached("SELECT count(*) FROM change WHERE user = ? AND kind = ? AND gone = 0")?;
        let listed = count.query_row(params![actor.key.0, Kind::Blacklist as i64], |row| unsigned(row, 0))?;
        if update.listed && listed > limits::BLACKLIST as u64 {
            return Err(Code::BLACKLIST_FULL.into());
        }
        Ok(telling(call::UpdateBlacklist::answer(Done {}), tells))
    }

    /// Whether `owner` has blacklisted `user`.
    pub(super) fn has_blacklisted(&self, owner: UserKey, user: &UserId) -> Outcome<bool> {
        let mut query = self
            .connection
            .prepare_cached("SELECT gone = 0 FROM change WHERE user = ? AND kind = ? AND key = ?")?;
        let listed =
            query.query_row(params![owner.0, Kind::Blacklist as i64, user.as_str()], |row| row.get(0));
        Ok(listed.optional()?.unwrap_or(false))
    }

    pub(super) fn read(&self, actor: &Actor, read: &call::Read) -> Outcome<Written> {
        let Some(conv) = self.conv_named(actor, &read.conversation_id)? else {
            return Ok(quiet(call::Read::answer(ReadUpTo { sequence: 0, base: 0 })));
        };
        if !self.may_read(&conv, actor.key)? {
            return Err(Code::GROUP_PERMISSION_DENIED.into());
        }
        let before = self.read_mark(&conv, actor.key)?;
        let sequence = read.sequence.min(conv.head).max(before);
        let base = self.by_others(&conv, actor.key, sequence)?;
        let upto = ReadUpTo { sequence, base };
        if sequence == before {
            return Ok(quiet(call::Read::answer(upto)));
        }
        self.set_read(&conv, actor.key, sequence)?;
        let receipt = Receipt {
            from: actor.user.clone(),
            to: self.name_for(&conv, actor.key)?,
            sequence,
            base,
            revoked_above_base: self.revoked_after(&conv, actor.key, sequence)?,
            mutation_head: conv.mhead,
        };
        // Both sides of a C2C conversation care; in a group only the reader's own devices do.
        let to = match conv.place {
            Place::C2c(..) => self.members(&conv)?,
            Place::Group(_) | Place::System(_) => only(actor.key),
        };
        let tell = Tell { to, except: actor.session, what: What::Push(Push::Receipt(receipt)) };
        Ok(telling(call::Read::answer(upto), vec![tell]))
    }

    fn set_read(&self, conv: &Conv, user: UserKey, sequence: u64) -> Outcome<()> {
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO user_conv(user, conv, ushard, read) VALUES(?1, ?2, {USHARD}, ?3)
                 ON CONFLICT(user, conv) DO UPDATE SET read = ?3"
            ))?
            .execute(params![user.0, conv.id, to_sql(sequence)])?;
        match conv.place {
            Place::C2c(a, b) if a != b => {
                self.mark_for(a, conv.id)?;
                self.mark_for(b, conv.id)
            }
            _ => self.mark_for(user, conv.id),
        }
    }

    /// How far a user has read.
    pub(super) fn read_mark(&self, conv: &Conv, user: UserKey) -> Outcome<u64> {
        let mut query =
            self.connection.prepare_cached("SELECT read FROM user_conv WHERE user = ? AND conv = ?")?;
        let read = query.query_row(params![user.0, conv.id], |row| unsigned(row, 0));
        Ok(read.optional()?.unwrap_or(0))
    }

    pub(super) fn put_media(&self, media: &Media) -> Outcome<Written> {
        // A ticket that has expired cannot come again: its nonce need not be remembered.
        self.connection
            .prepare_cached("DELETE FROM ticket WHERE time < ?")?
            .execute([media.now - 2 * ticket::LIFE_MS])?;
        let used = self
            .connection
            .prepare_cached("INSERT INTO ticket(nonce, time) VALUES(?, ?) ON CONFLICT(nonce) DO NOTHING")?
            .execute(params![media.ticket.as_bytes(), media.now])?;
        if used == 0 {
            return Err(Code::TICKET_USED.into());
        }
        self.connection
            .prepare_cached("INSERT INTO media(id, app, owner, sha256, size, time) VALUES(?, ?, ?, ?, ?, ?)")?
            .execute(params![
                media.id.as_bytes(),
                media.app,
                media.owner.0,
                media.sha256,
                to_sql(media.size),
                media.now
            ])?;
        Ok(quiet(Answer::Done))
    }

    pub(super) fn media(&self, app: u32, id: Uuid) -> Outcome<Option<Media>> {
        let mut query = self
            .connection
            .prepare_cached("SELECT owner, sha256, size, time FROM media WHERE app = ? AND id = ?")?;
        let media = query.query_row(params![app, id.as_bytes()], |row| {
            let (owner, sha256, size, now) =
                (UserKey(row.get(0)?), row.get(1)?, unsigned(row, 2)?, row.get(3)?);
            Ok(Media { app, id, owner, sha256, size, ticket: Uuid::nil(), now })
        });
        Ok(media.optional()?)
    }
}

/// A change of the actor's own, for their other sessions.
fn own_change(actor: &Actor, change: Change) -> Tell {
    Tell { to: only(actor.key), except: actor.session, what: What::Push(Push::Change(change)) }
}
