//! Records of uploaded media: a ticket works once.

use tim_protocol::code::Code;

use super::DomainResult;
use super::outcome::without_notifications;
use super::rows::Rows;
use crate::core::ops::{Committed, Media, WriteReply};
use crate::core::ticket;

pub(super) fn put(rows: &mut impl Rows, media: &Media) -> DomainResult<Committed> {
    // Nonces of expired tickets need not be kept.
    rows.forget_tickets(media.now - 2 * ticket::LIFE_MS)?;
    if !rows.use_ticket(media.ticket, media.now)? {
        return Err(Code::TICKET_USED.into());
    }
    rows.add_media(media)?;
    Ok(without_notifications(WriteReply::Done))
}
