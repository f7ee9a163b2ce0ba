//! Who is online in this process, and the sessions that are told.

use std::collections::{BTreeSet, HashMap};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tim_protocol::UserId;
use tim_protocol::status::{StatusType, UserStatus};
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use super::{Delivery, InboxSender, Watched};
use crate::core::ops::{StatusSeen, StoredStatus, UserKey};
use crate::core::presence::Presence;

/// Sessions that are told between two pauses.
const AT_ONCE: usize = 64;

/// The users who are connected to this process.
pub(super) struct Statuses {
    began: Instant,
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    presence: Presence,
    /// The sessions that are connected.
    sessions: HashMap<u64, Session>,
}

/// A connected session.
pub(super) struct Session {
    pub(super) user: UserKey,
    pub(super) name: UserId,
    pub(super) inbox: Arc<InboxSender>,
}

impl Session {
    fn is_told(&self, status: UserStatus) {
        self.inbox.send(Delivery::Statuses(vec![status]));
    }

    fn is_told_of_itself(&self, custom_status: &str) {
        let (user_id, custom_status) = (self.name.clone(), custom_status.to_owned());
        self.is_told(UserStatus { user_id, status_type: StatusType::Online, custom_status });
    }
}

impl Statuses {
    /// Nobody is connected. Whose last connection breaks stays online so long.
    pub(super) fn new(grace: Duration) -> Self {
        let grace = i64::try_from(grace.as_millis()).unwrap_or(i64::MAX);
        let state = State { presence: Presence::new(grace), sessions: HashMap::new() };
        Self { began: Instant::now(), state: Mutex::new(state), changed: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// Changes who is online or watched, and wakes who waits for that.
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_one();
    }

    pub(super) fn connected(&self, number: u64, session: Session) {
        self.change(|state| {
            state.presence.connected(session.user, number);
            let custom_status = state.presence.custom_status(session.user).unwrap_or_default();
            if !custom_status.is_empty() {
                session.is_told_of_itself(&custom_status);
            }
            state.sessions.insert(number, session);
        });
    }

    pub(super) fn broken(&self, number: u64, user: UserKey) {
        let now = self.now();
        self.change(|state| {
            if let Some(session) = state.sessions.remove(&number) {
                session.inbox.drop_statuses();
            }
            state.presence.broken(user, number, now);
        });
    }

    pub(super) fn gone(&self, number: u64, user: UserKey) {
        self.change(|state| {
            state.sessions.remove(&number);
            state.presence.gone(user, number);
        });
    }

    /// Says something of a user, also to these sessions of the user's; under the lock, so that all hear it in one order.
    pub(super) fn set_custom_status(&self, user: UserKey, text: &Arc<str>, others: &[u64]) {
        self.change(|state| {
            state.presence.set_custom_status(user, Arc::clone(text));
            let others = others.iter().filter_map(|number| state.sessions.get(number));
            others.for_each(|other| other.is_told_of_itself(text));
        });
    }

    pub(super) fn watch(&self, number: u64, users: Vec<(UserKey, UserId)>) {
        self.change(|state| {
            if state.sessions.contains_key(&number) {
                users.into_iter().for_each(|(user, name)| state.presence.watch(number, user, name));
            }
        });
    }

    pub(super) fn unwatch(&self, number: u64, users: &[UserKey]) {
        let mut state = self.state();
        users.iter().for_each(|user| state.presence.unwatch(number, *user));
    }

    pub(super) fn see_anew(&self, users: &[UserKey]) {
        self.change(|state| users.iter().for_each(|user| state.presence.mark(*user)));
    }

    pub(super) fn online(&self, users: &[UserKey]) -> Vec<Option<Arc<str>>> {
        let mut state = self.state();
        state.presence.expire(self.now());
        users.iter().map(|user| state.presence.custom_status(*user)).collect()
    }

    pub(super) async fn next_changed(&self) -> Watched {
        loop {
            let mut notified = pin!(self.changed.notified());
            notified.as_mut().enable();
            let due = match self.take_changed() {
                Ok(watched) => return watched,
                Err(due) => due,
            };
            let due = async {
                match due {
                    Some(due) => sleep_until(self.began + Duration::from_millis(due.unsigned_abs())).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = notified => {}
                () = due => {}
            }
        }
    }

    /// A user whose status is to be told, or when the next one may leave.
    fn take_changed(&self) -> Result<Watched, Option<i64>> {
        let mut state = self.state();
        state.presence.expire(self.now());
        let user = state.presence.take_changed().ok_or_else(|| state.presence.due())?;
        let State { presence, sessions } = &*state;
        let numbers = presence.watchers(user, 0).into_iter().flat_map(|(_, numbers)| numbers);
        let names = numbers.filter_map(|number| sessions.get(&number)).map(|it| it.name.clone());
        Ok(Watched { user, viewers: names.collect::<BTreeSet<_>>().into_iter().collect() })
    }

    pub(super) async fn tell(&self, watched: &Watched, seen: StatusSeen) {
        let mut next = self.tell_from(0, watched, &seen);
        while let Some(number) = next {
            yield_now().await;
            next = self.tell_from(number, watched, &seen);
        }
    }

    /// Tells the sessions from this number on, as many as go at once. Returns the number of the next session. If the user
    /// comes or goes in between, all are told again.
    fn tell_from(&self, from: u64, Watched { user, viewers }: &Watched, seen: &StatusSeen) -> Option<u64> {
        let state = self.state();
        let online = state.presence.custom_status(*user);
        let (name, mut numbers) = state.presence.watchers(*user, from)?;
        for session in numbers.by_ref().take(AT_ONCE).filter_map(|number| state.sessions.get(&number)) {
            if viewers.binary_search(&session.name).is_err() {
                continue;
            }
            let is_hidden = seen.hidden_from.contains(&session.name);
            let stored = StoredStatus { key: *user, is_logged_in: seen.is_logged_in, is_hidden };
            session.is_told(stored.seen(name.clone(), online.as_deref()));
        }
        numbers.next()
    }
}
