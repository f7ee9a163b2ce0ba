//! `tim-server user`: accounts are made before their first login, and listed.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand};
use tim_protocol::UserId;
use tim_protocol::profile::ProfileFields;

use super::data_args::DataArgs;
use super::database::{commit, keys_of, no_application};
use super::operator::ask_server;
use super::terminal::{AnyResult, print_answer};
use crate::core::ops::{Account, PutUser, Query, QueryResult, Write};
use crate::data::DataError;
use crate::store::sqlite::Database;

/// How many users of a list are read at once.
const AT_ONCE: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Make a user before the first login, so that others can write to them, or set the nick or avatar of one. What is not named
    /// stays as it is, and a repetition changes nothing.
    Put(Put),
    /// List the users of an application: ID, nick and avatar, separated by tabs, one user a line.
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct Put {
    #[command(flatten)]
    data_args: DataArgs,
    /// The application's SDKAppID.
    #[arg(long)]
    app: u32,
    /// The user.
    #[arg(long)]
    user: String,
    /// The nick; empty to remove it.
    #[arg(long)]
    nick: Option<String>,
    /// The address of a picture; empty to remove it.
    #[arg(long)]
    avatar: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    data_args: DataArgs,
    /// The application's SDKAppID.
    #[arg(long)]
    app: u32,
}

impl User {
    pub(super) fn run(self) -> AnyResult {
        match self {
            Self::Put(put) => put.run(),
            Self::List(list) => list.run(),
        }
    }
}

impl Put {
    fn run(self) -> AnyResult {
        let data = self.data_args.existing()?;
        let Self { app, user, nick, avatar, .. } = self;
        let user = UserId::new(&user)?;
        match data.lock() {
            Ok(_lock) => {
                let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
                let put =
                    PutUser::checked(app, user, ProfileFields { nick, avatar, ..Default::default() }, now)?;
                commit(&mut Database::open(&data.database())?, Write::PutUser(Box::new(put)))
            }
            // Devices of the user that are connected learn it.
            Err(DataError::InUse(_)) => {
                let mut query = form_urlencoded::Serializer::new(String::new());
                query.append_pair("app", &app.to_string()).append_pair("user", user.as_str());
                for (name, value) in [("nick", nick), ("avatar", avatar)] {
                    value.map(|value| query.append_pair(name, &value));
                }
                ask_server(&data, &format!("/user?{}", query.finish())).map(drop)
            }
            Err(why) => Err(why.into()),
        }
    }
}

impl List {
    fn run(self) -> AnyResult {
        let database = Database::open(&self.data_args.existing()?.database())?;
        if keys_of(&database, self.app)?.is_empty() {
            return Err(no_application(self.app));
        }
        let mut after = String::new();
        loop {
            let users = database.query(&Query::Users { app: self.app, after, max: AT_ONCE })?;
            let QueryResult::Users(users) = users else {
                return Err("the database answered something else".into());
            };
            print_answer(&users.iter().map(line).collect::<String>())?;
            match users.last() {
                Some(last) => after = last.user.to_string(),
                None => return Ok(()),
            }
        }
    }
}

/// A line of its own for each user, whatever the nick is.
fn line(account: &Account) -> String {
    let shown = |text: &Option<String>| text.as_deref().unwrap_or_default().replace(char::is_control, " ");
    format!("{}\t{}\t{}\n", account.user, shown(&account.nick), shown(&account.avatar))
}
