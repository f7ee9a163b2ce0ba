//! The contents of a sync: the state of changed conversations, and the user's other changes.
//!
//! Numbers here are positions in logs. Unread counts, order and read state are computed from them, never incremented.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::friend::{ApplicationChange, ApplicationsRead, FriendChange, FriendGroupChange};
use crate::group::{Group, GroupType};
use crate::kinds::kinds;
use crate::message::Message;
use crate::profile::Profile;
use crate::receive::ReceiveOpt;
use crate::settings::{ConversationSettings, SettingsList};
use crate::{ConversationId, GroupId, List, UnixMillis, UserId};

/// A position in the sequence of one user's changes. Cursors of different epochs cannot be compared.
///
/// On the wire an array of two numbers, `[epoch, version]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(from = "(u32, u64)", into = "(u32, u64)")]
pub struct Cursor {
    /// The identity of the server's data. The server draws a new random number when the database is created or restored
    /// from a copy.
    pub epoch: u32,
    /// The user version: increases with every change, not densely.
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

/// The state of a conversation for one user. `M` is a message, or its JSON text in a server that has written it already.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "M: DeserializeOwned"))]
pub struct ConversationState<M = Message> {
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
    /// How often the group's profile has changed, for groups.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub info_sequence: u64,
    /// Sequence of the newest message; 0 if there is none.
    pub head: u64,
    /// Number of the newest mutation; 0 if there is none.
    pub mutation_head: u64,
    /// The unread index of the newest message.
    #[serde(rename = "countable")]
    pub unread_index: u64,
    /// How far this user has read.
    pub read: u64,
    /// How many of the messages that `unread_index` counts this user wrote.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub own: u64,
    /// The unread base: how many messages of others that count as unread stand up to `read`.
    /// `unread = unread_index − own − unread_base − revoked_above_read`.
    #[serde(rename = "base")]
    pub unread_base: u64,
    /// How many counted messages of others above `read` were revoked by the mutations up to `mutation_head`, or removed by
    /// the removals up to `removals`, each once.
    #[serde(rename = "revokedAboveBase", default, skip_serializing_if = "crate::is_zero")]
    pub revoked_above_read: u64,
    /// How far the other side has read; C2C only.
    #[serde(default)]
    pub peer_read: u64,
    /// The first message this user may see.
    #[serde(rename = "floor")]
    pub first_visible_seq: u64,
    /// The user removed the conversation from the list: it is there again once `head` has reached this sequence.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub hidden_below: u64,
    /// The number of the newest removal of messages; 0 if there is none.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub removals: u64,
    /// The newest message that is not excluded from being the last message, if the user may not see it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_shown: Option<LastShown>,
    /// Whether the user no longer takes part in the conversation.
    #[serde(default)]
    pub gone: bool,
    /// The settings that the user has for it; absent if there never were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<ConversationSettings>,
    /// The newest unread messages that mention the user, oldest first; at most [`crate::limits::UNREAD_MENTIONS`]. Only in
    /// groups.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub mentions: List<Mention>,
    /// The newest message that is not excluded from being the last message, if it stands before `latest`; in a list, so
    /// that one that cannot be read leaves the rest as it is.
    #[serde(default, rename = "last", skip_serializing_if = "List::is_blank")]
    pub last_message: List<M>,
    /// The newest messages, oldest first, ending at `head`; as many as the request asked for, fewer if the page would
    /// become too large.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub latest: List<M>,
}

impl<M> ConversationState<M> {
    /// How far the user has read.
    #[must_use]
    pub fn read_state(&self) -> ReadState {
        let Self { read, unread_base, revoked_above_read, mutation_head, removals, .. } = *self;
        ReadState { read, unread_base, revoked_above_read, mutation_head, removals }
    }
}

/// When a conversation was last active, without the message that tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastShown {
    /// The message's sequence.
    pub sequence: u64,
    /// The message's time.
    pub time: UnixMillis,
}

/// What a user removed of a conversation, and how far the user has read it now. The fields are those of
/// [`ConversationState`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Removed {
    /// The conversation, as the user names it.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The first message that the user may see.
    #[serde(rename = "floor")]
    pub first_visible_seq: u64,
    /// The conversation is in the list once its head has reached this sequence.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub hidden_below: u64,
    /// What is read.
    #[serde(flatten)]
    pub read: ReadState,
}

/// How far a user has read a conversation, and what that says of the unread count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadState {
    /// How far the user has read.
    pub read: u64,
    /// How many messages of others that count as unread stand up to `read`.
    #[serde(rename = "base")]
    pub unread_base: u64,
    /// How many counted messages of others above `read` were revoked by the mutations up to `mutation_head`, or removed by
    /// the removals up to `removals`, each once.
    #[serde(rename = "revokedAboveBase", default, skip_serializing_if = "crate::is_zero")]
    pub revoked_above_read: u64,
    /// The newest mutation.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub mutation_head: u64,
    /// The newest removal of messages.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub removals: u64,
}

/// Messages that the user removed, and how far the user has read the conversation now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemovedMessages {
    /// The conversation, as the user names it.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The newest removals, as ranges of sequences in the order of their numbers. The last one has the number
    /// [`ReadState::removals`].
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub ranges: List<(u64, u64)>,
    /// What is read.
    #[serde(flatten)]
    pub read: ReadState,
}

/// A message that mentions the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Its sequence.
    pub sequence: u64,
    /// Who wrote it.
    pub from: UserId,
    /// It mentions the user by name.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub me: bool,
    /// It mentions everybody.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub all: bool,
}

/// The user's own profile changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChange {
    /// The profile as it is now, whole.
    pub profile: Profile,
}

/// A user was added to the blacklist, or removed from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlacklistChange {
    /// The other user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// Whether the user is on the blacklist.
    pub listed: bool,
}

/// The user's membership in a group changed, or the group did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupChange {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// The group as it is now; absent when the user is no longer a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
}

/// Settings of conversations changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsChanges {
    /// The conversations whose settings changed, each with all of its settings.
    pub conversations: SettingsList,
}

/// What the user removed of conversations changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removals {
    /// The conversations as they are now.
    pub conversations: List<Removed>,
}

kinds! {
    /// A change of the user's own data other than conversations.
    Change {
        /// The user's own profile.
        Profile(ProfileChange) = "profile",
        /// The blacklist.
        Blacklist(BlacklistChange) = "blacklist",
        /// The user's membership in a group.
        Group(GroupChange) = "group",
        /// Settings of conversations. Only pushed: a sync has them with the conversations.
        Settings(SettingsChanges) = "settings",
        /// What the user removed of conversations. Only pushed: a sync has it with the conversations.
        Removed(Removals) = "removed",
        /// Messages that the user removed. Only pushed: a sync tells the number of the newest removal.
        RemovedMessages(RemovedMessages) = "removedMessages",
        /// How the user wants to be told of messages of all conversations.
        ReceiveOpt(ReceiveOpt) = "receiveOpt",
        /// A friend.
        Friend(FriendChange) = "friend",
        /// An application to become a friend.
        FriendApplication(ApplicationChange) = "friendApplication",
        /// How far applications are read.
        FriendApplicationsRead(ApplicationsRead) = "friendApplicationsRead",
        /// A group of friends.
        FriendGroup(FriendGroupChange) = "friendGroup",
    }
}
