//! The tables `media` and `ticket`.

use rusqlite::{OptionalExtension as _, params};
use uuid::Uuid;

use super::{Transaction, to_sql, unsigned};
use crate::core::ops::{Media, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::MediaRows;

impl MediaRows for Transaction<'_> {
    fn media(&mut self, app: u32, id: Uuid) -> DomainResult<Option<Media>> {
        let mut query =
            self.prepare("SELECT owner, sha256, size, time FROM media WHERE app = ? AND id = ?")?;
        let media = query.query_row(params![app, id.as_bytes()], |row| {
            let (owner, sha256, size, now) =
                (UserKey(row.get(0)?), row.get(1)?, unsigned(row, 2)?, row.get(3)?);
            Ok(Media { app, id, owner, sha256, size, ticket: Uuid::nil(), now })
        });
        Ok(media.optional()?)
    }

    fn add_media(&mut self, media: &Media) -> DomainResult<()> {
        self.prepare("INSERT INTO media(id, app, owner, sha256, size, time) VALUES(?, ?, ?, ?, ?, ?)")?
            .execute(params![
                media.id.as_bytes(),
                media.app,
                media.owner.0,
                media.sha256,
                to_sql(media.size),
                media.now
            ])?;
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
