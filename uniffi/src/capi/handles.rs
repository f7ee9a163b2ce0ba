//! Handles: numbers that stand for what the library keeps. A number that stands for nothing is an error, never a crash.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use once_cell::sync::Lazy;
use tim::Code;

use crate::error::TimError;

/// An instance, by its number. 0 is none.
pub type TimClient = u64;
/// A listener of an instance, by its number. 0 is none.
pub type TimListener = u64;
/// An upload that a plugin works on, by its number. Valid until the plugin returns.
pub type TimUpload = u64;

/// What numbers stand for.
pub(super) struct Table<T> {
    entries: Lazy<Mutex<HashMap<u64, T>>>,
}

/// Numbers are never used twice, not even by another kind of thing.
static NEXT: AtomicU64 = AtomicU64::new(1);

impl<T: Clone> Table<T> {
    pub(super) const fn new() -> Self {
        Self { entries: Lazy::new(Mutex::default) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, T>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, value: T) -> u64 {
        let handle = NEXT.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(handle, value);
        handle
    }

    /// Errors: [`Code::HANDLE_INVALID`].
    pub(super) fn get(&self, handle: u64) -> Result<T, TimError> {
        self.lock().get(&handle).cloned().ok_or_else(|| TimError::of(Code::HANDLE_INVALID))
    }

    /// Errors: [`Code::HANDLE_INVALID`].
    pub(super) fn remove(&self, handle: u64) -> Result<T, TimError> {
        self.lock().remove(&handle).ok_or_else(|| TimError::of(Code::HANDLE_INVALID))
    }
}

/// Instances.
pub(super) static CLIENTS: Table<tim::Tim> = Table::new();
/// Listeners, with whose they are.
pub(super) static LISTENERS: Table<(tim::Tim, tim::ListenerId)> = Table::new();
