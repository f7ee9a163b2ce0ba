//! Every request a client can make, with its reply: the protocol's verbs.
//!
//! A verb is declared once, in the file of its domain: its parameters and their bounds, and a line in the list at the
//! end of that file with its kind, who may call it, its name and its reply. What follows from it is the server's business.

#[macro_use]
mod verbs;

mod conversations;
mod friends;
mod group_attributes;
mod groups;
mod media;
mod member_search;
mod members;
mod messages;
mod receipts;
mod search;
mod session;
mod status;
mod users;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use conversations::*;
pub use friends::*;
pub use group_attributes::*;
pub use groups::*;
pub use media::*;
pub use member_search::*;
pub use members::*;
pub use messages::*;
pub use receipts::*;
pub use search::*;
pub use session::*;
pub use status::*;
pub use users::*;

use crate::group::Role;
use crate::{Code, Fault, GroupId, UserId};

/// A request and the reply it asks for.
pub trait Call: Check + Into<Request> + Serialize + for<'a> Deserialize<'a> {
    /// The verb on the wire.
    const METHOD: &'static str;
    /// The result of a successful call.
    type Reply: Serialize + for<'a> Deserialize<'a> + std::fmt::Debug;

    /// The reply, if it is one to this verb.
    fn reply(reply: Reply) -> Option<Self::Reply>;

    /// A reply to this verb.
    fn answer(reply: Self::Reply) -> Reply;
}

/// Checks a request's parameters against their bounds (sizes, formats, numbers) without looking at stored data. The
/// server checks every request; a client checks before it sends one.
pub trait Check {
    /// Checks the request of this user.
    ///
    /// # Errors
    /// [`Code::BAD_REQUEST`], with the field's name, for a number out of its range; for other bounds the code that
    /// belongs to the bound.
    fn check(&self, asker: &UserId) -> Result<(), Fault> {
        let _ = asker;
        Ok(())
    }

    /// The group that the request is about, if any.
    fn group(&self) -> Option<&GroupId> {
        None
    }
}

/// The kind of a request: which component handles it, and whether it may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Handled by the session itself.
    Session,
    /// Changes nothing. May be repeated.
    Query,
    /// Changes something and is idempotent: a repetition has no further effect and gets the same reply.
    Command,
    /// Changes something and must not be repeated: if the connection breaks before the reply, the client cannot know
    /// whether the request was carried out.
    Once,
    /// Stores nothing and passes something on to those who are connected. Not repeated: what comes late is not wanted.
    Relay,
}

/// Who may call a verb. The server asks for it before the verb is carried out; what depends on more than the caller's role,
/// such as the type of a group or the parties of a conversation, the verb decides itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Guests, too, who have no userSig; what is about a group only of live rooms.
    Guest,
    /// Every user that is logged in.
    User,
    /// A member of the group.
    Member,
    /// The owner or an admin of the group.
    Manager,
    /// The owner of the group.
    Owner,
}

impl Caller {
    /// Whether a user with this role in the group (`None` without membership) may call the verb.
    #[must_use]
    pub fn includes(self, role: Option<Role>) -> bool {
        match self {
            Self::Guest | Self::User => true,
            Self::Member => role.is_some(),
            Self::Manager => matches!(role, Some(Role::Owner | Role::Admin)),
            Self::Owner => role == Some(Role::Owner),
        }
    }
}

domains! {
    /// The session itself: hello, logout, sync.
    Session(SessionRequest -> SessionReply),
    /// Messages and how far they are read.
    Messages(MessagesRequest -> MessagesReply),
    /// Settings of conversations.
    Conversations(ConversationsRequest -> ConversationsReply),
    /// Profiles, the blacklist, and do not disturb.
    Users(UsersRequest -> UsersReply),
    /// Friends, applications to become one, and groups of friends.
    Friends(FriendsRequest -> FriendsReply),
    /// Groups and who is in them.
    Groups(GroupsRequest -> GroupsReply),
    /// The members of groups.
    Members(MembersRequest -> MembersReply),
    /// Whether users are connected.
    Status(StatusRequest -> StatusReply),
    /// The attributes of groups.
    Attributes(AttributesRequest -> AttributesReply),
    /// Tickets to upload and download.
    Media(MediaRequest -> MediaReply),
}
