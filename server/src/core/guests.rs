//! Guests: people without a UserSig, who enter live rooms and listen. Which applications let them in, and how many are there.
//!
//! Nothing of a guest is stored. Memory is bounded: a guest counts from the `hello` to the end of the session, and only so many are
//! let in.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tim_protocol::conversation::Cursor;
use tim_protocol::{Code, Fault};

use super::shares::Network;

/// When a guest who finds no place may try again, in milliseconds.
const AGAIN_MS: u32 = 10_000;

/// Who lets guests in, and how many.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// The applications.
    pub apps: Vec<u32>,
    /// Most guests of one application.
    pub per_app: usize,
    /// Most guests from one address.
    pub per_address: usize,
}

/// The guests of a server. By default nobody lets them in.
#[derive(Debug, Default)]
pub struct Guests {
    limits: Limits,
    here: Mutex<Here>,
}

/// How many are there.
#[derive(Debug, Default)]
struct Here {
    of_apps: HashMap<u32, usize>,
    of_networks: HashMap<Network, usize>,
}

/// A guest who is there; dropping it leaves the place to another.
#[derive(Debug)]
pub struct Guest {
    epoch: u32,
    guests: Arc<Guests>,
    app: u32,
    network: Network,
}

impl Guests {
    /// Nobody is there yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, here: Mutex::default() }
    }

    /// Whether an application lets guests in.
    #[must_use]
    pub fn may_come(&self, app: u32) -> bool {
        self.limits.apps.contains(&app)
    }

    /// Lets a guest in, to data of this epoch.
    ///
    /// # Errors
    /// [`Code::GUESTS_FULL`] if there are too many already.
    pub fn enter(self: &Arc<Self>, app: u32, network: Network, epoch: u32) -> Result<Guest, Fault> {
        let mut here = self.here();
        let of_app = here.of_apps.get(&app).copied().unwrap_or_default();
        let of_network = here.of_networks.get(&network).copied().unwrap_or_default();
        if of_app >= self.limits.per_app || of_network >= self.limits.per_address {
            return Err(Fault::new(Code::GUESTS_FULL).retry_after(AGAIN_MS));
        }
        here.of_apps.insert(app, of_app + 1);
        here.of_networks.insert(network, of_network + 1);
        Ok(Guest { epoch, guests: Arc::clone(self), app, network })
    }

    /// How many guests are there.
    #[must_use]
    pub fn count(&self) -> usize {
        self.here().of_apps.values().sum()
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        // Each change is one step, so that a panic leaves nothing half done.
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guest {
    /// Where every sync of a guest ends: nothing of theirs changes.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch, version: 0 }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut here = self.guests.here();
        leave(here.of_apps.entry(self.app));
        leave(here.of_networks.entry(self.network));
    }
}

/// One less is there; what nobody is at is forgotten.
fn leave<K: Hash + Eq>(entry: Entry<'_, K, usize>) {
    if let Entry::Occupied(mut count) = entry {
        *count.get_mut() = count.get().saturating_sub(1);
        if *count.get() == 0 {
            count.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Network = Network::V4([192, 0, 2, 1]);
    const THERE: Network = Network::V4([192, 0, 2, 2]);

    #[test]
    fn so_many_guests_of_an_application_and_of_an_address_are_let_in_and_who_goes_makes_room() {
        let guests = Arc::new(Guests::new(Limits { apps: vec![1, 2], per_app: 3, per_address: 2 }));
        assert!(guests.may_come(2) && !guests.may_come(3));
        let first = guests.enter(1, HERE, 5).unwrap();
        let _second = guests.enter(2, HERE, 5).unwrap();
        let full = guests.enter(1, HERE, 5).unwrap_err();
        assert_eq!((full.code, full.retry_after), (Code::GUESTS_FULL, Some(AGAIN_MS)), "of the address");
        let _third = guests.enter(1, THERE, 5).unwrap();
        let _fourth = guests.enter(1, THERE, 5).unwrap();
        let elsewhere = Network::V4([192, 0, 2, 3]);
        assert_eq!(guests.enter(1, elsewhere, 5).unwrap_err().code, Code::GUESTS_FULL, "of the application");
        assert_eq!(guests.count(), 4);
        drop(first);
        drop(guests.enter(1, HERE, 5).unwrap());
        assert_eq!(guests.count(), 3);
        assert!(!Guests::default().may_come(1), "nobody lets guests in by default");
    }

    #[test]
    fn nothing_is_remembered_of_guests_who_went() {
        let guests = Arc::new(Guests::new(Limits { apps: vec![1], per_app: 9, per_address: 9 }));
        let here = [(); 9].map(|()| guests.enter(1, HERE, 5).unwrap());
        drop(here);
        let left = guests.here();
        assert!(left.of_apps.is_empty() && left.of_networks.is_empty());
    }
}
