//! Conversations, as both faces have them.

use serde::Serialize;
use tim::conversation as engine;

use super::{ConversationType, GroupType, Message, seconds, signed};

/// One conversation of this user's list.
#[derive(Debug, Clone, PartialEq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// The conversation, as this user names it.
    #[serde(rename = "conversationID")]
    pub conversation_id: String,
    /// Whose conversation it is.
    pub r#type: ConversationType,
    /// The group's type, for groups.
    pub sub_type: Option<GroupType>,
    /// How many messages of others this user has not read. Sending a message does not change it. Always 0 for Meeting
    /// groups.
    pub unread_count: i64,
    /// The newest message, sent or waiting to be, that is not excluded from being this.
    pub last_message: Option<Message>,
    /// How far this user has read, as a sequence.
    pub read_sequence: i64,
    /// How far the other side of a C2C conversation has read, as a sequence.
    pub peer_read_sequence: i64,
    /// The newest unread messages that mention this user in a group, oldest first; at most 20.
    pub group_at_info_list: Vec<GroupAtInfo>,
    /// The time of the last activity.
    pub last_time: i64,
}

/// An unread message that mentions this user.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupAtInfo {
    /// Its sequence.
    pub message_sequence: i64,
    /// Who wrote it.
    pub from: String,
    /// Whom it mentions: 1 this user, 2 everybody, 3 both.
    pub at_type: i32,
}

impl From<&engine::GroupAtInfo> for GroupAtInfo {
    fn from(info: &engine::GroupAtInfo) -> Self {
        let engine::GroupAtInfo { sequence, from, at_type } = info;
        let at_type = match at_type {
            engine::AtType::Me => 1,
            engine::AtType::All => 2,
            engine::AtType::AllAndMe => 3,
        };
        Self { message_sequence: signed(*sequence), from: from.to_string(), at_type }
    }
}

impl From<&engine::Conversation> for Conversation {
    fn from(conversation: &engine::Conversation) -> Self {
        let engine::Conversation {
            conversation_id,
            sub_type,
            unread_count,
            last_message,
            read_sequence,
            peer_read_sequence,
            group_at_info_list,
            last_time,
        } = conversation;
        Self {
            conversation_id: conversation_id.to_string(),
            r#type: tim::ConversationType::from(conversation_id).into(),
            sub_type: sub_type.map(Into::into),
            unread_count: signed(*unread_count),
            last_message: last_message.clone().map(Into::into),
            read_sequence: signed(*read_sequence),
            peer_read_sequence: signed(*peer_read_sequence),
            group_at_info_list: group_at_info_list.iter().map(Into::into).collect(),
            last_time: seconds(*last_time),
        }
    }
}
