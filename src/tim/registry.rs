//! The one instance per application: TIM's rule that `create` gives the same instance until it is destroyed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use once_cell::sync::Lazy;

use super::Tim;
use crate::error::TimError;

/// What tells instances apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) sdk_app_id: u32,
    pub(super) instance: String,
}

static INSTANCES: Lazy<Mutex<HashMap<Key, Tim>>> = Lazy::new(Mutex::default);

fn instances() -> MutexGuard<'static, HashMap<Key, Tim>> {
    INSTANCES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The instance of this key, made if there is none.
pub(super) fn find_or_make(
    key: Key,
    make: impl FnOnce(Key) -> Result<Tim, TimError>,
) -> Result<Tim, TimError> {
    let mut instances = instances();
    if let Some(tim) = instances.get(&key) {
        return Ok(tim.clone());
    }
    let tim = make(key.clone())?;
    instances.insert(key, tim.clone());
    Ok(tim)
}

/// From now on `create` makes a new instance. An instance that took this one's place meanwhile stays.
pub(super) fn forget(key: &Key, tim: &Tim) {
    let mut instances = instances();
    if instances.get(key).is_some_and(|it| Arc::ptr_eq(&it.inner, &tim.inner)) {
        instances.remove(key);
    }
}

/// Destroys every instance of the process: what an app calls before it ends. See [`Tim::destroy`].
///
/// # Errors
/// None so far.
pub async fn shutdown() -> Result<(), TimError> {
    let all: Vec<Tim> = instances().values().cloned().collect();
    // Each end begins before the first is waited for: a caller who does not wait has ended them all.
    let ends: Vec<_> = all.iter().map(Tim::begin_destroy).collect();
    for end in ends {
        let _ = end.await;
    }
    Ok(())
}
