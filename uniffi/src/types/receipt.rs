//! Read receipts of messages, as both faces have them.

use serde::{Deserialize, Serialize};
use tim::event as engine;
use tim::message::ReadReceiptInfo as EngineInfo;

use super::{mirror, small, unsigned_small};
use crate::error::TimError;

mirror! {
    /// Which members of a group are listed.
    ReadMemberFilter = tim::ReadMemberFilter {
        /// Those who read the message.
        Read = "read",
        /// Those who did not.
        Unread = "unread",
    }
}

/// How many of those to whom a message was sent confirmed that they read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadReceiptInfo {
    /// They did.
    pub read_count: i32,
    /// They did not, of those who were in the group when it was sent.
    pub unread_count: i32,
    /// The other side of a C2C conversation did.
    pub is_peer_read: bool,
}

/// How many read a message of this user that asks for it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageReadReceipt {
    /// The other side, of a message of a C2C conversation.
    #[serde(rename = "userID")]
    pub user_id: Option<String>,
    /// The group, of a message of a group.
    #[serde(rename = "groupID")]
    pub group_id: Option<String>,
    /// The message.
    #[serde(rename = "messageID")]
    pub message_id: String,
    /// The other side of a C2C conversation read it.
    pub is_peer_read: bool,
    /// So many read it.
    pub read_count: i32,
    /// So many did not, of those who were in the group when it was sent.
    pub unread_count: i32,
}

/// A page of the members of a group who read a message, or did not.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMessageReadMembers {
    /// The message.
    #[serde(rename = "messageID")]
    pub message_id: String,
    /// What to pass for the next page; empty after the last one.
    pub cursor: String,
    /// Nobody follows.
    pub is_completed: bool,
    /// Those who read it; empty if the others were asked for.
    #[serde(rename = "readUserIDList")]
    pub read_user_id_list: Vec<String>,
    /// Those who did not; empty if the others were asked for.
    #[serde(rename = "unreadUserIDList")]
    pub unread_user_id_list: Vec<String>,
}

impl From<EngineInfo> for ReadReceiptInfo {
    fn from(info: EngineInfo) -> Self {
        let EngineInfo { read_count, unread_count, is_peer_read } = info;
        Self { read_count: small(read_count), unread_count: small(unread_count), is_peer_read }
    }
}

impl TryFrom<ReadReceiptInfo> for EngineInfo {
    type Error = TimError;

    fn try_from(info: ReadReceiptInfo) -> Result<Self, TimError> {
        let ReadReceiptInfo { read_count, unread_count, is_peer_read } = info;
        let (read_count, unread_count) = (unsigned_small(read_count)?, unsigned_small(unread_count)?);
        Ok(Self { read_count, unread_count, is_peer_read })
    }
}

impl From<engine::MessageReadReceipt> for MessageReadReceipt {
    fn from(receipt: engine::MessageReadReceipt) -> Self {
        let engine::MessageReadReceipt { user_id, group_id, message_id, info } = receipt;
        let ReadReceiptInfo { read_count, unread_count, is_peer_read } = info.into();
        let (user_id, group_id) = (user_id.map(|it| it.to_string()), group_id.map(|it| it.to_string()));
        let message_id = message_id.to_string();
        Self { user_id, group_id, message_id, is_peer_read, read_count, unread_count }
    }
}

impl From<tim::GroupMessageReadMembers> for GroupMessageReadMembers {
    fn from(page: tim::GroupMessageReadMembers) -> Self {
        let tim::GroupMessageReadMembers {
            message_id,
            cursor,
            is_completed,
            read_user_id_list,
            unread_user_id_list,
        } = page;
        let names = |users: Vec<tim::UserId>| users.iter().map(ToString::to_string).collect();
        Self {
            message_id: message_id.to_string(),
            cursor,
            is_completed,
            read_user_id_list: names(read_user_id_list),
            unread_user_id_list: names(unread_user_id_list),
        }
    }
}
