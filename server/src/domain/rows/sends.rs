//! Rows of a send: what it is checked with and appended to, read together, because most transactions are sends.

use tim_protocol::{GroupId, UserId};

use super::conversations::Conversation;
use super::groups::Standing;
use super::users::SenderProfile;
use crate::core::ops::UserKey;
use crate::domain::DomainResult;

/// The rows of a send to a user.
#[derive(Debug)]
pub struct SendToUser {
    /// The receiver.
    pub peer: UserKey,
    /// The conversation of the two, if there is one.
    pub conversation: Option<Conversation>,
    /// The receiver has the sender in the blacklist.
    pub is_blacklisted: bool,
    /// The sender's nick and avatar.
    pub sender_profile: SenderProfile,
}

/// The rows of a send to a group.
#[derive(Debug)]
pub struct SendToGroup {
    /// The group's conversation.
    pub conversation: Conversation,
    /// The group's type, and the sender's place in it.
    pub standing: Standing,
    /// How many messages that count as unread the sender wrote to the group.
    pub by_sender: u64,
    /// The sender's nick, avatar and name card.
    pub sender_profile: SenderProfile,
}

/// Sends.
pub trait SendRows {
    /// The rows of a send to `peer`; `None` if that user has never logged in. `sender` exists.
    fn send_to_user(
        &mut self,
        app: u32,
        sender: (UserKey, &UserId),
        peer: &UserId,
    ) -> DomainResult<Option<SendToUser>>;

    /// The rows of a send to `group`; `None` if there is no such group. `sender` exists.
    fn send_to_group(
        &mut self,
        app: u32,
        sender: UserKey,
        group: &GroupId,
    ) -> DomainResult<Option<SendToGroup>>;
}
