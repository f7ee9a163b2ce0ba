//! Conversations: the settings that a user has for them, and what a user removes of them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Check;
use crate::conversation::Removed;
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
pub fn check_conversation_count(count: usize) -> Result<(), Fault> {
    match count {
        0 => Err(Fault::with_text(Code::CONVERSATION_BAD_PARAMETER, "no conversation is named")),
        1..=limits::CONVERSATIONS_PER_CALL => Ok(()),
        _ => Err(Fault::new(Code::TOO_MANY_CONVERSATIONS)),
    }
}

impl Check for SetConversationsRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        check_conversation_count(self.conversation_id_list.len())?;
        self.change.check()
    }
}

/// Removes what was said in conversations, or conversations from the list, for this user on all devices. Both numbers only
/// grow: a repetition changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveConversationsRequest {
    /// The conversations; at most [`crate::limits::CONVERSATIONS_PER_CALL`].
    pub conversations: Vec<ConversationRemoval>,
}

/// What a user removes of one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConversationRemoval {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The messages before this one are removed; 0 removes none.
    #[serde(rename = "floor", default, skip_serializing_if = "crate::is_zero")]
    pub first_visible_seq: u64,
    /// The conversation leaves the list until it has a message from this sequence on; 0 leaves it there.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub hidden_below: u64,
}

/// What is removed after the call, and the conversations that were refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ConversationsRemoved {
    /// The conversations as they are now.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub conversations: List<Removed>,
    /// The conversations that were refused.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub failures: List<ConversationFailure>,
}

impl Check for RemoveConversationsRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        check_conversation_count(self.conversations.len())?;
        let is_nothing = |it: &ConversationRemoval| it.first_visible_seq == 0 && it.hidden_below == 0;
        if self.conversations.iter().any(is_nothing) {
            let text = "nothing of a conversation is removed";
            return Err(Fault::with_text(Code::CONVERSATION_BAD_PARAMETER, text));
        }
        let named: BTreeSet<_> = self.conversations.iter().map(|it| &it.conversation_id).collect();
        if named.len() < self.conversations.len() {
            let text = "a conversation is named twice";
            return Err(Fault::with_text(Code::CONVERSATION_BAD_PARAMETER, text));
        }
        Ok(())
    }
}

verbs! {
    /// The requests about conversations.
    ConversationsRequest -> ConversationsReply {
        Command by User: Set(SetConversationsRequest) = "conv.set" -> ConversationsSet,
        Command by User: Remove(RemoveConversationsRequest) = "conv.remove" -> ConversationsRemoved,
    }
}
