//! Parked sessions, which can be resumed. Each keeps its subscription, so that nothing is missed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tim_protocol::limits;
use uuid::Uuid;

use crate::bus::Subscription;
use crate::core::ops::UserKey;
use crate::core::session::Parked;

/// Maximum number of parked sessions. Further sessions cannot be resumed and sync instead.
const MAX_PARKED: usize = 20_000;
/// Maximum per user; the oldest is dropped.
const MAX_PER_USER: usize = 8;

/// A parked session with its subscription.
pub(super) struct Dropped {
    pub(super) parked: Box<Parked>,
    pub(super) subscription: Subscription,
}

/// All dropped sessions.
#[derive(Default)]
pub(super) struct ParkedSessions {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    sessions: HashMap<Uuid, (Instant, Dropped)>,
    /// Oldest first.
    by_user: HashMap<UserKey, VecDeque<Uuid>>,
}

impl ParkedSessions {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a session for [`limits::RESUME_WITHIN_MS`].
    pub(super) fn park(&self, dropped: Dropped) {
        // What is not kept leaves the bus, which takes time: not under the lock.
        let mut gone = Vec::new();
        let mut kept = self.kept();
        let (id, user) = (dropped.parked.id(), dropped.parked.user());
        let own = kept.by_user.get(&user);
        if let Some(oldest) = own.filter(|own| own.len() >= MAX_PER_USER).and_then(VecDeque::front).copied() {
            gone.extend(kept.remove(oldest).map(|(_, dropped)| dropped));
        }
        if kept.sessions.len() < MAX_PARKED {
            kept.by_user.entry(user).or_default().push_back(id);
            kept.sessions.insert(id, (Instant::now(), dropped));
        } else {
            gone.push(dropped);
        }
        drop(kept);
        drop(gone);
    }

    /// Takes a session to be resumed.
    pub(super) fn take(&self, id: Uuid) -> Option<Dropped> {
        let (since, dropped) = self.kept().remove(id)?;
        (since.elapsed() < resume_window()).then_some(dropped)
    }

    /// Drops expired sessions.
    pub(super) fn sweep(&self) {
        let mut kept = self.kept();
        let now = Instant::now();
        let is_over =
            |(_, (since, _)): &(&Uuid, &(Instant, Dropped))| now.duration_since(*since) >= resume_window();
        let over: Vec<Uuid> = kept.sessions.iter().filter(is_over).map(|(id, _)| *id).collect();
        let expired: Vec<_> = over.into_iter().filter_map(|id| kept.remove(id)).collect();
        drop(kept);
        drop(expired);
    }
}

impl Kept {
    fn remove(&mut self, id: Uuid) -> Option<(Instant, Dropped)> {
        let removed = self.sessions.remove(&id)?;
        let user = removed.1.parked.user();
        if let Some(own) = self.by_user.get_mut(&user) {
            own.retain(|other| *other != id);
            if own.is_empty() {
                self.by_user.remove(&user);
            }
        }
        Some(removed)
    }
}

fn resume_window() -> Duration {
    Duration::from_millis(limits::RESUME_WITHIN_MS.unsigned_abs())
}
