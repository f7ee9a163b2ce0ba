//! Records of uploaded media: a ticket works once, a user has so much room, and what no message names is removed.

use tim_protocol::code::Code;

use super::DomainResult;
use super::outcome::without_notifications;
use super::rows::Rows;
use crate::core::ops::{Committed, PutMedia, RemoveMedia, RemovedMedia, Room, WriteReply};
use crate::core::ticket;

/// So many names of mergers are removed in a commit, and those of one merger more, because all other writes wait for it.
const NAMES_AT_ONCE: usize = 1_000;

pub(super) fn put(rows: &mut impl Rows, asked: &PutMedia) -> DomainResult<Committed> {
    let PutMedia { media, names, ticket, quota } = asked;
    // Nonces of expired tickets need not be kept.
    rows.forget_tickets(media.time - 2 * ticket::LIFE_MS)?;
    if !rows.use_ticket(*ticket, media.time)? {
        return Err(Code::TICKET_USED.into());
    }
    check_room(rows, &Room { owner: media.owner, size: media.size, quota: *quota })?;
    rows.add_media(media)?;
    names.iter().try_for_each(|file| rows.name_in_merger(*file, media.id))?;
    Ok(without_notifications(WriteReply::Done))
}

fn check_room(rows: &mut impl Rows, room: &Room) -> DomainResult<()> {
    if room.quota > 0 && rows.stored_bytes(room.owner)?.saturating_add(room.size) > room.quota {
        return Err(Code::MEDIA_FULL.into());
    }
    Ok(())
}

pub(super) fn remove(rows: &mut impl Rows, asked: &RemoveMedia) -> DomainResult<Committed> {
    if let Some(room) = &asked.room {
        check_room(rows, room)?;
    }
    for digest in &asked.erased {
        rows.erased(digest)?;
    }
    for digest in &asked.unrecorded {
        rows.erase_unrecorded(digest)?;
    }
    let (mut answer, mut named) = (RemovedMedia::default(), 0);
    for media in rows.unnamed(asked.until, asked.max)? {
        if named >= NAMES_AT_ONCE {
            // Asked for again, in a commit of its own.
            break;
        }
        named += rows.remove_media(&media)?;
        rows.erase_unrecorded(&media.sha256)?;
        answer.removed.files += 1;
        answer.removed.bytes += media.size;
    }
    answer.to_erase = rows.to_erase(asked.max)?;
    Ok(without_notifications(WriteReply::Removed(answer)))
}
