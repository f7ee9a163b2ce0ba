//! Every request a client can make, with its reply: the protocol's verbs.
//!
//! A verb is declared here once: its parameters and their bounds in the file of its domain, and a line in the list at
//! the end with its kind, its name and its reply. Who may call it, and what follows from it, is the server's business.

mod groups;
mod media;
mod messages;
mod session;
mod users;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use groups::{
    CreateGroup, DismissGroup, GetGroup, GroupIs, HandleApplication, JoinGroup, Joined, QuitGroup,
};
pub use media::{DownloadTicket, Ticket, UploadTicket};
pub use messages::{History, HistoryPage, MutationPage, Mutations, Read, ReadUpTo, Revoke, Send, Sent};
pub use session::{Done, Hello, Logout, Platform, Resume, Sync, SyncPage, Welcome};
pub use users::{GetProfiles, ProfileIs, Profiles, UpdateBlacklist, UpdateProfile};

use crate::message::Mutation;
use crate::{Code, Fault, UserId};

/// A request and the reply it asks for.
pub trait Call: Check + Into<Request> + Serialize + for<'a> Deserialize<'a> {
    /// The verb on the wire.
    const METHOD: &'static str;
    /// What a successful call answers.
    type Reply: Serialize + for<'a> Deserialize<'a> + std::fmt::Debug;

    /// The reply, if it is one to this verb.
    fn reply(reply: Reply) -> Option<Self::Reply>;
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

macro_rules! calls {
    ($($kind:ident $variant:ident = $method:literal -> $reply:ty),* $(,)?) => {
        $(impl Call for $variant {
            const METHOD: &'static str = $method;
            type Reply = $reply;

            fn reply(reply: Reply) -> Option<$reply> {
                if let Reply::$variant(reply) = reply { Some(reply) } else { None }
            }
        })*

        /// Any request.
        #[derive(Debug, Clone)]
        pub enum Request {
            $(#[doc = concat!("`", $method, "`")] $variant($variant),)*
        }

        /// Any reply, by the request that it answers.
        #[derive(Debug, Clone)]
        pub enum Reply {
            $(#[doc = concat!("To `", $method, "`")] $variant($reply),)*
        }

        impl Request {
            /// The verb on the wire.
            #[must_use]
            pub fn method(&self) -> &'static str {
                match self { $(Self::$variant(_) => $method,)* }
            }

            /// What it does.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self { $(Self::$variant(_) => Kind::$kind,)* }
            }

            /// Reads a request's parameters.
            ///
            /// # Errors
            /// [`Code::UNSUPPORTED`] for a verb this version does not know, [`Code::BAD_REQUEST`] for parameters
            /// that do not fit it.
            pub fn read(method: &str, parameters: Option<&RawValue>) -> Result<Self, Fault> {
                let text = parameters.map_or("{}", RawValue::get);
                match method {
                    $($method => serde_json::from_str(text).map(Self::$variant).map_err(|why| Fault::bad_request(method, &why)),)*
                    _ => Err(Fault::new(Code::UNSUPPORTED)),
                }
            }

            /// The parameters as JSON text.
            ///
            /// # Errors
            /// None in practice: every parameter type can be written.
            pub fn parameters(&self) -> serde_json::Result<Box<RawValue>> {
                match self { $(Self::$variant(call) => serde_json::value::to_raw_value(call),)* }
            }

            /// Reads the reply to this request.
            ///
            /// # Errors
            /// If it is none.
            pub fn read_reply(&self, result: &RawValue) -> serde_json::Result<Reply> {
                match self { $(Self::$variant(_) => serde_json::from_str(result.get()).map(Reply::$variant),)* }
            }

            /// Every verb there is.
            pub const METHODS: &'static [&'static str] = &[$($method),*];
        }

        impl Check for Request {
            fn check(&self, asker: &UserId) -> Result<(), Fault> {
                match self { $(Self::$variant(call) => call.check(asker),)* }
            }
        }

        impl Reply {
            /// The reply as JSON text.
            ///
            /// # Errors
            /// None in practice: every reply type can be written.
            pub fn write(&self) -> serde_json::Result<Box<RawValue>> {
                match self { $(Self::$variant(reply) => serde_json::value::to_raw_value(reply),)* }
            }
        }

        $(impl From<$variant> for Request {
            fn from(call: $variant) -> Self {
                Self::$variant(call)
            }
        })*
    };
}

calls! {
    Session Hello = "hello" -> Welcome,
    Session Logout = "logout" -> Done,
    Session Sync = "sync" -> SyncPage,
    Command Send = "msg.send" -> Sent,
    Query History = "msg.history" -> HistoryPage,
    Query Mutations = "msg.mutations" -> MutationPage,
    Command Revoke = "msg.revoke" -> Mutation,
    Command Read = "conv.read" -> ReadUpTo,
    Query GetProfiles = "profile.get" -> Profiles,
    Command UpdateProfile = "profile.update" -> ProfileIs,
    Command UpdateBlacklist = "blacklist.update" -> Done,
    Once CreateGroup = "group.create" -> GroupIs,
    Command JoinGroup = "group.join" -> Joined,
    Once QuitGroup = "group.quit" -> Done,
    Once DismissGroup = "group.dismiss" -> Done,
    Query GetGroup = "group.get" -> GroupIs,
    Once HandleApplication = "group.handle" -> Done,
    Session UploadTicket = "media.upload" -> Ticket,
    Session DownloadTicket = "media.download" -> Ticket,
}
