//! What the domain asks of a database: rows, one family of tables a file, within one transaction.
//!
//! A store implements these traits for its transaction and runs [`super::apply`] or [`super::answer`] on it. No trait here
//! knows who may do what. Calls are blocking and are dispatched statically.
//!
//! # What a transaction keeps
//!
//! 1. *One moment.* Rows are seen as of one moment, with the transaction's own changes.
//! 2. *Held.* In a transaction that changes rows, a conversation's row that was read stays as it was read until the end:
//!    other transactions that read it in order to change something wait. This is what makes sequences dense.
//! 3. *Silent changes.* A method that changes rows answers nothing, except where the database makes up the answer (the number
//!    of a new row, whether a row was there). So an implementation on the other end of a network may send several changes at
//!    once, and report what failed with a later call or with the commit.
//! 4. *Undone apart.* A request that ends with [`super::Failure::Refused`] leaves nothing; who runs the transaction undoes what
//!    it changed so far. Only a send needs no such undoing: it checks everything first.

mod conversations;
mod groups;
mod logins;
mod marks;
mod media;
mod messages;
mod users;

pub use conversations::{Conversation, ConversationRows, Parties, UserConversation};
pub use groups::{GroupBrief, GroupRow, GroupRows, Member, NewGroupRow, Standing};
pub use logins::{LoginEnd, LoginRows};
pub use marks::{ChangeKind, Changed, MarkRows, Marks};
pub use media::MediaRows;
pub use messages::{MessageRow, MessageRows, MutationRow, RevocationRow};
pub use users::{Face, UserRows};

use super::Outcome;

/// All rows of a transaction.
pub trait Rows:
    UserRows + LoginRows + ConversationRows + MessageRows + GroupRows + MarkRows + MediaRows
{
    /// The life of the data; see [`tim_protocol::conversation::Cursor::epoch`].
    fn epoch(&self) -> u32;

    /// Changes a row that means nothing.
    fn probe(&mut self) -> Outcome<()>;
}
