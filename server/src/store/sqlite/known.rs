//! What a `hello` is checked with, kept in memory: the keys of applications and of users. After a restart all devices
//! come back at once, and none of these questions needs a transaction.
//!
//! A user's key never changes. An application's keys change with [`Write::PutApp`] only, and no other program writes
//! while this one has the data folder.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tim_protocol::UserId;

use crate::core::ops::{Greet, Login, Query, QueryResult, UserKey, Write, WriteReply};

/// Maximum number of users; beyond it all are forgotten, and read again as they come.
const USERS: usize = 100_000;

/// The answers to [`Query::Greet`] that are known.
#[derive(Default)]
pub(super) struct Known(Mutex<Apps>);

#[derive(Default)]
struct Apps {
    apps: HashMap<u32, App>,
    users: usize,
    /// How often everything was forgotten. What was read before the last time is outdated.
    forgotten: u64,
    epoch: u32,
}

struct App {
    keys: Vec<String>,
    users: HashMap<UserId, UserKey>,
}

/// The moment at which a query began.
#[derive(Clone, Copy)]
pub(super) struct Since(u64);

impl Known {
    fn apps(&self) -> MutexGuard<'_, Apps> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer, if it is known.
    pub(super) fn answer(&self, query: &Query) -> Option<QueryResult> {
        let Query::Greet { app, user } = query else { return None };
        let apps = self.apps();
        let app = apps.apps.get(app)?;
        let user = Some(*app.users.get(user)?);
        Some(QueryResult::Greet(Greet { keys: app.keys.clone(), user, epoch: apps.epoch }))
    }

    /// To be called before a query is answered from the database.
    pub(super) fn since(&self) -> Since {
        Since(self.apps().forgotten)
    }

    /// Keeps what was found in the database.
    pub(super) fn found(&self, since: Since, query: &Query, found: &QueryResult) {
        let (Query::Greet { app, user }, QueryResult::Greet(greet)) = (query, found) else { return };
        let mut apps = self.apps();
        if apps.forgotten != since.0 || greet.keys.is_empty() {
            return;
        }
        apps.epoch = greet.epoch;
        let keys = || App { keys: greet.keys.clone(), users: HashMap::new() };
        apps.apps.entry(*app).or_insert_with(keys);
        if let Some(key) = greet.user {
            apps.keep(*app, user, key);
        }
    }

    /// Forgets everything, and what is being read.
    pub(super) fn forget(&self) {
        let mut apps = self.apps();
        let forgotten = apps.forgotten + 1;
        *apps = Apps { forgotten, ..Apps::default() };
    }

    /// Learns from a committed write, before its requester is answered.
    pub(super) fn committed(&self, write: &Write, answer: &WriteReply) {
        match (write, answer) {
            (Write::PutApp { .. }, _) => self.forget(),
            (Write::Login(Login { app, user, .. }), WriteReply::LoggedIn { key, .. }) => {
                self.apps().keep(*app, user, *key);
            }
            _ => {}
        }
    }
}

impl Apps {
    fn keep(&mut self, app: u32, user: &UserId, key: UserKey) {
        if self.users >= USERS {
            self.apps.values_mut().for_each(|app| app.users.clear());
            self.users = 0;
        }
        if let Some(app) = self.apps.get_mut(&app) {
            self.users += usize::from(app.users.insert(user.clone(), key).is_none());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: u32 = 1;

    fn alice() -> UserId {
        UserId::new("alice").unwrap()
    }

    fn asks() -> Query {
        Query::Greet { app: APP, user: alice() }
    }

    fn found(key: &str, user: Option<UserKey>) -> QueryResult {
        QueryResult::Greet(Greet { keys: vec![key.to_owned()], user, epoch: 3 })
    }

    fn put() -> Write {
        Write::PutApp { app: APP, key: "new".into() }
    }

    fn keys(known: &Known) -> Option<Vec<String>> {
        let Some(QueryResult::Greet(greet)) = known.answer(&asks()) else { return None };
        assert_eq!((greet.user, greet.epoch), (Some(UserKey(7)), 3));
        Some(greet.keys)
    }

    #[test]
    fn alice_is_known_once_she_was_found_or_has_logged_in() {
        let known = Known::default();
        known.found(known.since(), &asks(), &found("old", None));
        assert_eq!(keys(&known), None, "she does not exist yet");
        let policy = crate::core::policy::LoginPolicy::Single;
        let (device, instance) = ("phone".into(), "i1".into());
        let platform = tim_protocol::call::Platform::Android;
        let login = Login { app: APP, user: alice(), device, instance, platform, policy, now: 0 };
        let watermark = tim_protocol::conversation::Cursor { epoch: 3, version: 0 };
        let answer = WriteReply::LoggedIn { key: UserKey(7), topics: Vec::new(), watermark };
        known.committed(&Write::Login(login), &answer);
        assert_eq!(keys(&known), Some(vec!["old".to_owned()]));
    }

    #[test]
    fn a_key_that_was_replaced_while_it_was_read_is_not_kept() {
        let known = Known::default();
        known.found(known.since(), &asks(), &found("old", Some(UserKey(7))));
        let since = known.since();
        known.committed(&put(), &WriteReply::Done);
        assert_eq!(keys(&known), None, "what was known is forgotten");
        known.found(since, &asks(), &found("old", Some(UserKey(7))));
        assert_eq!(keys(&known), None, "the query began before the key was put");
        known.found(known.since(), &asks(), &found("new", Some(UserKey(7))));
        assert_eq!(keys(&known), Some(vec!["new".to_owned()]));
    }

    #[test]
    fn however_many_users_come_only_so_many_are_remembered() {
        let known = Known::default();
        for number in 0..=USERS {
            let user = UserId::new(&format!("user-{number}")).unwrap();
            let query = Query::Greet { app: APP, user };
            known.found(known.since(), &query, &found("key", Some(UserKey(7))));
        }
        let apps = known.apps();
        assert_eq!((apps.users, apps.apps[&APP].users.len()), (1, 1));
    }
}
