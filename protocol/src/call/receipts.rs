//! Receipts of single messages: confirm that they were read, and ask who did.

use serde::{Deserialize, Serialize};

use super::Check;
use crate::bounds::{at_least_one, out_of};
use crate::message::MessageReceipts;
use crate::{Code, ConversationId, Fault, List, UserId, limits};

/// Confirms that this user read messages whose senders want to know. A repetition changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptRequest {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The messages, 1 to [`limits::RECEIPT_MESSAGES`].
    pub sequences: Vec<u64>,
}

/// What was confirmed, by this request or an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The messages. Own ones, those that ask for no receipt, and those that the user may not see are left out.
    pub sequences: Vec<u64>,
}

/// Asks how many read messages of this user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptsRequest {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The messages, 1 to [`limits::RECEIPT_MESSAGES`].
    pub sequences: Vec<u64>,
}

/// How many read messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptsPage {
    /// Of each message. Those of others, those that ask for no receipt, and revoked ones are left out.
    pub receipts: List<MessageReceipts>,
}

/// Asks who read a message of this user, or who did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadersRequest {
    /// The group.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The message.
    pub sequence: u64,
    /// Those who read it; otherwise those who did not.
    pub is_read: bool,
    /// The last user of the page before; absent for the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<UserId>,
    /// Most users to answer with, at most [`limits::RECEIPT_PAGE`].
    pub limit: u32,
}

/// Users who read a message, or did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadersPage {
    /// The users, in an order that stays.
    #[serde(rename = "userIDList")]
    pub user_id_list: List<UserId>,
    /// Whether more follow.
    pub more: bool,
}

impl Check for ReceiptRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        check_messages(&self.conversation_id, &self.sequences)
    }
}

impl Check for ReceiptsRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        check_messages(&self.conversation_id, &self.sequences)
    }
}

impl Check for ReadersRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        if !matches!(self.conversation_id, ConversationId::Group(_)) {
            return Err(Fault::with_text(Code::BAD_REQUEST, "who read a message is told of groups only"));
        }
        at_least_one("sequence", self.sequence)?;
        at_least_one("limit", self.limit.into())?;
        if self.limit > limits::RECEIPT_PAGE {
            return Err(out_of("limit", &format!("is at most {}", limits::RECEIPT_PAGE)));
        }
        Ok(())
    }
}

fn check_messages(conversation: &ConversationId, sequences: &[u64]) -> Result<(), Fault> {
    if *conversation == ConversationId::System {
        return Err(Fault::with_text(Code::BAD_REQUEST, "notices of @TIM#SYSTEM have no read receipts"));
    }
    if sequences.is_empty() || sequences.len() > limits::RECEIPT_MESSAGES {
        return Err(out_of("sequences", &format!("has 1 to {} messages", limits::RECEIPT_MESSAGES)));
    }
    sequences.iter().try_for_each(|sequence| at_least_one("sequences", *sequence))
}
