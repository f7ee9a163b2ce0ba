//! The one instance per application: TIM's rule that `create` gives the same instance until it is destroyed.
//!
//! Nothing that takes time is done under the lock. Knows of an instance only what [`Instance`] says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use once_cell::sync::OnceCell;

use crate::error::TimError;

/// The key of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) sdk_app_id: u32,
    pub(super) instance: String,
}

/// A handle of an instance.
pub(super) trait Instance: Clone {
    fn key(&self) -> &Key;

    /// Whether both are handles of the same instance.
    fn is(&self, other: &Self) -> bool;

    /// Whether it cannot be used any more, although it was not destroyed.
    fn has_failed(&self) -> bool;
}

/// The instances of the process.
pub(super) struct Registry<T>(Mutex<Instances<T>>);

struct Instances<T> {
    /// An instance is created by the first caller; other callers for the same key wait for it.
    living: HashMap<Key, Arc<OnceCell<T>>>,
    /// Those that are being destroyed, until they are.
    ending: Vec<T>,
}

impl<T: Instance> Instances<T> {
    /// The cell of the instance with this key. A failed instance is removed from it.
    fn place(&mut self, key: &Key) -> (Arc<OnceCell<T>>, Option<T>) {
        let failed = self.living.get(key).and_then(|cell| cell.get()).filter(|it| it.has_failed()).cloned();
        if failed.is_some() {
            self.living.remove(key);
        }
        (Arc::clone(self.living.entry(key.clone()).or_default()), failed)
    }

    fn remove_if(&mut self, key: &Key, is_it: impl Fn(&OnceCell<T>) -> bool) {
        if self.living.get(key).is_some_and(|cell| is_it(cell)) {
            self.living.remove(key);
        }
    }
}

impl<T: Instance> Registry<T> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Instances { living: HashMap::new(), ending: Vec::new() }))
    }

    fn instances(&self) -> MutexGuard<'_, Instances<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The instance of this key, made if there is none. One that has failed is destroyed with `destroy` before. `make` is
    /// given those of the key that have not ended yet.
    pub(super) fn find_or_make(
        &self,
        key: Key,
        destroy: impl FnOnce(T),
        make: impl FnOnce(Key, Vec<T>) -> Result<T, TimError>,
    ) -> Result<T, TimError> {
        let (cell, failed) = self.instances().place(&key);
        if let Some(failed) = failed {
            destroy(failed);
        }
        let made = cell.get_or_try_init(|| {
            let former = self.instances().ending.iter().filter(|it| *it.key() == key).cloned().collect();
            make(key.clone(), former)
        });
        if made.is_err() {
            self.instances().remove_if(&key, |place| std::ptr::eq(place, &*cell) && place.get().is_none());
        }
        made.cloned()
    }

    /// From now on `create` makes a new instance. An instance that took this one's place meanwhile stays.
    pub(super) fn begin_end(&self, instance: &T) {
        let mut instances = self.instances();
        instances.remove_if(instance.key(), |cell| cell.get().is_some_and(|it| it.is(instance)));
        if !instances.ending.iter().any(|it| it.is(instance)) {
            instances.ending.push(instance.clone());
        }
    }

    /// An instance has ended.
    pub(super) fn end(&self, instance: &T) {
        let place = {
            let mut instances = self.instances();
            let place = instances.ending.iter().position(|it| it.is(instance));
            place.map(|place| instances.ending.swap_remove(place))
        };
        // The last handle must not be dropped under the lock.
        drop(place);
    }

    /// Every instance that has not ended.
    pub(super) fn all(&self) -> Vec<T> {
        let instances = self.instances();
        let living = instances.living.values().filter_map(|cell| cell.get().cloned());
        living.chain(instances.ending.iter().cloned()).collect()
    }
}
