//! Rows of a user's change log: versions, marks of conversations, and changes of the user's own data.

use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::DomainResult;

/// The kinds of change rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// The user's profile; its key is empty.
    Profile,
    /// An entry of the blacklist, by the name of the listed user.
    Blacklist,
    /// Membership of a group, by the name of the group.
    Group,
    /// How the user wants to be told of messages of all conversations; its key is empty.
    ReceiveOpt,
    /// A friend, by userID, with a record.
    Friend,
    /// An application to become a friend, by whose it is and the other userID, with a record.
    FriendApplication,
    /// How far applications are read; its key is empty.
    ApplicationsRead,
    /// A friend group, by number, with its name as the record.
    FriendGroup,
}

/// A change for a user.
#[derive(Debug)]
pub enum Changed {
    /// A conversation was marked.
    Conversation {
        /// The conversation.
        key: ConversationKey,
        /// It was removed for the user.
        is_gone: bool,
    },
    /// Another item changed.
    Other {
        /// The kind of the item.
        kind: ChangeKind,
        /// The key of the item within its kind.
        key: String,
        /// It was removed for the user.
        is_gone: bool,
    },
}

/// The two versions that decide whether a conversation is marked again for a user.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    /// The watermark: the largest version that any device of the user was given.
    pub watermark: u64,
    /// The version of the conversation's mark; 0 before the first.
    pub mark: u64,
}

/// A large group for which a user is to be marked.
#[derive(Debug, Clone, Copy)]
pub struct Behind {
    /// Its conversation.
    pub of: ConversationKey,
    /// Its head plus mutation head.
    pub up_to: u64,
}

/// Versions and marks of users.
pub trait MarkRows {
    /// The user's newest version.
    fn version(&mut self, user: UserKey) -> DomainResult<u64>;

    /// The same; one more if there is a large group whose mark is not above the watermark, and more happened in it than that is for.
    fn newest_version(&mut self, user: UserKey) -> DomainResult<u64>;

    /// Large groups of a user in which more happened than the user is marked for, at most so many.
    fn behind(&mut self, user: UserKey, max: u32) -> DomainResult<Vec<Behind>>;

    /// Stores up to which head plus mutation head a user is marked in a large group.
    fn set_up_to(&mut self, user: UserKey, of: ConversationKey, up_to: u64) -> DomainResult<()>;

    /// Returns the next version of the user.
    fn next_version(&mut self, user: UserKey) -> DomainResult<u64>;

    /// The watermark of a user.
    fn watermark(&mut self, user: UserKey) -> DomainResult<u64>;

    /// Whether any conversation has outstanding marks.
    fn has_unmarked(&mut self) -> DomainResult<bool>;

    /// Raises the watermark to this version; does nothing if it is higher already.
    fn set_watermark(&mut self, user: UserKey, version: u64) -> DomainResult<()>;

    /// The watermark of a user, and the version of a conversation's mark.
    fn marks(&mut self, user: UserKey, of: ConversationKey) -> DomainResult<Marks>;

    /// The participants of a conversation whose mark of it is not above their watermark. Reads all members of a group: not
    /// for the path of a send.
    fn unmarked_participants(&mut self, of: ConversationKey) -> DomainResult<Vec<UserKey>>;

    /// Sets the version of a conversation's mark.
    fn set_mark(&mut self, user: UserKey, of: ConversationKey, version: u64) -> DomainResult<()>;

    /// Stores up to which head plus mutation head a conversation is marked for its users.
    fn set_marked(&mut self, of: ConversationKey, up_to: u64) -> DomainResult<()>;

    /// Stores a change at this version; it replaces the one of the same kind and key.
    fn put_change(
        &mut self,
        user: UserKey,
        kind: ChangeKind,
        key: &str,
        version: u64,
        is_gone: bool,
    ) -> DomainResult<()>;

    /// Whether the user has an item of this kind and key.
    fn has(&mut self, user: UserKey, kind: ChangeKind, key: &str) -> DomainResult<bool>;

    /// How many items of this kind the user has.
    fn count(&mut self, user: UserKey, kind: ChangeKind) -> DomainResult<u64>;

    /// The changes of a user with versions above `after` and below `before`, newest first, at most `max`.
    fn changed(
        &mut self,
        user: UserKey,
        after: u64,
        before: u64,
        max: u32,
    ) -> DomainResult<Vec<(u64, Changed)>>;
}
