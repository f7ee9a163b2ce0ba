//! Rows of uploaded media, of the messages that name them, and of used tickets.

use tim_protocol::UnixMillis;
use uuid::Uuid;

use crate::core::ops::{ConversationKey, Media, MediaSum, UserKey};
use crate::domain::DomainResult;

/// Uploaded media.
pub trait MediaRows {
    /// The media with this ID.
    fn media(&mut self, app: u32, id: Uuid) -> DomainResult<Option<Media>>;

    /// Records an upload, which no message names yet, and counts its bytes for its owner. Its bytes are not to be erased.
    fn add_media(&mut self, media: &Media) -> DomainResult<()>;

    /// How many bytes a user has stored.
    fn stored_bytes(&mut self, of: UserKey) -> DomainResult<u64>;

    /// The message with this sequence names this media, if there is such media.
    fn name_media(&mut self, media: Uuid, conversation: ConversationKey, sequence: u64) -> DomainResult<()>;

    /// The message with this sequence does not name this media any more since `at`, from when on it is kept for a while if no other
    /// does.
    fn unname_media(
        &mut self,
        media: Uuid,
        place: (ConversationKey, u64),
        at: UnixMillis,
    ) -> DomainResult<()>;

    /// This merger names this media, if there is such media.
    fn name_in_merger(&mut self, media: Uuid, merger: Uuid) -> DomainResult<()>;

    /// Media that neither a message nor a merger names, uploaded or named last by this time; the oldest, up to `max`.
    fn unnamed(&mut self, until: UnixMillis, max: u32) -> DomainResult<Vec<Media>>;

    /// How much there is of them.
    fn count_unnamed(&mut self, until: UnixMillis) -> DomainResult<MediaSum>;

    /// Removes a record, and takes its bytes off its owner's. What it named as a merger, and nothing else does, is kept as long as it
    /// was itself. Returns how many files it named.
    fn remove_media(&mut self, media: &Media) -> DomainResult<usize>;

    /// Notes that the bytes with this digest are to be erased, unless there is a record of them.
    fn erase_unrecorded(&mut self, digest: &str) -> DomainResult<()>;

    /// Digests of bytes that are to be erased, up to `max`.
    fn to_erase(&mut self, max: u32) -> DomainResult<Vec<String>>;

    /// The bytes with this digest were erased.
    fn erased(&mut self, digest: &str) -> DomainResult<()>;

    /// Records the use of a ticket, at this time in milliseconds since 1970. Returns whether it is the first.
    fn use_ticket(&mut self, nonce: Uuid, time: i64) -> DomainResult<bool>;

    /// Forgets tickets that were used before this time.
    fn forget_tickets(&mut self, before: i64) -> DomainResult<()>;
}
