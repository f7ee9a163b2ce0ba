//! Rows of uploaded media, and of the tickets they came with.

use uuid::Uuid;

use crate::core::ops::Media;
use crate::domain::Outcome;

/// Uploaded media.
pub trait MediaRows {
    /// What was uploaded under this name.
    fn media(&mut self, app: u32, id: Uuid) -> Outcome<Option<Media>>;

    /// Records an upload.
    fn add_media(&mut self, media: &Media) -> Outcome<()>;

    /// Notes that a ticket was used, at this time in milliseconds since 1970. Whether it was not used before.
    fn use_ticket(&mut self, nonce: Uuid, time: i64) -> Outcome<bool>;

    /// Forgets tickets that were used before this time.
    fn forget_tickets(&mut self, before: i64) -> Outcome<()>;
}
