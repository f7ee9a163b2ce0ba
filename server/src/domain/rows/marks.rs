//! Rows of the user side: versions, marks of conversations, and changes of a user's own.

use crate::core::ops::{ConversationKey, UserKey};
use crate::domain::Outcome;

/// What a change row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// The own profile; its key is empty.
    Profile,
    /// An entry of the blacklist, by the name of the listed user.
    Blacklist,
    /// Membership of a group, by the name of the group.
    Group,
}

/// Something that changed for a user.
#[derive(Debug)]
pub enum Changed {
    /// A conversation was marked.
    Conversation {
        /// Which.
        key: ConversationKey,
        /// The user does not have it any more.
        is_gone: bool,
    },
    /// Something else.
    Other {
        /// What.
        kind: ChangeKind,
        /// Which.
        key: String,
        /// The user does not have it any more.
        is_gone: bool,
    },
}

/// What decides whether a conversation has to be marked again for a user.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    /// The watermark: the largest version that any device of the user was given.
    pub watermark: u64,
    /// The version of the conversation's mark; 0 before the first.
    pub mark: u64,
}

/// Versions and marks of users.
pub trait MarkRows {
    /// The user's newest version.
    fn version(&mut self, user: UserKey) -> Outcome<u64>;

    /// Makes a version above the newest one.
    fn next_version(&mut self, user: UserKey) -> Outcome<u64>;

    /// Raises the watermark to this version; a smaller one changes nothing.
    fn set_watermark(&mut self, user: UserKey, version: u64) -> Outcome<()>;

    /// The watermark of a user, and where a conversation's mark stands.
    fn marks(&mut self, user: UserKey, of: ConversationKey) -> Outcome<Marks>;

    /// Puts a conversation's mark at this version.
    fn set_mark(&mut self, user: UserKey, of: ConversationKey, version: u64) -> Outcome<()>;

    /// Notes up to where a conversation is marked for its users: head plus mutation head.
    fn set_marked(&mut self, of: ConversationKey, up_to: u64) -> Outcome<()>;

    /// Stores a change at this version; it replaces the one of the same kind and key.
    fn put_change(
        &mut self,
        user: UserKey,
        kind: ChangeKind,
        key: &str,
        version: u64,
        is_gone: bool,
    ) -> Outcome<()>;

    /// Whether a user has what a change of this kind and key is about.
    fn has(&mut self, user: UserKey, kind: ChangeKind, key: &str) -> Outcome<bool>;

    /// How many things of this kind a user has.
    fn count(&mut self, user: UserKey, kind: ChangeKind) -> Outcome<u64>;

    /// What changed for a user with versions above `after` and below `before`, newest first, at most `most`.
    fn changed(&mut self, user: UserKey, after: u64, before: u64, most: u32) -> Outcome<Vec<(u64, Changed)>>;
}
