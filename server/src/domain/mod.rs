//! Who may do what, and what follows from it: every decision of the server that needs stored data. The map of the folder.
//!
//! * [`requests`] asks the domain of a request: [`messages`], [`users`] and [`groups`] have the lists of their verbs, each with
//!   the function that decides it.
//! * [`rows`] is what a database has to offer; [`rules`] the table of what members of a group may do.
//! * One file each: [`send`], [`revoke`], [`read`], [`history`], [`sync`], [`membership`], [`blacklist`],
//!   [`profiles`], [`logins`], [`media`]. They share [`conversations`], [`group_view`], [`log`], [`unread`],
//!   [`notices`] and [`marks`].
//!
//! Pure: a function here takes a transaction's rows and values, and answers with values. No SQL, no clock, no threads. What is
//! told to others is only named here ([`Tell`]); a store publishes it after the commit.

mod blacklist;
mod conversations;
mod group_view;
mod groups;
mod history;
mod log;
mod logins;
pub mod marks;
mod media;
mod membership;
mod messages;
mod notices;
mod outcome;
mod profiles;
mod read;
mod requests;
mod revoke;
pub mod rows;
pub mod rules;
mod send;
mod sync;
mod unread;
mod users;

pub use outcome::{Failure, Outcome, Trouble};

use tim_protocol::Code;
use tim_protocol::call::{Call as _, Sync};

#[cfg(doc)]
use crate::core::ops::Tell;
use crate::core::ops::{Answer, Find, Found, Write, Written};
use outcome::quiet;
use rows::Rows;

/// Makes a change in a transaction. A refusal may leave some of its rows changed: see [`rows`].
///
/// # Errors
/// [`Failure::Refused`] with what the change earned, or [`Failure::Store`].
pub fn apply(rows: &mut impl Rows, write: &Write) -> Outcome<Written> {
    match write {
        Write::Probe => rows.probe().map(|()| quiet(Answer::Done)),
        Write::Login(login) => logins::login(rows, login),
        Write::Logout { actor, instance } => logins::logout(rows, actor, instance),
        Write::Kick { app, user } => logins::kick(rows, *app, user),
        Write::Give { actor } => marks::give(rows, actor),
        Write::Request(asked) => requests::request(rows, asked),
        Write::PutApp { app, key } => rows.put_app(*app, key).map(|()| quiet(Answer::Done)),
        Write::PutMedia(media) => media::put(rows, media),
    }
}

/// Answers a question in a transaction that changes nothing.
///
/// # Errors
/// As [`apply`].
pub fn answer(rows: &mut impl Rows, find: &Find) -> Outcome<Found> {
    match find {
        Find::Apps => rows.count_apps().map(Found::Apps),
        Find::App { app } => rows.app_keys(*app).map(Found::App),
        Find::Devices { app, user } => logins::devices(rows, *app, user).map(Found::Devices),
        Find::Topics { key } => rows.groups_of(*key).map(Found::Topics),
        Find::Version { key } => marks::newest(rows, *key).map(Found::Version),
        Find::Sync { actor, sync, upto } => {
            sync::page(rows, actor, sync, *upto).map(Sync::answer).map(Found::Reply)
        }
        Find::Request(asked) => match requests::request(rows, asked)?.answer {
            Answer::Reply(reply) => Ok(Found::Reply(reply)),
            _ => Err(Code::INTERNAL.into()),
        },
        Find::Media { app, id } => rows.media(*app, *id).map(Found::Media),
    }
}
