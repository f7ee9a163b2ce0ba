//! The tables `media`, `media_name`, `merger_name`, `to_erase` and `ticket`, and what the table `user` counts of them.

use rusqlite::{OptionalExtension as _, params};
use tim_protocol::UnixMillis;
use uuid::Uuid;

use super::{Transaction, to_sql, unsigned};
use crate::core::ops::{ConversationKey, Media, MediaSum, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::MediaRows;

/// Whether neither a message nor a merger names the media with this ID.
macro_rules! unnamed {
    ($id:literal) => {
        concat!(
            "NOT EXISTS(SELECT 1 FROM media_name WHERE media = ",
            $id,
            ") AND NOT EXISTS(SELECT 1 FROM merger_name WHERE media = ",
            $id,
            ")"
        )
    };
}

impl MediaRows for Transaction<'_> {
    fn media(&mut self, app: u32, id: Uuid) -> DomainResult<Option<Media>> {
        let mut query =
            self.prepare("SELECT owner, sha256, size, time FROM media WHERE app = ? AND id = ?")?;
        let media = query.query_row(params![app, id.as_bytes()], |row| {
            let (owner, sha256, size, time) =
                (UserKey(row.get(0)?), row.get(1)?, unsigned(row, 2)?, row.get(3)?);
            Ok(Media { app, id, owner, sha256, size, time })
        });
        Ok(media.optional()?)
    }

    fn add_media(&mut self, media: &Media) -> DomainResult<()> {
        self.prepare(
            "INSERT INTO media(id, app, owner, sha256, size, time, loose) VALUES(?, ?, ?, ?, ?, ?, 1)",
        )?
        .execute(params![
            media.id.as_bytes(),
            media.app,
            media.owner.0,
            media.sha256,
            to_sql(media.size),
            media.time
        ])?;
        self.add_stored(media.owner, to_sql(media.size))?;
        self.erased(&media.sha256)
    }

    fn stored_bytes(&mut self, of: UserKey) -> DomainResult<u64> {
        let mut query = self.prepare("SELECT stored FROM user WHERE id = ?")?;
        Ok(query.query_row([of.0], |row| unsigned(row, 0)).optional()?.unwrap_or(0))
    }

    fn name_media(&mut self, media: Uuid, conversation: ConversationKey, sequence: u64) -> DomainResult<()> {
        let named = self
            .prepare("INSERT OR IGNORE INTO media_name(media, conv, seq) SELECT id, ?2, ?3 FROM media WHERE id = ?1")?
            .execute(params![media.as_bytes(), conversation.0, to_sql(sequence)])?;
        if named > 0 {
            self.prepare("UPDATE media SET loose = 0 WHERE id = ?")?.execute([media.as_bytes()])?;
        }
        Ok(())
    }

    fn name_in_merger(&mut self, media: Uuid, merger: Uuid) -> DomainResult<()> {
        let (media, merger) = (media.as_bytes(), merger.as_bytes());
        self.prepare(
            "INSERT OR IGNORE INTO merger_name(media, merger) SELECT id, ?2 FROM media WHERE id = ?1",
        )?
        .execute([media, merger])?;
        self.prepare(
            "UPDATE media SET loose = 0 WHERE id = ? AND EXISTS(SELECT 1 FROM merger_name WHERE media = media.id)",
        )?
        .execute([media])?;
        Ok(())
    }

    fn unname_media(
        &mut self,
        media: Uuid,
        (conversation, sequence): (ConversationKey, u64),
        at: UnixMillis,
    ) -> DomainResult<()> {
        self.prepare("DELETE FROM media_name WHERE media = ? AND conv = ? AND seq = ?")?.execute(params![
            media.as_bytes(),
            conversation.0,
            to_sql(sequence)
        ])?;
        self.loosen(media.as_bytes(), at)
    }

    fn unnamed(&mut self, until: UnixMillis, max: u32) -> DomainResult<Vec<Media>> {
        let mut query = self.prepare(concat!(
            "SELECT app, id, owner, sha256, size, time FROM media m WHERE loose = 1 AND time <= ? AND ",
            unnamed!("m.id"),
            " ORDER BY time LIMIT ?"
        ))?;
        let rows = query.query_map(params![until, max], |row| {
            let (app, id, owner) = (row.get(0)?, Uuid::from_bytes(row.get(1)?), UserKey(row.get(2)?));
            let (sha256, size, time) = (row.get(3)?, unsigned(row, 4)?, row.get(5)?);
            Ok(Media { app, id, owner, sha256, size, time })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn count_unnamed(&mut self, until: UnixMillis) -> DomainResult<MediaSum> {
        let mut query = self.prepare(concat!(
            "SELECT count(*), coalesce(sum(size), 0) FROM media m WHERE loose = 1 AND time <= ? AND ",
            unnamed!("m.id")
        ))?;
        Ok(query
            .query_row([until], |row| Ok(MediaSum { files: unsigned(row, 0)?, bytes: unsigned(row, 1)? }))?)
    }

    fn remove_media(&mut self, media: &Media) -> DomainResult<usize> {
        self.prepare("DELETE FROM media WHERE id = ?")?.execute([media.id.as_bytes()])?;
        let mut query = self.prepare("DELETE FROM merger_name WHERE merger = ? RETURNING media")?;
        let named = query.query_map([media.id.as_bytes()], |row| row.get(0))?;
        let named: Vec<[u8; 16]> = named.collect::<rusqlite::Result<_>>()?;
        named.iter().try_for_each(|named| self.loosen(named, media.time))?;
        self.add_stored(media.owner, -to_sql(media.size))?;
        Ok(named.len())
    }

    fn erase_unrecorded(&mut self, digest: &str) -> DomainResult<()> {
        self.prepare(
            "INSERT OR IGNORE INTO to_erase(sha256) SELECT ?1 WHERE NOT EXISTS(SELECT 1 FROM media WHERE sha256 = ?1)",
        )?
        .execute([digest])?;
        Ok(())
    }

    fn to_erase(&mut self, max: u32) -> DomainResult<Vec<String>> {
        let mut query = self.prepare("SELECT sha256 FROM to_erase LIMIT ?")?;
        let rows = query.query_map([max], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn erased(&mut self, digest: &str) -> DomainResult<()> {
        self.prepare("DELETE FROM to_erase WHERE sha256 = ?")?.execute([digest])?;
        Ok(())
    }

    fn use_ticket(&mut self, nonce: Uuid, time: i64) -> DomainResult<bool> {
        let used = self
            .prepare("INSERT INTO ticket(nonce, time) VALUES(?, ?) ON CONFLICT(nonce) DO NOTHING")?
            .execute(params![nonce.as_bytes(), time])?;
        Ok(used > 0)
    }

    fn forget_tickets(&mut self, before: i64) -> DomainResult<()> {
        self.prepare("DELETE FROM ticket WHERE time < ?")?.execute([before])?;
        Ok(())
    }
}

impl Transaction<'_> {
    /// Media that is not named any more since this time.
    fn loosen(&self, media: &[u8; 16], at: UnixMillis) -> DomainResult<()> {
        self.prepare(concat!(
            "UPDATE media SET loose = 1, time = max(time, ?2) WHERE id = ?1 AND ",
            unnamed!("?1")
        ))?
        .execute(params![media, at])?;
        Ok(())
    }

    fn add_stored(&self, owner: UserKey, bytes: i64) -> DomainResult<()> {
        self.prepare("UPDATE user SET stored = stored + ?2 WHERE id = ?1")?.execute([owner.0, bytes])?;
        Ok(())
    }
}
