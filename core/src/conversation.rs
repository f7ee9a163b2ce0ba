//! Conversations as apps see them.
//!
//! Values only; computed by the machine from positions in logs, never counted up.

use std::cmp::{Ordering, Reverse};

use tim_protocol::conversation::Mention;
use tim_protocol::group::GroupType;
pub use tim_protocol::settings::MessageRemindType;
use tim_protocol::{Code, ConversationId, UnixMillis, UserId};

use crate::message::Message;

/// One conversation of this user's list. The list has the pinned ones first, and of these and of the others the most recently
/// active first.
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
    /// The conversation is at the top of the list.
    pub is_pinned: bool,
    /// Which messages this user wants to be told of.
    pub message_remind_type: MessageRemindType,
    /// The marks, each a power of two: 1 STAR, 2 UNREAD, 4 FOLD, 8 HIDE, and the app's own from 2^32 on.
    pub mark_list: Vec<u64>,
    /// The app's own data; empty if none.
    pub custom_data: String,
    /// What the user has begun to write on this device; empty if nothing.
    pub draft_text: String,
}

impl Conversation {
    /// The order of the list.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        let place = |it: &Self| (Reverse(it.is_pinned), Reverse(it.last_time));
        place(self).cmp(&place(other)).then_with(|| self.conversation_id.cmp(&other.conversation_id))
    }
}

/// The conversations that a call marks as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadAllType {
    /// Those with one other user.
    C2c,
    /// Those of groups.
    Group,
    /// All, system notices too.
    All,
}

impl ReadAllType {
    /// Whether a conversation is one of them.
    #[must_use]
    pub fn includes(self, conversation: &ConversationId) -> bool {
        match self {
            Self::C2c => matches!(conversation, ConversationId::C2c(_)),
            Self::Group => matches!(conversation, ConversationId::Group(_)),
            Self::All => true,
        }
    }
}

/// What a call removes of conversations, for this user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// What was said.
    pub history: bool,
    /// The conversation, from the list.
    pub conversation: bool,
}

/// The result of a call about several conversations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConversationResults {
    /// The conversations for which it succeeded.
    pub success_conversation_id_list: Vec<ConversationId>,
    /// The conversations for which it failed.
    pub failure_conversation_id_list: Vec<ConversationFailure>,
}

/// A conversation for which a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationFailure {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The number of the error.
    pub code: Code,
    /// One line that says what to do.
    pub message: String,
}

impl ConversationFailure {
    /// The failure of a call about a conversation that is not known.
    #[must_use]
    pub fn unknown(conversation_id: ConversationId) -> Self {
        let code = Code::CONVERSATION_NOT_FOUND;
        Self { conversation_id, code, message: code.describe().to_owned() }
    }
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
