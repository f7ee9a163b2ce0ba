//! The one instance per application: TIM's rule that `create` gives the same instance until it is destroyed.
//!
//! Nothing that takes time is done under the lock.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use once_cell::sync::{Lazy, OnceCell};

use super::Tim;
use crate::error::TimError;

/// The key of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) sdk_app_id: u32,
    pub(super) instance: String,
}

#[derive(Default)]
struct Instances {
    /// An instance is created by the first caller; other callers for the same key wait for it.
    living: HashMap<Key, Arc<OnceCell<Tim>>>,
    /// Those that are being destroyed, until they are.
    ending: Vec<Tim>,
}

static INSTANCES: Lazy<Mutex<Instances>> = Lazy::new(Mutex::default);

fn instances() -> MutexGuard<'static, Instances> {
    INSTANCES.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Instances {
    /// The cell of the instance with this key. A failed instance is removed from it.
    fn place(&mut self, key: &Key) -> (Arc<OnceCell<Tim>>, Option<Tim>) {
        let failed = self.living.get(key).and_then(|cell| cell.get()).filter(|tim| tim.has_failed()).cloned();
        if failed.is_some() {
            self.living.remove(key);
        }
        (Arc::clone(self.living.entry(key.clone()).or_default()), failed)
    }

    fn remove_if(&mut self, key: &Key, is_it: impl Fn(&OnceCell<Tim>) -> bool) {
        if self.living.get(key).is_some_and(|cell| is_it(cell)) {
            self.living.remove(key);
        }
    }
}

/// The instance of this key, made if there is none. `make` is given those of the key that have not ended yet.
pub(super) fn find_or_make(
    key: Key,
    make: impl FnOnce(Key, Vec<Tim>) -> Result<Tim, TimError>,
) -> Result<Tim, TimError> {
    let (cell, failed) = instances().place(&key);
    if let Some(failed) = failed {
        drop(failed.begin_destroy());
    }
    let made = cell.get_or_try_init(|| {
        let former = instances().ending.iter().filter(|tim| tim.inner.key == key).cloned().collect();
        make(key.clone(), former)
    });
    if made.is_err() {
        instances().remove_if(&key, |place| std::ptr::eq(place, &*cell) && place.get().is_none());
    }
    made.cloned()
}

/// From now on `create` makes a new instance. An instance that took this one's place meanwhile stays.
pub(super) fn begin_end(tim: &Tim) {
    let mut instances = instances();
    instances.remove_if(&tim.inner.key, |cell| cell.get().is_some_and(|it| it.is(tim)));
    if !instances.ending.iter().any(|it| it.is(tim)) {
        instances.ending.push(tim.clone());
    }
}

/// An instance has ended.
pub(super) fn end(tim: &Tim) {
    let place = {
        let mut instances = instances();
        let place = instances.ending.iter().position(|it| it.is(tim));
        place.map(|place| instances.ending.swap_remove(place))
    };
    // The last handle must not be dropped under the lock.
    drop(place);
}

/// Destroys every instance of the process, and waits for those that are being destroyed already: what an app calls
/// before it ends. See [`Tim::destroy`].
///
/// # Errors
/// None so far.
pub async fn shutdown() -> Result<(), TimError> {
    let all: Vec<Tim> = {
        let instances = instances();
        let living = instances.living.values().filter_map(|cell| cell.get().cloned());
        living.chain(instances.ending.iter().cloned()).collect()
    };
    // All instances begin to end before the first is awaited, so a caller need not await the result.
    let ends: Vec<_> = all.iter().map(Tim::begin_destroy).collect();
    for end in ends {
        let _ = end.await;
    }
    Ok(())
}
