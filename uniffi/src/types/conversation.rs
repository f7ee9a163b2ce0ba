//! Conversations, as both faces have them.

use serde::{Deserialize, Serialize};
use tim::conversation as engine;

use super::{ConversationType, GroupType, Message, conversation_ids, mirror, mirror_words, seconds, signed};
use crate::error::TimError;

mirror_words! {
    /// Which messages of a conversation this user wants to be told of.
    MessageRemindType = engine::MessageRemindType {
        /// All, with a notification.
        AcceptAndNotify = "AcceptAndNotify",
        /// All, without a notification.
        AcceptNotNotify = "AcceptNotNotify",
        /// None: they are in the conversation, and no event reports them.
        Discard = "Discard",
        /// All, with a notification only of those that mention this user.
        AcceptNotNotifyExceptAt = "AcceptNotNotifyExceptAt",
        /// Only those that mention this user.
        NotReceiveMsgExceptAt = "NotReceiveMsgExceptAt",
    }
}

/// Which conversations of the list are wanted: those for which all of this holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConversationFilter {
    /// They are among these; empty for any.
    #[serde(rename = "conversationIDList")]
    #[uniffi(default = [])]
    pub conversation_id_list: Vec<String>,
    /// They are of this type.
    #[uniffi(default = None)]
    pub r#type: Option<ConversationType>,
    /// They have this mark.
    #[uniffi(default = None)]
    pub mark_type: Option<i64>,
    /// Something in them is unread.
    #[uniffi(default = false)]
    pub has_unread_count: bool,
    /// An unread message in them mentions this user.
    #[uniffi(default = false)]
    pub has_group_at_info: bool,
}

impl TryFrom<ConversationFilter> for engine::ConversationFilter {
    type Error = TimError;

    fn try_from(filter: ConversationFilter) -> Result<Self, TimError> {
        let ConversationFilter {
            conversation_id_list,
            r#type,
            mark_type,
            has_unread_count,
            has_group_at_info,
        } = filter;
        Ok(Self {
            conversation_id_list: conversation_ids(&conversation_id_list)?,
            conversation_type: r#type.map(Into::into),
            mark_type: mark_type.map(i64::cast_unsigned),
            has_unread_count,
            has_group_at_info,
        })
    }
}

impl From<&engine::ConversationFilter> for ConversationFilter {
    fn from(filter: &engine::ConversationFilter) -> Self {
        let engine::ConversationFilter {
            conversation_id_list,
            conversation_type,
            mark_type,
            has_unread_count,
            has_group_at_info,
        } = filter;
        Self {
            conversation_id_list: conversation_id_list.iter().map(ToString::to_string).collect(),
            r#type: conversation_type.map(Into::into),
            mark_type: mark_type.map(u64::cast_signed),
            has_unread_count: *has_unread_count,
            has_group_at_info: *has_group_at_info,
        }
    }
}

mirror! {
    /// The conversations that a call marks as read.
    ReadAllType = engine::ReadAllType {
        /// Those with one other user.
        C2c = "readAllC2CMessage",
        /// Those of groups.
        Group = "readAllGroupMessage",
        /// All, system notices too.
        All = "readAllMessage",
    }
}

/// One conversation of this user's list.
#[derive(Debug, Clone, PartialEq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// The conversation, as this user names it.
    #[serde(rename = "conversationID")]
    pub conversation_id: String,
    /// Whose conversation it is.
    pub r#type: ConversationType,
    /// What to call it: the other user's nick or the group's name, and if there is none the userID or groupID. A nick is the one of
    /// that user's newest message on this device that has one or an avatar, or else as the server had it when the conversation came here.
    pub show_name: String,
    /// The address of the other user's avatar, or of the group's; empty if none. As new as `showName`.
    pub avatar: String,
    /// The group's type, for groups.
    pub sub_type: Option<GroupType>,
    /// How many messages of others this user has not read. Sending a message does not change it. Always 0 for Meeting
    /// groups.
    pub unread_count: i64,
    /// The newest message, sent or waiting to be, that is not excluded from being this.
    pub last_message: Option<Message>,
    /// The last message in one line of at most 100 characters, with what is not text named in English, such as `[Image]`; empty if
    /// there is none. An app in another language makes its own line of `lastMessage`.
    pub message_for_show: String,
    /// How far this user has read, as a sequence.
    pub read_sequence: i64,
    /// How far the other side of a C2C conversation has read, as a sequence.
    pub peer_read_sequence: i64,
    /// The newest unread messages that mention this user in a group, oldest first; at most 20.
    pub group_at_info_list: Vec<GroupAtInfo>,
    /// The time of the last activity.
    pub last_time: i64,
    /// Its place in the list: the greater, the higher, and of equal ones the lesser conversation ID. Below 2^53.
    pub order_key: i64,
    /// The conversation is at the top of the list.
    pub is_pinned: bool,
    /// Which messages this user wants to be told of.
    pub message_remind_type: MessageRemindType,
    /// The marks: 1 STAR, 2 UNREAD, 4 FOLD, 8 HIDE, and the app's own from 2^32 on. The highest bit is the sign.
    pub mark_list: Vec<i64>,
    /// The app's own data; empty if none.
    pub custom_data: String,
    /// What the user has begun to write on this device; empty if nothing.
    pub draft_text: String,
}

/// The result of a call about several conversations.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConversationResults {
    /// The conversations for which it succeeded.
    #[serde(rename = "successConversationIDList")]
    pub success_conversation_id_list: Vec<String>,
    /// The conversations for which it failed.
    #[serde(rename = "failureConversationIDList")]
    pub failure_conversation_id_list: Vec<ConversationFailure>,
}

/// A conversation for which a call failed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConversationFailure {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: String,
    /// The number of the error.
    pub code: i32,
    /// The error's text, in one line: what the caller can do.
    pub message: String,
}

impl From<engine::ConversationResults> for ConversationResults {
    fn from(results: engine::ConversationResults) -> Self {
        let engine::ConversationResults { success_conversation_id_list: done, failure_conversation_id_list } =
            results;
        Self {
            success_conversation_id_list: done.iter().map(ToString::to_string).collect(),
            failure_conversation_id_list: failure_conversation_id_list.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<engine::ConversationFailure> for ConversationFailure {
    fn from(failure: engine::ConversationFailure) -> Self {
        let engine::ConversationFailure { conversation_id, code, message } = failure;
        Self { conversation_id: conversation_id.to_string(), code: code.0.cast_signed(), message }
    }
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
            show_name,
            avatar,
            sub_type,
            unread_count,
            last_message,
            message_for_show,
            read_sequence,
            peer_read_sequence,
            group_at_info_list,
            last_time,
            is_pinned,
            message_remind_type,
            mark_list,
            custom_data,
            draft_text,
        } = conversation;
        Self {
            conversation_id: conversation_id.to_string(),
            r#type: tim::ConversationType::from(conversation_id).into(),
            sub_type: sub_type.map(Into::into),
            show_name: show_name.clone(),
            avatar: avatar.clone(),
            message_for_show: message_for_show.clone(),
            unread_count: signed(*unread_count),
            last_message: last_message.clone().map(Into::into),
            read_sequence: signed(*read_sequence),
            peer_read_sequence: signed(*peer_read_sequence),
            group_at_info_list: group_at_info_list.iter().map(Into::into).collect(),
            last_time: seconds(*last_time),
            order_key: conversation.order_key(),
            is_pinned: *is_pinned,
            message_remind_type: (*message_remind_type).into(),
            mark_list: mark_list.iter().map(|mark| mark.cast_signed()).collect(),
            custom_data: custom_data.clone(),
            draft_text: draft_text.clone(),
        }
    }
}
