//! The store's numbers for users and conversations.

/// The store's number for a user of an application; also the user's address on the bus.
///
/// Never sent to clients. Users of different applications never share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserKey(pub i64);

/// The key of a conversation in the store, and its topic on the bus. Never sent to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationKey(pub i64);
