//! Who is online, what they say of themselves, and who watches whom: a table in memory.
//!
//! Pure: the time is given. A session is known here by a number, which its bus gives it.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use tim_protocol::UserId;

use super::ops::UserKey;

/// The users of one bus.
pub struct Presence {
    /// How long a user whose last connection broke stays online, in milliseconds.
    grace: i64,
    online: HashMap<UserKey, Online>,
    /// When those leave who have no connection, unless one comes back.
    leaving: BTreeSet<(i64, UserKey)>,
    /// Who is watched, with the name they are told of by.
    watched: HashMap<UserKey, Watched>,
    watching: HashMap<u64, HashSet<UserKey>>,
    /// Watched users who came, went, said something else or got another watcher.
    changed: HashSet<UserKey>,
    /// Those in the order in which they changed, and others who are not watched any more.
    order: VecDeque<UserKey>,
}

/// A user who is online.
#[derive(Default)]
struct Online {
    sessions: HashSet<u64>,
    leaves: Option<i64>,
    custom_status: Arc<str>,
}

struct Watched {
    user: UserId,
    sessions: BTreeSet<u64>,
}

impl Presence {
    /// Nobody is online. Whose last connection breaks, leaves after so many milliseconds.
    #[must_use]
    pub fn new(grace: i64) -> Self {
        Self {
            grace,
            online: HashMap::new(),
            leaving: BTreeSet::new(),
            watched: HashMap::new(),
            watching: HashMap::new(),
            changed: HashSet::new(),
            order: VecDeque::new(),
        }
    }

    /// A session of a user is connected.
    pub fn connected(&mut self, user: UserKey, session: u64) {
        let is_new = !self.online.contains_key(&user);
        let online = self.online.entry(user).or_default();
        online.sessions.insert(session);
        if let Some(at) = online.leaves.take() {
            self.leaving.remove(&(at, user));
        }
        if is_new {
            self.mark(user);
        }
    }

    /// The connection of a session broke, and may come back. It watches nobody until it subscribes anew.
    pub fn broken(&mut self, user: UserKey, session: u64, now: i64) {
        self.end(user, session, Some(now.saturating_add(self.grace)));
    }

    /// A session is over. Where its connection broke before, the user stays online as long as then.
    pub fn gone(&mut self, user: UserKey, session: u64) {
        self.end(user, session, None);
    }

    fn end(&mut self, user: UserKey, session: u64, leaves: Option<i64>) {
        for watched in self.watching.remove(&session).into_iter().flatten() {
            self.forget_watcher(watched, session);
        }
        let Some(online) = self.online.get_mut(&user) else { return };
        if !online.sessions.remove(&session) {
            return;
        }
        online.leaves = leaves.max(online.leaves);
        if !online.sessions.is_empty() {
            return;
        }
        match online.leaves {
            Some(at) => _ = self.leaving.insert((at, user)),
            None => self.leave(user),
        }
    }

    fn leave(&mut self, user: UserKey) {
        self.online.remove(&user);
        self.mark(user);
    }

    /// Those leave whose time has come.
    pub fn expire(&mut self, now: i64) {
        while let Some((at, user)) = self.leaving.first().copied()
            && at <= now
        {
            self.leaving.remove(&(at, user));
            self.leave(user);
        }
    }

    /// When [`Presence::expire`] has something to do.
    #[must_use]
    pub fn due(&self) -> Option<i64> {
        self.leaving.first().map(|(at, _)| *at)
    }

    /// What a user says of themselves; nothing happens unless the user is online.
    pub fn set_custom_status(&mut self, user: UserKey, text: Arc<str>) {
        let Some(online) = self.online.get_mut(&user) else { return };
        if online.custom_status != text {
            online.custom_status = text;
            self.mark(user);
        }
    }

    /// What a user says of themselves, if they are online.
    #[must_use]
    pub fn custom_status(&self, user: UserKey) -> Option<Arc<str>> {
        self.online.get(&user).map(|online| Arc::clone(&online.custom_status))
    }

    /// A session watches a user from now on.
    pub fn watch(&mut self, session: u64, user: UserKey, name: UserId) {
        let watched =
            self.watched.entry(user).or_insert_with(|| Watched { user: name, sessions: BTreeSet::new() });
        watched.sessions.insert(session);
        self.watching.entry(session).or_default().insert(user);
        self.mark(user);
    }

    /// A session does not watch a user any more.
    pub fn unwatch(&mut self, session: u64, user: UserKey) {
        if let Some(watching) = self.watching.get_mut(&session) {
            watching.remove(&user);
            self.forget_watcher(user, session);
        }
    }

    fn forget_watcher(&mut self, user: UserKey, session: u64) {
        if let Some(watched) = self.watched.get_mut(&user) {
            watched.sessions.remove(&session);
            if watched.sessions.is_empty() {
                self.watched.remove(&user);
                self.changed.remove(&user);
            }
        }
    }

    /// Watchers of this user are to be told again.
    pub fn mark(&mut self, user: UserKey) {
        if self.watched.contains_key(&user) && self.changed.insert(user) {
            self.order.push_back(user);
        }
    }

    /// The user who changed first of those whose watchers are to be told, until there is none.
    pub fn take_changed(&mut self) -> Option<UserKey> {
        while let Some(user) = self.order.pop_front() {
            if self.changed.remove(&user) {
                return Some(user);
            }
        }
        None
    }

    /// The name of a watched user, and the sessions that watch, from this one on.
    pub fn watchers(&self, user: UserKey, from: u64) -> Option<(&UserId, impl Iterator<Item = u64>)> {
        let watched = self.watched.get(&user)?;
        Some((&watched.user, watched.sessions.range(from..).copied()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: UserKey = UserKey(1);
    const BOB: UserKey = UserKey(2);
    const PHONE: u64 = 1;
    const LAPTOP: u64 = 2;
    const BOBS: u64 = 3;
    const GRACE: i64 = 30_000;

    /// Bob watches alice, who is not online.
    fn watched() -> Presence {
        let mut presence = Presence::new(GRACE);
        presence.connected(BOB, BOBS);
        presence.watch(BOBS, ALICE, UserId::new("alice").unwrap());
        assert_eq!(presence.take_changed(), Some(ALICE), "he is told how she is");
        presence
    }

    /// Whether alice is online, after a moment, and whether that is to be told.
    fn at(presence: &mut Presence, now: i64) -> (bool, bool) {
        presence.expire(now);
        (presence.custom_status(ALICE).is_some(), presence.take_changed() == Some(ALICE))
    }

    #[test]
    fn alice_is_online_while_one_of_her_devices_is_connected() {
        let mut presence = watched();
        presence.connected(ALICE, PHONE);
        assert_eq!(at(&mut presence, 0), (true, true));
        presence.connected(ALICE, LAPTOP);
        presence.gone(ALICE, PHONE);
        assert_eq!(at(&mut presence, 1), (true, false));
        presence.gone(ALICE, LAPTOP);
        assert_eq!(at(&mut presence, 2), (false, true));
        presence.gone(ALICE, LAPTOP);
        assert_eq!(at(&mut presence, 3), (false, false), "told once");
    }

    #[test]
    fn a_short_break_is_told_to_nobody_and_a_long_one_once() {
        let mut presence = watched();
        presence.connected(ALICE, PHONE);
        assert_eq!(at(&mut presence, 0), (true, true));
        presence.broken(ALICE, PHONE, 0);
        assert_eq!(at(&mut presence, GRACE - 1), (true, false));
        presence.connected(ALICE, PHONE);
        assert_eq!((at(&mut presence, 2 * GRACE), presence.due()), ((true, false), None));
        presence.broken(ALICE, PHONE, 2 * GRACE);
        assert_eq!(presence.due(), Some(3 * GRACE));
        // What was kept to be resumed is given up.
        presence.gone(ALICE, PHONE);
        assert_eq!(at(&mut presence, 3 * GRACE - 1), (true, false));
        assert_eq!(at(&mut presence, 3 * GRACE), (false, true));
        assert_eq!(presence.due(), None);
    }

    #[test]
    fn a_logout_is_told_at_once_unless_another_device_broke_off_just_now() {
        let mut presence = watched();
        presence.connected(ALICE, PHONE);
        presence.broken(ALICE, PHONE, 0);
        presence.connected(ALICE, PHONE);
        presence.gone(ALICE, PHONE);
        assert_eq!(at(&mut presence, 1), (false, true), "the break before is over");
        presence.connected(ALICE, LAPTOP);
        presence.connected(ALICE, PHONE);
        assert_eq!(at(&mut presence, 2), (true, true));
        presence.broken(ALICE, PHONE, 10);
        presence.gone(ALICE, LAPTOP);
        assert_eq!(at(&mut presence, GRACE), (true, false));
        assert_eq!(at(&mut presence, GRACE + 10), (false, true));
    }

    #[test]
    fn what_alice_says_of_herself_is_forgotten_when_she_leaves() {
        let mut presence = watched();
        presence.set_custom_status(ALICE, "tea".into());
        assert_eq!(at(&mut presence, 0), (false, false), "she is not online");
        presence.connected(ALICE, PHONE);
        presence.set_custom_status(ALICE, "tea".into());
        assert_eq!(at(&mut presence, 0), (true, true));
        presence.set_custom_status(ALICE, "tea".into());
        assert_eq!(at(&mut presence, 0), (true, false), "she says the same");
        presence.broken(ALICE, PHONE, 0);
        presence.connected(ALICE, LAPTOP);
        assert_eq!(presence.custom_status(ALICE).as_deref(), Some("tea"));
        presence.gone(ALICE, LAPTOP);
        presence.connected(ALICE, LAPTOP);
        assert_eq!(presence.custom_status(ALICE).as_deref(), Some(""));
    }

    #[test]
    fn nothing_is_kept_of_who_watched_and_left() {
        let mut presence = watched();
        presence.connected(ALICE, PHONE);
        presence.unwatch(BOBS, ALICE);
        assert_eq!(presence.take_changed(), None);
        presence.watch(BOBS, ALICE, UserId::new("alice").unwrap());
        presence.broken(BOB, BOBS, 0);
        assert!(presence.watchers(ALICE, 0).is_none() && presence.watching.is_empty());
        presence.gone(ALICE, PHONE);
        presence.expire(GRACE);
        assert!(presence.online.is_empty() && presence.changed.is_empty() && presence.leaving.is_empty());
    }
}
