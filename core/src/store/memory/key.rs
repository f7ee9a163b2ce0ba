//! What there are rows of, and what a row is called.

use std::fmt;

use tim_protocol::{ConversationId, GroupId, MessageId, UserId};

/// A row: its name and its text; `None` if it is no more.
pub type Row = (String, Option<String>);

/// What a row is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Sync,
    Profile,
    ReceiveOpt,
    ProfilesAsOf,
    Log(ConversationId),
    Message(ConversationId, u64),
    Outbox(u64),
    Sent(u64),
    Beside((MessageId, UserId)),
    Relation(String),
    Blacklist(UserId),
    Group(GroupId),
    OutdatedGroup(GroupId),
    Invitation(String),
    Draft(ConversationId),
    Person(UserId),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sync => f.write_str("sync"),
            Self::Profile => f.write_str("profile"),
            Self::ReceiveOpt => f.write_str("receive"),
            Self::ProfilesAsOf => f.write_str("as-of"),
            Self::Log(id) => write!(f, "log {id}"),
            Self::Message(id, sequence) => write!(f, "message {sequence} {id}"),
            Self::Outbox(position) => write!(f, "outbox {position}"),
            Self::Sent(number) => write!(f, "sent {number}"),
            Self::Beside((id, sender)) => write!(f, "beside {id} {sender}"),
            Self::Relation(key) => write!(f, "relation {key}"),
            Self::Blacklist(user) => write!(f, "blacklist {user}"),
            Self::Group(id) => write!(f, "group {id}"),
            Self::OutdatedGroup(id) => write!(f, "outdated {id}"),
            Self::Invitation(id) => write!(f, "invitation {id}"),
            Self::Draft(id) => write!(f, "draft {id}"),
            Self::Person(user) => write!(f, "person {user}"),
        }
    }
}
