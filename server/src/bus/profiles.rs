//! Whose profile changed and is not told yet: each user once, however often it changed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::core::ops::{Actor, UserKey};

/// The users.
#[derive(Default)]
pub(super) struct Profiles {
    changed: Mutex<HashMap<UserKey, Actor>>,
    wake: Notify,
}

impl Profiles {
    pub(super) fn add(&self, user: &Actor) {
        // A panic cannot leave the map inconsistent, because each change is one step.
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.insert(user.key, user.clone());
        self.wake.notify_one();
    }

    /// Waits until there are some.
    pub(super) async fn take(&self) -> Vec<Actor> {
        loop {
            let changed = std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner));
            if !changed.is_empty() {
                return changed.into_values().collect();
            }
            self.wake.notified().await;
        }
    }
}
