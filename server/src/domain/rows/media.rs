//! Rows of uploaded media and used tickets.

use uuid::Uuid;

use crate::core::ops::Media;
use crate::domain::DomainResult;

/// Uploaded media.
pub trait MediaRows {
    /// The media with this ID.
    fn media(&mut self, app: u32, id: Uuid) -> DomainResult<Option<Media>>;

    /// Records an upload.
    fn add_media(&mut self, media: &Media) -> DomainResult<()>;

    /// Records the use of a ticket, at this time in milliseconds since 1970. Returns whether it is the first.
    fn use_ticket(&mut self, nonce: Uuid, time: i64) -> DomainResult<bool>;

    /// Forgets tickets that were used before this time.
    fn forget_tickets(&mut self, before: i64) -> DomainResult<()>;
}
