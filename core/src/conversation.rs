//! Conversations as apps see them.
//!
//! Values only; computed by the machine from positions in logs, never counted up.

use tim_protocol::group::GroupType;
use tim_protocol::{ConversationId, UnixMillis};

use crate::message::Message;

/// One conversation of this user's list.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// The conversation, as this user names it.
    pub conversation_id: ConversationId,
    /// The group's type, for groups.
    pub sub_type: Option<GroupType>,
    /// How many messages of others this user has not read. Sending a message does not change it. Always 0 for Meeting
    /// groups.
    pub unread_count: u64,
    /// The newest message, sent or in the outbox; `None` if there is none.
    pub last_message: Option<Message>,
    /// How far this user has read, as a sequence.
    pub read_sequence: u64,
    /// How far the other side of a C2C conversation has read, as a sequence.
    pub peer_read_sequence: u64,
    /// The time of the last activity.
    pub last_time: UnixMillis,
}
