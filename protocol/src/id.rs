//! Names of users, groups, conversations and messages: validated on the way in, cheap to clone afterwards.
//!
//! A value of these types is always well-formed, whichever side made it; nobody checks twice. They say
//! nothing about whether the named thing exists.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::limits;

/// The conversation of system notices, and the sender they come from.
const SYSTEM: &str = "@TIM#SYSTEM";
/// What the server's own group names begin with; users may not choose such a name.
const GENERATED_GROUP: &str = "@TGS#";

/// Why a text is not a valid name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// A userID is 1 to 32 bytes of printable ASCII and is not the system's own name.
    #[error("a userID is 1 to 32 printable ASCII characters")]
    User,
    /// A groupID is 1 to 48 bytes of printable ASCII.
    #[error("a groupID is 1 to 48 printable ASCII characters")]
    Group,
    /// A conversationID is `C2C` and a userID, `GROUP` and a groupID, or `@TIM#SYSTEM`.
    #[error("a conversationID is C2C and a userID, GROUP and a groupID, or @TIM#SYSTEM")]
    Conversation,
    /// A message id is a UUID of version 7.
    #[error("a message ID is a UUID of version 7")]
    Message,
}

fn printable(text: &str, most: usize) -> bool {
    !text.is_empty() && text.len() <= most && text.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

/// A user's name within an application: 1 to 32 bytes of printable ASCII. Letters, digits, `_` and `-` are advised.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserId(Arc<str>);

impl UserId {
    /// Checks `text` and makes a userID of it.
    pub fn new(text: &str) -> Result<Self, InvalidId> {
        if text != SYSTEM && printable(text, limits::USER_ID_BYTES) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidId::User)
        }
    }

    /// The sender of system notices. No user can have this name: [`UserId::new`] refuses it, and so does parsing
    /// a `hello`.
    #[must_use]
    pub fn system() -> Self {
        Self(SYSTEM.into())
    }

    /// Whether this is the sender of system notices.
    #[must_use]
    pub fn is_system(&self) -> bool {
        &*self.0 == SYSTEM
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for UserId {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        // The system's name does travel, as the sender of notices; only `new` keeps users from taking it.
        if text == SYSTEM { Ok(Self::system()) } else { Self::new(&text) }
    }
}

/// A group's name within an application: 1 to 48 bytes of printable ASCII.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GroupId(Arc<str>);

impl GroupId {
    /// Checks `text` and makes a groupID of it.
    pub fn new(text: &str) -> Result<Self, InvalidId> {
        if printable(text, limits::GROUP_ID_BYTES) { Ok(Self(text.into())) } else { Err(InvalidId::Group) }
    }

    /// A name of the server's own making, from 64 random bits.
    #[must_use]
    pub fn generated(random: u64) -> Self {
        Self(format!("{GENERATED_GROUP}{random:016X}").into())
    }

    /// Whether the name has the form that only the server may give (`@TGS#…`).
    #[must_use]
    pub fn is_generated(&self) -> bool {
        self.0.starts_with(GENERATED_GROUP)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for GroupId {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::new(&text)
    }
}

/// A conversation as one user sees it: `C2C` and the other user's id, `GROUP` and the group's id, or `@TIM#SYSTEM`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ConversationId {
    /// The conversation with one other user.
    C2c(UserId),
    /// A group's conversation.
    Group(GroupId),
    /// The notices the server writes to this user.
    System,
}

impl ConversationId {
    /// The conversation that `me` files something under which `from` addressed to `to`.
    ///
    /// Everything that concerns both sides of a C2C conversation carries `from` and `to`, so that one encoding
    /// serves both; this is the one rule that turns it into each side's own view.
    #[must_use]
    pub fn seen_by(me: &UserId, from: &UserId, to: &Self) -> Self {
        match to {
            Self::C2c(_) if from != me => Self::C2c(from.clone()),
            other => other.clone(),
        }
    }
}

impl FromStr for ConversationId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if text == SYSTEM {
            return Ok(Self::System);
        }
        if let Some(user) = text.strip_prefix("C2C") {
            return UserId::new(user).map(Self::C2c).map_err(|_| InvalidId::Conversation);
        }
        if let Some(group) = text.strip_prefix("GROUP") {
            return GroupId::new(group).map(Self::Group).map_err(|_| InvalidId::Conversation);
        }
        Err(InvalidId::Conversation)
    }
}

impl TryFrom<String> for ConversationId {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

/// The identity of a message, made by the sending client before the first attempt and kept for every retry.
///
/// A UUID of version 7: the time in front keeps the server's index growing at one edge.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Uuid", into = "Uuid")]
pub struct MessageId(Uuid);

impl MessageId {
    /// Makes an id from the time in milliseconds since 1970 and ten random bytes.
    #[must_use]
    pub fn from_parts(time_ms: i64, random: [u8; 10]) -> Self {
        let millis = u64::try_from(time_ms).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// The sixteen bytes, for storing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// Reads what [`MessageId::as_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidId> {
        Uuid::from_slice(bytes).map_err(|_| InvalidId::Message)?.try_into()
    }
}

impl TryFrom<Uuid> for MessageId {
    type Error = InvalidId;
    fn try_from(uuid: Uuid) -> Result<Self, InvalidId> {
        if uuid.get_version_num() == 7 { Ok(Self(uuid)) } else { Err(InvalidId::Message) }
    }
}

impl FromStr for MessageId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Uuid::parse_str(text).map_err(|_| InvalidId::Message)?.try_into()
    }
}

impl From<MessageId> for Uuid {
    fn from(id: MessageId) -> Self {
        id.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::C2c(user) => write!(f, "C2C{user}"),
            Self::Group(group) => write!(f, "GROUP{group}"),
            Self::System => f.write_str(SYSTEM),
        }
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! debug_as_display_and_into_string {
    ($($name:ty),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    )*};
}
debug_as_display_and_into_string!(UserId, GroupId, ConversationId, MessageId);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn alice_and_bob_file_one_message_under_each_other() {
        let (alice, bob) = (UserId::new("alice").unwrap(), UserId::new("bob").unwrap());
        let to = ConversationId::C2c(bob.clone());
        assert_eq!(ConversationId::seen_by(&alice, &alice, &to).to_string(), "C2Cbob");
        assert_eq!(ConversationId::seen_by(&bob, &alice, &to).to_string(), "C2Calice");
    }

    #[test]
    fn nobody_can_be_the_system() {
        assert!(UserId::new("@TIM#SYSTEM").is_err());
        assert!("C2C@TIM#SYSTEM".parse::<ConversationId>().is_err());
        assert_eq!("@TIM#SYSTEM".parse(), Ok(ConversationId::System));
    }

    #[test]
    fn names_keep_their_limits() {
        assert!(UserId::new("").is_err());
        assert!(UserId::new(&"a".repeat(32)).is_ok());
        assert!(UserId::new(&"a".repeat(33)).is_err());
        assert!(UserId::new("tab\t").is_err());
        assert!(UserId::new("ünï").is_err());
        assert!(GroupId::new(&"g".repeat(48)).is_ok());
        assert!(GroupId::new(&"g".repeat(49)).is_err());
        assert!(GroupId::generated(7).is_generated());
    }

    #[test]
    fn a_message_id_is_a_uuid_of_version_7() {
        let id = MessageId::from_parts(1_700_000_000_000, [7; 10]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(MessageId::from_bytes(id.as_bytes()), Ok(id));
        assert!("936da01f-9abd-4d9d-80c7-02af85c822a8".parse::<MessageId>().is_err());
    }

    proptest! {
        #[test]
        fn a_conversation_id_reads_back(user in "[ -~]{1,32}") {
            prop_assume!(user != "@TIM#SYSTEM");
            for id in [ConversationId::C2c(UserId::new(&user).unwrap()), ConversationId::Group(GroupId::new(&user).unwrap())] {
                prop_assert_eq!(id.to_string().parse(), Ok(id));
            }
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = (text.parse::<ConversationId>(), text.parse::<MessageId>(), UserId::new(&text), GroupId::new(&text));
        }
    }
}
