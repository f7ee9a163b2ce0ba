//! Reactions of messages, as both faces have them.

use serde::{Deserialize, Serialize};
use tim::message as engine;

use super::{signed, small, unsigned_small, user_id};
use crate::error::TimError;

/// A reaction of a message.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageReaction {
    /// Its ID, such as an emoji; its meaning is the application's.
    #[serde(rename = "reactionID")]
    pub reaction_id: String,
    /// How many users gave it.
    pub total_user_count: i32,
    /// This user is one of them.
    pub reacted_by_myself: bool,
    /// The first of them, in the order in which they reacted; only from `getMessageReactions`.
    #[serde(default)]
    #[uniffi(default = [])]
    pub partial_user_list: Vec<ReactionUser>,
}

/// A user who reacted to a message.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
pub struct ReactionUser {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// The user's nick; empty if none.
    pub nick: String,
    /// The address of the user's avatar; empty if none.
    pub avatar: String,
}

/// The reactions of a message, as the server has them.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageReactions {
    /// The message.
    #[serde(rename = "messageID")]
    pub message_id: String,
    /// Its reactions, in the order of their first use.
    pub reaction_list: Vec<MessageReaction>,
}

/// A page of the users who gave a message a reaction.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReactionUserList {
    /// The users, in the order in which they reacted.
    pub user_list: Vec<ReactionUser>,
    /// What to pass for the next page.
    pub next_seq: i64,
    /// Nobody follows.
    pub is_completed: bool,
}

impl From<engine::Reaction> for MessageReaction {
    fn from(reaction: engine::Reaction) -> Self {
        let engine::Reaction { reaction_id, total, mine, users, next: _ } = reaction;
        Self {
            reaction_id,
            total_user_count: small(total),
            reacted_by_myself: mine,
            partial_user_list: users.into_iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<MessageReaction> for engine::Reaction {
    type Error = TimError;

    fn try_from(reaction: MessageReaction) -> Result<Self, TimError> {
        let MessageReaction { reaction_id, total_user_count, reacted_by_myself, partial_user_list } =
            reaction;
        let users = partial_user_list.into_iter().map(engine::Reactor::try_from);
        Ok(Self {
            total: unsigned_small(total_user_count)?,
            mine: reacted_by_myself,
            users: users.collect::<Result<Vec<_>, _>>()?.into(),
            ..Self::first(&reaction_id)
        })
    }
}

impl From<engine::Reactor> for ReactionUser {
    fn from(user: engine::Reactor) -> Self {
        let engine::Reactor { user_id, nick, avatar } = user;
        Self { user_id: user_id.to_string(), nick, avatar }
    }
}

impl TryFrom<ReactionUser> for engine::Reactor {
    type Error = TimError;

    fn try_from(user: ReactionUser) -> Result<Self, TimError> {
        let ReactionUser { user_id: id, nick, avatar } = user;
        Ok(Self { user_id: user_id(&id)?, nick, avatar })
    }
}

impl From<tim::MessageReactions> for MessageReactions {
    fn from(reactions: tim::MessageReactions) -> Self {
        let tim::MessageReactions { message_id, reaction_list } = reactions;
        let reaction_list = reaction_list.into_iter().map(Into::into).collect();
        Self { message_id: message_id.to_string(), reaction_list }
    }
}

impl From<tim::ReactionUserList> for ReactionUserList {
    fn from(list: tim::ReactionUserList) -> Self {
        let tim::ReactionUserList { user_list, next_seq, is_completed } = list;
        let user_list = user_list.into_iter().map(Into::into).collect();
        Self { user_list, next_seq: signed(next_seq), is_completed }
    }
}
