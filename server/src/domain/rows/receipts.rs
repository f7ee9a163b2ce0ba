//! Rows of receipts: who read which message.

use tim_protocol::UserId;
use tim_protocol::message::ReceiptCounts;

use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;

/// A message that asks for receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    /// Its sender.
    pub sender: UserKey,
    /// How many read it.
    pub counts: ReceiptCounts,
}

/// Receipts of messages, and which messages ask for them.
pub trait ReceiptRows {
    /// The newest message of a conversation asks for receipts of all who take part in it now, except its sender. Returns how many
    /// those are, who have not read it.
    fn ask_for_receipts(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        sender: UserKey,
    ) -> DomainResult<ReceiptCounts>;

    /// A message that asks for receipts; `None` if it does not, or was revoked.
    fn receipts(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<Option<Asking>>;

    /// A user read a message that asks for receipts. Returns how many did now; `None` if that was known.
    fn add_receipt(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        reader: UserKey,
    ) -> DomainResult<Option<ReceiptCounts>>;

    /// Removes all receipts of a message, which asks for none any more.
    fn remove_receipts(&mut self, of: ConversationKey, sequence: u64) -> DomainResult<()>;

    /// Removes who gave a receipt, at most so many. Returns how many.
    fn forget_receipts(&mut self, of: ConversationKey, sequence: u64, max: u32) -> DomainResult<u32>;

    /// Those who read a message, by their keys from after this one on, at most `max`.
    fn readers(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        after: UserKey,
        max: u32,
    ) -> DomainResult<Vec<UserId>>;

    /// The members of a group to whom a message was sent and who did not read it, in the same way.
    fn others(
        &mut self,
        of: ConversationKey,
        sequence: u64,
        after: UserKey,
        max: u32,
    ) -> DomainResult<Vec<UserId>>;
}
