//! Conversations as apps see them.
//!
//! Values only; computed by the machine from positions in logs, never counted up.

use tim_protocol::conversation::Mention;
use tim_protocol::group::GroupType;
use tim_protocol::{ConversationId, UnixMillis, UserId};

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
    /// The newest message, sent or in the outbox, that is not excluded from being this; `None` if there is none.
    pub last_message: Option<Message>,
    /// How far this user has read, as a sequence.
    pub read_sequence: u64,
    /// How far the other side of a C2C conversation has read, as a sequence.
    pub peer_read_sequence: u64,
    /// The newest unread messages that mention this user in a group, oldest first; at most 20.
    pub group_at_info_list: Vec<GroupAtInfo>,
    /// The time of the last activity.
    pub last_time: UnixMillis,
}

/// An unread message that mentions this user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAtInfo {
    /// Its sequence.
    pub sequence: u64,
    /// Who wrote it.
    pub from: UserId,
    /// Whom it mentions.
    pub at_type: AtType,
}

/// Whom a message mentions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtType {
    /// This user, by name.
    Me,
    /// Everybody in the group.
    All,
    /// Both.
    AllAndMe,
}

impl From<&Mention> for GroupAtInfo {
    fn from(mention: &Mention) -> Self {
        let at_type = match (mention.me, mention.all) {
            (true, true) => AtType::AllAndMe,
            (false, true) => AtType::All,
            (_, false) => AtType::Me,
        };
        Self { sequence: mention.sequence, from: mention.from.clone(), at_type }
    }
}
