//! Records of uploaded media: a ticket works once.

use tim_protocol::code::Code;

use super::Outcome;
use super::outcome::quiet;
use super::rows::Rows;
use crate::core::ops::{Answer, Media, Written};
use crate::core::ticket;

pub(super) fn put(rows: &mut impl Rows, media: &Media) -> Outcome<Written> {
    // A ticket that has expired cannot come again: its nonce need not be remembered.
    rows.forget_tickets(media.now - 2 * ticket::LIFE_MS)?;
    if !rows.use_ticket(media.ticket, media.now)? {
        return Err(Code::TICKET_USED.into());
    }
    rows.add_media(media)?;
    Ok(quiet(Answer::Done))
}
