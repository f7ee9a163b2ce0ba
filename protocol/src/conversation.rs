//! What a sync tells: the state of conversations that changed, and everything else of a user's that changed.
//!
//! Numbers here are positions in logs. Unread counts, order and read state are computed from them, never
//! counted up.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::group::{Group, GroupType};
use crate::message::Message;
use crate::profile::Profile;
use crate::{ConversationId, GroupId, List, UserId};

/// A place in the stream of one user's changes. Only ever compared with cursors of the same epoch.
///
/// On the wire an array of two numbers, `[epoch, version]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(from = "(u32, u64)", into = "(u32, u64)")]
pub struct Cursor {
    /// The life of the server's data: another number, drawn at random, whenever the data was made anew or put back from a copy.
    pub epoch: u32,
    /// The user's version; grows with every change, not densely.
    pub version: u64,
}

impl From<(u32, u64)> for Cursor {
    fn from((epoch, version): (u32, u64)) -> Self {
        Self { epoch, version }
    }
}

impl From<Cursor> for (u32, u64) {
    fn from(cursor: Cursor) -> Self {
        (cursor.epoch, cursor.version)
    }
}

/// A conversation as its user's devices are to know it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConversationState {
    /// The conversation, as this user names it.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The group's type, for groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_type: Option<GroupType>,
    /// How many members the group has, for groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_count: Option<u32>,
    /// The group's owner, for groups; absent when the owner has left.
    #[serde(default, rename = "ownerID", skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Sequence of the newest message; 0 if there is none.
    pub head: u64,
    /// Number of the newest mutation; 0 if there is none.
    pub mutation_head: u64,
    /// The newest message's countable number.
    pub countable: u64,
    /// How far this user has read.
    pub read: u64,
    /// How many of the messages that `countable` counts this user wrote.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub own: u64,
    /// How many messages of others, counted as unread, stand up to `read`.
    /// `unread = countable − own − base − revoked_above_base`.
    pub base: u64,
    /// How many of others' after `read` were taken back, by the mutations up to `mutation_head`.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub revoked_above_base: u64,
    /// How far the other side has read; C2C only.
    #[serde(default)]
    pub peer_read: u64,
    /// The first message this user may see.
    pub floor: u64,
    /// The user is no longer part of it.
    #[serde(default)]
    pub gone: bool,
    /// The newest messages, oldest first, ending at `head`; how many was asked for in the request, fewer if the
    /// page would be too large.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub latest: List<Message>,
}

/// Something of a user's own that changed and is not a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Change {
    /// The user's own profile, whole.
    Profile {
        /// The profile as it is now.
        profile: Profile,
    },
    /// Whether a user is on the blacklist.
    Blacklist {
        /// The other user.
        #[serde(rename = "userID")]
        user_id: UserId,
        /// On it, or no longer.
        listed: bool,
    },
    /// Membership of a group.
    Group {
        /// The group.
        #[serde(rename = "groupID")]
        group_id: GroupId,
        /// The group as it is now; absent when the user is no longer a member.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<Group>,
    },
    /// Something of a later version, or of a form that this one cannot read, kept as it came.
    #[serde(untagged)]
    Other(Value),
}
