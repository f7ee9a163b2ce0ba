//! Dropped sessions that can still be resumed, each with its place on the bus, so that nothing is missed meanwhile.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tim_protocol::limits;
use uuid::Uuid;

use crate::bus::Subscription;
use crate::core::session::Parked;

/// Most sessions that are kept. Beyond it nothing is lost but the speed of a resume.
const MOST: usize = 20_000;

/// A dropped session and where its deliveries go on arriving.
pub(super) struct Dropped {
    pub(super) parked: Box<Parked>,
    pub(super) subscription: Subscription,
}

/// All dropped sessions.
#[derive(Default)]
pub(super) struct ParkedSessions {
    sessions: Mutex<HashMap<Uuid, (Instant, Dropped)>>,
}

impl ParkedSessions {
    /// Keeps a session for [`limits::RESUME_WITHIN_MS`].
    pub(super) fn park(&self, id: Uuid, dropped: Dropped) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.len() < MOST {
            sessions.insert(id, (Instant::now(), dropped));
        }
    }

    /// Takes a session to go on with.
    pub(super) fn take(&self, id: Uuid) -> Option<Dropped> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, dropped) = sessions.remove(&id)?;
        (since.elapsed() < life()).then_some(dropped)
    }

    /// Forgets sessions whose time is over.
    pub(super) fn sweep(&self) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, (since, _)| since.elapsed() < life());
    }
}

fn life() -> Duration {
    Duration::from_millis(limits::RESUME_WITHIN_MS.unsigned_abs())
}
