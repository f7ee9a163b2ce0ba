//! The server's rules: every decision that needs stored data. Overview of the folder.
//!
//! * [`requests`] asks the domain of a request: [`messages`], [`settings`], [`users`], [`friends`] and [`groups`] have the lists of their
//!   verbs, each with the function that decides it.
//! * [`rows`] is the interface that a database implements; [`rules`] is the table of permissions in groups.
//! * One file each: [`send`], [`online`], [`revoke`], [`modify`], [`reactions`], [`pins`], [`read`], [`receipts`], [`removals`], [`remove_messages`], [`history`], [`search`],
//!   [`sync`], [`membership`], [`dismissal`], [`rooms`], [`member_changes`], [`member_search`], [`group_attributes`], [`blacklist`], [`profiles`], [`accounts`], [`friend_list`], [`friend_applications`], [`friend_groups`], [`receive`], [`logins`], [`media`]. They share [`conversations`], [`group_view`], [`friend_records`],
//!   [`log`], [`media_names`], [`mutations`], [`removed`], [`unread`], [`mentions`], [`notices`], [`marks`], [`watermarks`] and [`chores`].
//!
//! Pure: a function here takes a transaction's rows and values, and answers with values. No SQL, no clock, no threads.
//! Notifications of others are only returned here ([`Notification`]); a store publishes them after the commit.

mod accounts;
mod add_members;
mod blacklist;
pub mod chores;
mod conversations;
mod delete_members;
mod dismissal;
mod friend_applications;
mod friend_groups;
mod friend_list;
mod friend_records;
mod friends;
mod group_attributes;
mod group_profile;
mod group_view;
mod groups;
mod history;
mod log;
mod logins;
pub mod marks;
mod media;
mod media_names;
mod member_changes;
mod member_search;
mod member_view;
mod members;
mod membership;
mod mentions;
mod messages;
mod modify;
mod mutations;
mod notices;
mod online;
mod outcome;
mod pins;
mod place;
mod profiles;
mod reactions;
mod read;
mod receipts;
mod receive;
mod removals;
mod remove_messages;
mod removed;
mod requests;
mod revoke;
mod roles;
mod rooms;
pub mod rows;
pub mod rules;
mod search;
mod send;
mod settings;
mod statuses;
mod sync;
mod targets;
mod unread;
mod users;
mod watermarks;

pub use outcome::{DatabaseErrorKind, DomainError, DomainResult};

use tim_protocol::call::Reply;
use tim_protocol::{Code, bounds};

#[cfg(doc)]
use crate::core::ops::Notification;
use crate::core::ops::{Answered, Committed, Query, QueryResult, Write, WriteReply};
use outcome::without_notifications;
use rows::Rows;

/// Carries out a write in a transaction. After a refusal some of its rows may be changed: see [`rows`].
///
/// # Errors
/// [`DomainError::Refused`] with the reason, or [`DomainError::Store`].
pub fn apply(rows: &mut impl Rows, write: &Write) -> DomainResult<Committed> {
    match write {
        Write::Probe => rows.probe().map(|()| without_notifications(WriteReply::Done)),
        Write::Login(login) => logins::login(rows, login),
        Write::Logout { actor, instance } => logins::logout(rows, actor, instance),
        Write::Kick { app, user } => logins::kick(rows, *app, user),
        Write::PutUser(user) => accounts::put(rows, user),
        Write::AdvanceWatermark { actor } => watermarks::advance(rows, actor),
        Write::Request(asked) => requests::request(rows, asked),
        Write::PutApp { app, key } => {
            rows.put_app(*app, key).map(|()| without_notifications(WriteReply::Done))
        }
        Write::PutMedia(media) => media::put(rows, media),
        Write::RemoveMedia(asked) => media::remove(rows, asked),
    }
}

/// Answers a query in a transaction that changes nothing.
///
/// # Errors
/// As [`apply`].
pub fn answer(rows: &mut impl Rows, query: &Query) -> DomainResult<Answered> {
    let result = match query {
        Query::Apps => QueryResult::Apps(rows.count_apps()?),
        Query::App { app } => QueryResult::App(rows.app_keys(*app)?),
        Query::Users { app, after, max } => QueryResult::Users(rows.users(*app, after, *max)?),
        Query::Greet { app, user } => QueryResult::Greet(logins::greet(rows, *app, user)?),
        Query::Devices { app, user } => QueryResult::Devices(logins::devices(rows, *app, user)?),
        Query::SessionStart { key } => QueryResult::SessionStart(logins::session_start(rows, *key)?),
        Query::Version { key } => QueryResult::Version(watermarks::newest(rows, *key)?),
        Query::Sync { actor, sync, upto } => {
            let page = sync::page(rows, actor, sync, *upto)?;
            QueryResult::Reply(Reply::Written(bounds::written(&page)))
        }
        Query::Request(asked) => {
            let Committed { answer, notifications } = requests::request(rows, asked)?;
            let result = match answer {
                WriteReply::Reply(reply) => QueryResult::Reply(reply),
                WriteReply::Room(reply, step) => QueryResult::Room(reply, step),
                WriteReply::Topic(topic) => QueryResult::Topic(topic),
                _ => return Err(Code::INTERNAL.into()),
            };
            return Ok(Answered { result, notifications });
        }
        Query::Statuses { actor, users } => QueryResult::Statuses(statuses::of(rows, actor, users)?),
        Query::StatusSeen { user, viewers } => QueryResult::StatusSeen(statuses::seen(rows, *user, viewers)?),
        Query::ProfileTold { actor } => {
            let (profile, users) = profiles::told(rows, actor)?;
            QueryResult::ProfileTold(profile, users)
        }
        Query::Media { app, id } => QueryResult::Media(rows.media(*app, *id)?),
        Query::Stored { key } => QueryResult::Stored(rows.stored_bytes(*key)?),
        Query::Unnamed { until } => QueryResult::Unnamed(rows.count_unnamed(*until)?),
    };
    Ok(result.into())
}
