//! The interface of a database to the domain: rows within one transaction, one file per family of tables.
//!
//! A store implements these traits for its transaction and runs [`super::apply`] or [`super::answer`] on it. No trait
//! here contains rules. Calls block and are dispatched statically.
//!
//! # Guarantees of a transaction
//!
//! 1. *Snapshot.* A transaction reads the rows as of one moment, and its own changes.
//! 2. *Lock.* In a transaction that changes rows, reading a conversation's row locks it until the end: other
//!    transactions that read it in order to change something wait. This makes sequences dense.
//! 3. *Changes without results.* A method that changes rows returns nothing, except a result that only the database
//!    knows (the key of a new row, whether a row existed). So an implementation over a network may send several changes
//!    at once, and report a failure with a later call or with the commit.
//! 4. *Undo by the caller.* A request that ends with [`super::DomainError::Refused`] must leave no changes; the caller that
//!    runs the transaction undoes them. Only a send needs no undoing: it checks everything first.

mod chores;
mod conversations;
mod group_attributes;
mod groups;
mod logins;
mod marks;
mod media;
mod mentions;
mod messages;
mod mutations;
mod pins;
mod reactions;
mod receipts;
mod records;
mod removals;
mod search;
mod sends;
mod users;

pub use chores::{Chore, ChorePlace, ChoreRows, Dismissal};
pub use conversations::{Conversation, ConversationRows, ConversationView, Parties, UserConversation};
pub use group_attributes::{Attribute, AttributeRows, AttributesState};
pub use groups::{
    Application, GroupRow, GroupRows, GroupSummary, ListedMember, Member, NewGroupRow, Standing,
};
pub use logins::{LoginEnd, LoginRows};
pub use marks::{Behind, ChangeKind, Changed, MarkRows, Marks};
pub use media::MediaRows;
pub use mentions::{MentionRow, MentionRows};
pub use messages::{Counts, MessageRow, MessageRows};
pub use mutations::{MutationKind, MutationRow, MutationRows, NewMutation};
pub use pins::PinRows;
pub use reactions::ReactionRows;
pub use receipts::{Asking, ReceiptRows};
pub use records::{Record, RecordRows};
pub use removals::RemovalRows;
pub use search::{Hit, SearchRows};
pub use sends::{SendRows, SendToGroup, SendToUser};
pub use users::{Acquaintance, SenderProfile, UserRows};

use super::DomainResult;

/// All rows of a transaction.
pub trait Rows:
    UserRows
    + LoginRows
    + ConversationRows
    + MessageRows
    + MutationRows
    + ReactionRows
    + ReceiptRows
    + PinRows
    + RemovalRows
    + SearchRows
    + MentionRows
    + SendRows
    + GroupRows
    + AttributeRows
    + MarkRows
    + RecordRows
    + ChoreRows
    + MediaRows
{
    /// The epoch of the data; see [`tim_protocol::conversation::Cursor::epoch`].
    fn epoch(&self) -> u32;

    /// Changes a row without meaning, to test that the database is writable.
    fn probe(&mut self) -> DomainResult<()>;
}
