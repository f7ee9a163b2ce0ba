//! Every request a client can make, with its reply: the protocol's verbs.
//!
//! A verb is declared once, in the file of its domain: its parameters and their bounds, and a line in the list at the
//! end of that file with its kind, its name and its reply. Who may call it, and what follows from it, is the server's
//! business.

#[macro_use]
mod verbs;

mod groups;
mod media;
mod messages;
mod session;
mod users;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use groups::*;
pub use media::*;
pub use messages::*;
pub use session::*;
pub use users::*;

use crate::{Code, Fault, UserId};

/// A request and the reply it asks for.
pub trait Call: Check + Into<Request> + Serialize + for<'a> Deserialize<'a> {
    /// The verb on the wire.
    const METHOD: &'static str;
    /// What a successful call answers.
    type Reply: Serialize + for<'a> Deserialize<'a> + std::fmt::Debug;

    /// The reply, if it is one to this verb.
    fn reply(reply: Reply) -> Option<Self::Reply>;

    /// A reply to this verb.
    fn answer(reply: Self::Reply) -> Reply;
}

/// Whether what a request carries is within its bounds: sizes, forms and numbers, without anybody's data at hand. The
/// server checks every request; a client checks before it asks.
pub trait Check {
    /// Checks the request of this user.
    ///
    /// # Errors
    /// [`Code::BAD_REQUEST`], with the field's name, for a number out of its range; the code of whatever else is over
    /// its bound.
    fn check(&self, asker: &UserId) -> Result<(), Fault> {
        let _ = asker;
        Ok(())
    }
}

/// What a request does, and so who decides on it and whether it may be made twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It concerns the session itself.
    Session,
    /// It changes nothing. It may be made twice.
    Query,
    /// It changes something. Made twice it does no harm and answers the same.
    Command,
    /// It changes something, and may not be made twice: if the connection breaks before the reply, nobody knows whether
    /// it was carried out.
    Once,
}

domains! {
    /// The session itself: hello, logout, sync.
    Session(SessionRequest -> SessionReply),
    /// Messages and how far they are read.
    Messages(MessagesRequest -> MessagesReply),
    /// Profiles and the blacklist.
    Users(UsersRequest -> UsersReply),
    /// Groups and who is in them.
    Groups(GroupsRequest -> GroupsReply),
    /// Tickets to upload and download.
    Media(MediaRequest -> MediaReply),
}
