//! Conversations: the settings that a user has for them.

use serde::{Deserialize, Serialize};

use super::Check;
use crate::settings::{SettingsChange, SettingsList};
use crate::{Code, ConversationId, Fault, List, UserId, limits};

/// Changes settings of conversations, for all devices of the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetConversationsRequest {
    /// The conversations; at most [`crate::limits::CONVERSATIONS_PER_CALL`].
    #[serde(rename = "conversationIDList")]
    pub conversation_id_list: Vec<ConversationId>,
    /// The change, the same for all of them.
    #[serde(flatten)]
    pub change: SettingsChange,
}

/// The settings after the call, and the conversations that were refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ConversationsSet {
    /// The settings of each conversation that has them now.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub conversations: SettingsList,
    /// The conversations that were refused.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub failures: List<ConversationFailure>,
}

/// A conversation that was refused in a request about several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationFailure {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The number of the reason.
    #[serde(rename = "c")]
    pub code: Code,
    /// The reason in one line.
    #[serde(rename = "t", default)]
    pub text: String,
}

impl ConversationFailure {
    /// The refusal of a conversation.
    #[must_use]
    pub fn new(conversation_id: ConversationId, fault: Fault) -> Self {
        Self { conversation_id, code: fault.code, text: fault.text }
    }
}

/// Checks how many conversations a request names.
///
/// # Errors
/// [`Code::CONVERSATION_BAD_PARAMETER`] for none, [`Code::TOO_MANY_CONVERSATIONS`] for more than
/// [`limits::CONVERSATIONS_PER_CALL`].
pub fn check_conversation_count(conversations: &[ConversationId]) -> Result<(), Fault> {
    match conversations.len() {
        0 => Err(Fault::with_text(Code::CONVERSATION_BAD_PARAMETER, "no conversation is named")),
        1..=limits::CONVERSATIONS_PER_CALL => Ok(()),
        _ => Err(Fault::new(Code::TOO_MANY_CONVERSATIONS)),
    }
}

impl Check for SetConversationsRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        check_conversation_count(&self.conversation_id_list)?;
        self.change.check()
    }
}

verbs! {
    /// The requests about conversations.
    ConversationsRequest -> ConversationsReply {
        Command by User: Set(SetConversationsRequest) = "conv.set" -> ConversationsSet,
    }
}
